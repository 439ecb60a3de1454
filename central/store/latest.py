"""The latest of every kiosk, kept in memory and brought up to date by what changed since the last look.

Every transaction that writes kiosks takes the next number under a lock that it holds to its end, so a
number is never seen before a lower one: whoever has seen all up to one asks for those above. It does not
matter which process wrote them, and a look costs what has changed, not what there is.
"""

import threading
from collections.abc import Sequence
from datetime import datetime

from msgspec import Struct

from broker_config.messages import decode
from broker_config.status import Health, State
from broker_config.topics import Identity
from broker_config.values import moment
from central.store import Kiosk
from central.store.database import Database, Row

COLUMNS = "place, device, online, online_changed_at, heard_at, first_heard_at, health, state, changed"
_CHANGED = f"SELECT {COLUMNS} FROM kiosks WHERE changed > ?"
_BEFORE_ALL = -1


class _Known(Struct, frozen=True, gc=False):
    """`state`, whose text it was, is told again only with a birth or a change."""

    changed: int
    state: str | None
    kiosk: Kiosk


class Latest:
    """Safe for all threads."""

    def __init__(self, database: Database) -> None:
        self._db = database
        self._lock = threading.Lock()
        self._seen = _BEFORE_ALL
        self._known: dict[str, dict[str, _Known]] = {}
        self._places: dict[str, tuple[Kiosk, ...]] = {}
        self._in_order = 0

    def by_place(self) -> dict[str, tuple[Kiosk, ...]]:
        """In order of place and device; a place whose kiosks did not change has the same tuple as before.
        StoreError."""
        with self._lock:
            rows = self._db.rows(_CHANGED, [self._seen])
            if rows:
                self._take(rows)
            return dict(self._places)

    def kiosk(self, row: Row) -> Kiosk:
        """What a row of `COLUMNS` says; what is known of it need not be read again."""
        place, device, *_, state, changed = row
        known = self._known.get(place, {}).get(device)
        if known is None:
            return _kiosk(row, Identity(place, device), _state(state))
        if known.changed == changed:
            return known.kiosk
        same = known.kiosk.state if known.state == state else _state(state)
        return _kiosk(row, known.kiosk.identity, same)

    def _take(self, rows: Sequence[Row]) -> None:
        for row in rows:
            place, device, *_, state, changed = row
            self._known.setdefault(place, {})[device] = _Known(changed, state, self.kiosk(row))
        for place in {row[0] for row in rows}:
            known = self._known[place]
            self._places[place] = tuple(known[device].kiosk for device in sorted(known))
        if len(self._places) > self._in_order:
            self._places = dict(sorted(self._places.items()))
            self._in_order = len(self._places)
        self._seen = max(row[-1] for row in rows)


def _kiosk(row: Row, identity: Identity, state: State | None) -> Kiosk:
    _, _, online, online_changed_at, heard_at, first_heard_at, health, _, _ = row
    return Kiosk(
        identity=identity,
        online=bool(online),
        online_changed_at=_moment(online_changed_at),
        heard_at=_moment(heard_at),
        first_heard_at=_moment(first_heard_at),
        state=state,
        health=decode(Health, health.encode()) if health else None,
    )


def _state(text: str | None) -> State | None:
    return decode(State, text.encode()) if text else None


def _moment(text: str | None) -> datetime | None:
    return moment(text) if text else None
