"""The simulated ILS's database: items, readers, loans, holds and everything that was ever done.

One connection, shared by the threads of all kiosks under one lock: a message is answered in one transaction.
"""

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from hardware_sim.ils.catalogue import CardStatus, Category, Kind

SCHEMA = (
    "CREATE TABLE item (item_id TEXT PRIMARY KEY, title TEXT, call_number TEXT, kind TEXT,"
    " home TEXT, at TEXT)",
    "CREATE TABLE reader (reader_id TEXT PRIMARY KEY, card_uid TEXT UNIQUE, name TEXT, pin TEXT,"
    " category TEXT, status TEXT, owes_fen INTEGER, loan_limit INTEGER)",
    "CREATE TABLE loan (item_id TEXT PRIMARY KEY REFERENCES item, reader_id TEXT REFERENCES reader,"
    " since TEXT, due TEXT, renewals INTEGER)",
    "CREATE TABLE hold (number INTEGER PRIMARY KEY, item_id TEXT REFERENCES item,"
    " reader_id TEXT REFERENCES reader, pickup TEXT, ready INTEGER, UNIQUE (item_id, reader_id))",
    "CREATE TABLE history (number INTEGER PRIMARY KEY, at TEXT, act TEXT, item_id TEXT, reader_id TEXT)",
    "PRAGMA user_version = 1",
)


@dataclass(frozen=True)
class Item:
    """`at` is where it was last seen."""

    item_id: str
    title: str
    call_number: str
    kind: Kind
    home: str
    at: str


@dataclass(frozen=True)
class Reader:
    """`card_uid` in upper-case hex."""

    reader_id: str
    card_uid: str
    name: str
    pin: str
    category: Category
    status: CardStatus
    owes_fen: int
    loan_limit: int


@dataclass(frozen=True)
class Loan:
    item_id: str
    reader_id: str
    since: datetime
    due: datetime
    renewals: int


@dataclass(frozen=True)
class Hold:
    """`ready` when the item lies at `pickup` for the reader."""

    number: int
    item_id: str
    reader_id: str
    pickup: str
    ready: bool


class Store:
    def __init__(self, path: Path) -> None:
        """Open or create; `is_new` until it has been seeded."""
        self._lock = threading.RLock()
        self._db = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        self._db.execute("PRAGMA journal_mode = WAL")
        self._db.execute("PRAGMA foreign_keys = ON")

    @property
    def is_new(self) -> bool:
        return self._one("PRAGMA user_version") == (0,)

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All or nothing, one thread at a time."""
        with self._lock:
            self._db.execute("BEGIN IMMEDIATE")
            try:
                yield
            except BaseException:
                self._db.execute("ROLLBACK")
                raise
            self._db.execute("COMMIT")

    def close(self) -> None:
        with self._lock:
            self._db.close()

    def create_tables(self) -> None:
        for statement in SCHEMA:
            self._db.execute(statement)

    # -- reading ------------------------------------------------------------------------------------------

    def item(self, item_id: str) -> Item | None:
        row = self._one("SELECT * FROM item WHERE item_id = ?", item_id)
        return None if row is None else _item(row)

    def reader(self, key: str) -> Reader | None:
        """By reader number or by the card's uid in hex."""
        row = self._one("SELECT * FROM reader WHERE reader_id = ? OR card_uid = ?", key, key.upper())
        return None if row is None else _reader(row)

    def loan(self, item_id: str) -> Loan | None:
        row = self._one("SELECT * FROM loan WHERE item_id = ?", item_id)
        return None if row is None else _loan(row)

    def loans_of(self, reader_id: str) -> list[Loan]:
        """The newest first."""
        rows = self._all("SELECT * FROM loan WHERE reader_id = ? ORDER BY since DESC, rowid DESC", reader_id)
        return [_loan(row) for row in rows]

    def holds_on(self, item_id: str) -> list[Hold]:
        """First come, first served."""
        rows = self._all("SELECT * FROM hold WHERE item_id = ? ORDER BY number", item_id)
        return [_hold(row) for row in rows]

    def holds_of(self, reader_id: str) -> list[Hold]:
        rows = self._all("SELECT * FROM hold WHERE reader_id = ? ORDER BY number", reader_id)
        return [_hold(row) for row in rows]

    def history_of(self, item_id: str) -> list[tuple[str, str, str]]:
        """(when, act, reader) in order."""
        return self._all("SELECT at, act, reader_id FROM history WHERE item_id = ? ORDER BY number", item_id)

    # -- writing, inside a transaction --------------------------------------------------------------------

    def add_item(self, item: Item) -> None:
        values = (item.item_id, item.title, item.call_number, item.kind.value, item.home, item.at)
        self._db.execute("INSERT INTO item VALUES (?, ?, ?, ?, ?, ?)", values)

    def add_reader(self, reader: Reader) -> None:
        names = (reader.reader_id, reader.card_uid, reader.name, reader.pin)
        standing = (reader.category.value, reader.status.value, reader.owes_fen, reader.loan_limit)
        self._db.execute("INSERT INTO reader VALUES (?, ?, ?, ?, ?, ?, ?, ?)", names + standing)

    def put_loan(self, loan: Loan) -> None:
        """Add it, or change the one on the same item."""
        values = (loan.item_id, loan.reader_id, loan.since.isoformat(), loan.due.isoformat(), loan.renewals)
        self._db.execute("INSERT OR REPLACE INTO loan VALUES (?, ?, ?, ?, ?)", values)

    def end_loan(self, item_id: str) -> None:
        self._db.execute("DELETE FROM loan WHERE item_id = ?", (item_id,))

    def add_hold(self, item_id: str, reader_id: str, pickup: str) -> None:
        self._db.execute("INSERT INTO hold VALUES (NULL, ?, ?, ?, 0)", (item_id, reader_id, pickup))

    def set_hold_ready(self, number: int, ready: bool) -> None:
        self._db.execute("UPDATE hold SET ready = ? WHERE number = ?", (ready, number))

    def end_hold(self, number: int) -> None:
        self._db.execute("DELETE FROM hold WHERE number = ?", (number,))

    def move(self, item_id: str, place: str) -> None:
        self._db.execute("UPDATE item SET at = ? WHERE item_id = ?", (place, item_id))

    def set_owing(self, reader_id: str, owes_fen: int) -> None:
        self._db.execute("UPDATE reader SET owes_fen = ? WHERE reader_id = ?", (owes_fen, reader_id))

    def remember(self, at: datetime, act: str, item_id: str, reader_id: str) -> None:
        values = (at.isoformat(timespec="milliseconds"), act, item_id, reader_id)
        self._db.execute("INSERT INTO history VALUES (NULL, ?, ?, ?, ?)", values)

    def _one(self, sql: str, *values: str) -> tuple[Any, ...] | None:
        with self._lock:
            row: tuple[Any, ...] | None = self._db.execute(sql, values).fetchone()
            return row

    def _all(self, sql: str, *values: str) -> list[tuple[Any, ...]]:
        with self._lock:
            return self._db.execute(sql, values).fetchall()


def _item(row: tuple[Any, ...]) -> Item:
    item_id, title, call_number, kind, home, at = row
    return Item(item_id, title, call_number, Kind(kind), home, at)


def _reader(row: tuple[Any, ...]) -> Reader:
    reader_id, card_uid, name, pin, category, status, owes_fen, loan_limit = row
    standing = Category(category), CardStatus(status)
    return Reader(reader_id, card_uid, name, pin, *standing, owes_fen, loan_limit)


def _loan(row: tuple[Any, ...]) -> Loan:
    item_id, reader_id, since, due, renewals = row
    return Loan(item_id, reader_id, datetime.fromisoformat(since), datetime.fromisoformat(due), renewals)


def _hold(row: tuple[Any, ...]) -> Hold:
    number, item_id, reader_id, pickup, ready = row
    return Hold(number, item_id, reader_id, pickup, bool(ready))
