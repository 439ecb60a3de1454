"""Frames and answers of a resident ID card reader (SDT commands of a SAM_V, GA 467). Pure.

`AA AA AA 96 69`, a length of two bytes (high first) that counts all that follows, a body, and the XOR of
everything from the length on. The answer to a read carries 256 bytes of text and 1024 of photo: name,
address, birthday and photo are counted, added to the checksum and forgotten byte by byte, as they come.
Only the number leaves this module. Whether a number is right is left to others.
"""

from dataclasses import dataclass, field
from enum import Enum, IntEnum
from functools import reduce
from operator import xor

START = bytes.fromhex("AA AA AA 96 69")


class Command(Enum):
    """The command and its parameter."""

    RESET = b"\x10\xff"
    STATUS = b"\x11\xff"
    SAM_ID = b"\x12\xff"
    FIND = b"\x20\x01"
    SELECT = b"\x20\x02"
    READ = b"\x30\x01"
    READ_WITH_FINGERPRINT = b"\x30\x10"
    BAUD_115200 = b"\x60\x00"
    BAUD_57600 = b"\x60\x01"
    BAUD_38400 = b"\x60\x02"
    BAUD_19200 = b"\x60\x03"
    BAUD_9600 = b"\x60\x04"


BAUDS: dict[int, Command] = {
    115_200: Command.BAUD_115200,
    57_600: Command.BAUD_57600,
    38_400: Command.BAUD_38400,
    19_200: Command.BAUD_19200,
    9_600: Command.BAUD_9600,
}


class Status(IntEnum):
    """The third status byte (SW3); the first two are always zero."""

    OK = 0x90
    FOUND = 0x9F
    BAD_CHECKSUM = 0x10
    BAD_LENGTH = 0x11
    BAD_COMMAND = 0x21
    NOT_PERMITTED = 0x23
    UNKNOWN_COMMAND = 0x24
    CARD_NOT_AUTHENTIC = 0x31
    READER_NOT_AUTHENTIC = 0x32
    NOT_VERIFIED = 0x33
    WRONG_CARD_TYPE = 0x40
    NOT_READ = 0x41
    NO_RANDOM_NUMBER = 0x47
    SELF_TEST_FAILED = 0x60
    UNAUTHORISED = 0x66
    NO_CARD = 0x80
    NOT_SELECTED = 0x81
    NOTHING_THERE = 0x91


class IdKind(Enum):
    """Whose card: the value is the letter at 248 of the text; a resident's has none of these."""

    RESIDENT = ""
    HONG_KONG_MACAO_TAIWAN = "J"
    FOREIGNER_2017 = "I"
    FOREIGNER_2023 = "Y"


@dataclass(frozen=True)
class Answer:
    """`status` is a `Status` where its meaning is known."""

    status: int
    data: bytes = b""


@dataclass(frozen=True)
class CardNumber:
    """A card was read; nothing else of it is left."""

    kind: IdKind
    number: str = field(repr=False)


@dataclass(frozen=True)
class Damaged:
    """Something that began like an answer and is none."""

    reason: str


Item = Answer | CardNumber | Damaged

BAD_LENGTH = Damaged("the answer's length is that of no answer")
BAD_CHECKSUM = Damaged("the answer's checksum is wrong")
BAD_CARD = Damaged("the card's data has not the layout of an ID card")

# -- a whole answer --------------------------------------------------------------------------------------

_STATUS_BYTES, _LENGTH_BYTES, _CHECKSUM_BYTES = 3, 2, 1
_SHORTEST, _LONGEST_SHORT = _STATUS_BYTES + _CHECKSUM_BYTES, 64
TEXT_BYTES, PHOTO_BYTES = 256, 1024
_SIZES = {
    1288: bytes.fromhex("01 00 04 00"),
    1290: bytes.fromhex("01 00 04 00 00 00"),
    1802: bytes.fromhex("01 00 04 00 02 00"),
    2314: bytes.fromhex("01 00 04 00 04 00"),
}
"""By the length of the answer to a read: how long text, photo and, where asked for, fingerprints are."""

NUMBER_AT, TYPE_AT = 122, 248
_NUMBER = range(NUMBER_AT, NUMBER_AT + 36)
_TYPE = range(TYPE_AT, TYPE_AT + 2)
_NUMBER_CHARACTERS = {IdKind.FOREIGNER_2017: 15}
"""Fewer than the usual 18; what stands behind them is no part of the number."""


def encode(command: Command) -> bytes:
    """The command as the host sends it."""
    return _framed(command.value)


def encode_answer(status: int, data: bytes = b"") -> bytes:
    """As the reader says it; for the simulator."""
    return _framed(bytes([0, 0, status]) + data)


def checksum(data: bytes) -> int:
    return reduce(xor, data, 0)


def _framed(body: bytes) -> bytes:
    counted = (len(body) + _CHECKSUM_BYTES).to_bytes(_LENGTH_BYTES, "big") + body
    return START + counted + bytes([checksum(counted)])


class Decoder:
    """Bytes of the reader in any pieces to answers. Between answers it holds four bytes at most, inside one
    what is wanted of it; a card's data is dropped as it comes."""

    def __init__(self) -> None:
        self._seek()

    def feed(self, data: bytes) -> list[Item]:
        return [item for byte in data if (item := self._take(byte)) is not None]

    def _seek(self) -> None:
        """Look for a start."""
        self._recent = b""
        self._length = 0
        self._at = -len(START)
        self._sum = 0
        self._kept = bytearray()

    def _take(self, byte: int) -> Item | None:
        if self._at < 0:
            self._recent = (self._recent + bytes([byte]))[-len(START) :]
            if self._recent == START:
                self._at = 0
            return None
        self._sum ^= byte
        at, self._at = self._at, self._at + 1
        if at < _LENGTH_BYTES:
            self._length = self._length << 8 | byte
            return self._check_length() if self._at == _LENGTH_BYTES else None
        if self._wanted(at - _LENGTH_BYTES):
            self._kept.append(byte)
        return self._end() if self._at == _LENGTH_BYTES + self._length else None

    def _check_length(self) -> Damaged | None:
        if _SHORTEST <= self._length <= _LONGEST_SHORT or self._length in _SIZES:
            return None
        self._seek()
        return BAD_LENGTH

    def _wanted(self, at: int) -> bool:
        """Whether the byte at that place of the body is kept."""
        if at == self._length - _CHECKSUM_BYTES:
            return False
        if self._length <= _LONGEST_SHORT:
            return True
        sizes_end = _STATUS_BYTES + len(_SIZES[self._length])
        in_text = at - sizes_end
        return at < sizes_end or in_text in _NUMBER or in_text in _TYPE

    def _end(self) -> Item:
        kept, length, right = bytes(self._kept), self._length, self._sum == 0
        self._seek()
        if not right:
            return BAD_CHECKSUM
        if length <= _LONGEST_SHORT:
            return Answer(kept[2], kept[_STATUS_BYTES:])
        return _card(kept, _SIZES[length])


def _card(kept: bytes, sizes: bytes) -> CardNumber | Damaged:
    """`kept` is the status, the sizes, the field of the number and that of the type."""
    text = kept[_STATUS_BYTES + len(sizes) :]
    if kept[: _STATUS_BYTES + len(sizes)] != bytes([0, 0, Status.OK]) + sizes:
        return BAD_CARD
    try:
        field, letter = (part.decode("utf-16-le") for part in (text[: len(_NUMBER)], text[len(_NUMBER) :]))
    except UnicodeDecodeError:
        return BAD_CARD
    kind = next((kind for kind in IdKind if kind.value == letter), IdKind.RESIDENT)
    number = field[: _NUMBER_CHARACTERS.get(kind)].strip(" \0")
    if not (number.isascii() and number.isalnum()):
        return BAD_CARD
    return CardNumber(kind, number)


def sam_serial(data: bytes) -> str | None:
    """A SAM's number as it is printed on readers; None when it is not 16 bytes."""
    if len(data) != 16:
        return None
    numbers = [int.from_bytes(data[at : at + size], "little") for at, size in _SAM_FIELDS]
    return "{:02}.{:02}-{:08}-{:010}-{:010}".format(*numbers)


_SAM_FIELDS = ((0, 2), (2, 2), (4, 4), (8, 4), (12, 4))
