"""The node's books, here on CPython: whatever happens between freezing and confirming, sums stay true."""

import importlib.util
import json
from pathlib import Path
from types import ModuleType
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from broker_config.events import Visits
from broker_config.messages import decode
from devices.door_counter.bundle import FIRMWARE
from tests.central.door_events import holes

AT, HOUR = "2026-11-22T03:04:05.000Z", "2026-11-22T03:00:00.000Z"


def firmware(name: str) -> ModuleType:
    """A file of the firmware that needs nothing but MicroPython's share of Python."""
    spec = importlib.util.spec_from_file_location(f"firmware_{name}", Path(FIRMWARE) / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


ledger = firmware("ledger")


def frozen(books: Any, totals: list[int], synced: bool = True) -> Visits:
    books.note(totals)
    assert books.freeze(AT, HOUR, synced)
    return decode(Visits, json.dumps(books.outbox[-1]).encode())


def test_an_event_is_the_centres_own_kind() -> None:
    books = ledger.Ledger(None, "00ff")
    first = frozen(books, [3, 1, 0, 0])
    assert (first.entries, first.complete, first.seq, first.boot_id) == (3, False, 1, "00ff-1")
    second = frozen(books, [5, 4, 0, 1])
    assert (second.entries, second.complete, second.seq, second.doubts) == (2, True, 2, 1)
    assert (second.entries_total, second.exits_total, second.since) == (5, 4, None)


def test_nothing_new_is_not_told() -> None:
    books = ledger.Ledger(None, "00ff")
    frozen(books, [3, 1, 0, 0])
    assert not books.freeze(AT, HOUR, True)
    assert len(books.outbox) == 1


def test_totals_roll_over() -> None:
    books = ledger.Ledger(None, "00ff")
    books.note([2**32 - 2, 0, 0, 0])
    books.freeze(AT, HOUR, True)
    books.confirmed("00ff", 1)
    assert frozen(books, [3, 0, 0, 0]).entries == 5


def test_who_went_which_way_nobody_knows_is_halved_and_no_half_is_lost() -> None:
    books = ledger.Ledger(None, "00ff")
    told = [frozen(books, [n, 0, undirected, 0]) for n, undirected in ((1, 3), (2, 4), (3, 9))]
    assert [event.entries for event in told] == [1 + 1, 1 + 1, 1 + 2]
    assert [event.count_type for event in told] == ["halved"] * 3


def test_after_a_power_cut_the_gap_is_a_span() -> None:
    books = ledger.Ledger(None, "00ff")
    frozen(books, [3, 1, 0, 0])
    books.note([5, 1, 0, 0])
    again = ledger.Ledger(json.loads(json.dumps(books.to_keep())), "other")
    told = frozen(again, again.totals)
    assert (told.entries, told.complete, told.since, told.boot_id) == (2, False, AT, "00ff-2")
    assert (told.install_id, told.seq) == ("00ff", 2)


def test_a_clock_nobody_set_dates_nothing() -> None:
    books = ledger.Ledger(None, "00ff")
    assert frozen(books, [3, 0, 0, 0], synced=False).since is None


def test_a_centre_away_for_weeks_costs_hours_but_no_people() -> None:
    books = ledger.Ledger(None, "00ff")
    for n in range(300):
        books.note([n + 1, 0, 0, 0])
        books.freeze(AT, HOUR, True)
    assert len(books.outbox) == ledger.MOST_WAITING
    books.confirmed("00ff", books.seq)
    last = frozen(books, books.totals)
    assert (last.entries, last.complete, last.since) == (300 - ledger.MOST_WAITING, False, AT)


def test_another_ones_confirmation_is_not_ours() -> None:
    books = ledger.Ledger(None, "00ff")
    frozen(books, [3, 0, 0, 0])
    assert not books.confirmed("ff00", 9)
    assert len(books.outbox) == 1


STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("walk"), st.integers(0, 5), st.integers(0, 5), st.integers(0, 3)),
        st.tuples(st.sampled_from(("freeze", "save", "cut", "confirm"))),
    ),
    max_size=60,
)


@given(STEPS, st.integers(0, 2**32 - 1))
def test_over_any_cuts_nothing_is_told_twice_and_nothing_lost_that_was_kept(
    steps: list[Any], begins: int
) -> None:
    """The centre keeps each (install_id, seq) once; what it has is what the books ever froze."""
    books = ledger.Ledger(None, "00ff")
    books.totals = [begins, 0, 0, 0]
    books._told = [begins, 0, 0, 0]
    kept = json.dumps(books.to_keep())
    centre: dict[int, Visits] = {}
    for what, *people in steps:
        if what == "walk":
            ways = [now + more for now, more in zip(books.totals, people, strict=False)]
            books.note([*(way & ledger.WRAP for way in ways), books.totals[3]])
        elif what == "freeze":
            books.freeze(AT, HOUR, True)
            kept = json.dumps(books.to_keep())  # node.py keeps an event before it tells it
            for event in books.outbox:
                told = decode(Visits, json.dumps(event).encode())
                assert centre.setdefault(told.seq, told) == told
        elif what == "confirm":
            books.confirmed("00ff", max(centre, default=0))
        elif what == "save":
            kept = json.dumps(books.to_keep())
        else:
            books = ledger.Ledger(json.loads(kept), "other")
    told_in_order = [centre[seq] for seq in sorted(centre)]
    assert list(centre) == list(range(1, len(centre) + 1))
    assert holes(told_in_order) == []
    if told_in_order:
        assert sum(event.entries for event in told_in_order) == told_in_order[-1].entries_total
