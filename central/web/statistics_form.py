"""Fills in the monthly form: of several places a row each, of one place a line for every figure. Pure."""

from dataclasses import dataclass

from central.places import Places
from central.statistics.figures import Item
from central.statistics.form import Cell, Column, Form, Remark
from central.statistics.report import Report, Row
from central.web.statistics_words import (
    cell,
    figure_cell,
    group_name,
    item_name,
    joined,
    met_text,
    month_name,
    one_after_another,
    reasons,
    standing_text,
    total_cell,
)
from central.web.texts import Words

ITEMS = tuple(Item)
HOURS_AFTER = Item.WEEKLY_H
"""Behind it stands whether the standard is met."""
NUMBER_WIDTH = 11


def form_of(name: str, found: Report, places: Places, words: Words) -> Form:
    """`name` is what the places are together."""
    columns = (
        Column("number", words("statistics_number"), 6),
        Column("place", words("statistics_place"), 40),
        *(column for item in ITEMS for column in _columns(item, words)),
    )
    rows = tuple(_row(number, row, words) for number, row in enumerate(found.rows, 1))
    totals = tuple(_totals(found, places, words))
    return _form(name, found, words, _Table(columns, rows, totals, remarks_of(found, words)))


def remarks_of(found: Report, words: Words) -> tuple[Remark, ...]:
    """Each once, with all the places that it is true of."""
    where: dict[tuple[str, str], list[Row]] = {}
    for row in found.rows:
        for reason in reasons(words, row):
            where.setdefault(reason, []).append(row)
    return tuple(
        Remark(joined(words, (words.short(row.place) for row in rows)), what, said)
        for (what, said), rows in where.items()
    )


def _columns(item: Item, words: Words) -> list[Column]:
    own = [Column(item.value, item_name(words, item), NUMBER_WIDTH)]
    if item is HOURS_AFTER:
        own.append(Column("standing", words("statistics_standing"), 16))
    return own


def _row(number: int, row: Row, words: Words) -> tuple[Cell, ...]:
    cells = [Cell(number), Cell(words.name(row.place))]
    for item in ITEMS:
        cells.append(cell(words, row, item))
        if item is HOURS_AFTER:
            cells.append(Cell(standing_text(words, row)))
    return tuple(cells)


def _totals(found: Report, places: Places, words: Words) -> list[tuple[Cell, ...]]:
    rows = []
    for group in found.groups:
        name, count = group_name(words, places, group), group.totals[Item.LOANS].places
        cells = [Cell(""), Cell(words("statistics_total_of", name=name, places=count))]
        for item in ITEMS:
            cells.append(total_cell(words, item, group.totals[item]))
            if item is HOURS_AFTER:
                cells.append(Cell(met_text(group.met, group.judged)))
        rows.append(tuple(cells))
    return rows


def place_form(found: Report, before: Report, year_ago: Report, words: Words) -> Form:
    """Of the one place of these three reports."""
    row, columns = (
        found.rows[0],
        (
            Column("item", words("statistics_item"), 26),
            Column("this_month", words("statistics_this_month"), 16),
            Column("before", words("statistics_before_short"), 16),
            Column("year_ago", words("statistics_year_ago_short"), 16),
            Column("remarks", words("statistics_remarks"), 70),
        ),
    )
    rows = []
    for item in ITEMS:
        rows.append(_line(item, row, before.rows[0], year_ago.rows[0], words))
        if item is HOURS_AFTER:
            rows.append(_standing_line(row, before.rows[0], year_ago.rows[0], words))
    remarks = [Remark(words.name(row.place), what, said) for what, said in reasons(words, row)]
    return _form(words.name(row.place), found, words, _Table(columns, tuple(rows), (), tuple(remarks)))


def _line(item: Item, row: Row, before: Row, year_ago: Row, words: Words) -> tuple[Cell, ...]:
    own = cell(words, row, item)
    return (
        Cell(item_name(words, item)),
        own,
        figure_cell(words, item, before.figures[item]),
        figure_cell(words, item, year_ago.figures[item]),
        Cell(one_after_another(words, own.note.splitlines())),
    )


def _standing_line(row: Row, before: Row, year_ago: Row, words: Words) -> tuple[Cell, ...]:
    standard = (
        words("statistics_standard_of", hours=f"{row.standard_h:g}") if row.standard_h is not None else ""
    )
    said = (standing_text(words, each) for each in (row, before, year_ago))
    return (Cell(words("statistics_standing")), *(Cell(text) for text in said), Cell(standard))


@dataclass(frozen=True)
class _Table:
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    totals: tuple[tuple[Cell, ...], ...]
    remarks: tuple[Remark, ...]


def _form(name: str, found: Report, words: Words, table: _Table) -> Form:
    month, at = month_name(words, found.month), words.minute(found.as_of)
    lines = [words("statistics_form_line", month=month, at=at)]
    if not found.over:
        lines.append(words("statistics_form_not_over"))
    if closing := found.closing:
        closed = words.minute(closing.at)
        lines.append(words("statistics_form_closed", at=closed, by=closing.by))
    return Form(
        title=words("statistics_form", name=name),
        sheet=words("statistics_sheet"),
        remarks_sheet=words("statistics_remarks"),
        remarks_heads=(words("statistics_place"), words("statistics_item"), words("statistics_remarks")),
        lines=tuple(lines),
        columns=table.columns,
        rows=table.rows,
        totals=table.totals,
        remarks=table.remarks,
        foot=tuple(
            words(key) for key in ("statistics_foot", "statistics_foot_visits", "statistics_foot_hours")
        ),
        signatures=tuple(
            words(key) for key in ("statistics_signed_by", "statistics_checked_by", "statistics_signed_on")
        ),
    )
