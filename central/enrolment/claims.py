"""Claim codes in the office: made for one kiosk of one place, good once and not for long, guessed by nobody.

Only a hash is kept. Whoever sends wrong ones must wait; so must everybody when many are wrong at once, which
costs a thief a millennium for eight characters. The text of a code is `broker_config.enrolment`'s.
"""

import hashlib
import sqlite3
import threading
from collections import deque
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum

from broker_config.enrolment import Claim, new_claim
from broker_config.topics import Identity
from broker_config.values import timestamp
from central.accounts import audit
from central.accounts.roles import Actor
from central.office import Office

SCHEMA = """
CREATE TABLE IF NOT EXISTS claims (
    id INTEGER PRIMARY KEY, identity TEXT NOT NULL, hash TEXT NOT NULL UNIQUE, made_by TEXT NOT NULL,
    made_at TEXT NOT NULL, expires_at TEXT NOT NULL, used_at TEXT, used_key TEXT
) STRICT;
"""
HOURS = range(1, 15 * 24)
USUAL_HOURS = 72
SAME_AGAIN = timedelta(hours=1)
"""How long a kiosk whose answer was lost may ask again with the same key."""
KEEP = timedelta(days=400)
WINDOW = timedelta(hours=1)
TRIES_PER_ADDRESS = 10
TRIES_OF_ALL = 100


class EnrolAction(Enum):
    CLAIM = "enrolment.claim"
    WITHDRAW = "enrolment.withdraw"
    KEEP = "enrolment.keep"
    ENROL = "enrolment.enrol"
    REPLACE = "enrolment.replace"
    REVOKE = "enrolment.revoke"
    SETTINGS = "place.settings"


class ClaimRefused(Enum):
    """Why a claim opens nothing; a wrong, a used and an old one are told apart to nobody."""

    NOT_GOOD = "not_good"
    TOO_MANY = "too_many"


@dataclass(frozen=True)
class ClaimKept:
    """What is known of a claim but not its code."""

    id: int
    identity: Identity
    made_by: str
    made_at: datetime
    expires_at: datetime
    used_at: datetime | None


class Claims:
    """Safe for all threads."""

    def __init__(self, office: Office) -> None:
        self._office = office
        self._lock = threading.Lock()
        self._wrong: deque[tuple[datetime, str]] = deque()
        office.have(SCHEMA)

    def make(self, actor: Actor, identity: Identity, hours: int = USUAL_HOURS) -> str:
        """A new code, which nobody can read again; an older one for the same kiosk ends."""
        code = new_claim()
        until = timestamp(actor.at + timedelta(hours=hours))
        with self._office.writing() as db:
            db.execute("DELETE FROM claims WHERE identity = ? AND used_at IS NULL", (str(identity),))
            db.execute("DELETE FROM claims WHERE made_at < ?", (timestamp(actor.at - KEEP),))
            db.execute(
                "INSERT INTO claims (identity, hash, made_by, made_at, expires_at) VALUES (?, ?, ?, ?, ?)",
                (str(identity), _hash(code), actor.name, timestamp(actor.at), until),
            )
            audit.record(db, actor, EnrolAction.CLAIM, str(identity), {"until": until})
        return code

    def withdraw(self, actor: Actor, claim_id: int) -> bool:
        """Whether there was such a claim, unused."""
        with self._office.writing() as db:
            unused = "FROM claims WHERE id = ? AND used_at IS NULL"
            row = db.execute(f"SELECT identity {unused}", (claim_id,)).fetchone()
            if row is not None:
                db.execute(f"DELETE {unused}", (claim_id,))
                audit.record(db, actor, EnrolAction.WITHDRAW, row["identity"])
        return row is not None

    def all(self) -> list[ClaimKept]:
        """The newest first."""
        return [_kept(row) for row in self._office.rows("SELECT * FROM claims ORDER BY id DESC")]

    def who(self, claim: Claim, key: str, address: str, now: datetime) -> ClaimKept | ClaimRefused:
        """For which kiosk this code was made. `key` names the kiosk's public key: only the one that used a
        code may come again with it, for an hour."""
        with self._lock:
            if self._too_many(address, now):
                return ClaimRefused.TOO_MANY
            row = self._office.row("SELECT * FROM claims WHERE hash = ?", (_hash(claim.code),))
            if row is not None and _is_good(row, key, now):
                return _kept(row)
            self._wrong.append((now, address))
            return ClaimRefused.NOT_GOOD

    def use(self, db: sqlite3.Connection, claim: ClaimKept, key: str, now: datetime) -> bool:
        """Once, within the transaction of `db`: whether this was the first time."""
        done = db.execute(
            "UPDATE claims SET used_at = ?, used_key = ? WHERE id = ? AND used_at IS NULL",
            (timestamp(now), key, claim.id),
        )
        return done.rowcount == 1

    def _too_many(self, address: str, now: datetime) -> bool:
        while self._wrong and self._wrong[0][0] <= now - WINDOW:
            self._wrong.popleft()
        from_there = sum(1 for _, one in self._wrong if one == address)
        return from_there >= TRIES_PER_ADDRESS or len(self._wrong) >= TRIES_OF_ALL


def _is_good(row: sqlite3.Row, key: str, now: datetime) -> bool:
    if row["used_at"] is None:
        return bool(row["expires_at"] > timestamp(now))
    return bool(row["used_key"] == key and row["used_at"] > timestamp(now - SAME_AGAIN))


def _kept(row: sqlite3.Row) -> ClaimKept:
    return ClaimKept(
        id=row["id"],
        identity=Identity.parse(row["identity"]),
        made_by=row["made_by"],
        made_at=datetime.fromisoformat(row["made_at"]),
        expires_at=datetime.fromisoformat(row["expires_at"]),
        used_at=datetime.fromisoformat(row["used_at"]) if row["used_at"] else None,
    )


def _hash(code: str) -> str:
    return hashlib.sha256(code.encode()).hexdigest()
