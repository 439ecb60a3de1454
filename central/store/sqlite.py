"""The centre's store on SQLite: one connection that writes and checkpoints, one that only reads.

WAL with synchronous=FULL: what `take` returned for survives a power cut. Writes are plain SQL in one
explicit transaction; sqlite-utils' table methods commit when they think fit and are not used for them.
"""

import sqlite3
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

import sqlite_utils

from broker_config.messages import Confirmed, Health, State, decode, encode
from broker_config.topics import Identity
from broker_config.values import moment, timestamp
from central.intake import EventHeard, HealthHeard, Heard, Rejected, StateHeard
from central.store import Confirmation, HourCount, Kiosk, StoredEvent, StoreError
from central.store.owners import attributed, signature

VERSION = 1
SCHEMA = Path(__file__).with_name("schema.sql")

_INSERT_EVENT = """
    INSERT OR IGNORE INTO events
    (install_id, seq, place, device, kind, happened_at, received_at, amount, body)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"""
_INSERT_REJECT = """
    INSERT OR IGNORE INTO rejects
    (received_at, place, topic, install_id, seq, reason, size_bytes, payload)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?)"""
_BIRTH = """
    INSERT INTO kiosks (place, device, online, online_changed_at, first_heard_at, heard_at, session, state)
    VALUES (:place, :device, 1, :now, :heard_at, :heard_at, :session, :state)
    ON CONFLICT DO UPDATE SET
        online_changed_at = iif(online AND session = :session, online_changed_at, :now),
        first_heard_at = coalesce(first_heard_at, :heard_at),
        heard_at = coalesce(max(heard_at, :heard_at), heard_at, :heard_at),
        online = 1, session = :session, state = :state"""
# The session must be that of the birth: an old death cannot kill a new birth.
_DEATH = """
    INSERT INTO kiosks (place, device, online, online_changed_at, session)
    VALUES (:place, :device, 0, :now, :session)
    ON CONFLICT DO UPDATE SET online = 0, online_changed_at = :now
    WHERE online AND session = :session"""
_INSERT_INSTALL = "INSERT INTO installs (install_id, place, device, confirmed) VALUES (?, ?, ?, 0)"
_HEARTBEAT = """
    INSERT INTO kiosks (place, device, online, online_changed_at, first_heard_at, heard_at, session, health)
    VALUES (:place, :device, 1, :now, :now, :now, :session, :health)
    ON CONFLICT DO UPDATE SET
        online_changed_at = iif(online, online_changed_at, :now),
        first_heard_at = coalesce(first_heard_at, :now),
        online = 1, heard_at = :now, session = :session, health = :health"""
_NEXT_SEQS = """
    SELECT seq FROM events WHERE install_id = :install_id AND seq > :confirmed
    UNION SELECT seq FROM rejects WHERE install_id = :install_id AND seq > :confirmed
    ORDER BY seq"""
_HOURS = """
    SELECT substr(happened_at, 1, 13) || ':00:00.000Z' AS hour, kind, sum(amount) AS amount,
        max(kind = 'visits' AND NOT json_extract(body, '$.complete')) AS partial,
        max(kind = 'visits' AND json_extract(body, '$.count_type') = 'halved') AS estimated
    FROM events WHERE place = ? AND happened_at >= ? AND happened_at < ? GROUP BY hour, kind"""


class SqliteStore:
    """Implements `Store`. `take` belongs to one thread, everything else may be called from any."""

    def __init__(self, path: Path) -> None:
        self._path = path
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._writer = _connect(path)
            self._prepare()
            self._reader = _connect(path)
            self._reader.execute("PRAGMA query_only = 1")
        except (sqlite3.Error, OSError) as error:
            raise StoreError(f"{path}: cannot open the centre's database: {error}") from error
        self._reading = threading.Lock()
        self._owners = {c.confirmed.install_id: c.identity for c in self.confirmations()}

    def _prepare(self) -> None:
        version = self._writer.execute("PRAGMA user_version").fetchone()[0]
        if version == 0:
            script = SCHEMA.read_text(encoding="utf-8")
            self._writer.conn.executescript(f"BEGIN IMMEDIATE; {script} COMMIT;")
        elif version != VERSION:
            raise StoreError(f"{self._path}: version {version}, expected {VERSION}: update the centre")

    def close(self) -> None:
        self._reader.close()
        self._writer.close()

    # -- in ------------------------------------------------------------------------------------------------

    def take(self, batch: Sequence[Heard]) -> list[Confirmation]:
        owners = dict(self._owners)
        batch = [attributed(heard, owners) for heard in batch]
        installs = [(i, owners[i].place, owners[i].device) for i in owners.keys() - self._owners.keys()]
        events = [_event_row(heard) for heard in batch if isinstance(heard, EventHeard)]
        rejects = [_reject_row(heard) for heard in batch if isinstance(heard, Rejected)]
        with self._transaction() as connection:
            connection.executemany(_INSERT_INSTALL, installs)
            connection.executemany(_INSERT_EVENT, events)
            connection.executemany(_INSERT_REJECT, rejects)
            for heard in batch:
                if isinstance(heard, StateHeard | HealthHeard):
                    connection.execute(*_latest(heard))
            further = _advance(connection, {signed[1] for heard in batch if (signed := signature(heard))})
        self._owners = owners
        return [Confirmation(owners[c.install_id], c) for c in further]

    @contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        """All or nothing, and on disk at the end; StoreError when it is nothing."""
        connection = self._writer.conn
        try:
            connection.execute("BEGIN IMMEDIATE")
            try:
                yield connection
                connection.execute("COMMIT")
            except BaseException:
                if connection.in_transaction:  # SQLite ends it by itself when the disk is full
                    connection.execute("ROLLBACK")
                raise
        except sqlite3.Error as error:
            raise StoreError(f"{self._path}: cannot write the centre's database: {error}") from error

    # -- out -----------------------------------------------------------------------------------------------

    def confirmations(self) -> list[Confirmation]:
        rows = self._rows("SELECT install_id, place, device, confirmed FROM installs")
        return [
            Confirmation(
                Identity(row["place"], row["device"]),
                Confirmed(install_id=row["install_id"], seq=row["confirmed"]),
            )
            for row in rows
        ]

    def kiosks(self, place: str | None = None) -> list[Kiosk]:
        rows = self._rows(
            "SELECT * FROM kiosks WHERE :place IS NULL OR place = :place ORDER BY place, device",
            {"place": place},
        )
        return [_kiosk(row) for row in rows]

    def totals(self, start: datetime, end: datetime) -> dict[tuple[str, str], int]:
        rows = self._rows(
            "SELECT place, kind, sum(amount) AS amount FROM events "
            "WHERE happened_at >= ? AND happened_at < ? GROUP BY place, kind",
            [timestamp(start), timestamp(end)],
        )
        return {(row["place"], row["kind"]): row["amount"] for row in rows}

    def hours(self, place: str, start: datetime, end: datetime) -> list[HourCount]:
        rows = self._rows(_HOURS, [place, timestamp(start), timestamp(end)])
        return [
            HourCount(
                hour=moment(row["hour"]),
                kind=row["kind"],
                amount=row["amount"],
                partial=bool(row["partial"]),
                estimated=bool(row["estimated"]),
            )
            for row in rows
        ]

    def recent(self, place: str, limit: int) -> list[StoredEvent]:
        rows = self._rows(
            "SELECT place, device, kind, happened_at, received_at, body FROM events "
            "WHERE place = ? ORDER BY happened_at DESC LIMIT ?",
            [place, limit],
        )
        return [
            StoredEvent(
                identity=Identity(row["place"], row["device"]),
                kind=row["kind"],
                happened_at=moment(row["happened_at"]),
                received_at=moment(row["received_at"]),
                body=row["body"],
            )
            for row in rows
        ]

    def event_count(self, place: str | None = None, kind: str | None = None) -> int:
        return self._count(
            "events WHERE (:place IS NULL OR place = :place) AND (:kind IS NULL OR kind = :kind)",
            {"place": place, "kind": kind},
        )

    def reject_count(self, place: str | None = None) -> int:
        return self._count("rejects WHERE :place IS NULL OR place = :place", {"place": place})

    def _count(self, what: str, values: dict[str, Any]) -> int:
        return int(self._rows(f"SELECT count(*) AS n FROM {what}", values)[0]["n"])

    def _rows(self, sql: str, values: Any = ()) -> list[dict[str, Any]]:
        """Every row at once: a cursor left open would keep the writer from checkpointing."""
        try:
            with self._reading:
                return list(self._reader.query(sql, values))
        except sqlite3.Error as error:
            raise StoreError(f"{self._path}: cannot read the centre's database: {error}") from error


def _connect(path: Path) -> sqlite_utils.Database:
    connection = sqlite3.connect(path, check_same_thread=False, isolation_level=None, timeout=10)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")
    return sqlite_utils.Database(connection)


# -- values to rows and back -------------------------------------------------------------------------------


def _advance(connection: sqlite3.Connection, install_ids: set[str]) -> list[Confirmed]:
    """Move each installation's mark over every seq that is there without a gap; those that moved."""
    moved = []
    for install_id in sorted(install_ids):
        select = "SELECT confirmed FROM installs WHERE install_id = ?"
        before = confirmed = connection.execute(select, [install_id]).fetchone()[0]
        values = {"install_id": install_id, "confirmed": confirmed}
        for (seq,) in connection.execute(_NEXT_SEQS, values):
            if seq != confirmed + 1:
                break
            confirmed = seq
        if confirmed > before:
            connection.execute(
                "UPDATE installs SET confirmed = ? WHERE install_id = ?", [confirmed, install_id]
            )
            moved.append(Confirmed(install_id=install_id, seq=confirmed))
    return moved


def _event_row(heard: EventHeard) -> tuple[str | int, ...]:
    return (
        heard.event.install_id,
        heard.event.seq,
        heard.identity.place,
        heard.identity.device,
        heard.kind,
        heard.happened_at,
        timestamp(heard.received_at),
        heard.amount,
        heard.body,
    )


def _reject_row(heard: Rejected) -> tuple[str | int | None, ...]:
    return (
        timestamp(heard.received_at),
        heard.identity.place if heard.identity else None,
        heard.topic,
        heard.install_id,
        heard.seq,
        heard.reason,
        heard.size_bytes,
        heard.payload,
    )


def _latest(heard: StateHeard | HealthHeard) -> tuple[str, dict[str, Any]]:
    """The statement that keeps a kiosk's latest, and its values."""
    now = timestamp(heard.received_at)
    values: dict[str, Any] = {"place": heard.identity.place, "device": heard.identity.device, "now": now}
    if isinstance(heard, HealthHeard):
        text = encode(heard.health).decode()
        return _HEARTBEAT, values | {"session": heard.health.session, "health": text}
    state = heard.state
    values["session"] = state.session
    if not state.online:
        # A will bears the time of its birth: when a retained one was sent, nobody knows.
        return _DEATH, values | {"now": now if heard.live else None}
    told = state.at if state.clock_synced and state.at < now else None
    values["now"] = values["heard_at"] = now if heard.live else told
    return _BIRTH, values | {"state": encode(state).decode()}


def _kiosk(row: dict[str, Any]) -> Kiosk:
    return Kiosk(
        identity=Identity(row["place"], row["device"]),
        online=bool(row["online"]),
        online_changed_at=_moment(row["online_changed_at"]),
        heard_at=_moment(row["heard_at"]),
        first_heard_at=_moment(row["first_heard_at"]),
        state=decode(State, row["state"].encode()) if row["state"] else None,
        health=decode(Health, row["health"].encode()) if row["health"] else None,
    )


def _moment(text: str | None) -> datetime | None:
    return moment(text) if text else None
