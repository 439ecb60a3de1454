"""What the store keeps of kiosks, devices, conditions and raw events, on SQLite and on PostgreSQL."""

from datetime import date
from zoneinfo import ZoneInfo

import pytest
from msgspec import structs

from broker_config.events import DeviceChanged, Renewal
from broker_config.topics import Identity
from broker_config.values import Condition
from central.store import Store, StoreError, Told, opened
from tests.central.heard import NOW, READER, Kiosk, ago, device
from tests.central.test_store import server, store, url
from tests.central.test_store_counts import ALWAYS, PLACE, a_year, counted, independent, pruned

__all__ = ["server", "store", "url"]
ZONE = ZoneInfo("Asia/Shanghai")


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
    monkeypatch.setattr("central.store.raw_events.PIECE", 7)
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
