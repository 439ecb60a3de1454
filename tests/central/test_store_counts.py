"""What the store counts, forgets and counts anew, on SQLite and on PostgreSQL, against raw events."""

import json
from collections import Counter
from datetime import UTC, date, datetime
from random import Random
from zoneinfo import ZoneInfo

from broker_config.events import Loan, Renewal, Visits
from broker_config.values import hour
from central.intake import Heard, understand
from central.store import Store
from tests.central.heard import NOW, Kiosk, ago
from tests.central.test_store import server, store, url

__all__ = ["server", "store", "url"]
ZONE = ZoneInfo("Asia/Shanghai")
PLACE = "mz-taiping-03"
ALWAYS = (datetime(2020, 1, 1, tzinfo=UTC), datetime(2030, 1, 1, tzinfo=UTC))


def token(number: int) -> str:
    return f"{number:016x}"


def a_year(seed: int = 7, count: int = 400) -> list[Heard]:
    """Two places' events of the last year in any order, as after long outages."""
    random = Random(seed)
    kiosks = [Kiosk(), Kiosk("mz-main.kiosk-1", "i-2")]
    batch = []
    for _ in range(count):
        kiosk, at = random.choice(kiosks), ago(minutes=random.randrange(365 * 24 * 60))
        who = token(random.randrange(9))
        made = random.randrange(4)
        if made == 0:
            batch.append(kiosk.visits(random.randrange(1, 9), at, complete=random.random() < 0.8))
        elif made == 1:
            batch.append(kiosk.give_back(at))
        else:
            batch.append(kiosk.event((Loan, Renewal)[made - 2], at, op_id="op", reader_token=who))
    return batch


def independent(store: Store) -> tuple[Counter, dict[tuple[str, str], set[str]]]:
    """Amounts by place, local day and kind, and readers by place and month, from bodies alone."""
    amounts: Counter = Counter()
    readers: dict[tuple[str, str], set[str]] = {}
    for event in store.events(*ALWAYS):
        body = json.loads(event.body)
        at = datetime.fromisoformat(body.get("hour", body["at"])).astimezone(ZONE)
        kind = body["type"].partition("/")[0]
        amounts[event.identity.place, at.date(), kind] += body.get("entries", 1)
        if body.get("reader_token"):
            readers.setdefault((event.identity.place, f"{at:%Y-%m}"), set()).add(body["reader_token"])
    return amounts, readers


def counted(store: Store) -> dict[tuple[str, date, str], int]:
    days = store.days(date(2020, 1, 1), date(2030, 1, 1))
    return {(day.place, day.day, day.kind): day.amount for day in days}


def test_days_and_readers_agree_with_the_raw_events(store: Store) -> None:
    for start in range(0, 400, 60):
        store.take(a_year()[start : start + 60])
    amounts, readers = independent(store)
    assert counted(store) == amounts and len(amounts) > 200
    for (place, month), who in readers.items():
        assert store.readers(month)[place] == len(who)
        both = set().union(*(those for (_, when), those in readers.items() if when == month))
        assert store.distinct_readers(month) == len(both)
        assert store.distinct_readers(month, [place]) == len(who)


def test_sums_of_a_month_are_those_of_its_days(store: Store) -> None:
    store.take(a_year())
    for sum_ in store.sums(date(2026, 6, 1), date(2026, 7, 1), [PLACE]):
        days = [d for d in store.days(date(2026, 6, 1), date(2026, 7, 1), [PLACE]) if d.kind == sum_.kind]
        assert sum_.place == PLACE
        assert (sum_.amount, sum_.events) == (sum(d.amount for d in days), sum(d.events for d in days))
        assert (sum_.days, sum_.partial_days) == (len(days), sum(d.partial for d in days))
    assert store.sums(date(2026, 6, 1), date(2026, 7, 1), []) == []


def test_a_day_is_the_librarys_and_a_month_too(store: Store) -> None:
    """16:30 UTC on the last of a month is the next month in Zhanjiang."""
    kiosk = Kiosk()
    at = datetime(2026, 10, 31, 16, 30, tzinfo=UTC)
    store.take([kiosk.event(Loan, at, op_id="op", reader_token=token(1))])
    assert [day.day for day in store.days(date(2026, 10, 1), date(2026, 12, 1))] == [date(2026, 11, 1)]
    assert (store.readers("2026-11"), store.readers("2026-10")) == ({PLACE: 1}, {})


def test_what_comes_late_goes_to_its_own_hour(store: Store) -> None:
    kiosk = Kiosk()
    store.take([kiosk.loan()])
    store.take([kiosk.loan(ago(days=9))])
    hours = store.hours(PLACE, ago(days=10), ago(days=8))
    assert [(count.hour, count.amount) for count in hours] == [(datetime.fromisoformat(hour(ago(days=9))), 1)]


def test_a_repetition_counts_once(store: Store) -> None:
    batch = a_year(count=50)
    store.take(batch + batch[:20])
    before = counted(store)
    store.take(batch)
    assert counted(store) == before == independent(store)[0]
    assert store.event_count() == 50


def test_marks_of_a_day_stay_when_more_comes(store: Store) -> None:
    kiosk = Kiosk()
    store.take([kiosk.visits(1, complete=False)])
    halved = {"hour": hour(NOW), "entries": 3, "count_type": "halved", "complete": True}
    store.take([kiosk.event(Visits, **halved), kiosk.visits(2)])
    (day,) = store.days(date(2026, 11, 22), date(2026, 11, 23))
    assert (day.amount, day.events, day.partial, day.estimated) == (6, 3, True, True)


def test_a_district_is_asked_for_by_its_places(store: Store) -> None:
    store.take([Kiosk(f"mz-p-{n}.kiosk-1", f"i-{n}").loan() for n in range(9)])
    sums = store.sums(date(2026, 11, 1), date(2026, 12, 1), ["mz-p-2", "mz-p-7", "nowhere"])
    assert [sum_.place for sum_ in sums] == ["mz-p-2", "mz-p-7"]


# -- counting anew -----------------------------------------------------------------------------------------


def test_counting_anew_changes_nothing_that_is_right(store: Store) -> None:
    store.take(a_year())
    before = counted(store)
    assert store.rebuild() == 0
    assert counted(store) == before


def test_counting_anew_puts_right_what_is_wrong(store: Store) -> None:
    store.take(a_year())
    right, readers = counted(store), store.readers("2026-05")
    assert store.readers("2026-05")
    with store.database.transaction() as writing:  # type: ignore[attr-defined]
        writing.execute("UPDATE days SET amount = amount + 5 WHERE kind = 'loan'")
        writing.execute("DELETE FROM hours WHERE kind = 'visits'")
        writing.execute("DELETE FROM readers WHERE month = '2026-05'")
        writing.execute("INSERT INTO readers VALUES ('2026-05', 'mz-main', 'phantom')")
        writing.execute("INSERT INTO days VALUES ('mz-main', '2026-04-04', 'loan', 900, 1, 0, 0)")
    assert store.rebuild() > 0
    assert counted(store) == right == independent(store)[0]
    assert store.readers("2026-05") == readers
    hours = store.hours(PLACE, *ALWAYS)
    assert sum(count.amount for count in hours if count.kind == "visits") == sum(
        amount for (place, _, kind), amount in right.items() if (place, kind) == (PLACE, "visits")
    )


# -- forgetting --------------------------------------------------------------------------------------------


def pruned(store: Store, before: date, rejects_kept: int = 100) -> int:
    steps = 0
    while store.prune(before, ago(days=30), rejects_kept):
        steps += 1
    return steps


def test_old_events_go_and_their_counts_stay(store: Store) -> None:
    store.take(a_year())
    right, readers = counted(store), store.readers("2026-01")
    assert pruned(store, date(2026, 6, 1)) > 0
    left = [event.happened_at for event in store.events(*ALWAYS)]
    assert 0 < len(left) < 300 and min(left) >= datetime(2026, 5, 1, tzinfo=UTC)
    assert max(left) > ago(days=60), "what is young enough is there"
    assert counted(store) == right
    assert store.event_count() == 400
    assert store.rebuild() == 0, "what can no longer be counted is left alone"
    assert (counted(store), store.readers("2026-01")) == (right, readers)
    store.take(a_year())
    assert (store.event_count(), counted(store)) == (400, right), "and nothing comes back twice"


def test_an_event_above_a_gap_stays_until_the_gap_is_closed(store: Store) -> None:
    """Its number is what tells that it is there."""
    kiosk = Kiosk()
    store.take([kiosk.loan(ago(days=300), seq=1), kiosk.loan(ago(days=300), seq=3)])
    pruned(store, date(2026, 6, 1))
    assert [gap.first for gap in store.gaps()] == [2]
    store.take([kiosk.loan(ago(days=300), seq=2), kiosk.loan(ago(days=300), seq=3)])
    assert store.confirmations()[0].confirmed.seq == 3
    assert store.event_count() == 3


def test_rejects_are_bounded_and_all_are_counted(store: Store) -> None:
    topic = f"shuzhan/v1/{PLACE}.kiosk-1/event/loan"
    numbered = understand(topic, b'{"type":"loan/2","install_id":"i-1","seq":2}', NOW)
    store.take([numbered, *(understand(topic, b"{", NOW) for _ in range(30))])
    pruned(store, date(2026, 1, 1), rejects_kept=10)
    assert len(store.database.rows("SELECT id FROM rejects")) == 11  # type: ignore[attr-defined]
    assert (store.reject_count(), store.reject_count(PLACE), store.reject_count("mz-main")) == (31, 31, 0)
    store.take([Kiosk().loan(seq=1)])
    assert store.confirmations()[0].confirmed.seq == 2, "the reject above the gap still stood for its number"
