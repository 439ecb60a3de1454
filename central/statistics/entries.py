"""What no kiosk can count and people enter by hand: new books, books processed, activities.

One number for a place, a month and an item; entering again replaces it, the audit log keeps who said what.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from broker_config.values import moment, timestamp
from central.accounts import audit
from central.accounts.roles import Actor
from central.office import Office
from central.statistics.figures import BY_HAND, Item
from central.statistics.periods import Month

SCHEMA = """
CREATE TABLE IF NOT EXISTS statistics_entries (
    month TEXT NOT NULL, place TEXT NOT NULL, item TEXT NOT NULL, amount INTEGER NOT NULL,
    by_whom TEXT NOT NULL, at TEXT NOT NULL,
    PRIMARY KEY (month, place, item)
) STRICT, WITHOUT ROWID
"""
MOST = 1_000_000


class Action(Enum):
    """For the audit log."""

    ENTER = "statistics.enter"
    CLOSE = "statistics.close"


class BadEntry(ValueError):
    """What was typed is no number of ours; `item` says where."""

    def __init__(self, item: Item) -> None:
        super().__init__(f"{item.value}: expected a whole number from 0 to {MOST}, or nothing")
        self.item = item


@dataclass(frozen=True)
class Entry:
    amount: int
    by: str
    at: datetime


def read_entries(typed: Mapping[str, str]) -> dict[Item, int | None]:
    """The fields of a form, None for one that was left empty; BadEntry."""
    found: dict[Item, int | None] = {}
    for item in BY_HAND:
        text = typed.get(item.value, "").strip()
        if text and not (text.isascii() and text.isdecimal() and len(text) <= 7 and int(text) <= MOST):
            raise BadEntry(item)
        found[item] = int(text) if text else None
    return found


class Entries:
    """Safe for all threads."""

    def __init__(self, office: Office) -> None:
        self._office = office
        office.have(SCHEMA)

    def of(self, month: Month) -> dict[tuple[str, Item], Entry]:
        """By place and item."""
        rows = self._office.rows("SELECT * FROM statistics_entries WHERE month = ?", [str(month)])
        return {
            (row["place"], Item(row["item"])): Entry(row["amount"], row["by_whom"], moment(row["at"]))
            for row in rows
        }

    def enter(self, actor: Actor, place: str, month: Month, amounts: Mapping[Item, int | None]) -> None:
        """None takes an entry away. What is as it was leaves no trace."""
        was = {item: entry.amount for (of, item), entry in self.of(month).items() if of == place}
        changed = {item: amount for item, amount in amounts.items() if was.get(item) != amount}
        if not changed:
            return
        with self._office.writing() as db:
            for item, amount in changed.items():
                key = (str(month), place, item.value)
                db.execute("DELETE FROM statistics_entries WHERE (month, place, item) = (?, ?, ?)", key)
                if amount is not None:
                    values = (*key, amount, actor.name, timestamp(actor.at))
                    db.execute("INSERT INTO statistics_entries VALUES (?, ?, ?, ?, ?, ?)", values)
            told = {"month": str(month), **_told(changed)}
            audit.record(db, actor, Action.ENTER, place, told)


def _told(amounts: Mapping[Item, int | None]) -> Mapping[str, str]:
    return {item.value: "-" if amount is None else str(amount) for item, amount in amounts.items()}
