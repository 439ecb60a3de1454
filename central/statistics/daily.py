"""The days of a month for a chart: what several places together counted, day by day. Pure.

A day is 0 where a place was in service (or its door counter worked) for some of it and nothing came; unknown
where nobody was there to count.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from broker_config.values import Condition
from central.doors import DoorMark, days_hidden
from central.health.availability import SERVES
from central.statistics.figures import EVENTS, Item
from central.statistics.periods import Month, begins
from central.store import DayCount, Span

CHARTED = {EVENTS[item]: item for item in (Item.VISITS, Item.LOANS, Item.RETURNS)}
DAY = timedelta(days=1)


@dataclass(frozen=True)
class Daily:
    """`partial`: a counter missed some."""

    day: date
    amounts: Mapping[Item, int | None]
    partial: bool = False


@dataclass(frozen=True)
class Told:
    """What the store says of the month and those places; `counters` as in `gaps.counters`."""

    counts: Iterable[DayCount]
    spans: Iterable[Span]
    counters: Collection[tuple[str, str]]
    marks: Sequence[DoorMark] = ()


def daily(month: Month, told: Told, zone: ZoneInfo, now: datetime) -> list[Daily]:
    amounts: dict[date, dict[Item, int]] = {day: {} for day in month.days()}
    for span in told.spans:
        for item in _counted_by(span, told.counters):
            for day in _days(span, month, zone, now):
                amounts[day][item] = 0
    partial = days_hidden(told.marks, month.first, month.after, zone)
    for count in told.counts:
        if count.kind in CHARTED:
            item = CHARTED[count.kind]
            amounts[count.day][item] = amounts[count.day].get(item, 0) + count.amount
            partial |= {count.day} if count.partial else set()
    return [
        Daily(day, {item: found.get(item) for item in CHARTED.values()}, day in partial)
        for day, found in amounts.items()
    ]


def _counted_by(span: Span, counters: Collection[tuple[str, str]]) -> tuple[Item, ...]:
    """What was certainly counted while it lasted."""
    if span.told.subject == "":
        return (Item.LOANS, Item.RETURNS) if span.told.condition in SERVES else ()
    is_counter = (span.told.place, span.told.subject) in counters
    return (Item.VISITS,) if is_counter and span.told.condition is Condition.OK else ()


def _days(span: Span, month: Month, zone: ZoneInfo, now: datetime) -> Iterable[date]:
    day = max(span.started_at.astimezone(zone).date(), month.first)
    end = min(span.ended_at or now, begins(month.after, zone))
    while begins(day, zone) < end:
        yield day
        day += DAY
