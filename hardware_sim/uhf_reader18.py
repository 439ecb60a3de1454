"""A UHFReader18 over the world's pad: each method is a line of the command set.

A bad frame gets no answer, an unknown command status FEh, one of a wrong length FDh, a parameter out of range
FFh. What a tag does, and how long it takes, is `uhf_field.py`'s. Its chips are no NXP G2X: they have no EAS.
"""

from collections.abc import Callable

from devices.uhf_reader18.protocol import (
    ANY_ADDRESS,
    MAX_READ_WORDS,
    MIN_LENGTH,
    WORD,
    ChangeEas,
    Command,
    Decoder,
    Frame,
    Lock,
    ProtocolError,
    Read,
    Status,
    TagCommand,
    Write,
    WriteEpc,
    parse_command,
)
from hardware_sim.bursts import Bursts
from hardware_sim.uhf_field import PoorCommunication, TagRefuses, UhfField, UhfTag, WrongPassword
from hardware_sim.world import World

ADDRESS = 0x00
INFORMATION = bytes.fromhex("03 3F 09 03 4E 00 1E 0A")
"""Version 3.63, type UHFReader18, both protocols, Europe, 30 dBm, scan time 1 s."""
LISTED_AT_ONCE = 0xFF - MIN_LENGTH - 2
"""Bytes of an inventory that one frame holds after status and count."""

Answer = tuple[Status, bytes]


class UhfReader18:
    def __init__(self, world: World) -> None:
        self.field = UhfField(world)
        self._world = world
        self._bursts = Bursts(Decoder())
        self._commands: dict[int, Callable[[Frame], list[Answer]]] = {
            Command.READER_INFORMATION: self._reader_information,
            Command.INVENTORY: self._inventory,
            Command.READ: self._tag_command,
            Command.WRITE: self._tag_command,
            Command.WRITE_EPC: self._tag_command,
            Command.LOCK: self._tag_command,
            Command.CHANGE_EAS: self._tag_command,
            Command.CHECK_EAS: self._check_eas,
        }

    # -- the wire ----------------------------------------------------------------------------------------

    def receive(self, data: bytes) -> bytes:
        return b"".join(map(self._answer, self._bursts.feed(data)))

    def tick(self, now: float) -> bytes:
        return b"".join(map(self._answer, self._bursts.tick(now)))

    def _answer(self, frame: Frame) -> bytes:
        if frame.address not in (ADDRESS, ANY_ADDRESS):
            return b""
        with self._world.lock:
            answers = self._commands.get(frame.command, self._unknown)(frame)
        return b"".join(
            Frame(frame.command, bytes([status]) + data, ADDRESS).encode() for status, data in answers
        )

    def _unknown(self, _frame: Frame) -> list[Answer]:
        return [(Status.UNKNOWN_COMMAND, b"")]

    # -- the reader itself -------------------------------------------------------------------------------

    def _reader_information(self, frame: Frame) -> list[Answer]:
        return [(Status.WRONG_LENGTH, b"") if frame.data else (Status.OK, INFORMATION)]

    # -- tags --------------------------------------------------------------------------------------------

    def _inventory(self, _frame: Frame) -> list[Answer]:
        """In as many answers as it takes: all but the last one say that more follows."""
        contents = [tag.content for tag in self.field.inventory()]
        if not contents:
            return [(Status.NO_TAG, b"")]
        frames: list[list[bytes]] = [[]]
        for content in contents:
            record = bytes([len(content)]) + content
            if sum(map(len, frames[-1])) + len(record) > LISTED_AT_ONCE:
                frames.append([])
            frames[-1].append(record)
        statuses = [Status.MORE_FOLLOWS] * (len(frames) - 1) + [Status.INVENTORY_DONE]
        return [
            (status, bytes([len(records)]) + b"".join(records))
            for status, records in zip(statuses, frames, strict=True)
        ]

    def _check_eas(self, _frame: Frame) -> list[Answer]:
        return [(Status.NO_TAG, b"")]

    def _tag_command(self, frame: Frame) -> list[Answer]:
        try:
            command = parse_command(frame)
        except ProtocolError:
            return [(Status.WRONG_LENGTH, b"")]
        tag = self._addressed(command)
        if tag is None:
            return [(Status.NO_TAG, b"")]
        try:
            return [self._obey(tag, command)]
        except TagRefuses as refusal:
            return [(Status.TAG_ERROR, bytes([refusal.error]))]
        except PoorCommunication:
            return [(Status.POOR_COMMUNICATION, b"")]
        except WrongPassword:
            return [(Status.WRONG_PASSWORD, b"")]

    def _addressed(self, command: TagCommand) -> UhfTag | None:
        """Without an address, and for writing bank 01 alone, any one tag is meant."""
        tags = self.field.tags()
        if isinstance(command, WriteEpc) or not command.epc:
            self.field.reach(b"", command.password)
            return tags[0] if tags else None
        self.field.reach(command.epc, command.password)
        return next((tag for tag in tags if tag.content == command.epc), None)

    def _obey(self, tag: UhfTag, command: TagCommand) -> Answer:
        match command:
            case Read(_, bank, first, words, password):
                if not 1 <= words <= MAX_READ_WORDS:
                    return Status.PARAMETER, b""
                self.field.read(words)
                return Status.OK, tag.read(bank, first, words, password)
            case Write(_, bank, first, data, password):
                self.field.write(len(data) // WORD)
                tag.write(bank, first, data, password)
            case WriteEpc(epc, password):
                self.field.write(1 + len(epc) // WORD)
                tag.write_content(epc, password)
            case Lock(_, area, protection, password):
                self.field.lock()
                tag.lock(area, protection, password)
            case ChangeEas(_, _, password):
                return (Status.NOT_SUPPORTED_BY_TAG if password else Status.PASSWORD_NEEDED), b""
        return Status.OK, b""
