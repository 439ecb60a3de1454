"""Closing a month: what was reported is kept as it was, so that what comes later shows as a correction.

Closing again (after corrections were reported) adds another snapshot; the last one counts, the others stay.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import Enum

import msgspec

from broker_config.values import moment, timestamp
from central.accounts import audit
from central.accounts.roles import Actor
from central.office import Office
from central.statistics.entries import Action
from central.statistics.figures import DECIMALS, Figure, Item
from central.statistics.periods import Month

SCHEMA = """
CREATE TABLE IF NOT EXISTS statistics_closed (
    id INTEGER PRIMARY KEY,
    month TEXT NOT NULL, at TEXT NOT NULL, by_whom TEXT NOT NULL, figures TEXT NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS statistics_closed_by_month ON statistics_closed (month, id)
"""
Snapshot = Mapping[str, Mapping[str, float | None]]
"""Place -> key of the item -> amount as it was shown."""
_SNAPSHOT = msgspec.json.Decoder(dict[str, dict[str, float | None]])


class Refusal(Enum):
    NOT_OVER = "statistics_not_over"
    ALREADY = "statistics_already_closed"


class Refused(Exception):
    """Why a month was not closed."""

    def __init__(self, reason: Refusal) -> None:
        super().__init__(reason.value)
        self.reason = reason


@dataclass(frozen=True)
class Closing:
    month: Month
    at: datetime
    by: str
    figures: Snapshot

    def correction(self, place: str, item: Item, figure: Figure) -> "Correction | None":
        """None: as it was, or the place was not in the report then."""
        if place not in self.figures:
            return None
        was, is_ = self.figures[place].get(item.value), shown(item, figure)
        return Correction(was) if was != is_ else None


@dataclass(frozen=True)
class Correction:
    """`was` is what had been reported, None for no data."""

    was: float | None


def shown(item: Item, figure: Figure) -> float | None:
    return None if figure.amount is None else round(figure.amount, DECIMALS.get(item, 0))


class Closings:
    """Safe for all threads."""

    def __init__(self, office: Office) -> None:
        self._office = office
        office.have(SCHEMA)

    def latest(self, month: Month) -> Closing | None:
        row = self._office.row(
            "SELECT * FROM statistics_closed WHERE month = ? ORDER BY id DESC LIMIT 1", [str(month)]
        )
        if row is None:
            return None
        return Closing(month, moment(row["at"]), row["by_whom"], _SNAPSHOT.decode(row["figures"]))

    def close(self, actor: Actor, month: Month, figures: Snapshot) -> None:
        """Refused: nothing has changed since it was closed."""
        last = self.latest(month)
        if last is not None and last.figures == figures:
            raise Refused(Refusal.ALREADY)
        with self._office.writing() as db:
            body = msgspec.json.encode(figures).decode()
            db.execute(
                "INSERT INTO statistics_closed (month, at, by_whom, figures) VALUES (?, ?, ?, ?)",
                (str(month), timestamp(actor.at), actor.name, body),
            )
            audit.record(db, actor, Action.CLOSE, str(month), {"places": str(len(figures))})
