"""Marks on times, and sums that tell what was lost on the way."""

from datetime import UTC, date, datetime, timedelta
from random import Random
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broker_config.events import Visits
from broker_config.values import timestamp
from central.doors import DoorMark, Hole, Mark, What, days_hidden, marks_of
from central.intake import counts_of
from tests.central.door_events import holes, visits

NINE = datetime(2026, 11, 22, 9, tzinfo=UTC)
ZONE = ZoneInfo("Asia/Shanghai")


def later(**span: float) -> datetime:
    return NINE + timedelta(**span)


def text(**span: float) -> str:
    return timestamp(later(**span))


# -- marks -------------------------------------------------------------------------------------------------


def test_people_of_an_hour_need_no_mark() -> None:
    event = visits(3, later(minutes=5), while_closed=False)
    assert marks_of(event, event.hour) == ()
    assert not counts_of(event, event.hour).hourless


def test_a_gap_is_a_span_and_no_hours() -> None:
    event = visits(40, later(hours=3, minutes=10), complete=False, since=text(minutes=30))
    assert marks_of(event, event.hour) == (Mark(What.SPAN, text(minutes=30), text(hours=3, minutes=10), 40),)
    counts = counts_of(event, event.hour)
    assert (counts.amount, counts.hourless, counts.partial) == (40, True, True)


def test_a_gap_within_one_hour_is_of_that_hour() -> None:
    event = visits(4, later(minutes=50), complete=False, since=text(minutes=10))
    assert marks_of(event, event.hour) == ()
    assert counts_of(event, event.hour).partial


def test_what_is_told_when_its_hour_is_over_ended_with_it() -> None:
    event = visits(4, later(hours=1, seconds=2), hour=text(), complete=False, since=text(hours=-5))
    (mark,) = marks_of(event, event.hour)
    assert mark.until == text(hours=1)


def test_while_closed_and_doubts_are_told() -> None:
    event = visits(3, later(minutes=5), while_closed=True, doubts=1)
    of_hour = text(), text(hours=1)
    assert marks_of(event, event.hour) == (Mark(What.CLOSED, *of_hour, 3), Mark(What.DOUBTFUL, *of_hour, 1))
    night = visits(2, later(), complete=False, since=text(hours=-12), while_closed=True)
    assert [mark.since for mark in marks_of(night, night.hour)] == [text(hours=-12)] * 2


def test_a_clock_that_nobody_believes_dates_no_span() -> None:
    woken = datetime(1970, 1, 1, 3, tzinfo=UTC)
    since = timestamp(woken - timedelta(hours=2))
    event = visits(3, woken, clock_synced=False, complete=False, since=since)
    counts = counts_of(event, text(minutes=7))
    assert (counts.amount, counts.partial, counts.hourless, counts.marks) == (3, True, False, ())


def test_days_that_a_gap_touches() -> None:
    """09:00 UTC is 17:00 in the library: a span of eight hours ends as its day does."""
    marks = [
        DoorMark("p", What.SPAN, later(), later(hours=7), 3),
        DoorMark("p", What.LOST, later(days=2), later(days=3, hours=8), None),
        DoorMark("p", What.CLOSED, later(days=9), later(days=9, hours=1), 3),
        DoorMark("p", What.SPAN, later(days=-9000), later(days=-20), 3),
    ]
    days = days_hidden(marks, date(2026, 11, 1), date(2026, 11, 26), ZONE)
    assert {day.day for day in days} == {1, 2, 22, 24, 25} and len(days) == 5


# -- sums --------------------------------------------------------------------------------------------------


def chain(*entries: int, total: int = 0) -> list[Visits]:
    told = []
    for seq, n in enumerate(entries, start=1):
        total = (total + n) % 2**32
        told.append(visits(n, later(hours=seq), seq, entries_total=total, boot_id=f"n1-{seq}"))
    return told


def test_sums_that_add_up_over_boots_and_roll_over() -> None:
    assert holes(chain(3, 0, 5, 2)) == []
    assert holes(chain(3, 7, 2, total=2**32 - 5)) == []


def test_a_lost_event_shows_in_the_sum() -> None:
    told = chain(3, 7, 2)
    assert holes([told[0], told[2]]) == [Hole(1, 3, text(hours=1), text(hours=3), 7)]


def test_a_total_that_began_anew_is_no_crowd() -> None:
    told = [chain(400, total=1000)[0], visits(2, later(hours=2), 2, entries_total=2, boot_id="n1-9")]
    assert holes(told) == [Hole(1, 2, text(hours=1), text(hours=2), None)]


def test_a_kiosks_counter_has_no_totals_and_loses_nothing_by_them() -> None:
    assert holes([visits(3, later(hours=1)), visits(4, later(hours=2), 2)]) == []


@given(st.lists(st.integers(0, 50), min_size=2, max_size=20), st.integers(0, 2**32 - 1), st.randoms())
def test_in_any_order_the_sums_tell_what_has_not_come(entries: list[int], total: int, random: Random) -> None:
    """Between the first and the last that have come, against a count by hand."""
    told = chain(*entries, total=total)
    came = [event for event in told if random.random() < 0.7] or told[:1]
    first, last = came[0].seq, came[-1].seq
    missing = sum(event.entries for event in told if first < event.seq < last and event not in came)
    rest = came[1:]
    random.shuffle(rest)
    assert sum(hole.visits or 0 for hole in holes([came[0], *rest])) == missing


@pytest.mark.parametrize("order", [(0, 3, 1, 2), (0, 2, 3, 1), (0, 1, 2, 3)])
def test_what_comes_late_after_all_is_lost_no_more(order: tuple[int, ...]) -> None:
    told = chain(3, 7, 2, 9)
    assert holes(told[n] for n in order) == []
