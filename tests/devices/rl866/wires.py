"""What a frame decoder must stand, for any family: whole, in pieces, after garbage, cut off, garbled."""

from collections.abc import Callable, Sequence
from typing import Protocol


class Encodable(Protocol):
    def encode(self) -> bytes: ...


class Decoder(Protocol):
    @property
    def pending(self) -> bool: ...

    def feed(self, data: bytes) -> Sequence[Encodable]: ...

    def end_of_burst(self) -> Sequence[Encodable]: ...


NewDecoder = Callable[[], Decoder]


def decoded(decoder: Decoder, pieces: Sequence[bytes]) -> list[bytes]:
    """The frames that `pieces` bring, and those found once the line is quiet, as bytes again."""
    frames = [frame for piece in pieces for frame in decoder.feed(piece)]
    frames += decoder.end_of_burst()
    assert not decoder.pending
    return [frame.encode() for frame in frames]


def in_pieces(wire: bytes, size: int) -> list[bytes]:
    return [wire[i : i + size] for i in range(0, len(wire), size)]


def stands_everything(new: NewDecoder, frames: Sequence[bytes], garbage: Sequence[str]) -> None:
    wire = b"".join(frames)
    for size in (1, 2, 7, len(wire)):
        assert decoded(new(), in_pieces(wire, size)) == list(frames)
    for frame in frames:
        for noise in garbage:
            assert frame in decoded(new(), [bytes.fromhex(noise) + frame]), noise
        for size in range(len(frame)):
            assert frame not in decoded(new(), [frame[:size]])


def tells_every_wrong_bit(new: NewDecoder, frame: bytes) -> None:
    for bit in range(8 * len(frame)):
        bad = bytearray(frame)
        bad[bit // 8] ^= 1 << bit % 8
        assert decoded(new(), [bytes(bad)]) == [], f"bit {bit}"
