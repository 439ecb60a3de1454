"""How long a place was open and worked, from the spans of its condition: a month, and its weeks. Pure.

Open means: a kiosk in service during the opening hours. A week that is over has met its standard, or has not,
or nobody can say, since too much of it is unknown; hours are compared as they are shown, to 0.1 h.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import Enum
from functools import lru_cache

from broker_config.values import Condition
from central.health.availability import Availability, Spell, availability, common, seconds
from central.health.hours import Interval, Schedule
from central.statistics.figures import Cause, Note
from central.statistics.periods import WEEK, begins
from central.store import Span

HOUR_S = 3600
NOTES_AT_MOST = 4
"""Outages told one by one, the longest first in time spent, then in order of time."""


class Standing(Enum):
    MET = "met"
    NOT_MET = "not_met"
    UNSURE = "unsure"
    """Too much is unknown."""
    ONGOING = "ongoing"
    NO_STANDARD = "no_standard"


@dataclass(frozen=True)
class Hours:
    """What is known of one place: its spans (subject ""), schedule and maintenance; `since` is when it was
    first heard, `now` when all this was read."""

    spans: Sequence[Span]
    schedule: Schedule
    planned: Sequence[Interval]
    since: datetime
    now: datetime

    def within(self, start: datetime, end: datetime) -> Availability:
        opening = self.opening(start, end)
        return availability(self._spells(start, end), opening, self.planned, self.now)

    def opening(self, start: datetime, end: datetime) -> list[Interval]:
        return common(_opening(self.schedule, start, end), [(max(start, self.since), end)])

    def _spells(self, start: datetime, end: datetime) -> list[Spell]:
        return [
            Spell(span.told.condition, max(span.started_at, start), min(span.ended_at or self.now, end))
            for span in self.spans
            if span.started_at < end and (span.ended_at is None or span.ended_at > start)
        ]


@lru_cache(maxsize=1000)
def _opening(schedule: Schedule, start: datetime, end: datetime) -> tuple[Interval, ...]:
    """Most places share their hours with others, so they are worked out once."""
    return tuple(schedule.intervals(start, end))


@dataclass(frozen=True)
class Week:
    """`monday` to Sunday; hours are those that have passed."""

    monday: date
    open_h: float
    unknown_h: float
    standing: Standing


def weeks(hours: Hours, mondays: Sequence[date], standard_h: float | None) -> tuple[Week, ...]:
    """Weeks that had begun before the place was first heard are not its own."""
    zone = hours.schedule.zone
    found = []
    for monday in mondays:
        start, end = begins(monday, zone), begins(monday + WEEK, zone)
        if hours.since > start or start >= hours.now:
            continue
        worked = hours.within(start, end)
        open_h, unknown_h = worked.up_s / HOUR_S, worked.unknown_s / HOUR_S
        standing = judged(open_h, unknown_h, standard_h, over=end <= hours.now)
        found.append(Week(monday, open_h, unknown_h, standing))
    return tuple(found)


def judged(open_h: float, unknown_h: float, standard_h: float | None, over: bool) -> Standing:
    if standard_h is None:
        return Standing.NO_STANDARD
    if round(open_h, 1) >= standard_h:
        return Standing.MET
    if not over:
        return Standing.ONGOING
    return Standing.UNSURE if round(open_h + unknown_h, 1) >= standard_h else Standing.NOT_MET


def standing_of(found: Sequence[Week]) -> Standing:
    """Of a month: every week that is over has to meet the standard."""
    standings = {week.standing for week in found}
    for one in (Standing.NOT_MET, Standing.UNSURE, Standing.ONGOING, Standing.NO_STANDARD):
        if one in standings:
            return one
    return Standing.MET if found else Standing.UNSURE


def outages(hours: Hours, start: datetime, end: datetime) -> tuple[Note, ...]:
    """When the place was down within its opening hours, with the cause."""
    opening = common(hours.opening(start, end), [(start, hours.now)])
    found = []
    for span in hours.spans:
        if span.told.condition is not Condition.DOWN:
            continue
        ends = span.ended_at or hours.now
        lost_s = seconds(common(opening, [(span.started_at, ends)]))
        if lost_s >= 60:
            why = span.told.causes[0] if span.told.causes else ""
            found.append((lost_s, Note(Cause.OUTAGE, max(span.started_at, start), min(ends, end), why=why)))
    found.sort(key=lambda each: -each[0])
    worst = [note for _, note in found[:NOTES_AT_MOST]]
    return tuple(sorted(worst, key=lambda note: note.since or start))
