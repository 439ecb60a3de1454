"""A resident ID card reader (SDT commands, GA 467) with the card that the world holds to it.

A card that was read must be lifted before it is found again. Nobody here exists: names, addresses and
photos are made up, numbers are published samples. The new speed holds from the answer on.
"""

from collections.abc import Callable
from dataclasses import dataclass

from devices.sdt_idcard.protocol import (
    BAUDS,
    PHOTO_BYTES,
    START,
    TEXT_BYTES,
    TYPE_AT,
    Command,
    Status,
    checksum,
    encode_answer,
)
from hardware_sim.world import Card, World

SAM_ID = bytes.fromhex("0500 0300 7FF13201 0A110000 39300000")
"""Printed 05.03-20115839-0000004362-0000012345."""
PHOTO = bytes((7 * n + n // 256) & 0xFF for n in range(PHOTO_BYTES))
_LONGEST_COMMAND = 16


@dataclass(frozen=True)
class Person:
    """What stands on a resident's card; lengths in bytes are those of the layout."""

    number: str
    name: str = "张样例"
    address: str = "广东省湛江市麻章区样例村一号"
    kind: str = ""
    """J, I or Y for a permit; their other fields are not modelled."""

    def text(self) -> bytes:
        fields = (
            (self.name, 30), ("1", 2), ("01", 4), ("19491231", 16), (self.address, 70), (self.number, 36),
            ("样例市公安局", 30), ("20200101", 16), ("长期", 16), ("", 28), (self.kind, 2), ("", 6),
        )  # fmt: skip
        text = b"".join(words.ljust(size // 2).encode("utf-16-le") for words, size in fields)
        assert len(text) == TEXT_BYTES and (not self.kind or text[TYPE_AT] == ord(self.kind))
        return text


def id_card(person: Person, label: str = "") -> Card:
    return Card(bytes.fromhex("1D5A90C3"), "resident_id", label, id_text=person.text())


class SdtIdcard:
    """`baud` is the speed it listens at; `on_baud` is told when the host changes it. `fingerprint_bytes`
    0, 512 or 1024: what cards bear of it."""

    def __init__(self, world: World, on_baud: Callable[[int], None] | None = None) -> None:
        self._world = world
        self.on_baud = on_baud
        self.baud = 115_200
        self._next_baud = self.baud
        self.fingerprint_bytes = 0
        self._heard = b""
        self._selected: Card | None = None
        self._done_with: Card | None = None

    # -- the wire ----------------------------------------------------------------------------------------

    def receive(self, data: bytes) -> bytes:
        self._heard += data
        answers = b""
        while (body := self._next_command()) is not None:
            answers += self._obey(body)
        return answers

    def tick(self, now: float) -> bytes:
        """It never speaks first, and changes its speed once the answer is out."""
        if self.baud != self._next_baud:
            self.baud = self._next_baud
            if self.on_baud:
                self.on_baud(self.baud)
        return b""

    def _next_command(self) -> bytes | None:
        """Length, body and checksum of the next whole command; what is no command is skipped."""
        start = self._heard.find(START)
        if start < 0:
            self._heard = self._heard[-(len(START) - 1) :]
            return None
        rest = self._heard[start + len(START) :]
        size = int.from_bytes(rest[:2]) if len(rest) >= 2 else None
        if size is not None and not 0 < size <= _LONGEST_COMMAND:
            self._heard = rest
            return b""
        if size is None or len(rest) < 2 + size:
            return None
        self._heard = rest[2 + size :]
        return rest[: 2 + size]

    def _obey(self, counted: bytes) -> bytes:
        if not counted:
            return encode_answer(Status.BAD_LENGTH)
        if checksum(counted):
            return encode_answer(Status.BAD_CHECKSUM)
        body = counted[2:-1]
        if body not in _COMMANDS:
            return encode_answer(Status.UNKNOWN_COMMAND)
        with self._world.lock:
            return _COMMANDS[body](self)

    # -- commands ----------------------------------------------------------------------------------------

    def _status(self) -> bytes:
        return encode_answer(Status.OK)

    def _reset(self) -> bytes:
        self._selected = self._done_with = None
        return encode_answer(Status.OK)

    def _sam_id(self) -> bytes:
        return encode_answer(Status.OK, SAM_ID)

    def _set_baud(self, baud: int) -> bytes:
        self._next_baud = baud
        return encode_answer(Status.OK)

    def _card(self) -> Card | None:
        """The ID card that lies there; one that was lifted meanwhile counts as new."""
        held = (self._world.card, self._world.beside)
        card = next((card for card in held if card and card.technology == "resident_id"), None)
        if card is not self._done_with:
            self._done_with = None
        if card is not self._selected:
            self._selected = None
        return card

    def _find(self) -> bytes:
        card = self._card()
        if card is None or card is self._done_with:
            return encode_answer(Status.NO_CARD)
        card.noticed.set()
        return encode_answer(Status.FOUND, bytes(4))

    def _select(self) -> bytes:
        self._selected = self._card()
        if self._selected is None:
            return encode_answer(Status.NOT_SELECTED)
        return encode_answer(Status.OK, bytes(8))

    def _read(self, with_fingerprint: bool) -> bytes:
        card = self._card()
        if card is None or card is not self._selected or card.pulled_after is not None:
            if card is not None and card is self._selected:
                self._world.card = None
            return encode_answer(Status.NOT_READ)
        self._done_with = card
        fingerprint = bytes(self.fingerprint_bytes) if with_fingerprint else b""
        parts = (card.id_text, PHOTO, fingerprint)[: 3 if with_fingerprint else 2]
        sizes = b"".join(len(part).to_bytes(2) for part in parts)
        return encode_answer(Status.OK, sizes + b"".join(parts))


_COMMANDS: dict[bytes, Callable[[SdtIdcard], bytes]] = {
    Command.RESET.value: SdtIdcard._reset,
    Command.STATUS.value: SdtIdcard._status,
    Command.SAM_ID.value: SdtIdcard._sam_id,
    Command.FIND.value: SdtIdcard._find,
    Command.SELECT.value: SdtIdcard._select,
    Command.READ.value: lambda reader: reader._read(with_fingerprint=False),
    Command.READ_WITH_FINGERPRINT.value: lambda reader: reader._read(with_fingerprint=True),
} | {command.value: lambda reader, baud=baud: reader._set_baud(baud) for baud, command in BAUDS.items()}
