"""Commands of GM65 modules: 7E 00, type, length, zone (2 bytes), data, CRC (2).

Pure. Answers are 02 00, type, length, data, CRC. The CRC (CCITT, of all between the head and itself) may be
AB CD from the host: not checked then. The question reads the speed, which changes nothing.
"""

from binascii import crc_hqx
from dataclasses import dataclass
from enum import IntEnum

from devices.serial_scanner.commands import Dialect, Identity, Order

HEAD, REPLY_HEAD = b"\x7e\x00", b"\x02\x00"
UNCHECKED = b"\xab\xcd"
TRIGGER_ZONE, SPEED_ZONE = 0x0002, 0x002A
_SUCCESS = 0x00
_LONGEST_DATA = 32


class Act(IntEnum):
    READ = 0x07
    WRITE = 0x08


@dataclass(frozen=True)
class Command:
    """`data` is what to write, or one byte: how many to read."""

    act: int
    zone: int
    data: bytes

    def encode(self, checked: bool = True) -> bytes:
        count = len(self.data) if self.act != Act.READ else 1
        body = bytes((self.act, count)) + self.zone.to_bytes(2, "big") + self.data
        return HEAD + body + (crc(body) if checked else UNCHECKED)


def crc(body: bytes) -> bytes:
    return crc_hqx(body, 0).to_bytes(2, "big")


def reply(data: bytes) -> bytes:
    """As a module answers."""
    body = bytes((_SUCCESS, len(data))) + data
    return REPLY_HEAD + body + crc(body)


def _reply_size(held: bytes) -> int | None:
    start = REPLY_HEAD + bytes((_SUCCESS,))
    if not held.startswith(start):
        return None if start.startswith(held) else 0
    if len(held) < 4:
        return None
    size = 4 + held[3] + 2
    if held[3] > _LONGEST_DATA:
        return 0
    if len(held) < size:
        return None
    return size if crc(held[2 : size - 2]) == held[size - 2 : size] else 0


DIALECT = Dialect(
    model="gm65",
    baud=9600,
    orders={
        Order.TRIGGER: Command(Act.WRITE, TRIGGER_ZONE, b"\x01").encode(checked=False),
        Order.STOP: Command(Act.WRITE, TRIGGER_ZONE, b"\x00").encode(checked=False),
    },
    question=Command(Act.READ, SPEED_ZONE, b"\x02").encode(),
    reply_size=_reply_size,
    identity=lambda answer: Identity() if answer[3] == 2 else None,
)
