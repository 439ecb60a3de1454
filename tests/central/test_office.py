"""The office's database: transactions, threads, power cuts, who may read it."""

import threading
from pathlib import Path

import pytest

from central.office import Office, OfficeError

SCHEMA = "CREATE TABLE IF NOT EXISTS notes (id INTEGER PRIMARY KEY, text TEXT NOT NULL) STRICT;"


@pytest.fixture
def office(tmp_path: Path) -> Office:
    made = Office(tmp_path / "deep" / "centre.office.db")
    made.have(SCHEMA)
    return made


def test_what_was_written_is_there_after_a_restart(office: Office) -> None:
    with office.writing() as db:
        db.execute("INSERT INTO notes (text) VALUES (?)", ("缺纸",))
    office.close()
    again = Office(office.path)
    again.have(SCHEMA)
    row = again.row("SELECT text FROM notes WHERE id = :id", {"id": 1})
    assert row is not None and row["text"] == "缺纸"
    assert again.row("SELECT text FROM notes WHERE id = 2") is None


def test_all_of_a_transaction_or_nothing(office: Office) -> None:
    with pytest.raises(ZeroDivisionError), office.writing() as db:
        db.execute("INSERT INTO notes (text) VALUES ('half')")
        raise ZeroDivisionError
    with pytest.raises(OfficeError, match="cannot write"), office.writing() as db:
        db.execute("INSERT INTO notes (text) VALUES ('half')")
        db.execute("INSERT INTO notes (text) VALUES (NULL)")
    assert office.rows("SELECT * FROM notes") == []
    with office.writing() as db:
        db.execute("INSERT INTO notes (text) VALUES ('whole')")
    assert len(office.rows("SELECT * FROM notes")) == 1


def test_nothing_is_lost_by_a_power_cut(office: Office) -> None:
    modes = [office.rows(f"PRAGMA {name}")[0][0] for name in ("journal_mode", "synchronous", "foreign_keys")]
    assert modes == ["wal", 2, 1]


def test_many_threads(office: Office) -> None:
    def write() -> None:
        for _ in range(20):
            with office.writing() as db:
                count = db.execute("SELECT count(*) FROM notes").fetchone()[0]
                db.execute("INSERT INTO notes VALUES (?, 'x')", (count + 1,))

    threads = [threading.Thread(target=write) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [row["id"] for row in office.rows("SELECT id FROM notes ORDER BY id")] == list(range(1, 81))


def test_it_is_its_owners_alone(office: Office) -> None:
    with office.writing() as db:
        db.execute("INSERT INTO notes (text) VALUES ('secret')")
    files = list(office.path.parent.iterdir())
    assert {file.name.rpartition(".")[2] for file in files} == {"db", "db-wal", "db-shm"}
    assert {file.stat().st_mode & 0o077 for file in files} == {0}


def test_errors_say_where(office: Office, tmp_path: Path) -> None:
    with pytest.raises(OfficeError, match=r"centre\.office\.db: cannot read"):
        office.rows("SELECT * FROM nothing")
    with pytest.raises(OfficeError, match="cannot open"):
        Office(tmp_path)
    (tmp_path / "bad.db").write_bytes(b"not a database" * 100)
    with pytest.raises(OfficeError, match=r"bad\.db: cannot open"):
        Office(tmp_path / "bad.db")
    with pytest.raises(OfficeError, match="cannot prepare"):
        office.have("CREATE TABLE (;")
