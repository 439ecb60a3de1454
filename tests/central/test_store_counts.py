"""What the store counts, forgets and counts anew, on SQLite and on PostgreSQL, against raw events."""

import json
from collections import Counter
from datetime import UTC, date, datetime
from random import Random
from zoneinfo import ZoneInfo

import pytest
from msgspec import structs

from broker_config.messages import DeviceChanged, Loan, Renewal, Visits
from broker_config.topics import Identity
from broker_config.values import Condition, hour
from central.intake import Heard, understand
from central.store import Store, StoreError, Told, opened
from tests.central.heard import NOW, READER, Kiosk, ago, device
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


# -- devices, figures, conditions --------------------------------------------------------------------------


def test_another_serial_is_another_device_and_the_old_one_stays_known(store: Store) -> None:
    kiosk = Kiosk()
    store.take([kiosk.birth(ago(days=3)), kiosk.heartbeat(ago(days=2))])
    swapped = structs.replace(READER, serial="FE2")
    store.take([kiosk.heartbeat(ago(days=1), devices=(swapped,)), kiosk.heartbeat(devices=(swapped,))])
    seen = {
        d.serial: (d.first_seen, d.last_seen) for d in store.device_history(PLACE) if d.kind == "tag_reader"
    }
    assert seen == {"FE1": (ago(days=3), ago(days=2)), "FE2": (ago(days=1), NOW)}
    assert store.device_history("mz-main") == []


def test_one_sample_in_five_minutes(store: Store) -> None:
    kiosk = Kiosk()
    beats = [kiosk.heartbeat(ago(seconds=30 * n), disk_free_mb=1000.0 - n) for n in range(40, -1, -1)]
    for start in range(0, 41, 7):
        store.take(beats[start : start + 7])
    samples = store.figures(Identity.parse("mz-taiping-03.kiosk-1"), ago(hours=1), NOW)
    assert [sample.at.minute for sample in samples] == [40, 45, 50, 55, 0]
    assert samples[1].figures["disk_free_mb"] == 1000.0 - 38
    assert samples[1].figures["ils_up"] == 1.0 and "temperature_c" not in samples[1].figures
    pruned(store, date(2026, 1, 1))
    assert len(store.figures(Identity.parse("mz-taiping-03.kiosk-1"), ago(hours=1), NOW)) == 5


def test_spans_of_conditions(store: Store) -> None:
    ok, down = Told(PLACE, "", Condition.OK), Told(PLACE, "", Condition.DOWN, ("offline", "ils_down"))
    other = Told("mz-main", "kiosk-1", Condition.OK)
    store.record_conditions([ok, other], ago(hours=3))
    store.record_conditions([ok, other], ago(hours=2.5))
    store.record_conditions([down, other], ago(hours=2))
    store.record_conditions([ok, other], ago(hours=1))
    spans = store.condition_history(ago(hours=9), NOW, PLACE)
    assert [(span.told, span.started_at, span.ended_at) for span in spans] == [
        (ok, ago(hours=3), ago(hours=2)),
        (down, ago(hours=2), ago(hours=1)),
        (ok, ago(hours=1), None),
    ]
    assert [span.told for span in store.condition_history(ago(hours=1.5), ago(hours=1.2))] == [other, down]
    assert [span.told for span in store.condition_history(ago(hours=9), NOW, subject="kiosk-1")] == [other]


def test_spans_go_on_after_a_restart(url: str) -> None:
    first = opened(url)
    first.record_conditions([Told(PLACE, "", Condition.OK)], ago(hours=3))
    first.close()
    second = opened(url)
    second.record_conditions([Told(PLACE, "", Condition.OK)], ago(hours=2))
    assert len(second.condition_history(ago(hours=9), NOW)) == 1
    second.close()


# -- raw events --------------------------------------------------------------------------------------------


def test_recent_is_read_page_by_page(store: Store) -> None:
    kiosk = Kiosk()
    store.take([kiosk.loan(ago(minutes=n // 3)) for n in range(30)])
    store.take([kiosk.event(Renewal, ago(minutes=4), op_id="op") for _ in range(3)])
    pages, before = [], None
    while page := store.recent(None, 7, before=before):
        pages += page
        before = page[-1].mark
    assert len({(event.install_id, event.seq) for event in pages}) == len(pages) == 33
    assert [event.happened_at for event in pages] == sorted((e.happened_at for e in pages), reverse=True)
    assert {event.kind for event in store.recent(PLACE, 99, ["renewal"])} == {"renewal"}
    assert store.recent("mz-main", 9) == []
    with pytest.raises(StoreError, match="expected the mark of an event"):
        store.recent(None, 7, before="2026~x")


def test_what_is_rare_is_found_by_its_kind(store: Store) -> None:
    kiosk = Kiosk()
    store.take([kiosk.loan(ago(minutes=n)) for n in range(30)])
    broken = device(Condition.DOWN)
    changed = {
        "kind": broken.kind, "model": broken.model, "port": broken.port,
        "old_condition": Condition.OK, "new_condition": Condition.DOWN,
    }  # fmt: skip
    store.take([kiosk.event(DeviceChanged, ago(minutes=20), **changed)])
    assert [event.kind for event in store.recent(None, 5, ["device_changed", "dispute"])] == [
        "device_changed"
    ]
    assert [d.kind for d in store.device_history(PLACE)] == ["receipt_printer"]


def test_events_come_in_pieces_and_in_order(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("central.store.questions.PIECE", 7)
    store.take(a_year(count=60))
    told = list(store.events(*ALWAYS))
    assert [e.happened_at for e in told] == sorted(e.happened_at for e in told) and len(told) == 60
    half = told[30].happened_at
    assert list(store.events(ALWAYS[0], half)) == told[:30]
    assert [e.kind for e in store.events(half, ALWAYS[1], ["loan"], PLACE)] == [
        e.kind for e in told[30:] if (e.kind, e.identity.place) == ("loan", PLACE)
    ]


# -- losses ------------------------------------------------------------------------------------------------


def test_a_kiosk_that_has_forgotten_its_first_events_need_not_wait_for_ever(store: Store) -> None:
    kiosk = Kiosk()
    store.take([kiosk.loan(seq=7)])
    assert [(gap.first, gap.last) for gap in store.gaps()] == [(1, 6)]
    state = kiosk.state(NOW, 1, online=True, install_id="i-1", oldest_seq=6)
    (told,) = store.take([kiosk.says(state)])
    assert told.confirmed.seq == 5
    assert [(loss.gap.first, loss.gap.last, loss.noted_at) for loss in store.losses(PLACE)] == [(1, 5, NOW)]
    store.take([kiosk.loan(seq=6)])
    assert (store.confirmations()[0].confirmed.seq, store.gaps()) == (7, [])
    store.take([kiosk.loan(seq=3)])
    assert [(loss.gap.first, loss.gap.last) for loss in store.losses()] == [(1, 2), (4, 5)], (
        "it came after all"
    )
    assert store.event_count() == 3 and store.losses("mz-main") == []


def test_a_state_cannot_give_up_anothers_events(store: Store) -> None:
    honest, thief = Kiosk(), Kiosk("mz-main.kiosk-1", "i-9")
    store.take([honest.loan()])
    store.take([thief.says(thief.state(NOW, 1, online=True, install_id="i-1", oldest_seq=99))])
    assert (store.confirmations()[0].confirmed.seq, store.losses()) == (1, [])
    assert store.kiosks("mz-main")[0].online, "the rest of what it says is its own affair"


def test_a_zone_that_changed_is_refused(url: str) -> None:
    opened(url).close()
    with pytest.raises(StoreError, match="its days are those of Asia/Shanghai"):
        opened(url, ZoneInfo("Europe/Berlin"))


def test_two_collectors_on_one_store_agree(url: str) -> None:
    """As two processes would: neither knows of the other."""
    one, other = opened(url), opened(url)
    batch = a_year(count=200)
    one.take(batch[:120])
    other.take(batch[60:])
    one.take(batch)
    assert counted(one) == independent(one)[0] == counted(other)
    assert one.event_count() == 200
    thief = Kiosk("mz-hu.kiosk-1", "i-1")
    other.take([thief.loan(seq=1)])
    assert other.reject_count("mz-hu") == 1
    one.close()
    other.close()
