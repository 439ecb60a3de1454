"""Cumulative registers to visits: roll-over, reset, silence, closing time, and who cannot be told apart."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from broker_config.events import Visits as VisitsMessage
from broker_config.messages import decode, encode
from broker_config.opening_hours import spans
from devices.kinds import DoorCount
from kiosk.clock import Moment
from kiosk.journal import Journal
from kiosk.opening_hours import OpeningHours
from kiosk.reports import Stamp
from kiosk.visits import LIKELY_AT_ONCE, LIKELY_EVER, Reading, Visits, visits_between

REGISTER = 2**32
AT = Moment(datetime(2026, 11, 22, 3, 4, 5, 678_000, tzinfo=UTC), synced=True)
"""A Sunday, 11:04 in the library's time zone."""
HOUR = "2026-11-22T03:00:00.000Z"
SECOND, HOURS = timedelta(seconds=1), timedelta(hours=3)
OPEN = OpeningHours(spans("09:00-12:00 14:00-17:30"), frozenset({1}), UTC)

READINGS: dict[str, tuple[int | None, int, Visits]] = {
    "the first reading ever is a baseline": (None, 5_000_000, Visits(0, HOUR)),
    "nobody came": (17, 17, Visits(0, HOUR)),
    "three came": (17, 20, Visits(3, HOUR)),
    "the registers rolled over": (REGISTER - 2, 3, Visits(5, HOUR)),
    "the counter started anew and counted two": (400_000, 2, Visits(2, HOUR, complete=False)),
    "the counter started anew and nobody came yet": (400_000, 0, Visits(0, HOUR, complete=False)),
    "another counter with a count of its own": (400_000, 9_000_000, Visits(0, HOUR, complete=False)),
    "a crowd, just believable": (0, LIKELY_AT_ONCE, Visits(LIKELY_AT_ONCE, HOUR)),
}


def reading(count: DoorCount | int, ago: timedelta = timedelta(0), synced: bool = True) -> Reading:
    counted = DoorCount(count, 0) if isinstance(count, int) else count
    return Reading(counted, Moment(AT.utc - ago, synced))


@pytest.mark.parametrize(("before", "now", "expected"), READINGS.values(), ids=READINGS)
def test_between_two_readings(before: int | None, now: int, expected: Visits) -> None:
    last = None if before is None else reading(before)
    assert visits_between(last, DoorCount(now, 0), AT) == expected


@given(st.integers(0, REGISTER - 1), st.integers(0, LIKELY_AT_ONCE))
def test_whoever_comes_is_counted_wherever_the_register_stands(before: int, came: int) -> None:
    now = DoorCount((before + came) % REGISTER, 0)
    assert visits_between(reading(before), now, AT) == Visits(came, HOUR)


COUNTS = st.builds(
    DoorCount,
    st.integers(0, 65_535),
    st.integers(0, 65_535),
    passages=st.integers(0, 65_535),
    doubts=st.integers(0, 65_535),
    modulus=st.sampled_from((65_536, REGISTER)),
    series=st.sampled_from(("", "a", "b")),
    forgets=st.booleans(),
)


@given(COUNTS, COUNTS, st.timedeltas(timedelta(0), timedelta(days=400)), st.booleans())
def test_no_two_readings_make_a_crowd_nobody_would_believe(
    before: DoorCount, now: DoorCount, ago: timedelta, synced: bool
) -> None:
    visits = visits_between(reading(before, ago, synced), now, AT)
    assert 0 <= visits.entries <= 2 * LIKELY_EVER
    assert visits.doubts >= 0


def test_people_going_out_are_no_visits() -> None:
    assert visits_between(reading(DoorCount(7, 7)), DoorCount(7, 90), AT).entries == 0


def test_after_silence_people_came_in_a_span_and_not_in_an_hour() -> None:
    visits = visits_between(reading(100, HOURS), DoorCount(140, 0), AT)
    assert visits == Visits(40, HOUR, complete=False, since=AT.utc - HOURS)


def test_silence_in_which_nobody_came_is_no_gap() -> None:
    """The counter itself went on counting."""
    visits = visits_between(reading(100, HOURS), DoorCount(100, 0), AT)
    assert not visits.worth_telling


def test_silence_within_one_hour_leaves_the_hour_sure() -> None:
    assert visits_between(reading(100, timedelta(minutes=3)), DoorCount(104, 0), AT) == Visits(4, HOUR)


def test_a_clock_set_in_between_says_nothing_of_when() -> None:
    woke_up = Reading(DoorCount(100, 0), Moment(datetime(1970, 1, 1, tzinfo=UTC), synced=False))
    assert visits_between(woke_up, DoorCount(104, 0), AT) == Visits(4, HOUR, complete=False)
    older_kiosk = Reading.from_json("[100, 90]")
    assert visits_between(older_kiosk, DoorCount(104, 90), AT) == Visits(4, HOUR, complete=False)


def test_a_small_register_that_forgets_is_no_roll_over() -> None:
    """60,000 to 3 in a u16: 5,539 people, or a power cut? In a second nobody believes the crowd; over hours
    only the configuration knows."""
    u16 = DoorCount(60_000, 0, modulus=65_536)
    now = replace(u16, entries=3)
    assert visits_between(reading(u16, SECOND), now, AT) == Visits(3, HOUR, complete=False)
    over_hours = visits_between(reading(u16, HOURS), now, AT)
    assert (over_hours.entries, over_hours.complete) == (5_539, False)
    told = visits_between(reading(u16, HOURS), replace(now, forgets=True), AT)
    assert (told.entries, told.complete) == (3, False)
    rolled = visits_between(reading(replace(u16, entries=65_534), SECOND), now, AT)
    assert rolled == Visits(5, HOUR)


def test_another_run_of_counting_began_at_zero() -> None:
    """Three came after the restart, though the register grew by one only."""
    before = reading(DoorCount(2, 0, series="a"), SECOND)
    visits = visits_between(before, DoorCount(3, 0, series="b"), AT)
    assert visits == Visits(3, HOUR, complete=False)


def test_who_cannot_be_told_in_from_out_is_halved_and_no_half_is_lost() -> None:
    readings = [DoorCount(0, 0, passages=passages) for passages in (0, 1, 2, 2, 5, 6)]
    told = [visits_between(reading(before, SECOND), now, AT) for before, now in pairwise(readings)]
    assert [visits.entries for visits in told] == [0, 1, 0, 1, 1]
    assert {visits.count_type for visits in told if visits.entries} == {"halved"}


@given(st.lists(st.integers(0, 9), max_size=20))
def test_half_of_all_passages_however_they_are_read(steps: list[int]) -> None:
    total, entries = 0, 0
    for step in steps:
        now = DoorCount(0, 0, passages=total + step)
        entries += visits_between(reading(DoorCount(0, 0, passages=total), SECOND), now, AT).entries
        total += step
    assert entries == total // 2


def test_what_the_counter_doubts_is_told() -> None:
    visits = visits_between(reading(DoorCount(5, 5, doubts=1), SECOND), DoorCount(6, 5, doubts=3), AT)
    assert (visits.entries, visits.doubts) == (1, 2)


@pytest.mark.parametrize(
    ("local", "closed"),
    [
        ("2026-11-22 08:59", True),
        ("2026-11-22 09:00", False),
        ("2026-11-22 12:00", True),
        ("2026-11-22 14:30", False),
        ("2026-11-22 23:59", True),
        ("2026-11-23 10:00", True),  # Monday
    ],
)
def test_visits_while_closed_are_marked_and_not_dropped(local: str, closed: bool) -> None:
    now = Moment(datetime.fromisoformat(local).replace(tzinfo=UTC), synced=True)
    before = Reading(DoorCount(5, 0), Moment(now.utc - SECOND, synced=True))
    visits = visits_between(before, DoorCount(6, 0), now, OPEN)
    assert (visits.entries, visits.while_closed) == (1, closed)


def test_a_span_that_touches_opening_hours_is_not_called_closed() -> None:
    night = Moment(datetime(2026, 11, 22, 23, 0, tzinfo=UTC), synced=True)
    for hours, closed in ((2, True), (7, False), (30, False)):
        before = Reading(DoorCount(5, 0), Moment(night.utc - timedelta(hours=hours), synced=True))
        assert visits_between(before, DoorCount(6, 0), night, OPEN).while_closed is closed


def test_nobody_knows_what_is_closed_without_hours_or_a_clock() -> None:
    assert visits_between(reading(5, SECOND), DoorCount(6, 0), AT).while_closed is None
    unsynced = Moment(AT.utc, synced=False)
    assert visits_between(reading(5, SECOND, False), DoorCount(6, 0), unsynced, OPEN).while_closed is None


def test_the_centre_reads_what_is_told() -> None:
    told = Visits(2, HOUR, False, since=AT.utc - HOURS, doubts=1, while_closed=False)
    read = decode(VisitsMessage, encode(told.event(Stamp("i" * 32, 9, AT))))
    assert (read.seq, read.hour, read.entries, read.count_type, read.complete) == (
        9,
        HOUR,
        2,
        "entries",
        False,
    )
    assert (read.since, read.doubts, read.while_closed) == ("2026-11-22T00:04:05.678Z", 1, False)


# -- over a restart of the kiosk ---------------------------------------------------------------------------


def told_by(journal: Journal) -> list[dict[str, Any]]:
    return [msgspec.json.decode(waiting.payload) for waiting in journal.waiting(0, 100)]


def test_a_night_without_power_is_a_span(tmp_path: Path) -> None:
    """The last reading before is known to the hour, though nobody came and nothing was written for it."""
    path, key = tmp_path / "journal.db", tmp_path / "journal.key"
    journal = Journal(path, key)
    for minutes in range(0, 200, 1):
        journal.store_door_count(DoorCount(100, 90), Moment(AT.utc + timedelta(minutes=minutes), True))
    journal.close()
    journal = Journal(path, key)
    morning = Moment(AT.utc + timedelta(hours=12), True)
    assert journal.store_door_count(DoorCount(130, 120), morning) == 30
    (told,) = told_by(journal)
    assert (told["entries"], told["complete"], told["since"]) == (30, False, "2026-11-22T06:00:05.678Z")
    journal.close()


def test_people_who_come_while_the_kiosk_runs_are_of_their_hour(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "journal.db", tmp_path / "journal.key")
    for second in range(0, 7200, 30):
        journal.store_door_count(
            DoorCount(second // 600, 0), Moment(AT.utc + timedelta(seconds=second), True)
        )
    told = told_by(journal)
    assert sum(event["entries"] for event in told) == 11
    assert all(event["complete"] and event["since"] is None for event in told)
    assert [event["hour"][11:13] for event in told] == ["03"] * 5 + ["04"] * 6
    journal.close()
