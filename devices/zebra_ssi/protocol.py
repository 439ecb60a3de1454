"""Zebra's Simple Serial Interface: length, opcode, source, status, data, checksum.

Pure. The length counts everything but the checksum, which is the two's complement of the sum. The host
acknowledges each packet with a code in it; one whose acknowledgement was lost comes again with its first
status bit set.
"""

from dataclasses import dataclass, field
from enum import IntEnum

from devices.framing import FrameDecoder
from devices.kinds import CodeScanned
from devices.serial_scanner.commands import Order
from devices.serial_scanner.protocol import Rejected, decode_text

DECODER, HOST = 0x00, 0x04
AGAIN = 0x01
"""Status: this packet was sent before."""
_LEAST = 4


class Opcode(IntEnum):
    REQUEST_REVISION = 0xA3
    REPLY_REVISION = 0xA4
    ACK = 0xD0
    NAK = 0xD1
    START = 0xE4
    STOP = 0xE5
    ENABLE = 0xE9
    DISABLE = 0xEA
    CODE = 0xF3


class Cause(IntEnum):
    """Why a packet was not taken."""

    RESEND = 1
    BAD_CONTEXT = 2
    DENIED = 6


ORDERS = {
    Order.TRIGGER: Opcode.START,
    Order.STOP: Opcode.STOP,
    Order.ENABLE: Opcode.ENABLE,
    Order.DISABLE: Opcode.DISABLE,
}

SYMBOLOGIES = {
    0x01: "code39",
    0x02: "codabar",
    0x03: "code128",
    0x06: "itf",
    0x0A: "ean",
    0x0B: "ean",
    0x0F: "code128",
    0x11: "pdf417",
    0x1B: "datamatrix",
    0x1C: "qr",
}
"""By SSI's code type; every other one is "other"."""


@dataclass(frozen=True)
class Packet:
    opcode: int
    data: bytes = field(default=b"", repr=False)
    """Of a CODE packet, what was scanned: nobody's to log."""
    source: int = HOST
    status: int = 0

    def encode(self) -> bytes:
        body = bytes((_LEAST + len(self.data), self.opcode, self.source, self.status)) + self.data
        return body + checksum(body)


def checksum(body: bytes) -> bytes:
    return (-sum(body) & 0xFFFF).to_bytes(2, "big")


def decoder(source: int = DECODER) -> FrameDecoder[Packet]:
    """Of what `source` sends."""
    return FrameDecoder(lambda held: _size(held, source), _parse)


def _size(held: bytes, source: int) -> int | None:
    """By length, opcode and source: noise seldom has all three right."""
    if held[0] < _LEAST or (len(held) > 1 and held[1] not in tuple(Opcode)):
        return 0
    if len(held) > 2 and held[2] != source:
        return 0
    return held[0] + 2


def _parse(frame: bytes) -> Packet | None:
    body, total = frame[:-2], frame[-2:]
    return Packet(body[1], body[4:], body[2], body[3]) if checksum(body) == total else None


def code_in(packet: Packet) -> CodeScanned | Rejected:
    """What a CODE packet holds: its first byte is the type of code."""
    symbology = SYMBOLOGIES.get(packet.data[0], "other") if packet.data else "other"
    result = decode_text(packet.data[1:])
    return result if isinstance(result, Rejected) else CodeScanned(result.text, result.symbology or symbology)
