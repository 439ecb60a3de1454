"""A reader's end of the wire: frames cut out of what arrives, an unfinished one ended by a pause."""

from typing import Generic, Protocol, TypeVar

CHARACTER_GAP_S = 0.1
"""After a longer pause within a frame, the next byte begins another one."""
F = TypeVar("F")


class Decoder(Protocol[F]):
    """`devices.framing`'s, or another with the same doors."""

    @property
    def pending(self) -> bool: ...

    def feed(self, data: bytes) -> list[F]: ...

    def end_of_burst(self) -> list[F]: ...


class Bursts(Generic[F]):
    """`now` is whatever clock `tick` is called by, in seconds."""

    def __init__(self, decoder: Decoder[F]) -> None:
        self._decoder = decoder
        self._now_s = self._last_byte_at_s = 0.0

    def feed(self, data: bytes) -> list[F]:
        self._last_byte_at_s = self._now_s
        return self._decoder.feed(data)

    def tick(self, now: float) -> list[F]:
        self._now_s = now
        if self._decoder.pending and now - self._last_byte_at_s > CHARACTER_GAP_S:
            return self._decoder.end_of_burst()
        return []
