"""The centre's store on SQLite: one connection that writes and checkpoints, one that only reads.

WAL with synchronous=FULL: what a transaction ended for survives a power cut. Plain SQL, which PostgreSQL is
asked in too (`sql.py`). Several processes may write one file; each waits for the other.
"""

import sqlite3
import threading
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from central.store import ZONE, StoreError
from central.store.database import Row, Writing
from central.store.sql import SqlStore
from central.store.statements import marks
from central.store.versions import scripts, statements

BUSY_S = 10.0
CACHE_KB = 64_000
CHECKPOINT_PAGES = 8000
"""32 MB: a page that several batches touch is carried into the file once."""

_FORGET = """
    DELETE FROM events WHERE (install, seq) IN (
        SELECT install, seq FROM events JOIN installs ON installs.id = install
        WHERE happened_at < ? AND seq <= confirmed ORDER BY happened_at LIMIT ?)"""


class SqliteStore(SqlStore):
    def __init__(self, path: Path, zone: ZoneInfo = ZONE) -> None:
        self.database = SqliteDatabase(path)
        super().__init__(self.database, zone)


class SqliteDatabase:
    """Implements `Database`."""

    locking = ""
    """BEGIN IMMEDIATE locks everything."""
    size = "SELECT page_count * page_size FROM pragma_page_count(), pragma_page_size()"

    def __init__(self, path: Path) -> None:
        self.name, self.path = str(path), path
        self._writing, self._reading = threading.Lock(), threading.Lock()
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self.writer = _connect(path)
            self._prepare()
            self.reader = _connect(path)
            self.reader.execute("PRAGMA query_only = 1")
        except StoreError:
            self.writer.close()
            raise
        except (sqlite3.Error, OSError) as error:
            raise StoreError(f"{path}: cannot open the centre's database: {error}") from error

    def _prepare(self) -> None:
        self.writer.execute("BEGIN IMMEDIATE")
        (version,) = self.writer.execute("PRAGMA user_version").fetchone()
        for script in scripts(version, self.name):
            for statement in statements(script):
                self.writer.execute(statement)
        self.writer.execute("COMMIT")

    @contextmanager
    def transaction(self) -> Iterator[Writing]:
        try:
            with self._writing:
                self.writer.execute("BEGIN IMMEDIATE")
                try:
                    yield _Writing(self.writer)
                    self.writer.execute("COMMIT")
                except BaseException:
                    if self.writer.in_transaction:  # SQLite ends it by itself when the disk is full
                        self.writer.execute("ROLLBACK")
                    raise
        except sqlite3.Error as error:
            raise StoreError(f"{self.path}: cannot write the centre's database: {error}") from error

    def rows(self, sql: str, values: Sequence[Any] = ()) -> list[Row]:
        """Every row at once: a cursor left open would keep the writer from checkpointing."""
        try:
            with self._reading:
                return self.reader.execute(sql, values).fetchall()
        except sqlite3.Error as error:
            raise StoreError(f"{self.path}: cannot read the centre's database: {error}") from error

    def prepare_months(self, months: Iterable[str]) -> None:
        """One table holds them all."""

    def forget_events(self, writing: Writing, before: str, at_most: int) -> int:
        return writing.changes(_FORGET, [before, at_most])

    def scrub(self) -> None:
        """With secure_delete the file holds nothing of it; the log of changes still does until it is cut."""
        try:
            with self._writing:
                self.writer.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
        except sqlite3.Error as error:
            raise StoreError(f"{self.path}: cannot write the centre's database: {error}") from error

    def close(self) -> None:
        self.reader.close()
        self.writer.close()


class _Writing:
    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def execute(self, sql: str, values: Sequence[Any] = ()) -> list[Row]:
        return self._connection.execute(sql, values).fetchall()

    def executemany(self, sql: str, rows: Collection[Row]) -> None:
        self._connection.executemany(sql, rows)

    def insert(self, table: str, columns: Sequence[str], rows: Collection[Row]) -> None:
        sql = f"INSERT INTO {table} ({', '.join(columns)}) VALUES {marks(columns)}"
        self._connection.executemany(sql, rows)

    def changes(self, sql: str, values: Sequence[Any] = ()) -> int:
        return self._connection.execute(sql, values).rowcount


def _connect(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(path, check_same_thread=False, isolation_level=None, timeout=BUSY_S)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("PRAGMA secure_delete = ON")
    connection.execute(f"PRAGMA cache_size = -{CACHE_KB}")
    connection.execute(f"PRAGMA wal_autocheckpoint = {CHECKPOINT_PAGES}")
    return connection
