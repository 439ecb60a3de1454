"""The values that the templates of the statistics show, made of reports. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from central.places import Place, Places, Standard
from central.statistics.closing import shown
from central.statistics.compare import Change, change, like_for_like, ordered, ranks
from central.statistics.figures import Item
from central.statistics.form import Cell
from central.statistics.opening import Standing
from central.statistics.report import Report, Row
from central.statistics.years import sums_of, totals_of
from central.web.statistics_choice import Choice
from central.web.statistics_form import ITEMS
from central.web.statistics_words import (
    PARTIAL,
    cell,
    figure_cell,
    group_name,
    standing_text,
    sum_cell,
    total_cell,
    week_text,
)
from central.web.texts import Words

SHOWN_AT_MOST = 300
HEADLINES = (Item.VISITS, Item.READERS, Item.LOANS, Item.RENEWALS, Item.RETURNS, Item.AVAILABILITY)
STANDING_ORDER = (Standing.MET, Standing.ONGOING, Standing.NO_STANDARD, Standing.UNSURE, Standing.NOT_MET)


@dataclass(frozen=True)
class Headline:
    """A figure of all places together, and how it has changed."""

    item: Item
    cell: Cell
    before: Change
    year_ago: Change


@dataclass(frozen=True)
class Line:
    """A place in the table. `rank` is its place by what the table is sorted by, None without one."""

    row: Row
    rank: int | None
    cells: tuple[tuple[Item, Cell], ...]
    standing: str


@dataclass(frozen=True)
class TotalLine:
    name: str
    places: int
    cells: tuple[tuple[Item, Cell], ...]
    met: int
    judged: int


def headlines(found: Report, before: Report, year_ago: Report, words: Words) -> list[Headline]:
    totals = totals_of(found)
    made = []
    for item in HEADLINES:
        total = totals[item]
        shown_cell = total_cell(words, item, total) if found.groups else cell(words, found.rows[0], item)
        changes = [_change(found, other, item) for other in (before, year_ago)]
        made.append(Headline(item, shown_cell, *changes))
    return made


def _change(found: Report, other: Report, item: Item) -> Change:
    """A month that is not over cannot be compared with a whole one; readers and shares do not add up."""
    if not found.over:
        return Change(None)
    if item in (Item.READERS, Item.AVAILABILITY):
        return change(totals_of(found)[item].figure, totals_of(other)[item].figure)
    return like_for_like(found, other, item)


def lines(found: Report, choice: Choice, words: Words) -> list[Line]:
    """In the order that was asked for; what is unknown comes last."""
    by_item = {item.value: item for item in Item}
    item = by_item.get(choice.sort)
    ranked = ranks(found.rows, item) if item else {}
    rows = list(found.rows)
    if item is not None:
        rows = ordered(rows, lambda row: row.figures[item].amount, choice.descending)
    elif choice.sort == "standing":
        rows = ordered(rows, lambda row: STANDING_ORDER.index(row.standing), choice.descending)
    elif choice.descending:
        rows.reverse()
    return [
        Line(
            row,
            ranked.get(row.place.id),
            tuple((each, cell(words, row, each)) for each in ITEMS),
            standing_text(words, row),
        )
        for row in rows[:SHOWN_AT_MOST]
    ]


def total_lines(found: Report, places: Places, words: Words) -> list[TotalLine]:
    return [
        TotalLine(
            group_name(words, places, group),
            group.totals[Item.LOANS].places,
            tuple((item, total_cell(words, item, group.totals[item])) for item in ITEMS),
            group.met,
            group.judged,
        )
        for group in found.groups
    ]


def week_table(found: Report, words: Words) -> tuple[list[date], list[tuple[Row, list[tuple[str, str]]]]]:
    """Mondays, and for every place (standing, text) of each."""
    mondays = found.month.mondays()
    table = []
    for row in found.rows[:SHOWN_AT_MOST]:
        own = {week.monday: week for week in row.weeks}
        cells = [
            (own[monday].standing.value, week_text(words, own[monday])) if monday in own else ("", "—")
            for monday in mondays
        ]
        table.append((row, cells))
    return mondays, table


# -- the year ----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Reached:
    """What a place reached in a year of what is demanded; None of it was entered: `cell` says so. `met` None:
    nobody can say yet."""

    cell: Cell
    least: int
    met: bool | None


@dataclass(frozen=True)
class CratesCame:
    """Of the stretches that are over: in how many a crate came, and of how many nothing is known."""

    came: int
    unknown: int
    stretches: int


def months_of(year: Sequence[Report], words: Words) -> list[tuple[Report, tuple[tuple[Item, Cell], ...]]]:
    return [
        (
            found,
            tuple(
                (
                    item,
                    total_cell(words, item, total)
                    if found.groups
                    else figure_cell(words, item, total.figure),
                )
                for item, total in ((item, totals_of(found)[item]) for item in ITEMS)
            ),
        )
        for found in year
    ]


def year_cells(year: Sequence[Report], words: Words) -> list[tuple[Item, Cell]]:
    return [(item, sum_cell(words, item, figure)) for item, figure in sums_of(year).items()]


def charted(year: Sequence[Report]) -> list[dict[Item, float | None]]:
    return [{item: shown(item, total.figure) for item, total in totals_of(found).items()} for found in year]


def reached(year: Sequence[Report], place: str, item: Item, least: int, words: Words) -> Reached:
    """Of the months in which it was entered."""
    figures = [_of(found, place).figures[item] for found in year]
    known = [figure.amount for figure in figures if figure.amount is not None]
    if not known:
        return Reached(Cell(words("statistics_not_entered"), missing=True), least, None)
    whole_year = len(known) == 12 and year[-1].over
    met = True if sum(known) >= least else (False if whole_year else None)
    return Reached(Cell(sum(known), mark="" if len(known) == len(figures) else PARTIAL), least, met)


def crates_came(year: Sequence[Report], place: str, months: int) -> CratesCame:
    """In stretches of so many months."""
    stretches = [year[first : first + months] for first in range(0, len(year), months)]
    over = [stretch for stretch in stretches if len(stretch) == months and stretch[-1].over]
    told = [[_of(found, place).figures[Item.RECEIVED].amount for found in stretch] for stretch in over]
    return CratesCame(
        came=sum(any(amounts) for amounts in told),
        unknown=sum(None in amounts and not any(amounts) for amounts in told),
        stretches=len(over),
    )


def _of(found: Report, place: str) -> Row:
    return next(row for row in found.rows if row.place.id == place)


@dataclass(frozen=True)
class YearOf:
    """What one place reached of its standards; None: nothing is demanded."""

    row: Row
    added: Reached | None
    activities: Reached | None
    crates: CratesCame | None


def standards_of(year: Sequence[Report], places: Places, own: Sequence[Place], words: Words) -> list[YearOf]:
    """Of the places of whose level anything is demanded."""
    made = []
    for place in own[:SHOWN_AT_MOST]:
        standard = places.standard(place)
        if standard == Standard():
            continue
        demanded = ((Item.ADDED, standard.added_year), (Item.ACTIVITIES, standard.activities_year))
        added, activities = (
            reached(year, place.id, item, least, words) if least else None for item, least in demanded
        )
        months = standard.rotation_months
        crates = crates_came(year, place.id, months) if months else None
        made.append(YearOf(_of(year[-1], place.id), added, activities, crates))
    return made
