"""After wrong passwords or codes an account and an address must wait, longer each time, never for ever.

An attempt is counted before its password is checked and forgiven when it was right: a hundred at once are a
hundred. Unknown accounts are counted like real ones, so that waiting tells nobody which exist. Only hashes of
names and addresses are kept: people type passwords where the name belongs.
"""

import hashlib
import sqlite3
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum

from broker_config.values import timestamp
from central.office import Office

SCHEMA = """
CREATE TABLE IF NOT EXISTS attempts (
    kind TEXT NOT NULL, subject TEXT NOT NULL, failures INTEGER NOT NULL, last_at TEXT NOT NULL,
    PRIMARY KEY (kind, subject)
) STRICT;
"""
FORGOTTEN_AFTER = timedelta(hours=24)


class Counted(Enum):
    ACCOUNT = "account"
    """Passwords for an account."""
    CODE = "code"
    """Codes of the second factor: a right password must not forgive these."""
    ADDRESS = "address"
    """Both, from an address: a whole library may stand behind one."""


@dataclass(frozen=True)
class Limit:
    """`free` failures cost nothing; then `first_wait`, doubled by each further one up to `longest_wait`."""

    free: int
    first_wait: timedelta
    longest_wait: timedelta


LIMITS = {
    Counted.ACCOUNT: Limit(5, timedelta(seconds=30), timedelta(minutes=15)),
    Counted.CODE: Limit(5, timedelta(seconds=30), timedelta(minutes=15)),
    Counted.ADDRESS: Limit(20, timedelta(seconds=30), timedelta(minutes=15)),
}


def wait_of(limit: Limit, failures: int) -> timedelta:
    """How long after the last of `failures` the next attempt must wait. Pure."""
    if failures < limit.free:
        return timedelta()
    doublings = min(failures - limit.free, 16)
    factor: int = 2**doublings
    return min(limit.first_wait * factor, limit.longest_wait)


class Lockout:
    """Keeps the failures in the Office's tables, so that a restart forgives nobody."""

    def __init__(self, office: Office) -> None:
        self._office = office
        office.have(SCHEMA)

    def begin(self, subjects: dict[Counted, str], now: datetime) -> timedelta | None:
        """Count an attempt and let it pass (None); or refuse it, uncounted, and tell how long to wait."""
        with self._office.writing() as db:
            db.execute("DELETE FROM attempts WHERE last_at < ?", (timestamp(now - FORGOTTEN_AFTER),))
            waits = [_remaining(db, kind, subject, now) for kind, subject in subjects.items()]
            longest = max(waits)
            if longest > timedelta():
                return longest
            db.executemany(
                "INSERT INTO attempts VALUES (?, ?, 1, ?) ON CONFLICT (kind, subject)"
                " DO UPDATE SET failures = failures + 1, last_at = excluded.last_at",
                [(kind.value, _key(subject), timestamp(now)) for kind, subject in subjects.items()],
            )
        return None

    def forgive(self, subjects: dict[Counted, str]) -> None:
        """The attempt was right: an account's failures are over, an address is given this one back."""
        with self._office.writing() as db:
            for kind, subject in subjects.items():
                key = (kind.value, _key(subject))
                if kind is Counted.ADDRESS:
                    db.execute(
                        "UPDATE attempts SET failures = failures - 1 WHERE kind = ? AND subject = ?", key
                    )
                else:
                    db.execute("DELETE FROM attempts WHERE kind = ? AND subject = ?", key)


def _remaining(db: sqlite3.Connection, kind: Counted, subject: str, now: datetime) -> timedelta:
    row = db.execute(
        "SELECT failures, last_at FROM attempts WHERE kind = ? AND subject = ?", (kind.value, _key(subject))
    ).fetchone()
    if row is None:
        return timedelta()
    until = datetime.fromisoformat(row["last_at"]) + wait_of(LIMITS[kind], row["failures"])
    # A clock that was set back must not lock anybody out for longer than the rule says.
    return min(max(until - now, timedelta()), LIMITS[kind].longest_wait)


def _key(subject: str) -> str:
    return hashlib.sha256(subject.encode(errors="surrogatepass")).hexdigest()
