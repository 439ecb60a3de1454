"""What people at the centre decide, in one small SQLite database beside the store: accounts, silences,
settled disputes, notices, claims. Few rows, but none may be lost: WAL with synchronous=FULL.

The store (`central/store`) keeps what kiosks tell, on SQLite or PostgreSQL; this keeps what people say about
it, on SQLite always. Each module owns its tables: it calls `have` with its schema and nobody else reads them.
"""

import os
import sqlite3
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

Values = Sequence[Any] | Mapping[str, Any]


class OfficeError(Exception):
    """The office's database cannot be opened, read or written; the message says where."""


class Office:
    """Safe for all threads; each call takes milliseconds."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._lock = threading.RLock()
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            # its owner's alone, from the first moment: it holds password hashes and secrets of second factors
            os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
            self._db = sqlite3.connect(path, check_same_thread=False, isolation_level=None, timeout=10)
            self._db.row_factory = sqlite3.Row
            for pragma in ("journal_mode = WAL", "synchronous = FULL", "foreign_keys = ON"):
                self._db.execute(f"PRAGMA {pragma}")
        except (sqlite3.Error, OSError) as error:
            raise OfficeError(f"{path}: cannot open the office's database: {error}") from error

    def have(self, schema: str) -> None:
        """Make the tables of one module: statements that do nothing when all is there (IF NOT EXISTS)."""
        with self._failing("prepare"), self._lock:
            self._db.executescript(f"BEGIN IMMEDIATE; {schema}; COMMIT;")

    def rows(self, sql: str, values: Values = ()) -> list[sqlite3.Row]:
        with self._failing("read"), self._lock:
            return self._db.execute(sql, values).fetchall()

    def row(self, sql: str, values: Values = ()) -> sqlite3.Row | None:
        found = self.rows(sql, values)
        return found[0] if found else None

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """One durable transaction: all of the `with` body, or nothing when it raises."""
        with self._failing("write"), self._lock:
            self._db.execute("BEGIN IMMEDIATE")
            try:
                yield self._db
                self._db.execute("COMMIT")
            except BaseException:
                if self._db.in_transaction:
                    self._db.execute("ROLLBACK")
                raise

    def close(self) -> None:
        with self._lock:
            self._db.close()

    @contextmanager
    def _failing(self, doing: str) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as error:
            raise OfficeError(f"{self.path}: cannot {doing} the office's database: {error}") from error
