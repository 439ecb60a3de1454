"""Cumulative registers to visits: roll-over, reset, and the reading that only says where counting begins."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broker_config.messages import Visits as VisitsMessage
from broker_config.messages import decode, encode
from devices.kinds import DoorCount
from kiosk.clock import Moment
from kiosk.reports import Stamp
from kiosk.visits import LIKELY_AT_ONCE, REGISTER, Visits, visits_between

AT = Moment(datetime(2026, 11, 22, 3, 4, 5, 678_000, tzinfo=UTC), synced=True)
HOUR = "2026-11-22T03:00:00.000Z"

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


@pytest.mark.parametrize(("before", "now", "expected"), READINGS.values(), ids=READINGS)
def test_between_two_readings(before: int | None, now: int, expected: Visits) -> None:
    last = None if before is None else DoorCount(before, 0)
    assert visits_between(last, DoorCount(now, 0), AT) == expected


@given(st.integers(0, REGISTER - 1), st.integers(0, LIKELY_AT_ONCE))
def test_whoever_comes_is_counted_wherever_the_register_stands(before: int, came: int) -> None:
    now = DoorCount((before + came) % REGISTER, 0)
    assert visits_between(DoorCount(before, 0), now, AT) == Visits(came, HOUR)


@given(st.integers(0, REGISTER - 1), st.integers(0, REGISTER - 1))
def test_no_two_readings_make_a_crowd_nobody_would_believe(before: int, now: int) -> None:
    visits = visits_between(DoorCount(before, 0), DoorCount(now, 0), AT)
    assert 0 <= visits.entries <= LIKELY_AT_ONCE


def test_people_going_out_are_no_visits() -> None:
    assert visits_between(DoorCount(7, 7), DoorCount(7, 900), AT).entries == 0


def test_the_centre_reads_what_is_told() -> None:
    event = Visits(2, HOUR, complete=False).event(Stamp("i" * 32, 9, AT))
    read = decode(VisitsMessage, encode(event))
    assert (read.seq, read.hour, read.entries, read.count_type, read.complete) == (
        9,
        HOUR,
        2,
        "entries",
        False,
    )
