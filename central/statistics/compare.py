"""Ranks, and one month against another: what is missing is not ranked, nor compared in silence. Pure."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from central.statistics.figures import Figure, Item
from central.statistics.report import Report, Row


@dataclass(frozen=True)
class Change:
    """`percent` None: it cannot be said. `partial`: one of the two may be incomplete, or rests on `places`
    of more places only."""

    percent: float | None
    partial: bool = False
    places: int | None = None


def change(now: Figure, before: Figure) -> Change:
    if now.amount is None or not before.amount:
        return Change(None)
    return Change(100 * (now.amount - before.amount) / before.amount, now.partial or before.partial)


def like_for_like(now: Report, before: Report, item: Item) -> Change:
    """Of the places that are known in both months."""
    earlier = {row.place.id: row.figures[item] for row in before.rows}
    pairs = [
        (row.figures[item], earlier[row.place.id])
        for row in now.rows
        if row.place.id in earlier
        and row.figures[item].amount is not None
        and earlier[row.place.id].amount is not None
    ]
    total, was = (sum(pair[n].amount or 0 for pair in pairs) for n in (0, 1))
    if not was:
        return Change(None, places=len(pairs))
    partial = len(pairs) < len(now.rows) or any(one.partial for pair in pairs for one in pair)
    return Change(100 * (total - was) / was, partial, len(pairs))


def ranks(rows: Sequence[Row], item: Item) -> Mapping[str, int]:
    """Place -> its rank, 1 for the most; who is equal shares one, who is unknown has none."""
    amounts = sorted((a for row in rows if (a := row.figures[item].amount) is not None), reverse=True)
    first: dict[float, int] = {}
    for rank, amount in enumerate(amounts, 1):
        first.setdefault(amount, rank)
    return {row.place.id: first[a] for row in rows if (a := row.figures[item].amount) is not None}


def ordered(rows: Iterable[Row], key: Callable[[Row], float | str | None], descending: bool) -> list[Row]:
    """By `key`; those without one come last, whichever way."""
    found = list(rows)
    known = [row for row in found if key(row) is not None]
    known.sort(key=key, reverse=descending)  # type: ignore[arg-type]
    return [*known, *(row for row in found if key(row) is None)]
