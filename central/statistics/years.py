"""The months of a year together. Pure."""

from collections.abc import Mapping, Sequence

from central.statistics.figures import Cause, Figure, Item, Note, Total, unknown
from central.statistics.report import Report


def totals_of(found: Report) -> Mapping[Item, Total]:
    """Of all places of a report, also of one place alone."""
    if found.groups:
        return found.groups[0].totals
    figures = found.rows[0].figures
    return {item: Total(figure, int(figure.amount is not None), 1) for item, figure in figures.items()}


def sums_of(year: Sequence[Report]) -> dict[Item, Figure]:
    """Of the months that are told of. Readers of several months cannot be told apart."""
    monthly = [totals_of(found) for found in year]
    sums = {item: _sum(item, [totals[item].figure for totals in monthly]) for item in Item}
    up_s, down_s = (
        sum(getattr(row.worked, name) for found in year for row in found.rows) for name in ("up_s", "down_s")
    )
    available = sums[Item.AVAILABILITY]
    if available.amount is not None and up_s + down_s:
        sums[Item.AVAILABILITY] = Figure(100 * up_s / (up_s + down_s), available.notes)
    sums[Item.READERS] = unknown(Cause.ANOTHER_MONTH)
    return sums


def _sum(item: Item, figures: Sequence[Figure]) -> Figure:
    known = [figure.amount for figure in figures if figure.amount is not None]
    lacking = sum(not figure.whole for figure in figures)
    notes = (Note(Cause.MONTHS, count=lacking),) if lacking else ()
    if not known:
        return Figure(None, notes)
    mean = item is Item.WEEKLY_H
    return Figure(sum(known) / (len(known) if mean else 1), notes, any(one.estimated for one in figures))
