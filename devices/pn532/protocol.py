"""Frames between a host and a PN532 over its high speed UART (NXP UM0701-02, 6.2.1).

Pure. What the commands inside mean is nfcpy's affair on the host side and the simulator's on the chip's.
"""

from dataclasses import dataclass
from enum import Enum

HOST_TO_CHIP = 0xD4
CHIP_TO_HOST = 0xD5
WAKE_UP = bytes(10)
"""Sent ahead of a frame: edges that wake the chip, and no part of any frame."""

_START = b"\x00\xff"
_LONGEST_NORMAL = 0xFE
_LONGEST = 0x0109
"""TFI and data together (265 bytes); a greater length is noise, and waiting for it would be deafness."""


class Signal(Enum):
    """The frames that carry nothing; the value is what goes over the wire."""

    ACK = bytes.fromhex("0000FF00FF00")
    NACK = bytes.fromhex("0000FFFF0000")


@dataclass(frozen=True)
class Frame:
    """`tfi` says who speaks (frame identifier); `data` starts with the command code, or that plus one."""

    tfi: int
    data: bytes


@dataclass(frozen=True)
class Damaged:
    """Something that began like a frame and is none."""

    reason: str


SYNTAX_ERROR = Frame(0x7F, b"")
"""The chip's only answer to a command that it does not know or that is malformed."""

Item = Frame | Signal | Damaged


def encode(item: Frame | Signal) -> bytes:
    """One frame with exactly one leading 00, as nfcpy and libnfc expect it; extended when it must be."""
    if isinstance(item, Signal):
        return item.value
    body = bytes([item.tfi]) + item.data
    if len(body) <= _LONGEST_NORMAL:
        length = bytes([len(body)])
        head = length + _checksum(length)
    elif len(body) <= _LONGEST:
        length = len(body).to_bytes(2, "big")
        head = b"\xff\xff" + length + _checksum(length)
    else:
        raise ValueError(f"{len(body)} bytes do not fit a PN532 frame, at most {_LONGEST} do")
    return b"\x00" + _START + head + body + _checksum(body) + b"\x00"


class Decoder:
    """Bytes in any pieces to frames, whichever side sent them.

    After a damaged frame it looks for the next start code inside the same bytes, so that noise which
    looks like the head of a long frame costs no good one behind it.
    """

    def __init__(self) -> None:
        self._buffer = b""

    def feed(self, data: bytes) -> list[Item]:
        self._buffer += data
        items: list[Item] = []
        while (found := self._next()) is not None:
            items.append(found)
        return items

    def _next(self) -> Item | None:
        """Take one item from the buffer; None when there is no whole one yet."""
        start = self._buffer.find(_START)
        if start < 0:
            self._buffer = self._buffer[-1:] if self._buffer.endswith(b"\x00") else b""
            return None
        self._buffer = self._buffer[start:]
        found = _parse(self._buffer[len(_START) :])
        if found is None:
            return None
        item, used = found
        self._buffer = self._buffer[len(_START) + used :]
        return item


def _parse(rest: bytes) -> tuple[Item, int] | None:
    """What follows a start code, and how many bytes of it are done with; None when more must come."""
    if len(rest) < 2:
        return None
    match rest[:2]:
        case b"\x00\xff":
            return Signal.ACK, 2
        case b"\xff\x00":
            return Signal.NACK, 2
        case b"\xff\xff":
            return _parse_body(rest, length=rest[2:4], head=5)
        case _:
            return _parse_body(rest, length=rest[:1], head=2)


def _parse_body(rest: bytes, length: bytes, head: int) -> tuple[Item, int] | None:
    """`length` is the length field, `head` the number of bytes up to and with the length's checksum."""
    if len(rest) < head:
        return None
    size = int.from_bytes(length, "big")
    if rest[head - 1 : head] != _checksum(length) or not 0 < size <= _LONGEST:
        return Damaged("the frame's length is wrong"), 0
    end = head + size
    if len(rest) < end + 1:
        return None
    body = rest[head:end]
    if rest[end : end + 1] != _checksum(body):
        return Damaged("the frame's checksum is wrong"), 0
    return Frame(body[0], body[1:]), end + 1


def _checksum(data: bytes) -> bytes:
    """What makes the sum of `data` and itself a multiple of 256."""
    return bytes([-sum(data) & 0xFF])
