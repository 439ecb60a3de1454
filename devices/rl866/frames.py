"""RL866 frames: bytes in any pieces to frames and back; what they mean is `protocol.py`'s.

`FA [length][address][PCB][INF][checksum]`; the length counts itself and all that follows, the checksum is
FEIG's, over all but the first byte.
"""

from dataclasses import dataclass

from devices.crc import crc16_reflected
from devices.framing import FrameDecoder

START = 0xFA
ANY_ADDRESS = 0xFF
MIN_LENGTH = 5
RESYNC, RESYNC_REPLY, SEQUENCE = 0xC0, 0xE0, 0x40
"""Values of the protocol control byte, and its toggling bit."""


@dataclass(frozen=True)
class Frame:
    pcb: int
    inf: bytes = b""
    address: int = ANY_ADDRESS

    def encode(self) -> bytes:
        counted = bytes([MIN_LENGTH + len(self.inf), self.address, self.pcb]) + self.inf
        return bytes([START]) + counted + crc16_reflected(counted).to_bytes(2, "little")


class Decoder(FrameDecoder[Frame]):
    def __init__(self) -> None:
        super().__init__(_size, _parse)


def _size(data: bytes) -> int | None:
    if data[0] != START:
        return 0
    if len(data) < 2:
        return None
    return 1 + data[1] if data[1] >= MIN_LENGTH else 0


def _parse(raw: bytes) -> Frame | None:
    if crc16_reflected(raw[1:-2]) != int.from_bytes(raw[-2:], "little"):
        return None
    return Frame(raw[3], raw[4:-2], raw[2])
