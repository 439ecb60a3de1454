"""A backup taken while the centre is at work, and its way back, of both stores."""

import json
import re
import sqlite3
import threading
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from broker_config.events import Loan
from broker_config.lists import ListName
from broker_config.values import Condition
from central.__main__ import main
from central.config import Config, load
from central.intake import understand
from central.office import Office
from central.store import Store, Told, opened
from central.store.lists import ListLog, compare
from central.store.postgres import PostgresStore
from central.store.versions import SCHEMA
from tests.central.door_events import visits
from tests.central.heard import NOW, Kiosk, ago
from tests.postgres import Postgres

TABLES = re.findall(r"CREATE TABLE (\w+)", SCHEMA.read_text(encoding="utf-8"))
DAY = (ago(days=1), ago(days=-1))


@pytest.fixture(scope="module")
def server() -> Iterator[Postgres]:
    with Postgres() as running:
        yield running


@pytest.fixture(params=["sqlite", "postgresql"])
def centre(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    return configured(tmp_path / "centre", url_of(request))


def url_of(request: pytest.FixtureRequest) -> str:
    if request.param == "sqlite":
        return "sqlite:data/centre.db"
    server: Postgres = request.getfixturevalue("server")
    return server.database()


def configured(folder: Path, url: str) -> Path:
    folder.mkdir(exist_ok=True)
    for name in ("ca.crt", "centre.crt", "centre.key"):
        (folder / name).touch()
    file = folder / "centre.toml"
    file.write_text(
        '[broker]\nhost = "127.0.0.1"\nport = 8883\nca = "ca.crt"\ncert = "centre.crt"\nkey = "centre.key"\n'
        f'[store]\nurl = "{url}"\n[places]\nfile = "places.toml"\n',
        encoding="utf-8",
    )
    return file


def at_work(config: Config) -> Store:
    """With something in every table of every database."""
    store = opened(config.store.url, config.time_zone)
    kiosk = Kiosk()
    garbage = [understand("shuzhan/v1/mz-main.kiosk-1/state", b"{", NOW)] * 2
    store.take([kiosk.birth(), kiosk.heartbeat(), kiosk.visits(3), *garbage])
    kiosk.seq = 3
    store.take([kiosk.event(Loan, op_id="op", reader_token="0123456789abcdef")])
    store.take([kiosk.says(kiosk.state(NOW, 1, online=True, install_id="i-1", oldest_seq=4))])
    door = Kiosk("mz-taiping-03.door-1", "n1")
    night = {"while_closed": True}
    store.take([door.says(visits(1, NOW, n, entries_total=9 * n, **night)) for n in (1, 2)])
    store.record_conditions([Told("mz-taiping-03", "", Condition.DOWN, ("offline",))], NOW)
    store.prune(ago(days=9).date(), ago(days=9), rejects_kept=1)
    office = Office(config.office_path)
    office.have("CREATE TABLE IF NOT EXISTS silences (name TEXT)")
    with office.writing() as db:
        db.execute("INSERT INTO silences VALUES ('停电')")
    office.close()
    lists = ListLog(config.lists_path)
    with lists.writing():
        lists.append(ListName.ITEMS, compare({}, {"35240000000019": '["35240000000019","三国演义"]'}), NOW)
    lists.close()
    return store


def content(store: Store) -> dict[str, list[tuple[object, ...]]]:
    rows = store.database.rows  # type: ignore[attr-defined]
    return {table: sorted(rows(f"SELECT * FROM {table}"), key=repr) for table in TABLES}


def backed_up(config: Path, to: Path) -> int:
    return main(["backup", "--config", str(config), "--to", str(to)])


def test_what_is_restored_is_what_was_backed_up_in_every_table(
    request: pytest.FixtureRequest, centre: Path, tmp_path: Path
) -> None:
    config = load(centre)
    store = at_work(config)
    before = content(store)
    assert len(TABLES) == 15 and all(before.values())
    assert backed_up(centre, tmp_path / "copy") == 0
    store.close()
    url = "sqlite:data/centre.db"
    if isinstance(store, PostgresStore):
        url = request.getfixturevalue("server").database()
    elsewhere = configured(tmp_path / "elsewhere", url)
    assert main(["restore", "--config", str(elsewhere), "--from", str(tmp_path / "copy")]) == 0
    there = load(elsewhere)
    restored = opened(there.store.url)
    assert content(restored) == before
    restored.take([Kiosk().loan(seq=5)])
    at = {one.confirmed.install_id: one.confirmed.seq for one in restored.confirmations()}
    assert at == {"i-1": 5, "n1": 2}, "it goes on where it was"
    restored.close()
    for one, other in ((config.office_path, there.office_path), (config.lists_path, there.lists_path)):
        assert dump(one) == dump(other)


def dump(path: Path) -> list[str]:
    connection = sqlite3.connect(path)
    lines = list(connection.iterdump())
    connection.close()
    return lines


def test_a_backup_taken_while_events_come_in_is_of_one_moment(centre: Path, tmp_path: Path) -> None:
    config = load(centre)
    store = at_work(config)
    kiosk = Kiosk("mz-main.kiosk-1", "i-2")
    over = threading.Event()

    def collect() -> None:
        while not over.is_set():
            store.take([kiosk.loan() for _ in range(50)])

    thread = threading.Thread(target=collect)
    thread.start()
    try:
        assert backed_up(centre, tmp_path / "copy") == 0
    finally:
        over.set()
        thread.join()
    store.close()
    if isinstance(store, PostgresStore):
        with psycopg.connect(config.store.url, autocommit=True) as connection:
            connection.execute("DROP SCHEMA public CASCADE")
            connection.execute("CREATE SCHEMA public")
    for file in config.office_path.parent.glob("centre*.db*"):
        file.unlink()
    assert main(["restore", "--config", str(centre), "--from", str(tmp_path / "copy")]) == 0
    restored = opened(config.store.url)
    marks = {c.confirmed.install_id: c.confirmed.seq for c in restored.confirmations()}
    events = [event for event in restored.events(*DAY) if event.install_id == "i-2"]
    assert sorted(event.seq for event in events) == list(range(1, marks.get("i-2", 0) + 1))
    assert marks.get("i-2", 0) % 50 == 0, "no half batch"
    assert restored.event_count("mz-main", "loan") == len(events)
    restored.close()


# -- what goes wrong ---------------------------------------------------------------------------------------


@pytest.fixture
def small(tmp_path: Path) -> Path:
    """A centre on SQLite with a backup beside it."""
    file = configured(tmp_path / "centre", "sqlite:data/centre.db")
    at_work(load(file)).close()
    assert backed_up(file, tmp_path / "copy") == 0
    return file


def told(capsys: pytest.CaptureFixture[str], *arguments: object) -> str:
    """The one sentence about what is wrong."""
    capsys.readouterr()
    assert main([str(argument) for argument in arguments]) == 2
    said = capsys.readouterr().err
    assert said.count("\n") == 1 and "Traceback" not in said
    return said


def test_nothing_is_written_over(small: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    copy = tmp_path / "copy"
    assert "is not empty" in told(capsys, "backup", "--config", small, "--to", copy)
    assert "move it away first" in told(capsys, "restore", "--config", small, "--from", copy)


def test_a_damaged_or_unfinished_backup_is_not_restored(
    small: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    copy, elsewhere = tmp_path / "copy", configured(tmp_path / "elsewhere", "sqlite:data/centre.db")
    with (copy / "store.db").open("r+b") as file:
        file.seek(5000)
        file.write(b"moth")
    assert "is not what was backed up" in told(capsys, "restore", "--config", elsewhere, "--from", copy)
    assert not (elsewhere.parent / "data").exists(), "nothing at all was restored"
    (copy / "backup.json").unlink()
    assert "or one that was cut short" in told(capsys, "restore", "--config", elsewhere, "--from", copy)


def test_a_backup_of_another_kind_or_zone_is_named(
    small: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    copy = tmp_path / "copy"
    elsewhere = configured(tmp_path / "elsewhere", "postgresql://nobody@127.0.0.1:1/none")
    assert "no store of this kind" in told(capsys, "restore", "--config", elsewhere, "--from", copy)
    elsewhere.write_text(f'zone = "Europe/Berlin"\n{small.read_text()}', encoding="utf-8")
    assert "zone = 'Asia/Shanghai'" in told(capsys, "restore", "--config", elsewhere, "--from", copy)


def test_only_its_owner_can_read_a_backup(small: Path, tmp_path: Path) -> None:
    copy = tmp_path / "copy"
    assert copy.stat().st_mode & 0o77 == 0
    assert {path.stat().st_mode & 0o77 for path in copy.glob("*.db")} == {0}
    assert set(json.loads((copy / "backup.json").read_text())["files"]) == {
        "store.db",
        "office.db",
        "lists.db",
    }
