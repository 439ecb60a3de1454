"""From what the store knows of places to rows and totals of a month. Pure."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import Enum
from zoneinfo import ZoneInfo

from central.health.availability import Availability, joined
from central.health.hours import Interval
from central.health.planned import Window
from central.places import Level, Place, Places
from central.statistics import gaps
from central.statistics.closing import Closing, Correction
from central.statistics.entries import Entry
from central.statistics.figures import (
    BY_HAND,
    EVENTS,
    Cause,
    Figure,
    Item,
    Note,
    Total,
    total,
    unknown,
)
from central.statistics.gather import Material
from central.statistics.opening import HOUR_S, Hours, Standing, Week, outages, standing_of, weeks
from central.statistics.periods import Month, begins

NO_TIME = Availability(0, 0, 0, 0)


class Scope(Enum):
    DISTRICT = "district"
    LEVEL = "level"
    TOWN = "town"


@dataclass(frozen=True)
class Row:
    """One place's month. `standard_h`: hours a week it should be open at least, None without a standard."""

    place: Place
    figures: Mapping[Item, Figure]
    weeks: tuple[Week, ...] = ()
    standing: Standing = Standing.UNSURE
    standard_h: float | None = None
    worked: Availability = NO_TIME
    corrections: Mapping[Item, Correction] = field(default_factory=dict)


@dataclass(frozen=True)
class Group:
    """Rows added up; `key` is the level's or the town's."""

    scope: Scope
    key: str
    totals: Mapping[Item, Total]
    met: int
    judged: int


@dataclass(frozen=True)
class Report:
    """`as_of` is when it was read; what arrives later may change it. `over`: the month has ended."""

    month: Month
    as_of: datetime
    over: bool
    rows: tuple[Row, ...]
    groups: tuple[Group, ...]
    closing: Closing | None = None

    @property
    def corrected(self) -> bool:
        return any(row.corrections for row in self.rows)


@dataclass(frozen=True)
class Surroundings:
    """What a report needs beside the store: `distinct` answers for several places' readers together."""

    places: Places
    zone: ZoneInfo
    windows: Sequence[Window]
    entries: Mapping[tuple[str, Item], Entry]
    closing: Closing | None
    distinct: Callable[[Sequence[str]], int]
    now: datetime


def report(month: Month, found: Sequence[Material], around: Surroundings) -> Report:
    rows = tuple(_row(material, month, around) for material in found)
    return Report(
        month=month,
        as_of=around.now,
        over=begins(month.after, around.zone) <= around.now,
        rows=rows,
        groups=tuple(_groups(rows, around)),
        closing=around.closing,
    )


# -- one place ---------------------------------------------------------------------------------------------


def _row(material: Material, month: Month, around: Surroundings) -> Row:
    place, now = material.place, around.now
    start, end = begins(month.first, around.zone), begins(month.after, around.zone)
    notes = gaps.of_place(material, start, end, now)
    figures = {item: gaps.count(material.sums.get(kind), notes, start) for item, kind in EVENTS.items()}
    figures[Item.VISITS] = gaps.visits(material, notes, start, end, now)
    figures[Item.READERS] = gaps.readers(material, notes, start)
    figures |= gaps.crates(material, notes, start)
    figures |= {item: _entered(around.entries.get((place.id, item))) for item in BY_HAND}
    row = _opened(Row(place, figures), material, month, around)
    closing = around.closing
    if closing is None:
        return row
    found = {item: closing.correction(place.id, item, figure) for item, figure in row.figures.items()}
    corrections = {item: correction for item, correction in found.items() if correction is not None}
    return replace(row, corrections=corrections)


def _entered(entry: Entry | None) -> Figure:
    return Figure(float(entry.amount)) if entry else unknown(Cause.NOT_ENTERED)


def _opened(row: Row, material: Material, month: Month, around: Surroundings) -> Row:
    """With hours, availability and the standard."""
    start, end = begins(month.first, around.zone), begins(month.after, around.zone)
    since, place = gaps.first_heard(material), row.place
    standard = around.places.standard(place)
    standard_h = standard.open_h_week
    items = (Item.OPEN_H, Item.WEEKLY_H, Item.AVAILABILITY)
    if since is None or since >= min(end, around.now):
        missing = {item: unknown(Cause.NOT_INSTALLED) for item in items}
        return replace(row, figures={**row.figures, **missing}, standard_h=standard_h)
    spans = [span for span in material.spans if span.told.subject == ""]
    planned = _planned(place.id, around.windows)
    schedule = around.places.schedule(place, around.zone)
    hours = Hours(spans, schedule, planned, since, around.now)
    worked = hours.within(start, end)
    remarks = outages(hours, start, end)
    if round(worked.planned_s / HOUR_S, 1):
        remarks = (*remarks, Note(Cause.PLANNED, count=round(worked.planned_s / HOUR_S)))
    notes = (Note(Cause.INSTALLED, since=since),) if since > start else ()
    if lacking := round(worked.unknown_s / HOUR_S, 1):
        notes = (*notes, Note(Cause.NOT_RECORDED, count=max(1, round(lacking))))
    figures = dict(row.figures)
    figures[Item.AVAILABILITY] = _availability(worked, notes, remarks)
    if schedule.week is None:
        figures |= {item: unknown(Cause.NO_HOURS) for item in (Item.OPEN_H, Item.WEEKLY_H)}
        return replace(row, figures=figures, standard_h=standard_h, worked=worked)
    own = weeks(hours, month.mondays(), standard_h)
    figures[Item.OPEN_H] = _open_hours(worked, notes, remarks)
    figures[Item.WEEKLY_H] = _weekly(own)
    standing = standing_of(own)
    return replace(row, figures=figures, weeks=own, standing=standing, standard_h=standard_h, worked=worked)


def _planned(place: str, windows: Sequence[Window]) -> list[Interval]:
    return joined((window.starts_at, window.ends_at) for window in windows if place in window.places)


def _availability(worked: Availability, notes: tuple[Note, ...], remarks: tuple[Note, ...]) -> Figure:
    if worked.percent is None and not notes:
        return unknown(Cause.NOT_OPEN_YET)
    return Figure(worked.percent, notes, remarks=remarks)


def _open_hours(worked: Availability, notes: tuple[Note, ...], remarks: tuple[Note, ...]) -> Figure:
    nothing = worked.open_s > 0 and worked.unknown_s == worked.open_s
    return Figure(None if nothing else worked.up_s / HOUR_S, notes, remarks=remarks)


def _weekly(own: Sequence[Week]) -> Figure:
    over = [week for week in own if week.standing is not Standing.ONGOING]
    if not over:
        return unknown(Cause.NO_WEEK)
    lacking = round(sum(week.unknown_h for week in over), 1)
    notes = (Note(Cause.NOT_RECORDED, count=max(1, round(lacking))),) if lacking else ()
    return Figure(sum(week.open_h for week in over) / len(over), notes)


# -- several places ----------------------------------------------------------------------------------------


def _groups(rows: Sequence[Row], around: Surroundings) -> list[Group]:
    if len(rows) < 2:
        return []
    parts = [(Scope.DISTRICT, "", list(rows))]
    parts += [
        (Scope.LEVEL, level.value, [row for row in rows if row.place.level is level]) for level in Level
    ]
    parts += [
        (Scope.TOWN, town.id, [row for row in rows if row.place.town == town.id])
        for town in around.places.town
    ]
    found: list[Group] = []
    seen: list[list[Row]] = [[]]
    for scope, key, own in parts:
        if own not in seen:  # the main library is a level and a town
            seen.append(own)
            found.append(_group(scope, key, own, around))
    return found


def _group(scope: Scope, key: str, rows: Sequence[Row], around: Surroundings) -> Group:
    standings = [row.standing for row in rows]
    return Group(
        scope=scope,
        key=key,
        totals={item: _total(item, rows, around) for item in Item},
        met=standings.count(Standing.MET),
        judged=standings.count(Standing.MET) + standings.count(Standing.NOT_MET),
    )


def _total(item: Item, rows: Sequence[Row], around: Surroundings) -> Total:
    figures = [row.figures[item] for row in rows]
    match item:
        case Item.READERS:
            known = [row.place.id for row in rows if row.figures[item].amount]
            return total(figures, float(around.distinct(known)) if known else 0.0)
        case Item.WEEKLY_H:
            amounts = [figure.amount for figure in figures if figure.amount is not None]
            return total(figures, sum(amounts) / len(amounts) if amounts else 0.0)
        case Item.AVAILABILITY:
            up_s = sum(row.worked.up_s for row in rows)
            known_s = up_s + sum(row.worked.down_s for row in rows)
            return total(figures, 100 * up_s / known_s if known_s else 0.0)
    return total(figures)
