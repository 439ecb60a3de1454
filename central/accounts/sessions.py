"""Who is signed in. The browser holds a random id and nothing else; what it stands for is kept here.

Only a hash of the id is stored, so that a copy of the database opens no door. A session ends when it is not
used for a while, when it is old, when its account's password, role or places change, and on signing out.
"""

import hashlib
import secrets
import sqlite3
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum

from broker_config.values import timestamp
from central.accounts import audit
from central.accounts.audit import Action
from central.accounts.register import Account, account_of
from central.accounts.roles import Actor, Role
from central.office import Office

TOUCH_EVERY = timedelta(minutes=1)
"""A page loads a dozen files: each would be a write to the disk."""


class Step(Enum):
    """How far signing in has come: what is asked next, or nothing."""

    CODE = "code"
    NEW_PASSWORD = "password"
    ENROL = "enrol"
    DONE = "done"


@dataclass(frozen=True)
class Limits:
    """How long a session lives, and of whom a second factor is demanded."""

    idle: timedelta = timedelta(hours=1)
    longest: timedelta = timedelta(hours=12)
    factor_required: bool = False


@dataclass(frozen=True)
class Session:
    """`handle` names it on the server, is no secret from its owner, and cannot be used as a cookie."""

    handle: str
    account: Account
    step: Step
    address: str
    started_at: datetime
    seen_at: datetime


def step_of(account: Account, factor_shown: bool, factor_required: bool) -> Step:
    """What a session still has to do. Pure."""
    if account.has_factor and not factor_shown:
        return Step.CODE
    if account.one_time:
        return Step.NEW_PASSWORD
    if factor_required and account.role is Role.MAIN and not account.has_factor:
        return Step.ENROL
    return Step.DONE


def handle_of(cookie: str) -> str:
    return hashlib.sha256(cookie.encode()).hexdigest()


def begin(db: sqlite3.Connection, account: str, factor_shown: bool, actor: Actor) -> str:
    """A new session within the transaction of `db`; returns the cookie's value."""
    cookie = secrets.token_urlsafe(32)
    now = timestamp(actor.at)
    db.execute(
        "INSERT INTO sessions VALUES (?, ?, ?, ?, ?, ?)",
        (handle_of(cookie), account, actor.address, now, now, factor_shown),
    )
    return cookie


class Sessions:
    """Safe for all threads."""

    def __init__(self, office: Office, limits: Limits) -> None:
        self._office = office
        self._limits = limits

    def find(self, cookie: str, now: datetime) -> Session | None:
        return self.current(handle_of(cookie), now)

    def current(self, handle: str, now: datetime) -> Session | None:
        """The session as it is now: None when it has ended in any of the ways it can."""
        row = self._office.row(
            "SELECT * FROM sessions JOIN accounts ON name = account WHERE handle = ? AND NOT disabled"
            " AND started_at > ? AND seen_at > ?",
            (handle, timestamp(now - self._limits.longest), timestamp(now - self._limits.idle)),
        )
        return self._session(row) if row else None

    def touch(self, session: Session, now: datetime) -> None:
        """It was used."""
        if now - session.seen_at >= TOUCH_EVERY:
            with self._office.writing() as db:
                db.execute(
                    "UPDATE sessions SET seen_at = ? WHERE handle = ?", (timestamp(now), session.handle)
                )

    def of(self, account: str, now: datetime) -> list[Session]:
        """The living sessions of an account, the latest used first."""
        rows = self._office.rows(
            "SELECT * FROM sessions JOIN accounts ON name = account WHERE account = ?"
            " AND started_at > ? AND seen_at > ? ORDER BY seen_at DESC",
            (account, timestamp(now - self._limits.longest), timestamp(now - self._limits.idle)),
        )
        return [self._session(row) for row in rows]

    def end(self, session: Session, actor: Actor) -> None:
        with self._office.writing() as db:
            db.execute("DELETE FROM sessions WHERE handle = ?", (session.handle,))
            audit.record(db, actor, Action.SIGN_OUT, session.account.name)

    def end_all(self, account: str, actor: Actor) -> None:
        with self._office.writing() as db:
            db.execute("DELETE FROM sessions WHERE account = ?", (account,))
            audit.record(db, actor, Action.SIGN_OUT_EVERYWHERE, account)

    def forget_old(self, now: datetime) -> None:
        """Throw away what has ended by itself."""
        with self._office.writing() as db:
            db.execute(
                "DELETE FROM sessions WHERE started_at <= ? OR seen_at <= ?",
                (timestamp(now - self._limits.longest), timestamp(now - self._limits.idle)),
            )

    def _session(self, row: sqlite3.Row) -> Session:
        account = account_of(row)
        return Session(
            handle=row["handle"],
            account=account,
            step=step_of(account, bool(row["factor_shown"]), self._limits.factor_required),
            address=row["address"],
            started_at=datetime.fromisoformat(row["started_at"]),
            seen_at=datetime.fromisoformat(row["seen_at"]),
        )
