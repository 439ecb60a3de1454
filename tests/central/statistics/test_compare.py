"""Ranks and changes: what is missing is neither last nor compared."""

from hypothesis import given
from hypothesis import strategies as st

from central.statistics.compare import Change, change, like_for_like, ordered, ranks
from central.statistics.desk import Desk
from central.statistics.figures import Cause, Figure, Item, Note, total, unknown
from central.statistics.periods import Month
from central.statistics.report import Row
from tests.central.statistics.world import BRANCH, NEW, OCTOBER, PLACES, SILENT, WELL, place

MARK = (Note(Cause.COUNTER_GAPS, count=1),)
FIGURES = st.one_of(
    st.just(unknown(Cause.NO_COUNTER)),
    st.builds(Figure, st.integers(0, 9).map(float), st.sampled_from([(), MARK])),
)


def rows(figures: list[Figure]) -> list[Row]:
    return [Row(one, {Item.LOANS: figure}) for one, figure in zip(PLACES.place, figures, strict=False)]


@given(st.lists(FIGURES, max_size=20))
def test_ranks_go_by_amount_and_leave_out_what_is_unknown(figures: list[Figure]) -> None:
    made = rows(figures)
    found = ranks(made, Item.LOANS)
    for row in made:
        amount = row.figures[Item.LOANS].amount
        if amount is None:
            assert row.place.id not in found
        else:
            more = sum((other.figures[Item.LOANS].amount or -1) > amount for other in made)
            assert found[row.place.id] == more + 1


@given(st.lists(FIGURES, max_size=20), st.booleans())
def test_whichever_way_it_is_sorted_the_unknown_come_last(figures: list[Figure], down: bool) -> None:
    amounts = [
        row.figures[Item.LOANS].amount
        for row in ordered(rows(figures), lambda row: row.figures[Item.LOANS].amount, down)
    ]
    known = [amount for amount in amounts if amount is not None]
    assert amounts[: len(known)] == sorted(known, reverse=down)


@given(st.lists(FIGURES, min_size=1, max_size=20))
def test_a_total_says_what_it_lacks(figures: list[Figure]) -> None:
    made = total(figures)
    known = [figure.amount for figure in figures if figure.amount is not None]
    assert (made.known, made.places) == (len(known), len(figures))
    assert made.figure.amount == (sum(known) if known else None)
    assert made.figure.whole == all(figure.whole for figure in figures)


def test_changes() -> None:
    assert change(Figure(150), Figure(100)) == Change(50)
    assert change(Figure(150, MARK), Figure(100)) == Change(50, partial=True)
    for now, before in (
        (unknown(Cause.NO_COUNTER), Figure(3)),
        (Figure(3), unknown(Cause.NO_COUNTER)),
        (Figure(3), Figure(0)),
    ):
        assert change(now, before).percent is None


def test_places_that_were_not_there_before_are_not_compared(october: Desk) -> None:
    both = [place(place_id) for place_id in (WELL, NEW, SILENT, BRANCH)]
    now, before = october.report(OCTOBER, both), october.report(Month(2026, 9), both)
    found = like_for_like(now, before, Item.VISITS)
    assert found.places == 3 and found.partial, "the new one was not there, the silent one is incomplete"
    alike = [place(WELL)]
    one = like_for_like(october.report(OCTOBER, alike), october.report(Month(2026, 9), alike), Item.LOANS)
    loans = [
        october.report(month, alike).rows[0].figures[Item.LOANS].amount or 0
        for month in (OCTOBER, Month(2026, 9))
    ]
    assert one == Change(100 * (loans[0] - loans[1]) / loans[1], partial=False, places=1)
