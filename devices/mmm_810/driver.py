"""3M (Bibliotheca) 210 or 810 HF book pad as a `devices.kinds.TagReader`.

Knows what is asked in which order and how much at once. Leaves the wire to `rl866.exchange`, which tags are
there for good to `devices.pad`, what their bytes mean to `devices.tag_data`, and opening again to the caller.
Tried with the simulator only.

    [[device]]
    model = "mmm_810"
    port = "/dev/kiosk-pad"
"""

from collections.abc import Callable
from typing import TypeVar

from devices.errors import BadFrame, DeviceRefused
from devices.exchange import ANSWER_S, SHORT_ANSWER_S, Exchange, Question
from devices.kinds import DeviceInfo, Kind, TagSighting, TagSystem
from devices.mmm_810.protocol import (
    BLOCK_SIZE,
    HARDWARE_VERSION,
    VERSION,
    Command,
    Decoder,
    Error,
    Frame,
    Reply,
    about,
    inventory,
    parse_blocks,
    parse_inventory,
    parse_tag_information,
    parse_version,
    read_blocks,
    tag_command,
    tag_information,
    write_blocks,
)
from devices.port import LineSettings

T = TypeVar("T")

LINE = LineSettings(19200)
READ_BLOCKS = 32
"""Read at once: their answer takes 0.1 s on the line."""
WRITE_BLOCKS = 8
"""Written at once: a tag takes up to 27 ms for each."""
WORTH_REPEATING = frozenset({Error.TAG_SILENT})
"""What a tag at the edge of the field causes."""


def _answers(question: Frame) -> Callable[[Frame], bool]:
    return lambda frame: (frame.start, frame.command) == (question.start, question.command)


def _question(frame: Frame, words: str, timeout_s: float) -> Question[Frame]:
    return Question(frame.encode(), _answers(frame), words, timeout_s)


_WAKE = _question(HARDWARE_VERSION, "identify", SHORT_ANSWER_S)
_HARMLESS = _question(VERSION, "version", SHORT_ANSWER_S)


class Mmm810:
    """Not safe for two threads. Every method tries three times, 1.4 s at most when the reader is silent."""

    def __init__(self, path: str, line: LineSettings = LINE) -> None:
        """Open and identify: DeviceLost when nothing answers, BadFrame when something else does."""
        self._reader = Exchange(path, line, Decoder, _HARMLESS, WORTH_REPEATING)
        try:
            version = self._reader.insist(self._identify)
        except BaseException:
            self.close()
            raise
        self._info = DeviceInfo(Kind.TAG_READER, "mmm_810", path, firmware=version)

    @property
    def info(self) -> DeviceInfo:
        return self._info

    def close(self) -> None:
        self._reader.close()

    def inventory(self) -> tuple[TagSighting, ...]:
        """Takes 20 to 400 ms for 1 to 20 tags."""
        records = self._ask(inventory(), "inventory", parse_inventory)
        return tuple({tag.uid: TagSighting(tag.uid, tag.dsfid or 0) for tag in records}.values())

    def system_info(self, uid: bytes) -> TagSystem:
        words = f"system information of {uid.hex()}"
        found = self._ask_tag(uid, tag_information(uid), words, parse_tag_information)
        if found.block_size != BLOCK_SIZE:
            detail = f"blocks of {found.block_size} bytes, the reader handles blocks of {BLOCK_SIZE} only"
            raise DeviceRefused(self._reader.path, words, detail)
        return TagSystem(uid, found.dsfid, found.afi, found.block_size, found.block_count)

    def read_blocks(self, uid: bytes, first: int, count: int) -> bytes:
        end = first + count
        starts = range(first, end, READ_BLOCKS)
        return b"".join(self._read_at_once(uid, start, min(READ_BLOCKS, end - start)) for start in starts)

    def write_blocks(self, uid: bytes, first: int, data: bytes) -> None:
        if len(data) % BLOCK_SIZE:
            raise ValueError(f"{len(data)} bytes are no whole blocks of {BLOCK_SIZE}")
        for start in range(0, len(data), BLOCK_SIZE * WRITE_BLOCKS):
            piece = data[start : start + BLOCK_SIZE * WRITE_BLOCKS]
            block = first + start // BLOCK_SIZE
            self._tell_tag(uid, write_blocks(uid, block, piece), f"write block {block} of {uid.hex()}")

    def write_afi(self, uid: bytes, afi: int) -> None:
        command = tag_command(Command.WRITE_AFI, uid, bytes([afi]))
        self._tell_tag(uid, command, f"write AFI {afi:02X}h of {uid.hex()}")

    def write_dsfid(self, uid: bytes, dsfid: int) -> None:
        command = tag_command(Command.WRITE_DSFID, uid, bytes([dsfid]))
        self._tell_tag(uid, command, f"write DSFID {dsfid:02X}h of {uid.hex()}")

    def lock_blocks(self, uid: bytes, first: int, count: int) -> None:
        """Block by block, as the reader wants it."""
        for block in range(first, first + count):
            command = tag_command(Command.LOCK_BLOCK, uid, bytes([block]))
            self._tell_tag(uid, command, f"lock block {block} of {uid.hex()}")

    def write_eas(self, uid: bytes, on: bool) -> None:
        command = tag_command(Command.SET_EAS, uid, bytes([on]))
        self._tell_tag(uid, command, f"switch EAS {'on' if on else 'off'} of {uid.hex()}")

    def _identify(self) -> str:
        """Wake the reader, then its firmware's version."""
        self._reader.converse(_WAKE)
        return self._once(VERSION, "identify", parse_version, SHORT_ANSWER_S).firmware

    def _read_at_once(self, uid: bytes, first: int, count: int) -> bytes:
        words = f"read blocks {first} to {first + count - 1} of {uid.hex()}"
        blocks = self._ask_tag(uid, read_blocks(uid, first, count), words, parse_blocks)
        if [block.number for block in blocks] != list(range(first, first + count)):
            raise BadFrame(self._reader.path, words, f"{len(blocks)} blocks came, not those asked for")
        return b"".join(block.data for block in blocks)

    def _ask_tag(self, uid: bytes, command: Frame, words: str, understand: Callable[[bytes], T]) -> T:
        return self._ask(command, words, lambda data: understand(about(uid, data)))

    def _tell_tag(self, uid: bytes, command: Frame, words: str) -> None:
        """A command whose answer bears nothing but that it was done."""
        self._ask_tag(uid, command, words, lambda _: None)

    def _ask(self, command: Frame, words: str, understand: Callable[[bytes], T]) -> T:
        return self._reader.insist(lambda: self._once(command, words, understand))

    def _once(
        self, command: Frame, words: str, understand: Callable[[bytes], T], timeout_s: float = ANSWER_S
    ) -> T:
        """One question, one answer; DeviceRefused when it says that it was not done."""
        frame = self._reader.converse(_question(command, words, timeout_s))
        reply = Reply.of(frame)
        if reply is None:
            raise BadFrame(self._reader.path, words, "an answer without content")
        if reply.error != Error.OK:
            raise DeviceRefused(self._reader.path, words, reply.meaning, reply.error)
        return self._reader.understood(understand, reply.data, words)
