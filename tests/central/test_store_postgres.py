"""What only PostgreSQL does: months as partitions, a server that goes away, several collectors at once."""

import threading
from collections.abc import Iterator
from datetime import UTC, date, datetime

import pytest

from central.store import StoreError, statements
from central.store.postgres import PostgresStore, in_postgres
from tests.central.heard import NOW, Kiosk, ago
from tests.postgres import Postgres
from tests.waiting import wait_for


@pytest.fixture(scope="module")
def server() -> Iterator[Postgres]:
    with Postgres() as running:
        yield running


@pytest.fixture
def store(server: Postgres) -> Iterator[PostgresStore]:
    made = PostgresStore(server.database())
    yield made
    made.close()


def months(store: PostgresStore) -> list[str]:
    rows = store.database.rows(
        "SELECT inhrelid::regclass::text FROM pg_inherits WHERE inhparent = 'events'::regclass"
    )
    return sorted({name.split("_pkey")[0] for (name,) in rows})


def test_a_month_is_a_table_made_with_its_first_event(store: PostgresStore) -> None:
    kiosk = Kiosk()
    store.take([kiosk.loan(), kiosk.loan(ago(days=30)), kiosk.loan(datetime(2025, 12, 31, 23, tzinfo=UTC))])
    assert months(store) == ["events_2025_12", "events_2026_10", "events_2026_11"]
    assert store.event_count() == 3


def test_an_old_month_goes_as_a_whole(store: PostgresStore) -> None:
    kiosk = Kiosk()
    store.take([kiosk.loan(datetime(2026, month, 9, tzinfo=UTC)) for month in range(1, 11)])
    while store.prune(date(2026, 6, 20), ago(days=9), 100):
        pass
    assert months(store) == [f"events_2026_{month:02}" for month in range(6, 11)]
    store.take([kiosk.loan(datetime(2026, 2, 3, tzinfo=UTC))])
    assert months(store)[0] == "events_2026_02", "what comes late gets its month again"
    assert store.event_count() == 11


def test_a_server_that_was_away_is_found_again(server: Postgres, store: PostgresStore) -> None:
    kiosk = Kiosk()
    store.take([kiosk.loan()])
    server.stop()
    with pytest.raises(StoreError, match="cannot write the centre's database"):
        store.take([kiosk.loan()])
    with pytest.raises(StoreError, match="cannot read the centre's database"):
        store.event_count()
    server.start()
    kiosk.seq = 0
    store.take([kiosk.loan(), kiosk.loan()])
    assert store.event_count() == 2


def test_collectors_at_work_together_count_nothing_twice_and_wait_for_each_other(server: Postgres) -> None:
    url = server.database()
    stores = [PostgresStore(url) for _ in range(3)]
    kiosks = [Kiosk(f"mz-p-{n}.kiosk-1", f"i-{n}") for n in range(4)]
    batches = [[kiosk.loan(NOW) for kiosk in kiosks for _ in range(9)] for _ in range(12)]
    troubles: list[BaseException] = []

    def collect(store: PostgresStore, turn: int) -> None:
        try:
            for batch in batches[turn:] + batches[:turn]:
                store.take(batch if turn % 2 else batch[::-1])
        except BaseException as error:
            troubles.append(error)

    threads = [threading.Thread(target=collect, args=[store, 4 * n]) for n, store in enumerate(stores)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert troubles == []
    assert stores[0].event_count() == 12 * 4 * 9
    assert {c.confirmed.seq for c in stores[1].confirmations()} == {108}
    assert stores[2].rebuild() == 0
    for store in stores:
        store.close()


def test_a_change_is_not_seen_before_one_of_a_lower_number(server: Postgres) -> None:
    """Or whoever looks in between, and asks for higher ones from then on, would never see the lower one."""
    url = server.database()
    slow, quick, reader = (PostgresStore(url) for _ in range(3))
    quickly = threading.Thread(target=quick.take, args=[[Kiosk("mz-p-2.kiosk-1").birth()]])
    waits = "SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
    with slow.database.transaction() as writing:
        ((number,),) = writing.execute(statements.NEXT_CHANGE)
        quickly.start()
        wait_for(lambda: reader.database.rows(waits), "the other one waits", 60)
        assert reader.kiosks() == []
        writing.execute(statements.DEATH, ("mz-p-1", "kiosk-1", None, 1, number))
    quickly.join(60)
    assert [kiosk.identity.place for kiosk in reader.kiosks()] == ["mz-p-1", "mz-p-2"]
    for store in (slow, quick, reader):
        store.close()


@pytest.mark.parametrize(
    "url", ["postgresql://", "postgresql://nobody:secret@127.0.0.1:1/none", "postgresql://a b:"]
)
def test_a_server_that_is_not_there_is_one_sentence_without_a_password(url: str) -> None:
    with pytest.raises(StoreError) as raised:
        PostgresStore(url)
    assert "secret" not in str(raised.value) and "\n" not in str(raised.value)


def test_the_schema_is_translated_whole() -> None:
    script = in_postgres(
        "CREATE TABLE a (\n    install INTEGER NOT NULL,\n    PRIMARY KEY (install, seq)\n) STRICT;"
    )
    assert script == (
        "CREATE TABLE a (\n    install BIGINT NOT NULL,\n    PRIMARY KEY (install, seq, happened_at)\n)\n"
        "PARTITION BY RANGE (happened_at)"
    )
