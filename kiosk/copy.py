"""The library's items and readers as this kiosk knows them while it is cut off: SQLite, a cache.

The centre sends changes (`broker_config.lists`); a chunk is taken whole or not at all, and one that does not
follow what is here is left alone. A copy begun anew overwrites the old one, which serves until the new one is
whole. Whatever makes the file unusable (another key, another version, a bad sector), it is begun anew.

Nobody learns a reader from the file without the journal's key: credentials are kept as keyed hashes, what
belongs to them encrypted. Titles are in clear. What may be done with all this while the ILS is away is
`kiosk.flow`'s to decide; the file's tables are in `kiosk.copy_file`.
"""

import hashlib
import hmac
import logging
import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import TypeVar

import msgspec
from cryptography.fernet import Fernet, InvalidToken

from broker_config.lists import (
    BadChanges,
    Changes,
    ListedItem,
    ListedReader,
    ListName,
    Lists,
    Position,
    unpack,
)
from broker_config.values import moment
from kiosk.copy_file import connect, opened, transaction
from kiosk.flow.ils_values import Block
from kiosk.flow.session import Policy

log = logging.getLogger(__name__)

HASH_BYTES = 16
_PUT_COPY = """
    INSERT OR REPLACE INTO copies (list, log, base, seq, filling, whole_at) VALUES (?, ?, ?, ?, ?, ?)"""
_SWEEP = {
    ListName.ITEMS: ("DELETE FROM items WHERE filling <> ?",),
    ListName.READERS: (
        "DELETE FROM credentials WHERE number IN (SELECT number FROM readers WHERE filling <> ?)",
        "DELETE FROM readers WHERE filling <> ?",
    ),
}
LEAST_POLICY = {ListName.READERS: Policy.LOANS, ListName.ITEMS: Policy.FINISH}
"""From which policy on a list is of any use: a place without loans offline holds no readers."""
_DROP = {
    ListName.ITEMS: ("DELETE FROM items",),
    ListName.READERS: ("DELETE FROM readers", "DELETE FROM credentials"),
}
_TITLE = "SELECT title FROM items WHERE item_id = ?"
_READER = """
    SELECT secret FROM readers
    WHERE number IN (:asked, (SELECT number FROM credentials WHERE credential = :asked))"""

_T = TypeVar("_T")
Statement = tuple[str, list[tuple[object, ...]]]


class CopyError(Exception):
    """The copy cannot be opened, or a chunk not taken; the sentence is for staff."""


@dataclass(frozen=True)
class CopiedReader:
    """A reader as the library last told; `expires` is the last day on which the card is good."""

    reader_id: str
    blocked: Block | None
    loan_limit: int | None
    expires: date | None


@dataclass(frozen=True)
class _Copy:
    position: Position
    filling: int
    whole_at: str | None


class LocalCopy:
    """Opened once; every method may be called from any thread. Reading never waits for a chunk."""

    def __init__(self, path: Path, key: bytes, policy: Policy = Policy.LOANS) -> None:
        """`key` is that of the journal's encrypted fields (Fernet); lists that `policy` does not need are
        neither asked for nor kept. CopyError."""
        self._path = path
        self._lists = tuple(name for name, least in LEAST_POLICY.items() if policy >= least)
        self._cipher = Fernet(key)
        self._hash_key = hmac.digest(key, b"credentials of readers", hashlib.sha256)
        self._writing, self._reading = threading.Lock(), threading.Lock()
        self._unreadable = False
        with self._failing("opened"):
            self._writer = opened(path, self._hash("the key itself"))
            self._drop_others()
            self._reader = connect(path)
            self._reader.execute("PRAGMA query_only = 1")

    def close(self) -> None:
        with self._writing, self._reading:
            self._reader.close()
            self._writer.close()

    def _drop_others(self) -> None:
        with transaction(self._writer):
            for name in set(ListName) - set(self._lists):
                for sql in (*_DROP[name], f"DELETE FROM copies WHERE list = '{name.value}'"):
                    self._writer.execute(sql)

    # -- in ------------------------------------------------------------------------------------------------

    def apply(self, lists: Lists) -> Position | None:
        """How far the copy is afterwards, on disk, whether or not this chunk was the next. CopyError."""
        with self._writing, self._failing("written"):
            held = _copies(self._writer).get(lists.list)
            if not _follows(lists, held):
                return held.position if held else None
            statements = self._statements(lists, held)
            with transaction(self._writer):
                for sql, rows in statements:
                    self._writer.executemany(sql, rows)
        return lists.position

    def _statements(self, lists: Lists, held: _Copy | None) -> list[Statement]:
        """All that one chunk changes."""
        try:
            changes = unpack(lists.list, lists.changes)
        except BadChanges as error:
            raise CopyError(f"{lists!r}: {error}") from error
        filling = held.filling if held else 0
        if lists.after == 0:
            filling += 1
        whole_at = held.whole_at if held else None
        statements = self._entries(lists.list, changes, filling)
        if lists.position.whole:
            whole_at = lists.at
            if not lists.before.whole:
                statements += [(sql, [(filling,)]) for sql in _SWEEP[lists.list]]
        copy = (lists.list.value, lists.log, lists.base, lists.upto, filling, whole_at)
        return [*statements, (_PUT_COPY, [copy])]

    def _entries(self, name: ListName, changes: Changes, filling: int) -> list[Statement]:
        if name is ListName.ITEMS:
            items = [(e.item_id, e.title, filling) for e in changes.entries if isinstance(e, ListedItem)]
            return [
                ("DELETE FROM items WHERE item_id = ?", [(key,) for key in changes.removed]),
                ("INSERT OR REPLACE INTO items VALUES (?, ?, ?)", [*items]),
            ]
        readers = [(self._hash(e.number), e) for e in changes.entries if isinstance(e, ListedReader)]
        gone = [(self._hash(number),) for number in changes.removed]
        secrets = [(number, self._encrypted(reader), filling) for number, reader in readers]
        credentials = [
            (self._hash(credential), number)
            for number, reader in readers
            for credential in reader.credentials
        ]
        return [
            ("DELETE FROM readers WHERE number = ?", [*gone]),
            # a card may have gone from one reader of this chunk to another: first all old ones, then all new
            ("DELETE FROM credentials WHERE number = ?", [*gone, *((number,) for number, _ in readers)]),
            ("INSERT OR REPLACE INTO readers VALUES (?, ?, ?)", [*secrets]),
            ("INSERT OR REPLACE INTO credentials VALUES (?, ?)", [*credentials]),
        ]

    # -- out -----------------------------------------------------------------------------------------------

    def positions(self) -> dict[str, Position | None]:
        """Of every list this kiosk takes, for its state; no list when it could keep none."""
        copies = self._read(_copies)
        if copies is None:
            return {}
        return {name.value: copies[name].position if name in copies else None for name in self._lists}

    def age(self, name: ListName, now: datetime) -> timedelta | None:
        """Since the library told the centre what is known here completely; None before that."""
        return self._read(lambda db: _age(_copies(db).get(name), now))

    def title(self, item_id: str) -> str | None:
        row = self._read(lambda db: db.execute(_TITLE, (item_id,)).fetchone())
        return str(row[0]) if row else None

    def reader(self, credential: str) -> CopiedReader | None:
        """Who has this number or card (`kiosk.flow.effects.AskReader.credential`); None for nobody known."""
        row = self._read(lambda db: db.execute(_READER, {"asked": self._hash(credential)}).fetchone())
        if not row:
            return None
        try:
            reader = msgspec.json.decode(self._cipher.decrypt(row[0]), type=ListedReader)
        except (InvalidToken, msgspec.MsgspecError):
            return None
        return CopiedReader(reader.number, _block(reader.blocked), reader.loan_limit, reader.expires)

    def _read(self, question: Callable[[sqlite3.Connection], _T]) -> _T | None:
        """A copy that cannot be read knows nothing: the kiosk goes on without it."""
        try:
            with self._reading:
                return question(self._reader)
        except (sqlite3.Error, ValueError, TypeError) as error:
            # a damaged value may be one that SQLite does not miss
            if not self._unreadable:
                log.warning("%s: the copy of the lists cannot be read: %s", self._path, error)
            self._unreadable = True
            return None

    # -- below ---------------------------------------------------------------------------------------------

    def _hash(self, text: str) -> bytes:
        return hmac.digest(self._hash_key, text.encode(), hashlib.sha256)[:HASH_BYTES]

    def _encrypted(self, reader: ListedReader) -> bytes:
        return self._cipher.encrypt(msgspec.json.encode(msgspec.structs.replace(reader, credentials=())))

    @contextmanager
    def _failing(self, what: str) -> Iterator[None]:
        try:
            yield
        except (sqlite3.Error, OSError, ValueError) as error:
            raise CopyError(f"{self._path}: the copy of the lists cannot be {what}: {error}") from error


def _follows(lists: Lists, held: _Copy | None) -> bool:
    """Whether this chunk is the next, or begins anew; a late repetition of a beginning does not."""
    if held is None:
        return lists.after == 0
    copy = held.position
    if lists.after > 0:
        return copy == lists.before
    return (copy.log, copy.base) != (lists.log, lists.base) or copy.seq > lists.base


def _copies(db: sqlite3.Connection) -> dict[ListName, _Copy]:
    rows = db.execute("SELECT list, log, base, seq, filling, whole_at FROM copies").fetchall()
    return {ListName(row[0]): _Copy(Position(log=row[1], base=row[2], seq=row[3]), *row[4:]) for row in rows}


def _age(copy: _Copy | None, now: datetime) -> timedelta | None:
    return now - moment(copy.whole_at) if copy and copy.whole_at else None


def _block(reason: str | None) -> Block | None:
    """A reason that only a newer centre knows is still a reason."""
    if reason is None:
        return None
    return Block(reason) if reason in {block.value for block in Block} else Block.OTHER
