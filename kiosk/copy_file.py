"""The file of the copied lists: its tables, and how it is opened whatever state it is in.

What stands in the tables is `kiosk.copy`'s affair.
"""

import logging
import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

log = logging.getLogger(__name__)

VERSION = 1
SCHEMA = f"""
    BEGIN;
    CREATE TABLE items (item_id TEXT PRIMARY KEY, title TEXT NOT NULL, filling INTEGER NOT NULL)
        STRICT, WITHOUT ROWID;
    CREATE TABLE readers (number BLOB PRIMARY KEY, secret BLOB NOT NULL, filling INTEGER NOT NULL)
        STRICT, WITHOUT ROWID;
    CREATE TABLE credentials (credential BLOB PRIMARY KEY, number BLOB NOT NULL) STRICT, WITHOUT ROWID;
    CREATE INDEX credentials_by_number ON credentials (number);
    CREATE TABLE copies (
        list TEXT PRIMARY KEY, log TEXT NOT NULL, base INTEGER NOT NULL, seq INTEGER NOT NULL,
        -- numbers the beginnings: an entry of an earlier one is gone when the copy is whole
        filling INTEGER NOT NULL,
        -- how the library's list stood then is known completely; NULL: at no time yet
        whole_at TEXT
    ) STRICT;
    CREATE TABLE keys (hash BLOB PRIMARY KEY) STRICT, WITHOUT ROWID;
    PRAGMA user_version = {VERSION};
    COMMIT;"""


def opened(path: Path, key_hash: bytes) -> sqlite3.Connection:
    """The copy at `path`, or an empty one in its place."""
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.exists():
        db = connect(path)
        if _usable(db, key_hash):
            return db
        db.close()
        log.warning("%s: the copy of the lists cannot be used and is begun anew", path)
        for suffix in ("", "-wal", "-shm"):
            path.with_name(path.name + suffix).unlink(missing_ok=True)
    os.close(os.open(path, os.O_CREAT | os.O_EXCL, 0o600))
    db = connect(path)
    db.executescript(SCHEMA)
    db.execute("INSERT INTO keys VALUES (?)", [key_hash])
    return db


_DAMAGE = (sqlite3.DatabaseError, UnicodeDecodeError)
"""sqlite3 stumbles over its own sentence where that quotes what is damaged."""


def _usable(db: sqlite3.Connection, key_hash: bytes) -> bool:
    with suppress(*_DAMAGE):
        version = db.execute("PRAGMA user_version").fetchone()[0]
        if version == VERSION and db.execute("PRAGMA quick_check(1)").fetchone() == ("ok",):
            return db.execute("SELECT hash FROM keys").fetchall() == [(key_hash,)]
    return False


def connect(path: Path) -> sqlite3.Connection:
    """NORMAL: a power cut may take the last chunks back, position and all; the centre sends them again."""
    db = sqlite3.connect(path, check_same_thread=False, isolation_level=None, timeout=5.0)
    with suppress(*_DAMAGE):
        db.execute("PRAGMA journal_mode = WAL")
        db.execute("PRAGMA synchronous = NORMAL")
    return db


@contextmanager
def transaction(db: sqlite3.Connection) -> Iterator[None]:
    """All of it or nothing; it may be read meanwhile."""
    db.execute("BEGIN IMMEDIATE")
    try:
        yield
        db.execute("COMMIT")
    except BaseException:
        if db.in_transaction:  # SQLite ends it by itself when the disk is full
            db.execute("ROLLBACK")
        raise
