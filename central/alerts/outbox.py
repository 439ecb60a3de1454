"""Messages on their way: kept in the office's database until they are sent or given up, with a log of both.

Sending is `delivery.py`'s affair. Bounded are the attempts, by time (`GIVE_UP_AFTER`), and how much may wait
for one channel, of which the oldest is dropped first; both stand in the log as such.
"""

import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum

import msgspec

from broker_config.values import moment, timestamp
from central.alerts.words import Message
from central.office import Office

PAUSES = tuple(timedelta(seconds=seconds) for seconds in (5, 20, 60, 300, 900))
"""After each failure; the last one from then on."""
GIVE_UP_AFTER = timedelta(hours=24)
MOST_WAITING = 200
_MESSAGE = msgspec.json.Decoder(Message)


class Outcome(Enum):
    WAITING = "waiting"
    SENT = "sent"
    GIVEN_UP = "given_up"
    DROPPED = "dropped"


@dataclass(frozen=True)
class Letter:
    """A message to one recipient."""

    channel: str
    recipient: str
    message: Message


@dataclass(frozen=True)
class Delivery:
    """A letter and what became of it; `trouble` is why the last attempt failed."""

    id: int
    letter: Letter
    made_at: datetime
    outcome: Outcome
    attempts: int
    trouble: str


def insert(db: sqlite3.Connection, letters: Iterable[Letter], now: datetime) -> None:
    """Within somebody's transaction."""
    for letter in letters:
        db.execute(
            "INSERT INTO alert_deliveries "
            "(channel, recipient, incident, what, body, made_at, outcome, next_at) "
            "VALUES (:channel, :recipient, :incident, :what, :body, :now, 'waiting', :now)",
            {
                "channel": letter.channel,
                "recipient": letter.recipient,
                "incident": letter.message.incident,
                "what": letter.message.what,
                "body": msgspec.json.encode(letter.message).decode(),
                "now": timestamp(now),
            },
        )
        db.execute(
            "UPDATE alert_deliveries SET outcome = 'dropped', ended_at = :now WHERE id IN ("
            "SELECT id FROM alert_deliveries WHERE outcome = 'waiting' AND channel = :channel "
            "ORDER BY id DESC LIMIT -1 OFFSET :most)",
            {"now": timestamp(now), "channel": letter.channel, "most": MOST_WAITING},
        )


class Outbox:
    """Safe for all threads."""

    def __init__(self, office: Office) -> None:
        self._office = office

    def due(self, channel: str, now: datetime) -> Delivery | None:
        """The oldest that may be tried now."""
        row = self._office.row(
            "SELECT * FROM alert_deliveries WHERE outcome = 'waiting' AND channel = ? AND next_at <= ? "
            "ORDER BY id LIMIT 1",
            [channel, timestamp(now)],
        )
        return _delivery(row) if row else None

    def sent(self, delivery: Delivery, now: datetime) -> None:
        self._end(delivery, Outcome.SENT, "", now)

    def failed(self, delivery: Delivery, trouble: str, now: datetime) -> None:
        """To be tried again after a while, or given up when it is too old for anybody to need it."""
        if now - delivery.made_at >= GIVE_UP_AFTER:
            self._end(delivery, Outcome.GIVEN_UP, trouble, now)
            return
        pause = PAUSES[min(delivery.attempts, len(PAUSES) - 1)]
        with self._office.writing() as db:
            db.execute(
                "UPDATE alert_deliveries SET attempts = attempts + 1, next_at = ?, trouble = ? "
                "WHERE id = ? AND outcome = 'waiting'",
                [timestamp(now + pause), trouble, delivery.id],
            )

    def struggling(self) -> dict[str, str]:
        """Channels that failed three times over a letter that still waits, and why."""
        rows = self._office.rows(
            "SELECT channel, trouble FROM alert_deliveries WHERE outcome = 'waiting' AND attempts >= 3"
        )
        return {row["channel"]: row["trouble"] for row in rows}

    def log(self, limit: int) -> list[Delivery]:
        """The latest, newest first."""
        rows = self._office.rows("SELECT * FROM alert_deliveries ORDER BY id DESC LIMIT ?", [limit])
        return [_delivery(row) for row in rows]

    def _end(self, delivery: Delivery, outcome: Outcome, trouble: str, now: datetime) -> None:
        with self._office.writing() as db:
            db.execute(
                "UPDATE alert_deliveries SET outcome = ?, ended_at = ?, attempts = attempts + 1, trouble = ? "
                "WHERE id = ?",
                [outcome.value, timestamp(now), trouble, delivery.id],
            )


def _delivery(row: sqlite3.Row) -> Delivery:
    return Delivery(
        id=row["id"],
        letter=Letter(row["channel"], row["recipient"], _MESSAGE.decode(row["body"])),
        made_at=moment(row["made_at"]),
        outcome=Outcome(row["outcome"]),
        attempts=row["attempts"],
        trouble=row["trouble"],
    )
