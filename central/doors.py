"""What door counters tell beside a number of people: marks on times, and sums that show what was lost. Pure.

Visits that nobody can put into an hour are of their day and of no hour; a `Mark` says between which times
they came. A counter with totals of its own says by them how many were lost on the way (`Sums`). The store
keeps both; who reads counts asks for the marks too. Words for people are others'.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import Enum
from typing import NamedTuple
from zoneinfo import ZoneInfo

from msgspec import Struct

from broker_config.events import Visits
from broker_config.values import moment, timestamp

REGISTER = 2**32
MOST_LOST = 100_000
"""More than this between two events is a total that began anew, and no loss of events."""
HOUR = timedelta(hours=1)


class What(Enum):
    """What a mark says of its visits; the value is kept in the store."""

    SPAN = "span"
    """They came between its times, nobody knows when; they count on the day on which it ends."""
    CLOSED = "closed"
    """They came outside the opening hours, and count."""
    DOUBTFUL = "doubtful"
    """By so many the count may be wrong."""
    LOST = "lost"
    """They were counted at the door and never came to the centre."""


GAPS = frozenset({What.SPAN, What.LOST})
"""They make the counts of the hours and days that they touch incomplete."""


class Mark(Struct, frozen=True, gc=False):
    """Times as messages carry them."""

    what: What
    since: str
    until: str
    visits: int


class DoorMark(Struct, frozen=True, gc=False):
    """A mark as the store gives it. `visits` None: the counter began anew, so how many are lost cannot be
    said."""

    place: str
    what: What
    since: datetime
    until: datetime
    visits: int | None

    def hides(self, start: datetime, end: datetime) -> bool:
        """Whether counts of [start, end) may lack some for it."""
        return self.what in GAPS and self.since < end and start < self.until


def marks_of(event: Visits, happened_at: str) -> tuple[Mark, ...]:
    """What `event` says beside its count. Another `happened_at` than its hour: its clock is not believed."""
    if event.since is None and not event.while_closed and not event.doubts:
        return ()  # most of them by far
    begins = moment(f"{happened_at[:13]}:00:00.000Z")
    hour, end = timestamp(begins), timestamp(begins + HOUR)
    found = []
    if event.since is not None and event.hour == happened_at and event.since < hour:
        until = min(max(event.at, hour), end)  # it is told when its hour is over
        found.append(Mark(What.SPAN, event.since, until, event.entries))
    if event.while_closed and event.entries:
        since, until = (found[0].since, found[0].until) if found else (hour, end)
        found.append(Mark(What.CLOSED, since, until, event.entries))
    if event.doubts:
        found.append(Mark(What.DOUBTFUL, hour, end, event.doubts))
    return tuple(found)


def days_hidden(marks: Iterable[DoorMark], first: date, after: date, zone: ZoneInfo) -> set[date]:
    """The days in [first, after) whose counts may lack some."""
    days = set()
    for mark in marks:
        if mark.what in GAPS:
            day = max(first, mark.since.astimezone(zone).date())
            last = (mark.until - timedelta(microseconds=1)).astimezone(zone).date()
            while day <= last and day < after:
                days.add(day)
                day += timedelta(days=1)
    return days


# -- sums --------------------------------------------------------------------------------------------------


class CounterTotal(NamedTuple):
    """The counter's total after the event `seq`, told `at`."""

    seq: int
    total: int
    at: str


@dataclass(frozen=True)
class Hole:
    """Between the events `after` and `seq` of a counter its totals say that others are missing: `visits` of
    theirs, None where that cannot be said, since the counter began anew."""

    after: int
    seq: int
    since: str
    until: str
    visits: int | None


class Sums:
    """Of one installation: each event once, in any order. Totals are modulo 2³²; a boot alone breaks
    nothing, since totals outlive it. What was told before the first event is nobody's loss."""

    def __init__(self, last: CounterTotal | None = None, holes: Iterable[Hole] = ()) -> None:
        self.last = last
        self.holes = {hole.seq: hole for hole in holes}
        self.changed = False

    def take(self, event: Visits, at: str) -> None:
        if event.entries_total is None:
            return
        self.changed = True
        if self.last is not None and event.seq < self.last.seq:
            self._came_late(event)
            return
        told = CounterTotal(event.seq, event.entries_total, at)
        if self.last is not None:
            self._compare(self.last, told, event.entries)
        self.last = told

    def _compare(self, before: CounterTotal, now: CounterTotal, entries: int) -> None:
        lost = (now.total - before.total - entries) % REGISTER
        if lost:
            visits = lost if lost <= MOST_LOST else None
            until = max(before.at, now.at)
            self.holes[now.seq] = Hole(before.seq, now.seq, before.at, until, visits)

    def _came_late(self, event: Visits) -> None:
        hole = next((one for one in self.holes.values() if one.after < event.seq < one.seq), None)
        if hole is None or hole.visits is None:
            return
        del self.holes[hole.seq]
        if hole.visits > event.entries:
            self.holes[hole.seq] = replace(hole, visits=hole.visits - event.entries)
