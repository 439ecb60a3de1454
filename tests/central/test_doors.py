"""Hours that can be believed, and sums that tell what was lost on the way."""

from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from broker_config.messages import Visits
from broker_config.values import hour, timestamp
from central.doors import Break, DoorHour, Span, breaks, by_hour

NINE = datetime(2026, 11, 22, 9, tzinfo=UTC)


def visits(entries: int, at: datetime, seq: int = 1, **more: Any) -> Visits:
    values: dict[str, Any] = {"count_type": "entries", "complete": True, "install_id": "n1"} | more
    return Visits(at=timestamp(at), clock_synced=True, seq=seq, hour=hour(at), entries=entries, **values)


def later(**span: float) -> datetime:
    return NINE + timedelta(**span)


def test_people_are_of_their_hour() -> None:
    told = [
        visits(3, later(minutes=5)),
        visits(2, later(minutes=50), doubts=1),
        visits(4, later(hours=2), count_type="halved"),
        visits(1, later(hours=2, minutes=1), while_closed=True),
    ]
    times = by_hour(told, NINE, 3)
    assert times.hours == (
        DoorHour(NINE, 5, doubts=1),
        DoorHour(later(hours=1)),
        DoorHour(later(hours=2), 5, estimated=True, while_closed=1),
    )
    assert times.spans == ()


def test_a_gap_stays_a_span_and_marks_every_hour_it_touches() -> None:
    since = later(minutes=30)
    told = [
        visits(3, later(minutes=5)),
        visits(40, later(hours=3, minutes=10), complete=False, since=timestamp(since)),
    ]
    times = by_hour(told, NINE, 5)
    assert [hour.entries for hour in times.hours] == [3, 0, 0, 0, 0]
    assert [hour.partial for hour in times.hours] == [True, True, True, True, False]
    assert times.spans == (Span(since, later(hours=3, minutes=10), 40),)
    assert times.entries == 43


@given(st.lists(st.tuples(st.integers(0, 50), st.integers(0, 23 * 60), st.booleans()), max_size=30))
def test_a_days_total_is_that_of_its_events(told: list[tuple[int, int, bool]]) -> None:
    events = [
        visits(n, later(minutes=m), complete=not gap, since=timestamp(later(minutes=m - 90)) if gap else None)
        for n, m, gap in told
    ]
    assert by_hour(events, NINE, 24).entries == sum(n for n, _, _ in told)


def chain(*entries: int, total: int = 0) -> list[Visits]:
    told = []
    for seq, n in enumerate(entries, start=1):
        total = (total + n) % 2**32
        told.append(visits(n, later(hours=seq), seq, entries_total=total, boot_id=f"n1-{seq}"))
    return told


def test_sums_that_add_up_over_boots_and_roll_over() -> None:
    assert breaks(chain(3, 0, 5, 2)) == ()
    assert breaks(chain(3, 7, 2, total=2**32 - 5)) == ()


def test_a_lost_event_shows_in_the_sum() -> None:
    told = chain(3, 7, 2)
    assert breaks([told[0], told[2]]) == (Break("n1", 3, 7),)


def test_a_total_that_began_anew_is_no_crowd() -> None:
    told = [chain(400, total=1000)[0], visits(2, later(hours=2), 2, entries_total=2, boot_id="n1-9")]
    assert breaks(told) == (Break("n1", 2, None),)


def test_told_twice_is_told_once() -> None:
    told = chain(3, 7)
    assert breaks([told[0], told[0], told[1], told[1]]) == ()


def test_a_kiosks_counter_has_no_totals_and_breaks_nothing() -> None:
    assert breaks([visits(3, later(hours=1)), visits(4, later(hours=2), 2)]) == ()
