"""Raw events as they came: page by page for people, all of them for export and for counting independently."""

from collections.abc import Collection, Iterator
from datetime import datetime
from typing import Any

from broker_config.topics import Identity
from broker_config.values import moment, timestamp
from central.store import StoredEvent, StoreError
from central.store.database import Database, Row
from central.store.statements import where

COMMON = ("loan", "return", "renewal", "visits")
"""As in the index events_rare of schema.sql."""
PIECE = 5000
"""Events read at once by `events`."""
_EVENT = """
    SELECT installs.place, installs.device, kind, happened_at, received_at, body, install_id, seq, install
    FROM events JOIN installs ON installs.id = events.install WHERE """


class RawEvents:
    _db: Database

    def recent(
        self,
        place: str | None,
        limit: int,
        kinds: Collection[str] | None = None,
        before: str | None = None,
    ) -> list[StoredEvent]:
        asked, values = _of_events(place, kinds)
        if before is not None:
            asked += " AND (happened_at, install, seq) < (?, ?, ?)"
            values += _mark(before)
        order = "ORDER BY happened_at DESC, install DESC, seq DESC LIMIT ?"
        return [_stored(row) for row in self._db.rows(f"{_EVENT}{asked} {order}", [*values, limit])]

    def events(
        self,
        start: datetime,
        end: datetime,
        kinds: Collection[str] | None = None,
        place: str | None = None,
    ) -> Iterator[StoredEvent]:
        asked, values = _of_events(place, kinds)
        asked += " AND happened_at < ? AND (happened_at, install, seq) > (?, ?, ?)"
        sql = f"{_EVENT}{asked} ORDER BY happened_at, install, seq LIMIT {PIECE}"
        values.append(timestamp(end))
        after: list[Any] = [timestamp(start), 0, 0]
        while piece := self._db.rows(sql, [*values, *after]):
            yield from map(_stored, piece)
            last = piece[-1]
            after = [last[3], last[8], last[7]]

    def event_count(self, place: str | None = None, kind: str | None = None) -> int:
        asked, values = where(("place = ?", place), ("kind = ?", kind))
        return self._count(f"SELECT CAST(coalesce(sum(events), 0) AS BIGINT) FROM days WHERE {asked}", values)

    def reject_count(self, place: str | None = None) -> int:
        asked, values = where(("place = ?", place))
        dropped = f"SELECT CAST(coalesce(sum(dropped), 0) AS BIGINT) FROM dropped_rejects WHERE {asked}"
        kept = f"SELECT count(*) FROM rejects WHERE {asked}"
        return self._count(kept, values) + self._count(dropped, values)

    def _count(self, sql: str, values: list[Any]) -> int:
        return int(self._db.rows(sql, values)[0][0])


def _of_events(place: str | None, kinds: Collection[str] | None) -> tuple[str, list[Any]]:
    asked, values = where(("events.place = ?", place), ("kind IN ", kinds))
    if kinds is not None and not set(kinds) & set(COMMON):
        asked += f" AND kind NOT IN {COMMON}"
    return asked, values


def _stored(row: Row) -> StoredEvent:
    place, device, kind, happened_at, received_at, body, install_id, seq, install = row
    return StoredEvent(
        identity=Identity(place, device),
        kind=kind,
        happened_at=moment(happened_at),
        received_at=moment(received_at),
        body=body,
        install_id=install_id,
        seq=seq,
        mark=f"{happened_at}~{install}~{seq}",
    )


def _mark(text: str) -> list[Any]:
    """It travels through addresses of pages, so anything may come back."""
    match text.split("~"):
        case [happened_at, install, seq] if install.isdecimal() and seq.isdecimal() and len(text) < 80:
            return [happened_at, int(install), int(seq)]
    raise StoreError(f"before: {text[:80]!r}: expected the mark of an event")
