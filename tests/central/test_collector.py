"""The collector against a real broker, in this process; what survives a kill is in test_service.py."""

import sqlite3
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from broker_config.events import Event, Loan
from broker_config.from_centre import Confirmed
from broker_config.messages import decode, encode, publication
from broker_config.topics import Identity
from central import collector as collecting
from central.collector import AccessError, BrokerAccess, Collector
from central.store.sqlite import SqliteStore
from tests.broker import Broker, Client
from tests.waiting import wait_for

KIOSK = Identity("mz-taiping-03", "kiosk-1")
EVENT = f"shuzhan/v1/{KIOSK}/event/loan"
CONFIRMED = f"shuzhan/v1/{KIOSK}/confirmed"


def loan(seq: int) -> Event:
    return Loan(
        install_id="i-1", seq=seq, at="2026-11-22T03:04:05.678Z", clock_synced=True, op_id=f"op-{seq}"
    )


def send(device: Client, *seqs: int) -> None:
    for seq in seqs:
        sent = publication(KIOSK, loan(seq))
        assert device.publish(sent.topic, sent.payload, sent.qos) == "Success"


def confirmed(device: Client) -> int:
    """The latest mark this device has received, 0 for none."""
    marks = [decode(Confirmed, payload).seq for topic, payload in device.received if topic == CONFIRMED]
    return marks[-1] if marks else 0


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[Broker]:
    with Broker(tmp_path) as running:
        yield running


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqliteStore]:
    opened = SqliteStore(tmp_path / "centre.db")
    yield opened
    opened.close()


class Running:
    """A collector at work in a thread of its own."""

    def __init__(self, broker: Broker, store: SqliteStore, name: str = "centre", **more: Any) -> None:
        issued = broker.issue(name)
        access = BrokerAccess("127.0.0.1", broker.port, issued.ca, issued.certificate, issued.key, **more)
        self.collector = Collector(access, store)
        self._thread = threading.Thread(target=self.collector.run)

    def __enter__(self) -> Collector:
        self._thread.start()
        wait_for(lambda: self.collector.status.connected, "the collector is connected")
        return self.collector

    def __exit__(self, *_: object) -> None:
        self.collector.stop()
        self._thread.join(20)
        assert not self._thread.is_alive()


def test_a_device_learns_how_far_it_is_confirmed(broker: Broker, store: SqliteStore) -> None:
    with Running(broker, store), broker.client(str(KIOSK)) as device:
        device.subscribe(CONFIRMED)
        send(device, 1, 2, 3)
        wait_for(lambda: confirmed(device) == 3, "everything is confirmed")
        assert store.event_count() == 3
    with broker.client(str(KIOSK)) as later:
        later.subscribe(CONFIRMED)
        wait_for(lambda: confirmed(later) == 3, "the mark is retained")


def test_sent_twice_stored_once(broker: Broker, store: SqliteStore) -> None:
    with Running(broker, store), broker.client(str(KIOSK)) as device:
        device.subscribe(CONFIRMED)
        send(device, 1, 2, 1, 2, 3)
        wait_for(lambda: confirmed(device) == 3, "everything is confirmed")
    assert store.event_count() == 3


def test_garbage_is_kept_counted_and_in_nobodys_way(broker: Broker, store: SqliteStore) -> None:
    with Running(broker, store), broker.client(str(KIOSK)) as device:
        device.subscribe(CONFIRMED)
        numbered = encode(loan(1)).replace(b"op-1", b"o p")
        for payload in (b"", b"{", b"\xff" * 500, b'{"type":"loan/9"}', numbered):
            assert device.publish(EVENT, payload) == "Success"
        assert device.publish(f"shuzhan/v1/{KIOSK}/event/dance", b"{}") == "Success"
        assert device.publish(f"shuzhan/v1/{KIOSK}/state", b"not json") == "Success"
        send(device, 2)
        wait_for(lambda: confirmed(device) == 2, "the good event, and the bad one that bore a number")
    assert (store.event_count(), store.reject_count()) == (1, 7)


def test_a_message_of_ten_megabytes_hurts_only_its_sender(broker: Broker, store: SqliteStore) -> None:
    with Running(broker, store) as collector:
        with broker.client(str(KIOSK)) as device:
            assert device.publish(EVENT, b"x" * 10_000_000) == "disconnected"
        with broker.client(str(KIOSK)) as device:
            send(device, 1)
            wait_for(lambda: store.event_count() == 1, "the next event is stored")
        assert collector.status.connected


def test_what_came_while_the_collector_was_away_is_waiting(broker: Broker, store: SqliteStore) -> None:
    with Running(broker, store):
        pass
    with broker.client(str(KIOSK)) as device:
        send(device, *range(1, 51))
    with Running(broker, store):
        wait_for(lambda: store.event_count() == 50, "everything that waited at the broker")


def test_the_brokers_restart_is_survived(broker: Broker, store: SqliteStore) -> None:
    with Running(broker, store) as collector:
        with broker.client(str(KIOSK)) as device:
            send(device, 1)
        broker.stop()
        wait_for(lambda: not collector.status.connected, "the loss is noticed")
        assert "broker" in collector.status.trouble
        broker.start()
        wait_for(lambda: collector.status.connected, "it is back")
        with broker.client(str(KIOSK)) as device:
            send(device, 2)
        wait_for(lambda: store.event_count() == 2, "both are stored")


def test_nothing_is_acknowledged_that_is_not_stored(broker: Broker, store: SqliteStore) -> None:
    """The disk is full: no confirmation, and the broker keeps what came; with room again all is well."""
    pages = store.database.writer.execute("PRAGMA page_count").fetchone()[0]
    store.database.writer.execute(f"PRAGMA max_page_count = {pages + 1}")
    with Running(broker, store) as collector, broker.client(str(KIOSK)) as device:
        device.subscribe(CONFIRMED)
        seqs = range(1, 301)
        send(device, *seqs)
        wait_for(lambda: "full" in collector.status.trouble, "the trouble is told")
        stored = store.event_count()
        assert stored < 300
        assert confirmed(device) == stored
    store.database.writer.execute("PRAGMA max_page_count = 1000000")
    with Running(broker, store) as collector, broker.client(str(KIOSK)) as device:
        device.subscribe(CONFIRMED)
        wait_for(lambda: confirmed(device) == 300, "everything came again")
        assert collector.status.trouble == ""
    assert store.event_count() == 300


def test_room_on_the_disk_again_needs_no_restart(broker: Broker, store: SqliteStore, tmp_path: Path) -> None:
    """Another process holds the database: the same as any other failure to write, and it passes."""
    other = sqlite3.connect(tmp_path / "centre.db", isolation_level=None)
    store.database.writer.execute("PRAGMA busy_timeout = 100")
    with Running(broker, store) as collector, broker.client(str(KIOSK)) as device:
        other.execute("BEGIN IMMEDIATE")
        send(device, 1)
        wait_for(lambda: "locked" in collector.status.trouble, "the trouble is told")
        other.execute("ROLLBACK")
        wait_for(lambda: store.event_count() == 1, "the event is stored after all")
        wait_for(lambda: collector.status.trouble == "", "the trouble is over")
    other.close()


def test_while_nothing_can_be_kept_only_a_window_is_taken(
    broker: Broker, store: SqliteStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The broker keeps the rest; the collector's memory does not grow with the outage."""
    monkeypatch.setattr(collecting, "IN_FLIGHT", 40)
    monkeypatch.setattr(collecting, "BATCH", 20)
    monkeypatch.setattr(collecting, "RETRY_S", 0.1)
    store.database.writer.execute("PRAGMA query_only = 1")
    with Running(broker, store) as collector, broker.client(str(KIOSK)) as device:
        wait_for(lambda: device.publish(EVENT, encode(loan(1))) == "Success", "the collector is subscribed")
        send(device, *range(2, 301))
        device.publish(f"shuzhan/v1/{KIOSK}/state", b"{")
        wait_for(lambda: len(collector._batch) >= 40, "a window of unacknowledged messages")
        for _ in range(60):
            device.mqtt.publish(f"shuzhan/v1/{KIOSK}/health", b"{}", qos=0)
        send(device, 301)
        assert len(collector._batch) <= 40
        store.database.writer.execute("PRAGMA query_only = 0")
        wait_for(lambda: store.event_count() == 301, "everything, when it can be kept again")


def test_collectors_that_share_the_events_take_each_once(broker: Broker, tmp_path: Path) -> None:
    first, second = (SqliteStore(tmp_path / "centre.db") for _ in range(2))
    shared = {"share": "centre"}
    further = {"name": "centre.collector-2", "client_id": "centre.collector-2", "events_only": True, **shared}
    both = Running(broker, first, **shared), Running(broker, second, **further)
    with both[0], both[1], broker.client(str(KIOSK)) as device:
        device.subscribe(CONFIRMED)
        wait_for(lambda: device.publish(EVENT, encode(loan(1))) == "Success", "somebody is subscribed")
        send(device, *range(2, 201))
        wait_for(lambda: first.event_count() == 200, "all of them")
        wait_for(lambda: confirmed(device) == 200, "and confirmed by whoever took the last")
    assert first.rebuild() == 0
    for one in (first, second):
        one.close()


def test_certificates_that_cannot_be_used(broker: Broker, store: SqliteStore) -> None:
    issued = broker.issue("centre")
    access = BrokerAccess("127.0.0.1", broker.port, issued.ca, issued.ca, issued.key)
    with pytest.raises(AccessError, match="issue them again"):
        Collector(access, store)
