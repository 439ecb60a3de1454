"""How much of its opening hours a place worked, from what was recorded of its condition. Pure.

Time of which nobody knows anything, and maintenance, count neither as up nor as down: both are shown apart.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from broker_config.values import Condition
from central.health.hours import Interval

SERVES = frozenset({Condition.OK, Condition.DEGRADED})
"""Readers are served, if less well."""


@dataclass(frozen=True)
class Spell:
    """`condition` held in [start, end)."""

    condition: Condition
    start: datetime
    end: datetime


@dataclass(frozen=True)
class Availability:
    """Seconds of opening hours that have passed: all of them is the sum of the four."""

    up_s: float
    down_s: float
    unknown_s: float
    planned_s: float

    @property
    def open_s(self) -> float:
        return self.up_s + self.down_s + self.unknown_s + self.planned_s

    @property
    def percent(self) -> float | None:
        """Of the time that is known; None when nothing is."""
        known_s = self.up_s + self.down_s
        return 100 * self.up_s / known_s if known_s else None


def availability(
    spells: Iterable[Spell], opening: Sequence[Interval], planned: Sequence[Interval], now: datetime
) -> Availability:
    """`spells` may leave gaps, which are unknown; where they overlap the worse counts."""
    past = [(start, min(end, now)) for start, end in opening if start < now]
    maintenance = joined(planned)
    counted = without(past, maintenance)
    told = list(spells)
    down = joined((s.start, s.end) for s in told if s.condition is Condition.DOWN)
    up = joined((s.start, s.end) for s in told if s.condition in SERVES)
    down_s, either_s = seconds(common(counted, down)), seconds(common(counted, joined([*down, *up])))
    counted_s = seconds(counted)
    return Availability(
        up_s=either_s - down_s,
        down_s=down_s,
        unknown_s=counted_s - either_s,
        planned_s=seconds(past) - counted_s,
    )


# -- sets of time: in order, without overlap -----------------------------------------------------------------


def joined(intervals: Iterable[Interval]) -> list[Interval]:
    """In order, without overlaps; empty ones are dropped."""
    result: list[Interval] = []
    for start, end in sorted(intervals):
        if start >= end:
            continue
        if result and start <= result[-1][1]:
            result[-1] = (result[-1][0], max(end, result[-1][1]))
        else:
            result.append((start, end))
    return result


def common(some: Sequence[Interval], others: Sequence[Interval]) -> list[Interval]:
    """What both hold; each in order and without overlap."""
    result, i, j = [], 0, 0
    while i < len(some) and j < len(others):
        start, end = max(some[i][0], others[j][0]), min(some[i][1], others[j][1])
        if start < end:
            result.append((start, end))
        if some[i][1] <= others[j][1]:
            i += 1
        else:
            j += 1
    return result


def without(some: Sequence[Interval], others: Sequence[Interval]) -> list[Interval]:
    """What is left of `some` when `others` (in order, without overlap) are taken out."""
    result = []
    for start, end in some:
        at = start
        for other_start, other_end in others:
            if other_end <= at or other_start >= end:
                continue
            if at < other_start:
                result.append((at, other_start))
            at = max(at, other_end)
        if at < end:
            result.append((at, end))
    return result


def seconds(intervals: Iterable[Interval]) -> float:
    return sum((end - start for start, end in intervals), timedelta()).total_seconds()
