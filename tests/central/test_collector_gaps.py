"""Events that went missing, with the kiosk's real uplink and journal at the other end of a real broker."""

import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from broker_config.from_centre import Resend
from broker_config.messages import decode
from central import collector as collecting
from central import gaps
from central.backup import _copy_sqlite
from central.collector import BrokerAccess, Collector
from central.gaps import GapWatch
from central.store import Store, opened
from kiosk import uplink
from tests.broker import Broker
from tests.central.heard import NOW, Kiosk
from tests.kiosk.test_uplink import KIOSK, Line
from tests.waiting import wait_for


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[Broker]:
    with Broker(tmp_path) as running:
        yield running


@pytest.fixture
def line(tmp_path: Path, broker: Broker) -> Iterator[Line]:
    made = Line(tmp_path / "kiosk", broker)
    yield made
    made.close()


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody waits for real seconds here; and the kiosk sends nothing again by itself."""
    monkeypatch.setattr(gaps, "PATIENCE", timedelta(seconds=0.3))
    monkeypatch.setattr(gaps, "LOOK_EVERY", timedelta(seconds=0.1))
    monkeypatch.setattr(gaps, "AGAIN_AFTER", timedelta(seconds=1))
    monkeypatch.setattr(collecting, "RETRY_S", 0.2)
    monkeypatch.setattr(uplink, "SHORTEST_PAUSE_S", 0.05)
    monkeypatch.setattr(uplink, "RESEND_S", 600.0)


class Centre:
    def __init__(self, broker: Broker, store: Store, skip: tuple[int, ...] = ()) -> None:
        """Deaf to events with these numbers when they come first."""
        issued = broker.issue("centre")
        access = BrokerAccess("127.0.0.1", broker.port, issued.ca, issued.certificate, issued.key)
        self._broker, self.store, self.missed = broker, store, set(skip)
        self._collector = Collector(access, self, answers=GapWatch(store, lambda: datetime.now(UTC)).answers)
        self._thread = threading.Thread(target=self._collector.run)

    def take(self, batch):  # type: ignore[no-untyped-def]
        """A message that was lost on its way, as a broker's crash loses it."""
        heard = []
        for one in batch:
            seq = getattr(getattr(one, "event", None), "seq", None)
            if seq in self.missed:
                self.missed.discard(seq)
            else:
                heard.append(one)
        return self.store.take(heard)

    def confirmations(self):  # type: ignore[no-untyped-def]
        return self.store.confirmations()

    def __enter__(self) -> "Centre":
        self._thread.start()
        with self._broker.client("mz-probe.kiosk-1") as probe:
            topic = "shuzhan/v1/mz-probe.kiosk-1/event/loan"
            wait_for(lambda: probe.publish(topic, b"{}") == "Success", "the centre is subscribed")
        return self

    def __exit__(self, *_: object) -> None:
        self._collector.stop()
        self._thread.join(20)
        assert not self._thread.is_alive()


def test_what_is_missing_is_asked_for_and_sent_again(tmp_path: Path, broker: Broker, line: Line) -> None:
    store = opened(f"sqlite:{tmp_path / 'centre.db'}")
    line.tell(9)
    with Centre(broker, store, skip=(3, 4, 7)):
        line.start()
        wait_for(lambda: line.journal.outbox_depth() == 0, "everything is confirmed, also what was lost")
    assert (store.event_count(), store.gaps(), store.losses()) == (9, [], [])
    store.close()


def test_a_centre_that_lost_its_database_begins_where_the_outbox_does(
    tmp_path: Path, broker: Broker, line: Line
) -> None:
    first = opened(f"sqlite:{tmp_path / 'first.db'}")
    line.tell(5)
    with Centre(broker, first):
        line.start()
        wait_for(lambda: line.journal.outbox_depth() == 0, "five are confirmed")
    first.close()
    second = opened(f"sqlite:{tmp_path / 'second.db'}")
    with Centre(broker, second):
        line.tell(3)
        wait_for(lambda: line.journal.outbox_depth() == 0, "the outbox empties again")
    assert second.event_count() == 3
    assert [(loss.gap.first, loss.gap.last) for loss in second.losses(KIOSK.place)] == [(1, 5)]
    second.close()


def test_a_restored_centre_shows_what_it_lost_and_gets_the_rest_once(
    tmp_path: Path, broker: Broker, line: Line
) -> None:
    """Three in the backup, four more confirmed after it, two never confirmed."""
    first = opened(f"sqlite:{tmp_path / 'first.db'}")
    with Centre(broker, first):
        line.tell(3)
        line.start()
        wait_for(lambda: line.journal.outbox_depth() == 0, "three are confirmed")
        backup = tmp_path / "backup.db"
        _copy_sqlite(tmp_path / "first.db", backup)
        line.tell(4)
        wait_for(lambda: line.journal.outbox_depth() == 0, "four more")
    first.close()
    line.tell(2)
    restored = opened(f"sqlite:{backup}")
    with Centre(broker, restored):
        wait_for(lambda: line.journal.outbox_depth() == 0, "nothing hangs")
    assert restored.event_count() == 5
    assert [(loss.gap.first, loss.gap.last) for loss in restored.losses()] == [(4, 7)]
    assert restored.confirmations()[0].confirmed.seq == 9
    restored.close()


# -- when to ask -------------------------------------------------------------------------------------------


class Clock:
    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        return self.now


def asked(watch: GapWatch) -> list[tuple[int, int]]:
    resends = [decode(Resend, said.payload) for said in watch.answers(())]
    return [(resend.first, resend.last) for resend in resends]


def test_who_is_asked_and_when(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gaps, "PATIENCE", timedelta(seconds=15))
    monkeypatch.setattr(gaps, "LOOK_EVERY", timedelta(seconds=5))
    monkeypatch.setattr(gaps, "AGAIN_AFTER", timedelta(minutes=2))
    store, clock = opened(f"sqlite:{tmp_path / 'centre.db'}"), Clock()
    watch = GapWatch(store, clock)
    here, away = Kiosk(), Kiosk("mz-main.kiosk-1", "i-2")
    store.take([here.birth(), here.loan(seq=4), here.loan(seq=6)])
    store.take([away.birth(), away.loan(seq=2), away.death()])
    told = {}
    for seconds in range(0, 200, 5):
        clock.now = NOW + timedelta(seconds=seconds)
        if said := asked(watch):
            told[seconds] = said
    assert told == {15: [(1, 3), (5, 5)], 135: [(1, 3), (5, 5)]}
    store.take([here.loan(seq=seq) for seq in (1, 2, 3)])
    clock.now += timedelta(minutes=3)
    assert asked(watch) == [(5, 5)]
    store.close()
