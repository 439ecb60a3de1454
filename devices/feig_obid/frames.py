"""FEIG OBID i-scan frames: bytes in any pieces to frames and back; what they mean is `protocol.py`'s.

A standard frame is `[length][address][command]…[checksum]`, an advanced one `02 [length, 2 bytes]` and
the same. Lengths count the whole frame. No start byte and no escape: only the checksum tells a frame
from noise.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from devices.crc import crc16_reflected

ANY_ADDRESS = 0xFF
ADVANCED = 0x02
"""First byte of an advanced frame; a standard frame begins with its length, which is never that small."""
STANDARD_MIN, ADVANCED_MIN = 5, 7


@dataclass(frozen=True)
class Frame:
    """A frame's content without length and checksum; in a reply, `data` begins with the status."""

    control: int
    data: bytes = b""
    address: int = ANY_ADDRESS
    advanced: bool = False

    def encode(self) -> bytes:
        payload = bytes([self.address, self.control]) + self.data
        if self.advanced:
            head = bytes([ADVANCED]) + (len(payload) + 5).to_bytes(2)
        else:
            head = bytes([len(payload) + 3])
        return head + payload + crc16_reflected(head + payload).to_bytes(2, "little")


class Decoder:
    """Bytes in any pieces to frames; skips what is none."""

    def __init__(self) -> None:
        self._buffer = b""

    @property
    def pending(self) -> bool:
        """Whether bytes wait for the rest of what may be a frame."""
        return bool(self._buffer)

    def feed(self, data: bytes) -> list[Frame]:
        """The frames that `data` completes. Noise that looks like a length waits: see `end_of_burst`."""
        self._buffer += data
        return list(self._take())

    def end_of_burst(self) -> list[Frame]:
        """Called when no byte came for longer than a frame's inner gap: nothing that waits will be
        completed any more, so frames behind a false start are looked for, and the rest is dropped."""
        frames: list[Frame] = []
        while self._buffer:
            self._buffer = self._buffer[1:]
            frames += self._take()
        return frames

    def _take(self) -> Iterator[Frame]:
        while self._buffer:
            size = self._size()
            if size is None or size > len(self._buffer):
                return
            frame = _parse(self._buffer[:size]) if size else None
            self._buffer = self._buffer[size if frame else 1 :]
            if frame:
                yield frame

    def _size(self) -> int | None:
        """Length the first bytes announce: None while unknown, 0 when no frame begins so."""
        if self._buffer[0] != ADVANCED:
            return self._buffer[0] if self._buffer[0] >= STANDARD_MIN else 0
        if len(self._buffer) < 3:
            return None
        announced = int.from_bytes(self._buffer[1:3])
        return announced if announced >= ADVANCED_MIN else 0


def _parse(raw: bytes) -> Frame | None:
    if crc16_reflected(raw[:-2]) != int.from_bytes(raw[-2:], "little"):
        return None
    advanced = raw[0] == ADVANCED
    address, control, *data = raw[3 if advanced else 1 : -2]
    return Frame(control, bytes(data), address, advanced)
