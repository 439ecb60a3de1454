"""The logs of changes behind the kiosks' copies of lists: SQLite, a file beside the centre's database.

A file of its own: readers' cards are in it, of which the database of events knows nothing, and an import
writes it from another process. Each list numbers its changes upwards; an entry has one row with its latest
change, so that a log never grows beyond its entries and those that were removed lately.
What an entry is belongs to `broker_config.lists`, where it comes from to `central.lists`.
"""

import os
import secrets
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from broker_config.lists import ListName, Position
from broker_config.values import moment, timestamp
from central.store import StoreError

VERSION = 1
REMOVALS_KEPT = timedelta(days=400)
"""A kiosk that was away for longer gets a whole copy; a reader who left is forgotten after this time."""

_SCHEMA = f"""
    BEGIN IMMEDIATE;
    CREATE TABLE IF NOT EXISTS logs (
        list TEXT PRIMARY KEY,
        log TEXT NOT NULL,
        head INTEGER NOT NULL,
        -- removals up to this one are no longer known
        trimmed INTEGER NOT NULL,
        imported_at TEXT NOT NULL
    ) STRICT;
    CREATE TABLE IF NOT EXISTS entries (
        list TEXT NOT NULL,
        key TEXT NOT NULL,
        -- JSON; NULL: removed
        entry TEXT,
        seq INTEGER NOT NULL,
        changed_at TEXT NOT NULL,
        PRIMARY KEY (list, key)
    ) STRICT, WITHOUT ROWID;
    CREATE UNIQUE INDEX IF NOT EXISTS entries_by_seq ON entries (list, seq);
    PRAGMA user_version = {VERSION};
    COMMIT;"""
_PUT = """
    INSERT INTO entries (list, key, entry, seq, changed_at) VALUES (?, ?, ?, ?, ?)
    ON CONFLICT DO UPDATE SET entry = excluded.entry, seq = excluded.seq, changed_at = excluded.changed_at"""
_PUT_LOG = """
    INSERT INTO logs (list, log, head, trimmed, imported_at) VALUES (?, ?, ?, 0, ?)
    ON CONFLICT DO UPDATE SET head = excluded.head, imported_at = excluded.imported_at"""
_TRIM = """
    UPDATE logs SET trimmed = max(trimmed, coalesce((
        SELECT max(seq) FROM entries WHERE list = :list AND entry IS NULL AND changed_at < :before), 0))
    WHERE list = :list"""
_FORGET = "DELETE FROM entries WHERE list = :list AND entry IS NULL AND changed_at < :before"
# A removal that a copy begun at `base` cannot have heard of is none of its business.
_AFTER = """
    SELECT seq, key, entry FROM entries
    WHERE list = :list AND seq > :seq AND (entry IS NOT NULL OR seq > :base) ORDER BY seq LIMIT :limit"""


@dataclass(frozen=True)
class Head:
    """Where the log of a list stands; `imported_at` is when its source was last looked at."""

    log: str
    seq: int
    trimmed: int
    imported_at: datetime

    def continues(self, copy: Position) -> bool:
        """Whether the changes above `copy.seq` are all that this copy lacks. A copy further than the log is
        one of days before the centre's file was lost and restored."""
        return copy.log == self.log and copy.seq <= self.seq and max(copy.seq, copy.base) >= self.trimmed


@dataclass(frozen=True)
class Change:
    """`entry` None: removed."""

    seq: int
    key: str
    entry: str | None


@dataclass(frozen=True)
class Difference:
    """What makes one list of another: entries as JSON by key."""

    added: Mapping[str, str]
    changed: Mapping[str, str]
    removed: Sequence[str]

    @property
    def counts(self) -> tuple[int, int, int]:
        """Added, changed, removed."""
        return len(self.added), len(self.changed), len(self.removed)


def compare(have: Mapping[str, str], wanted: Mapping[str, str]) -> Difference:
    """What leads from `have` to `wanted`, both key to entry."""
    return Difference(
        added={key: entry for key, entry in wanted.items() if key not in have},
        changed={key: entry for key, entry in wanted.items() if have.get(key, entry) != entry},
        removed=[key for key in have if key not in wanted],
    )


class ListLog:
    """Opened by the service, which reads, and by an import, which writes; used by one thread at a time."""

    def __init__(self, path: Path) -> None:
        self._path = path
        with self._failing("opened"):
            path.parent.mkdir(parents=True, exist_ok=True)
            # readers' cards are in it: its owner's alone, and so are the files SQLite lays beside it
            with suppress(FileExistsError):
                os.close(os.open(path, os.O_CREAT | os.O_EXCL, 0o600))
            self._db = sqlite3.connect(path, check_same_thread=False, isolation_level=None, timeout=10)
            self._db.execute("PRAGMA journal_mode = WAL")
            self._db.execute("PRAGMA synchronous = FULL")
            if self._version() == 0:
                self._db.executescript(_SCHEMA)
            if self._version() != VERSION:
                raise StoreError(f"{path}: version {self._version()}, expected {VERSION}: update the centre")

    def close(self) -> None:
        self._db.close()

    # -- out -----------------------------------------------------------------------------------------------

    def heads(self) -> dict[ListName, Head]:
        """Of the lists that were imported at least once."""
        with self._failing("read"):
            rows = self._db.execute("SELECT list, log, head, trimmed, imported_at FROM logs").fetchall()
        return {ListName(row[0]): Head(row[1], row[2], row[3], moment(row[4])) for row in rows}

    def after(self, name: ListName, copy: Position, limit: int) -> list[Change]:
        """The changes that `copy` lacks, at most `limit` of them, the oldest first."""
        values = {"list": name.value, "seq": copy.seq, "base": copy.base, "limit": limit}
        with self._failing("read"):
            return [Change(*row) for row in self._db.execute(_AFTER, values).fetchall()]

    # -- in ------------------------------------------------------------------------------------------------

    @contextmanager
    def writing(self) -> Iterator[None]:
        """All that is appended within, or nothing; one import at a time."""
        with self._failing("written"):
            self._db.execute("BEGIN IMMEDIATE")
            try:
                yield
                self._db.execute("COMMIT")
            except BaseException:
                if self._db.in_transaction:  # SQLite ends it by itself when the disk is full
                    self._db.execute("ROLLBACK")
                raise

    def entries(self, name: ListName) -> dict[str, str]:
        """The list as it stands: JSON by key."""
        query = "SELECT key, entry FROM entries WHERE list = ? AND entry IS NOT NULL"
        with self._failing("read"):
            return dict(self._db.execute(query, [name.value]).fetchall())

    def append(self, name: ListName, difference: Difference, now: datetime) -> None:
        """Number the changes and keep them; within `writing`."""
        head = self.heads().get(name)
        log, seq = (head.log, head.seq) if head else (secrets.token_hex(8), 0)
        put: list[tuple[str, str | None]] = [(key, None) for key in difference.removed]
        put += sorted((*difference.added.items(), *difference.changed.items()))
        at = timestamp(now)
        rows = [(name.value, key, entry, seq + n, at) for n, (key, entry) in enumerate(put, start=1)]
        self._db.executemany(_PUT, rows)
        self._db.execute(_PUT_LOG, [name.value, log, seq + len(rows), at])
        trim = {"list": name.value, "before": timestamp(now - REMOVALS_KEPT)}
        self._db.execute(_TRIM, trim)
        self._db.execute(_FORGET, trim)

    # -- below ---------------------------------------------------------------------------------------------

    def _version(self) -> int:
        return int(self._db.execute("PRAGMA user_version").fetchone()[0])

    @contextmanager
    def _failing(self, what: str) -> Iterator[None]:
        try:
            yield
        except (sqlite3.Error, OSError) as error:
            raise StoreError(f"{self._path}: the lists cannot be {what}: {error}") from error
