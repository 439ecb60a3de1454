"""The ledger against the plainest of models: a set of numbers."""

from hypothesis import given
from hypothesis import strategies as st

from central.store.ledger import Ledger, ranges_missing

SEQS = st.integers(1, 25)
ACTS = st.lists(st.tuples(st.sampled_from(["take", "take", "take", "begin at"]), SEQS), max_size=40)


def within(ranges: list[tuple[int, int]]) -> list[int]:
    return [seq for first, last in ranges for seq in range(first, last + 1)]


@given(ACTS)
def test_every_number_is_new_once_missing_or_lost(acts: list[tuple[str, int]]) -> None:
    ledger, there, begun = Ledger(), set[int](), 1
    for act, seq in acts:
        if act == "take":
            assert ledger.take(seq) == (seq not in there)
            there.add(seq)
        else:
            ledger.begin_at(seq)
            begun = max(begun, seq)
        known = there | set(range(1, begun))
        mark = next(n for n in range(1, 100) if n not in known) - 1
        assert ledger.confirmed == mark
        assert ledger.beyond == {one for one in there if one > mark}
        assert ledger.highest == max({mark, *there})
        lost = within(ledger.lost)
        assert len(lost) == len(set(lost)), "no number is lost twice"
        assert set(lost) >= {one for one in range(1, begun) if one not in there}
        assert not set(lost) & there
        assert within(ranges_missing(mark, ledger.beyond)) == [
            one for one in range(mark + 1, max(there, default=0)) if one not in there
        ]


@given(ACTS)
def test_one_that_is_written_down_and_read_again_goes_on_alike(acts: list[tuple[str, int]]) -> None:
    ledger = Ledger()
    again = Ledger()
    for act, seq in acts:
        again = Ledger(again.confirmed, again.beyond, again.lost)
        if act == "take":
            assert ledger.take(seq) == again.take(seq)
        else:
            ledger.begin_at(seq)
            again.begin_at(seq)
        assert vars(ledger) == vars(again)
