"""Edges from the pins' interrupts to the loop that judges them, without allocating anything."""

from array import array

SIZE = 512


class Ring:
    """One writer (the interrupt), one reader (the loop). `lost` tells that edges came faster than they were
    taken; the newest are dropped then."""

    def __init__(self) -> None:
        self._ticks = array("I", (0 for _ in range(SIZE)))
        self._what = bytearray(SIZE)
        self._in = 0
        self._out = 0
        self.lost = False

    def put(self, beam: int, broken: int, ticks_ms: int) -> None:
        following = (self._in + 1) % SIZE
        if following == self._out:
            self.lost = True
            return
        self._ticks[self._in] = ticks_ms
        self._what[self._in] = beam << 1 | broken
        self._in = following

    def get(self) -> tuple[int, bool, int] | None:
        """(beam, broken, ticks_ms), or None when there is none."""
        if self._out == self._in:
            return None
        what, ticks_ms = self._what[self._out], self._ticks[self._out]
        self._out = (self._out + 1) % SIZE
        return what >> 1, bool(what & 1), ticks_ms
