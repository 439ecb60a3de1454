"""Spare devices on the shelf: serials that staff entered, until one is seen at a place. In the office.

Which serials are in use, the store knows (`device_history`); a spare that turns up there has left the shelf
by itself, and the swap names who had entered it.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from broker_config.values import moment, timestamp
from central.accounts import audit
from central.accounts.roles import Actor
from central.office import Office
from central.store import SeenDevice

SCHEMA = """
CREATE TABLE IF NOT EXISTS spares (
    id INTEGER PRIMARY KEY, serial TEXT NOT NULL UNIQUE, kind TEXT NOT NULL, model TEXT NOT NULL,
    note TEXT NOT NULL, by_whom TEXT NOT NULL, at TEXT NOT NULL
) STRICT;
"""
LONGEST = 80


class SpareAction(Enum):
    ADD = "spare.add"
    REMOVE = "spare.remove"


class BadSpare(Enum):
    """What is wrong; the value is the key of the words."""

    SERIAL = "spare_bad_serial"
    KIND = "spare_bad_kind"
    KNOWN = "spare_known"
    IN_USE = "spare_in_use"


@dataclass(frozen=True)
class Draft:
    """What staff fill in, without spaces around it."""

    serial: str
    kind: str
    model: str = ""
    note: str = ""


@dataclass(frozen=True)
class Spare:
    """`seen`: where it turned up since, None while it lies on the shelf."""

    id: int
    serial: str
    kind: str
    model: str
    note: str
    by: str
    at: datetime
    seen: SeenDevice | None = None


class Spares:
    """Safe for all threads."""

    def __init__(self, office: Office, kinds: Collection[str]) -> None:
        """`kinds`: those of devices that there are."""
        self._office, self._kinds = office, frozenset(kinds)
        office.have(SCHEMA)
        audit.have_log(office)

    def all(self, seen: Collection[SeenDevice]) -> list[Spare]:
        """The newest first. A spare counts as used where its serial was seen after it was entered."""
        latest: dict[str, SeenDevice] = {}
        for one in seen:
            if one.serial and (one.serial not in latest or latest[one.serial].last_seen < one.last_seen):
                latest[one.serial] = one
        found = []
        for row in self._office.rows("SELECT * FROM spares ORDER BY id DESC"):
            at, here = moment(row["at"]), latest.get(row["serial"])
            found.append(
                Spare(
                    id=row["id"],
                    serial=row["serial"],
                    kind=row["kind"],
                    model=row["model"],
                    note=row["note"],
                    by=row["by_whom"],
                    at=at,
                    seen=here if here is not None and here.last_seen > at else None,
                )
            )
        return found

    def add(self, actor: Actor, draft: Draft, in_use: Collection[str]) -> BadSpare | None:
        """None when it is on the shelf now; `in_use`: serials that kiosks have at this moment."""
        bad = self._wrong(draft, in_use)
        if bad is not None:
            return bad
        with self._office.writing() as db:
            done = db.execute(
                "INSERT OR IGNORE INTO spares (serial, kind, model, note, by_whom, at) "
                "VALUES (?, ?, ?, ?, ?, ?)",
                [draft.serial, draft.kind, draft.model, draft.note, actor.name, timestamp(actor.at)],
            )
            if not done.rowcount:
                return BadSpare.KNOWN
            told = {"kind": draft.kind, "model": draft.model}
            audit.record(db, actor, SpareAction.ADD, draft.serial, told)
        return None

    def remove(self, actor: Actor, number: int) -> bool:
        """Whether there was one."""
        with self._office.writing() as db:
            row = db.execute("SELECT serial FROM spares WHERE id = ?", [number]).fetchone()
            if row is not None:
                db.execute("DELETE FROM spares WHERE id = ?", [number])
                audit.record(db, actor, SpareAction.REMOVE, row["serial"])
        return row is not None

    def _wrong(self, draft: Draft, in_use: Collection[str]) -> BadSpare | None:
        short = max(len(text) for text in (draft.serial, draft.model, draft.note)) <= LONGEST
        checks = {
            BadSpare.SERIAL: bool(draft.serial) and short,
            BadSpare.KIND: draft.kind in self._kinds,
            BadSpare.IN_USE: draft.serial not in in_use,
        }
        return next((bad for bad, fine in checks.items() if not fine), None)
