"""The store in SQL that SQLite and PostgreSQL both speak; what they do differently is in `sqlite.py` and
`postgres.py`.

An installation's row is read and moved under its lock within the transaction that keeps its events, so that
several collectors, also in several processes, agree on what is new. Questions are in `questions.py`,
retention and counting anew in `upkeep.py`.
"""

import threading
from collections.abc import Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from broker_config.from_centre import Confirmed
from broker_config.topics import Identity
from broker_config.values import timestamp
from central.doors import CounterTotal, Hole, Sums
from central.intake import EventHeard, Heard
from central.store import Confirmation, StoredEvent, StoreError, Told, statements
from central.store.database import Database, Row, Writing
from central.store.ledger import Ledger
from central.store.owners import signature
from central.store.questions import Questions
from central.store.sift import Book, DayOf, Seen, Sift, Tallies
from central.store.upkeep import Upkeep

READERS_KNOWN = 200_000
"""Readers of a month and place that are not written again with each of their loans."""
SEPARATOR = "\n"
"""Between the causes of a span; no cause has one."""


class SqlStore(Questions, Upkeep):
    """Implements `Store`."""

    def __init__(self, database: Database, zone: ZoneInfo) -> None:
        self._db, self._zone, self._day_of = database, zone, DayOf(zone)
        self._seen: dict[Identity, Seen] = {}
        self._readers: set[tuple[str, str, str]] = set()
        self._conditions: dict[tuple[str, str], tuple[str, str]] | None = None
        self._recording = threading.Lock()
        Questions.__init__(self, database, zone)
        self._check_zone()

    def close(self) -> None:
        self._db.close()

    def _check_zone(self) -> None:
        """Days counted in one zone cannot go on in another."""
        with self._db.transaction() as writing:
            insert = "INSERT INTO facts (name, value) VALUES ('zone', ?) ON CONFLICT DO NOTHING"
            writing.execute(insert, [self._zone.key])
            ((zone,),) = writing.execute("SELECT value FROM facts WHERE name = 'zone'")
        if zone != self._zone.key:
            self._db.close()
            raise StoreError(
                f"{self._db.name}: its days are those of {zone}, the configuration says {self._zone.key}: "
                f"set zone = '{zone}' again, or begin a new database"
            )

    # -- messages ------------------------------------------------------------------------------------------

    def take(self, batch: Sequence[Heard]) -> list[Confirmation]:
        speakers: dict[str, Identity] = {}
        for heard in batch:
            if signed := signature(heard):
                speakers.setdefault(signed[1], signed[0])
        self._db.prepare_months({heard.happened_at[:7] for heard in batch if type(heard) is EventHeard})
        seen = {**self._seen}
        with self._db.transaction() as writing:
            books = _books(writing, speakers, self._db.locking)
            sift = Sift(books, Tallies(self._day_of), seen)
            sift.all(batch)
            new_readers = sift.tallies.readers - self._readers
            _write(writing, sift, new_readers)
            now = timestamp(batch[-1].received_at) if batch else ""
            moved = [name for name, book in books.items() if book.now != book.was]
            _move(writing, [books[name] for name in moved], now)
            _keep_sums(writing, [book for book in books.values() if book.sums.changed])
        self._seen = seen
        self._readers = new_readers | (self._readers if len(self._readers) < READERS_KNOWN else set())
        return [
            Confirmation(books[name].identity, Confirmed(install_id=name, seq=books[name].ledger.confirmed))
            for name in moved
            if books[name].ledger.confirmed > books[name].was[0]
        ]

    def rewrite(self, event: StoredEvent, body: str) -> None:
        with self._db.transaction() as writing:
            writing.execute(statements.REWRITE, [body, event.seq, event.install_id])
        self._db.scrub()

    # -- conditions ----------------------------------------------------------------------------------------

    def record_conditions(self, told: Sequence[Told], at: datetime) -> None:
        with self._recording:
            if self._conditions is None:
                rows = self._db.rows(statements.OPEN_SPANS)
                self._conditions = {(place, subject): (what, why) for place, subject, what, why in rows}
            now = {(t.place, t.subject): (t.condition.value, SEPARATOR.join(t.causes)) for t in told}
            changed = {key: how for key, how in now.items() if self._conditions.get(key) != how}
            if not changed:
                return
            when = timestamp(at)
            with self._db.transaction() as writing:
                writing.executemany(statements.END_SPAN, [(when, *key) for key in changed])
                begun = [(*key, *how, when) for key, how in changed.items()]
                writing.executemany(statements.BEGIN_SPAN, begun)
            self._conditions |= changed


def _books(writing: Writing, speakers: dict[str, Identity], locking: str) -> dict[str, Book]:
    """The installations of a batch, locked; whoever is new belongs to its first speaker."""
    if not speakers:
        return {}
    names = sorted(speakers)
    known = f"{statements.KNOWN_INSTALLS}{statements.marks(names)} ORDER BY install_id{locking}"
    rows = writing.execute(known, names)
    new = sorted(speakers.keys() - {row[0] for row in rows})
    if new:
        owned = [(name, speakers[name].place, speakers[name].device) for name in new]
        writing.executemany(statements.NEW_INSTALL, owned)
        rows = writing.execute(known, names)
    lost = _losses(writing, [row[1] for row in rows])
    return {row[0]: _book(writing, row, lost.get(row[1], [])) for row in rows}


def _losses(writing: Writing, ids: list[int]) -> dict[int, list[tuple[int, int]]]:
    lost: dict[int, list[tuple[int, int]]] = {}
    for install, first, last in writing.execute(f"{statements.LOSSES_OF}{statements.marks(ids)}", ids):
        lost.setdefault(install, []).append((first, last))
    return lost


def _book(writing: Writing, row: Row, lost: list[tuple[int, int]]) -> Book:
    _, number, place, device, confirmed, highest, *door = row
    beyond: list[Row] = []
    if highest > confirmed:
        beyond = writing.execute(statements.BEYOND, [number, confirmed, number, confirmed])
    ledger = Ledger(confirmed, (seq for (seq,) in beyond), sorted(lost))
    return Book(number, Identity(place, device), ledger, _sums(writing, number, door))


def _sums(writing: Writing, number: int, door: list[Any]) -> Sums:
    """Few have totals of their own."""
    if door[0] is None:
        return Sums()
    holes = writing.execute(statements.DOOR_LOSSES_OF, [number])
    return Sums(CounterTotal(*door), (Hole(*hole) for hole in holes))


def _write(writing: Writing, sift: Sift, new_readers: set[tuple[str, str, str]]) -> None:
    tallies = sift.tallies
    writing.insert("events", statements.EVENT_COLUMNS, sift.events)
    writing.insert("rejects", statements.REJECT_COLUMNS, sift.rejects)
    for sql, rows in (
        (statements.COUNT_HOUR, [(*key, *tallies.hours[key].row) for key in sorted(tallies.hours)]),
        (statements.COUNT_DAY, [(*key, *tallies.days[key].row) for key in sorted(tallies.days)]),
        (statements.READER, sorted(new_readers)),
        (statements.DOOR_MARK, [(*key, visits) for key, visits in sorted(tallies.marks.items())]),
        (statements.DEVICE, sorted(sift.devices)),
        (statements.SAMPLE, sorted(sift.samples)),
    ):
        writing.executemany(sql, rows)
    if sift.kiosks:
        # last: from here on others who write kiosks wait
        ((number,),) = writing.execute(statements.NEXT_CHANGE)
        for sql, row in sift.kiosks:
            writing.execute(sql, (*row, number))


def _move(writing: Writing, books: Sequence[Book], now: str) -> None:
    writing.executemany(
        statements.MOVE_INSTALL, [(book.ledger.confirmed, book.ledger.highest, book.id) for book in books]
    )
    for book in books:
        if book.now[2] != book.was[2]:
            writing.execute(statements.FORGET_LOSSES, [book.id])
            lost = [(book.id, *one, now) for one in book.ledger.lost]
            writing.executemany(statements.NOTE_LOSS, lost)


def _keep_sums(writing: Writing, books: Sequence[Book]) -> None:
    for book in books:
        writing.execute(statements.MOVE_SUMS, [*(book.sums.last or (None, None, None)), book.id])
        writing.execute(statements.FORGET_DOOR_LOSSES, [book.id])
        found = [
            (book.id, book.identity.place, hole.after, hole.seq, hole.since, hole.until, hole.visits)
            for hole in book.sums.holes.values()
        ]
        writing.executemany(statements.NOTE_DOOR_LOSS, found)
