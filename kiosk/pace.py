"""How often to look at what may change at any moment: briskly while it does, or while somebody is there, and
at rest after a while of nothing. One stir is enough to be brisk again.

What may rest is the pad, the card reader, the control thread's tick and the screen's loop: each says itself
what stirs it. Pure; time is passed in.
"""

from collections.abc import Callable
from dataclasses import dataclass

Attended = Callable[[], bool]
"""Whether a reader or staff stand before the kiosk."""


def nobody() -> bool:
    """For whoever is not told whether anybody is there."""
    return False


@dataclass(frozen=True)
class Pace:
    """`brisk_s` and `resting_s` from one look to the next; at rest once it was quiet for `rests_after_s`."""

    brisk_s: float
    resting_s: float
    rests_after_s: float = 10.0

    def next_pause_s(self, quiet_s: float, attended: bool = False) -> float:
        """`attended`: somebody is there and must not be kept waiting, however quiet it is."""
        return self.brisk_s if attended or quiet_s < self.rests_after_s else self.resting_s


class Pacer:
    """A pace, and since when it is quiet. One thread uses it."""

    def __init__(self, pace: Pace, clock_s: Callable[[], float], attended: Attended = nobody) -> None:
        self._pace, self._clock_s, self._attended = pace, clock_s, attended
        self.stir()

    def stir(self) -> None:
        """Something changed."""
        self._stirred_s = self._clock_s()

    @property
    def pause_s(self) -> float:
        return self._pace.next_pause_s(self._clock_s() - self._stirred_s, self._attended())
