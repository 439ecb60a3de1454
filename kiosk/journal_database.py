"""The journal's SQLite file: how it is opened, how a transaction begins and ends, what its failures are."""

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlite_utils import Database

from kiosk.ballast import Ballast
from kiosk.journal_rows import PRIMARY_KEYS, SCHEMA_VERSION, TABLES


class JournalError(Exception):
    """The journal cannot be opened or a step could not be made durable; the sentence is for staff."""


@contextmanager
def as_journal_error(path: Path) -> Iterator[None]:
    try:
        yield
    except sqlite3.Error as error:
        raise JournalError(f"{path}: {error}") from error


@contextmanager
def taken_apart(path: Path, what: str) -> Iterator[None]:
    """SQLite has no checksums: `what` a disk lost bits of comes out as a row, and is no value of ours."""
    try:
        yield
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        raise JournalError(
            f"{path}: 记录已损坏，请更换存储卡 / {what} cannot be read ({type(error).__name__}): "
            "the disk lost part of it, change the disk"
        ) from error


class Transaction:
    """BEGIN IMMEDIATE … COMMIT under the lock; any SQLite failure comes out as JournalError, undone.

    Inside another one it joins that, which then commits or undoes both.
    """

    def __init__(self, lock: threading.RLock, db: Database, path: Path, ballast: Ballast) -> None:
        self._lock, self._db, self._path, self._ballast = lock, db, path, ballast
        self._joined = False

    def __enter__(self) -> None:
        self._lock.acquire()
        try:
            self._joined = self._db.conn.in_transaction
            if not self._joined:
                self._db.execute("BEGIN IMMEDIATE")
        except sqlite3.Error as error:
            self._lock.release()
            raise self._failed(error) from error

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: object) -> None:
        if self._joined:
            self._lock.release()
            return
        try:
            if error is None:
                self._db.conn.commit()
            else:
                self._db.conn.rollback()
        except sqlite3.Error as failed:
            self._db.conn.rollback()
            raise self._failed(failed) from failed
        finally:
            self._lock.release()
        if isinstance(error, sqlite3.Error):
            raise self._failed(error) from error

    def _failed(self, error: sqlite3.Error) -> JournalError:
        """The next start settles what is under way in the space that is given back here."""
        if getattr(error, "sqlite_errorcode", None) == sqlite3.SQLITE_FULL:
            self._ballast.release()
        return JournalError(f"{self._path}: {error}")


def opened(path: Path) -> Database:
    """Made where there is none, widened where an older kiosk's is; sqlite3.Error."""
    db = Database(sqlite3.connect(path, check_same_thread=False, timeout=5.0))
    # outside any transaction, or SQLite silently keeps the old mode
    mode = db.execute("PRAGMA journal_mode=WAL").fetchone()[0]
    if mode != "wal":
        raise sqlite3.OperationalError(f"journal mode is {mode}, expected wal")
    db.execute("PRAGMA synchronous=FULL")
    # what is blanked or forgotten is overwritten, not only unlinked
    db.execute("PRAGMA secure_delete=ON")
    for name, columns in TABLES.items():
        db[name].create(columns, pk=PRIMARY_KEYS[name], if_not_exists=True)
        for column in columns.keys() - db[name].columns_dict.keys():
            # a journal of an older kiosk
            db[name].add_column(column, columns[column])
    db["operations"].create_index(["done"], if_not_exists=True)
    db["steps"].create_index(["op_id"], if_not_exists=True)
    db.execute(f"PRAGMA user_version={SCHEMA_VERSION}")
    return db
