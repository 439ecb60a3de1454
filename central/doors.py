"""What door counters told, as hours that can be believed: pure.

A visit that nobody can put into an hour stays a span of time and is not spread; what was lost on the way
shows in the counter's own totals. Storing, adding up by place, and words for people are others'.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from broker_config.messages import Visits
from broker_config.values import moment

REGISTER = 2**32
MOST_LOST = 100_000
"""More than this between two events is a total that began anew, and no loss of events."""
HOUR = timedelta(hours=1)


@dataclass(frozen=True)
class DoorHour:
    """`entries` are those known to have come in this hour. `partial`: there may have been more. `doubts`: it
    may be wrong by so many. `while_closed`: so many of them came outside the opening hours."""

    begins: datetime
    entries: int = 0
    partial: bool = False
    estimated: bool = False
    doubts: int = 0
    while_closed: int = 0


@dataclass(frozen=True)
class Span:
    """`entries` came between the two times, nobody knows when."""

    since: datetime
    until: datetime
    entries: int


@dataclass(frozen=True)
class DoorTimes:
    hours: tuple[DoorHour, ...]
    spans: tuple[Span, ...]

    @property
    def entries(self) -> int:
        """Of all the time together, spans included."""
        return sum(hour.entries for hour in self.hours) + sum(span.entries for span in self.spans)


def by_hour(told: Iterable[Visits], first: datetime, count: int) -> DoorTimes:
    """`count` hours from `first` on (aware, a full hour). Spans count where they ended, as their event's
    `hour` does, and make every hour they touch partial."""
    hours = {first + n * HOUR: DoorHour(first + n * HOUR) for n in range(count)}
    spans = []
    for event in told:
        begins = moment(event.hour)
        if event.since is not None:
            span = Span(moment(event.since), moment(event.at), event.entries)
            spans += [span] if begins in hours else []
            touched = [at for at in hours if at < span.until and span.since < at + HOUR]
            hours |= {at: replace(hours[at], partial=True) for at in touched}
        elif begins in hours:
            hours[begins] = _with(hours[begins], event)
    return DoorTimes(tuple(hours.values()), tuple(spans))


def _with(hour: DoorHour, event: Visits) -> DoorHour:
    return replace(
        hour,
        entries=hour.entries + event.entries,
        partial=hour.partial or not event.complete,
        estimated=hour.estimated or event.count_type == "halved",
        doubts=hour.doubts + event.doubts,
        while_closed=hour.while_closed + (event.entries if event.while_closed else 0),
    )


@dataclass(frozen=True)
class Break:
    """Before the event `seq` the counter's totals say that events are missing: `lost` entries of theirs, None
    where that cannot be said, since the counter began anew."""

    install_id: str
    seq: int
    lost: int | None


def breaks(told: Sequence[Visits]) -> tuple[Break, ...]:
    """Where the sums of one counter do not add up; `told` in the order of their numbers. Totals are modulo
    2³²; a boot alone breaks nothing, since totals outlive it."""
    found = []
    last: dict[str, Visits] = {}
    for event in told:
        before = last.get(event.install_id)
        if event.entries_total is None:
            continue
        if before is not None and before.seq == event.seq:
            continue
        if before is not None and before.entries_total is not None:
            lost = (event.entries_total - before.entries_total - event.entries) % REGISTER
            if lost:
                found.append(Break(event.install_id, event.seq, lost if lost <= MOST_LOST else None))
        last[event.install_id] = event
    return tuple(found)
