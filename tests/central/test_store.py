"""What every implementation of Store must do: each test runs on SQLite and on PostgreSQL."""

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from broker_config.from_centre import Confirmed
from broker_config.topics import Identity
from central.intake import Rejected, understand
from central.store import Store, StoreError, opened
from central.store.sqlite import SqliteStore
from tests.central.heard import NOW, READER, Kiosk, ago
from tests.postgres import Postgres

LOAN_TOPIC = "shuzhan/v1/mz-taiping-03.kiosk-1/event/loan"
DAY = (ago(hours=11), ago(hours=-13))


@pytest.fixture(scope="module")
def server() -> Iterator[Postgres]:
    with Postgres() as running:
        yield running


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Of an empty database."""
    if request.param == "sqlite":
        return f"sqlite:{tmp_path / 'centre.db'}"
    server: Postgres = request.getfixturevalue("server")
    return server.database()


@pytest.fixture
def store(url: str) -> Iterator[Store]:
    made = opened(url)
    yield made
    made.close()


def confirmed(store: Store) -> dict[str, int]:
    return {c.confirmed.install_id: c.confirmed.seq for c in store.confirmations()}


def test_an_event_is_stored_once(store: Store) -> None:
    loan = Kiosk().loan()
    assert [c.confirmed for c in store.take([loan, loan])] == [Confirmed(install_id="i-1", seq=1)]
    assert store.take([loan]) == []
    assert store.event_count() == 1


def test_it_knows_how_large_it_is(store: Store) -> None:
    kiosk, before = Kiosk(), store.size_bytes()
    store.take([kiosk.loan() for _ in range(2000)])
    assert 10_000 < before < store.size_bytes() < 100_000_000


def test_confirmed_stops_at_a_gap_and_goes_on_when_it_closes(store: Store) -> None:
    kiosk = Kiosk()
    store.take([kiosk.loan(seq=seq) for seq in (1, 2, 4, 5, 7)])
    assert confirmed(store) == {"i-1": 2}
    store.take([kiosk.loan(seq=3)])
    assert confirmed(store) == {"i-1": 5}
    assert store.take([kiosk.loan(seq=8)]) == []
    store.take([kiosk.loan(seq=6)])
    assert confirmed(store) == {"i-1": 8}


def test_an_unreadable_event_does_not_hold_up_the_next(store: Store) -> None:
    kiosk = Kiosk()
    unreadable = understand(LOAN_TOPIC, b'{"type":"loan/2","install_id":"i-1","seq":2}', NOW)
    store.take([kiosk.loan(), unreadable, unreadable, kiosk.loan(seq=3)])
    assert confirmed(store) == {"i-1": 3}
    assert (store.event_count(), store.reject_count(), store.reject_count("mz-taiping-03")) == (2, 1, 1)


def test_nobody_uses_anothers_install_id(store: Store) -> None:
    """Or a stolen board could shut out another place's loans by using up their numbers."""
    honest, thief = Kiosk(), Kiosk("mz-main.kiosk-1", install_id="i-1")
    store.take([honest.loan()])
    unreadable = understand(
        "shuzhan/v1/mz-main.kiosk-1/event/loan", b'{"type":"x","install_id":"i-1","seq":3}', NOW
    )
    store.take([thief.loan(seq=2), unreadable])
    assert (store.event_count(), store.reject_count("mz-main")) == (1, 2)
    store.take([honest.loan(), honest.loan()])
    assert confirmed(store) == {"i-1": 3}


def test_a_failed_batch_leaves_nothing(store: Store) -> None:
    kiosk = Kiosk()
    broken = Rejected(topic="t", reason="r", payload="\ud800", size_bytes=1, received_at=NOW)
    with pytest.raises((StoreError, UnicodeEncodeError)):
        store.take([kiosk.loan(), kiosk.birth(), broken])
    assert (store.event_count(), store.kiosks(), store.confirmations()) == (0, [], [])
    store.take([Kiosk().loan()])
    assert store.event_count() == 1


def test_what_take_returned_for_survives_reopening(url: str) -> None:
    first = opened(url)
    kiosk = Kiosk()
    first.take([kiosk.loan(), kiosk.birth()])
    first.close()
    second = opened(url)
    assert confirmed(second) == {"i-1": 1}
    assert [k.identity for k in second.kiosks()] == [kiosk.identity]
    second.take([Kiosk("mz-main.kiosk-1", "i-1").loan(seq=2)])
    assert second.reject_count() == 1
    second.close()


def test_it_is_durable_and_has_one_writer(tmp_path: Path) -> None:
    store = SqliteStore(tmp_path / "centre.db")
    assert store.database.writer.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    assert store.database.writer.execute("PRAGMA synchronous").fetchone() == (2,)
    with pytest.raises(sqlite3.OperationalError, match="readonly"):
        store.database.reader.execute("DELETE FROM events")
    store.close()


def test_a_full_disk_loses_nothing_that_was_confirmed(tmp_path: Path) -> None:
    store = SqliteStore(tmp_path / "centre.db")
    kiosk = Kiosk()
    store.take([kiosk.loan()])
    pages = store.database.writer.execute("PRAGMA page_count").fetchone()[0]
    store.database.writer.execute(f"PRAGMA max_page_count = {pages + 2}")
    batch = [kiosk.loan() for _ in range(500)]
    with pytest.raises(StoreError, match="full"):
        store.take(batch)
    assert (store.event_count(), confirmed(store)) == (1, {"i-1": 1})
    store.database.writer.execute("PRAGMA max_page_count = 1000000")
    store.take(batch)
    assert (store.event_count(), confirmed(store)) == (501, {"i-1": 501})
    store.close()


def test_a_database_of_another_version_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "centre.db"
    for version in (1, 9):
        with closing(sqlite3.connect(path)) as connection:
            connection.execute(f"PRAGMA user_version = {version}")
        with pytest.raises(StoreError, match=rf"centre\.db: version {version}, expected 3"):
            SqliteStore(path)
        with closing(sqlite3.connect(path)) as connection:
            assert connection.execute("SELECT count(*) FROM sqlite_schema").fetchone() == (0,)


def test_no_database_at_all(tmp_path: Path) -> None:
    path = tmp_path / "centre.db"
    path.write_bytes(b"this is no database, but long enough to be looked at" * 30)
    with pytest.raises(StoreError, match="cannot open"):
        SqliteStore(path)


# -- the latest of a kiosk ---------------------------------------------------------------------------------


def test_an_old_death_does_not_kill_a_new_birth(store: Store) -> None:
    kiosk = Kiosk()
    store.take([kiosk.birth(session=1), kiosk.birth(session=2), kiosk.death(session=1)])
    assert store.kiosks()[0].online
    store.take([kiosk.death(session=2)])
    assert not store.kiosks()[0].online


def test_a_new_board_may_count_its_sessions_from_the_start(store: Store) -> None:
    kiosk = Kiosk()
    store.take([kiosk.birth(session=900), kiosk.death(session=900), kiosk.birth(session=1)])
    assert store.kiosks()[0].online


def test_a_death_keeps_what_the_kiosk_last_told(store: Store) -> None:
    kiosk = Kiosk()
    store.take([kiosk.birth(ago(hours=1)), kiosk.death(ago(minutes=5))])
    (known,) = store.kiosks("mz-taiping-03")
    assert READER in known.devices
    assert (known.heard_at, known.online_changed_at) == (ago(hours=1), ago(minutes=5))


def test_a_retained_birth_is_no_sign_of_life(store: Store) -> None:
    """The broker hands it out long after the kiosk has gone."""
    kiosk = Kiosk()
    store.take([kiosk.says(kiosk.state(ago(days=2), 1, online=True), NOW, retained=True)])
    assert store.kiosks()[0].heard_at == ago(days=2)


def test_a_heartbeat_after_a_death_is_a_new_connection(store: Store) -> None:
    kiosk = Kiosk()
    store.take([kiosk.birth(session=1), kiosk.death(session=1), kiosk.heartbeat(session=2)])
    store.take([kiosk.death(session=1)])
    assert store.kiosks()[0].online


# -- counting ----------------------------------------------------------------------------------------------


def test_totals_and_hours_agree_with_the_raw_events(store: Store) -> None:
    one, two = Kiosk(), Kiosk("mz-main.kiosk-1", "i-2")
    batch = [one.loan(ago(minutes=m)) for m in (1, 2, 50, 70, 130)]
    batch += [one.give_back(ago(minutes=3)), one.visits(4, ago(minutes=70)), one.visits(2, ago(minutes=70))]
    batch += [two.loan(ago(minutes=1)), two.loan(ago(days=1))]
    store.take(batch)
    totals = store.totals(*DAY)
    assert totals == {
        ("mz-taiping-03", "loan"): 5,
        ("mz-taiping-03", "return"): 1,
        ("mz-taiping-03", "visits"): 6,
        ("mz-main", "loan"): 1,
    }
    hours = store.hours("mz-taiping-03", *DAY)
    for kind in ("loan", "return", "visits"):
        assert sum(count.amount for count in hours if count.kind == kind) == totals["mz-taiping-03", kind]
    bodies = [json.loads(event.body) for event in store.events(*DAY, place="mz-taiping-03")]
    assert sum(body.get("entries", 0) for body in bodies) == 6


def test_a_gap_in_counting_is_told(store: Store) -> None:
    kiosk = Kiosk()
    store.take(
        [kiosk.visits(4, ago(hours=2)), kiosk.visits(1, ago(hours=1)), kiosk.visits(0, complete=False)]
    )
    partial = {count.hour: count.partial for count in store.hours("mz-taiping-03", *DAY)}
    assert partial == {start(ago(hours=2)): False, start(ago(hours=1)): False, start(NOW): True}


def start(moment: datetime) -> datetime:
    return moment - timedelta(minutes=moment.minute, seconds=moment.second)


def test_recent_events_newest_first(store: Store) -> None:
    kiosk = Kiosk()
    store.take([kiosk.loan(ago(minutes=9)), kiosk.give_back(ago(minutes=3)), kiosk.loan(ago(minutes=6))])
    recent = store.recent("mz-taiping-03", limit=2)
    assert [(event.kind, event.happened_at) for event in recent] == [
        ("return", ago(minutes=3)),
        ("loan", ago(minutes=6)),
    ]
    assert recent[0].identity == Identity("mz-taiping-03", "kiosk-1")


def test_an_event_that_is_rewritten_says_the_new_and_counts_as_before(store: Store) -> None:
    kiosk = Kiosk()
    store.take([kiosk.loan(ago(minutes=2)), kiosk.loan(ago(minutes=1))])
    second, first = store.recent(None, 9)
    store.rewrite(first, first.body.replace('"op"', '"other"'))
    assert [json.loads(event.body)["op_id"] for event in store.recent(None, 9)] == ["op", "other"]
    assert [event.mark for event in store.recent(None, 9)] == [second.mark, first.mark]
    assert store.event_count() == 2
    assert store.take([kiosk.loan(seq=1)]) == []
