"""Bytes in any pieces to frames that announce their length and end in a checksum, noise between them or not.

Serves `rl866`, `mmm_810` and `uhf_reader18`; what a frame looks like is told by each.
"""

from collections.abc import Callable, Iterator
from typing import Generic, TypeVar

F = TypeVar("F")


class FrameDecoder(Generic[F]):
    """`size_of` tells how long the frame is that the bytes begin with: None while unknown, 0 when none does.
    `parse` makes a frame of that many bytes, None when their checksum is wrong."""

    def __init__(self, size_of: Callable[[bytes], int | None], parse: Callable[[bytes], F | None]) -> None:
        self._size_of = size_of
        self._parse = parse
        self._buffer = b""

    @property
    def pending(self) -> bool:
        """Whether bytes wait for the rest of what may be a frame."""
        return bool(self._buffer)

    def feed(self, data: bytes) -> list[F]:
        """The frames that `data` completes. Noise that looks like a beginning waits: see `end_of_burst`."""
        self._buffer += data
        return list(self._take())

    def end_of_burst(self) -> list[F]:
        """Called when the line was quiet for long: nothing that waits will be completed any more, so
        frames behind a false start are looked for, and the rest is dropped."""
        frames: list[F] = []
        while self._buffer:
            self._buffer = self._buffer[1:]
            frames += self._take()
        return frames

    def _take(self) -> Iterator[F]:
        while self._buffer:
            size = self._size_of(self._buffer)
            if size is None or size > len(self._buffer):
                return
            frame = self._parse(self._buffer[:size]) if size else None
            self._buffer = self._buffer[1 if frame is None else size :]
            if frame is not None:
                yield frame
