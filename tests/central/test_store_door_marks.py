"""What door counters say beside their counts, kept by SQLite and PostgreSQL: spans, closed hours, losses."""

from datetime import UTC, date, datetime, timedelta
from random import Random

from broker_config.events import Visits
from broker_config.topics import Identity
from broker_config.values import timestamp
from central.doors import DoorMark, What
from central.intake import Heard, understand
from central.store import Store
from tests.central.door_events import visits
from tests.central.heard import NOW, Kiosk
from tests.central.test_store import server, store, url

__all__ = ["server", "store", "url"]
PLACE = "mz-taiping-03"
ALWAYS = (datetime(2020, 1, 1, tzinfo=UTC), datetime(2030, 1, 1, tzinfo=UTC))
NINE = datetime(2026, 11, 20, 9, tzinfo=UTC)
IDENTITY = Identity(PLACE, "door-1")
DAY = (date(2026, 11, 20), date(2026, 11, 21))


def later(**span: float) -> datetime:
    return NINE + timedelta(**span)


def heard(event: Visits) -> Heard:
    return Kiosk(str(IDENTITY)).says(event, NOW)


def span(entries: int, since: datetime, at: datetime, seq: int, **more: object) -> Heard:
    return heard(visits(entries, at, seq, complete=False, since=timestamp(since), **more))


def counted(store: Store) -> tuple[int, int]:
    """Visits of all hours and of all days."""
    hours = sum(one.amount for one in store.hours(PLACE, *ALWAYS))
    return hours, sum(one.amount for one in store.days(date(2026, 11, 1), date(2026, 12, 1)))


def test_a_span_counts_on_its_day_and_in_no_hour(store: Store) -> None:
    store.take([heard(visits(3, later())), span(40, later(minutes=5), later(hours=3), 2)])
    assert counted(store) == (3, 43)
    assert store.door_marks(*ALWAYS) == [
        DoorMark(PLACE, What.SPAN, later(minutes=5), later(hours=3), 40),
    ]
    (day,) = store.days(*DAY)
    assert (day.amount, day.partial) == (43, True)


def test_marks_of_a_time_and_of_places(store: Store) -> None:
    store.take([span(4, later(), later(hours=3), 1), heard(visits(2, later(days=1), 2, while_closed=True))])
    found = store.door_marks(later(hours=2), later(hours=9), PLACE)
    assert [mark.what for mark in found] == [What.SPAN]
    assert store.door_marks(later(hours=3), later(hours=9)) == [], "it was over"
    assert [mark.what for mark in store.door_marks(*ALWAYS, [PLACE])] == [What.SPAN, What.CLOSED]
    assert store.door_marks(*ALWAYS, "mz-main") == store.door_marks(*ALWAYS, []) == []


def test_marks_of_one_hour_add_up_and_a_repetition_adds_nothing(store: Store) -> None:
    told = [
        heard(visits(2, later(minutes=n), n, while_closed=True, doubts=1, entries_total=2 * n))
        for n in (1, 2, 3)
    ]
    store.take(told[:2])
    store.take(told)
    assert [(mark.what, mark.visits) for mark in store.door_marks(*ALWAYS)] == [
        (What.CLOSED, 6),
        (What.DOUBTFUL, 3),
    ]
    assert store.door_marks(*ALWAYS)[0].until == later(hours=1)


def totals(*entries: int, total: int = 0) -> list[Heard]:
    told = []
    for seq, n in enumerate(entries, start=1):
        total = (total + n) % 2**32
        told.append(heard(visits(n, later(hours=seq), seq, entries_total=total)))
    return told


def lost(store: Store) -> list[tuple[datetime, datetime, int | None]]:
    return [
        (mark.since, mark.until, mark.visits) for mark in store.door_marks(*ALWAYS) if mark.what is What.LOST
    ]


def test_what_the_counter_counted_and_nobody_told_is_lost_until_it_comes(store: Store) -> None:
    told = totals(3, 7, 5, 2, total=2**32 - 6)
    store.take(told[:1])
    store.take(told[3:])
    assert lost(store) == [(later(hours=1), later(hours=4), 12)]
    store.take(told[1:2])
    assert lost(store) == [(later(hours=1), later(hours=4), 5)]
    store.take(told[2:3])
    assert lost(store) == []
    assert counted(store) == (17, 17)


def test_an_unreadable_event_is_lost_by_its_number(store: Store) -> None:
    told = totals(3, 7, 2)
    body = b'{"type":"visits/2","install_id":"n1","seq":2,"people":7}'
    store.take([told[0], understand(f"shuzhan/v1/{IDENTITY}/event/visits", body, NOW), told[2]])
    assert store.gaps() == []
    assert lost(store) == [(later(hours=1), later(hours=3), 7)]


def test_a_counter_that_begins_anew_is_neither_a_crowd_nor_less_than_nobody(store: Store) -> None:
    anew = heard(visits(2, later(hours=2), 2, entries_total=2, boot_id="n1-2"))
    store.take([totals(400, total=5000)[0], anew])
    assert counted(store) == (402, 402)
    assert lost(store) == [(later(hours=1), later(hours=2), None)]


def test_in_any_order_and_any_batches_it_is_the_same(store: Store) -> None:
    random = Random(5)
    told = totals(*(random.randrange(20) for _ in range(60)))
    missing = {5, 6, 30, 47}
    came = [one for n, one in enumerate(told) if n not in missing]
    rest = came[1:]
    random.shuffle(rest)
    store.take(came[:1])
    for start in range(0, len(rest), 7):
        store.take(rest[start : start + 7])
    gone = sum(told[n].counts.amount for n in missing)  # type: ignore[union-attr]
    assert sum(visits or 0 for _, _, visits in lost(store)) == gone > 0
    assert counted(store)[1] + gone == sum(one.counts.amount for one in told)  # type: ignore[union-attr]


def test_counting_anew_puts_marks_right_and_leaves_losses(store: Store) -> None:
    store.take([span(40, later(days=-2), later(hours=3), 1), heard(visits(2, later(days=1), 2, doubts=1))])
    store.take([totals(1, 1, 1, 5)[3], heard(visits(1, later(hours=9), 9, entries_total=90))])
    right = store.door_marks(*ALWAYS)
    assert store.rebuild() == 0
    assert store.door_marks(*ALWAYS) == right and len(right) == 3
    with store.database.transaction() as writing:  # type: ignore[attr-defined]
        writing.execute("UPDATE door_marks SET visits = 900 WHERE what = 'span'")
        writing.execute("DELETE FROM door_marks WHERE what = 'doubtful'")
        installs = "SELECT id, 'mz-main', 'closed', '2026-11-20T10', '2026-11-20T11', 3 FROM installs"
        writing.execute(f"INSERT INTO door_marks (install, place, what, since, until, visits) {installs}")
    assert store.rebuild() == 2
    assert store.door_marks(*ALWAYS) == right


def test_marks_outlive_their_events(store: Store) -> None:
    store.take([span(40, later(), later(hours=3), 1, entries_total=40)])
    store.take([heard(visits(1, later(hours=9), 3, entries_total=50))])
    right = store.door_marks(*ALWAYS)
    while store.prune(date(2027, 1, 1), NOW, 10):
        pass
    assert store.door_marks(*ALWAYS) == right and len(right) == 2
