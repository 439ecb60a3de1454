"""How fast a device answers in truth: the line's speed both ways, tags in the air, the device's own time.

Pure: told what passes and when, it says when an answer is complete at the other end. A device hears one
question after the other, and none sooner than its own time after its last answer.
"""

from dataclasses import dataclass
from typing import Protocol, runtime_checkable

from hardware_sim.air_answers import Spent


@runtime_checkable
class Timed(Protocol):
    """A reader's field, which counts the time that it takes."""

    def take_spent(self) -> Spent:
        """What was spent since this was last asked."""


@dataclass
class Totals:
    """Where the time went since counting began, in seconds, and how many answers were given."""

    air_s: float = 0.0
    programming_s: float = 0.0
    serial_s: float = 0.0
    answers: int = 0


class Pace:
    def __init__(self, own_s: float) -> None:
        """`own_s`: what the device takes for itself after each answer."""
        self.own_s = own_s
        self.total = Totals()
        self._heard_until = 0.0
        """When the last byte of the question has passed the line."""
        self._ready_at = 0.0

    def start_counting(self) -> None:
        self.total = Totals()

    def hear(self, now: float, size: int, byte_s: float) -> None:
        """So many bytes of a question set out; `byte_s` is the time of one on the line."""
        self._heard_until = max(now, self._heard_until, self._ready_at) + size * byte_s
        self.total.serial_s += size * byte_s

    def answer(self, now: float, size: int, byte_s: float, spent: Spent) -> float:
        """When the last of so many bytes arrives; `spent` is what lay between question and answer."""
        arrived = max(now, self._heard_until) + spent.air_s + spent.programming_s + size * byte_s
        self._heard_until = self._ready_at = arrived + self.own_s
        self.total.air_s += spent.air_s
        self.total.programming_s += spent.programming_s
        self.total.serial_s += size * byte_s
        self.total.answers += 1
        return arrived
