"""Letting people in: password, second factor, a new password, enrolment. Every way in is counted and written
down, and every step up gets a new session, so that an id known before is worth nothing after.
"""

import sqlite3
from dataclasses import dataclass
from datetime import timedelta
from enum import Enum

from central.accounts import audit, second_factor, sessions
from central.accounts.audit import Action
from central.accounts.lockout import Counted, Lockout
from central.accounts.passwords import Hasher, Weakness, weakness
from central.accounts.roles import Actor
from central.accounts.sessions import Session
from central.office import Office


class Wrong(Enum):
    """What was not right; the value is the key of the words."""

    PASSWORD = "wrong_password"
    CODE = "wrong_code"
    UNCHANGED = "password_unchanged"
    DIFFER = "passwords_differ"


@dataclass(frozen=True)
class Wait:
    """Too many attempts: try again after `remaining`."""

    remaining: timedelta


Denied = Wrong | Weakness | Wait


@dataclass(frozen=True)
class Welcome:
    """The cookie of the session that begins, and what is shown once (recovery codes)."""

    cookie: str
    recovery_codes: tuple[str, ...] = ()


class Entrance:
    """Safe for all threads; password checks take tens of milliseconds."""

    def __init__(self, office: Office, hasher: Hasher) -> None:
        self._office = office
        self._hasher = hasher
        self._lockout = Lockout(office)

    def sign_in(self, name: str, password: str, actor: Actor) -> Welcome | Denied:
        """The first step. `actor` bears the name that was typed, so far nobody's."""
        row = self._office.row("SELECT * FROM accounts WHERE name = ? AND NOT disabled", (name,))
        checked = self._check_password(name, row["password_hash"] if row else None, password, actor)
        if checked is not None:
            return checked
        with self._office.writing() as db:
            if row and self._hasher.is_outdated(row["password_hash"]):
                self._keep_password(db, name, password)
            if not (row and row["secret"]):  # with a second factor one is in when that is shown
                audit.record(db, actor, Action.SIGN_IN, name)
            return Welcome(sessions.begin(db, name, factor_shown=False, actor=actor))

    def show_code(self, session: Session, code: str, actor: Actor) -> Welcome | Denied:
        """The second step: a code of the authenticator, or a recovery code, which is then used up."""
        name = session.account.name
        subjects = {Counted.CODE: name, Counted.ADDRESS: actor.address}
        if wait := self._lockout.begin(subjects, actor.at):
            return Wait(wait)
        with self._office.writing() as db:
            if not (self._use_code(db, name, code, actor) or self._use_recovery_code(db, name, code, actor)):
                audit.record(db, actor, Action.SIGN_IN_REFUSED, name, {"step": "code"})
                return Wrong.CODE
            db.execute("DELETE FROM sessions WHERE handle = ?", (session.handle,))
            cookie = sessions.begin(db, name, factor_shown=True, actor=actor)
            audit.record(db, actor, Action.SIGN_IN, name)
        self._lockout.forgive(subjects)
        return Welcome(cookie)

    def change_password(
        self, session: Session, old: str | None, new: str, repeated: str, actor: Actor
    ) -> Welcome | Denied:
        """A new password, chosen by its owner; every other session ends. `old` is None right after signing in
        with a one-time password."""
        name = session.account.name
        hashed = self._hash_of(name)
        if old is not None and (denied := self._check_password(name, hashed, old, actor)):
            return denied
        if new != repeated:
            return Wrong.DIFFER
        if weak := weakness(new, name):
            return weak
        if self._hasher.fits(hashed, new):
            return Wrong.UNCHANGED
        kept = self._hasher.make(new)
        with self._office.writing() as db:
            db.execute("UPDATE accounts SET password_hash = ?, one_time = 0 WHERE name = ?", (kept, name))
            cookie = self._renewed(db, session, factor_shown=session.account.has_factor, actor=actor)
            audit.record(db, actor, Action.PASSWORD, name)
        return Welcome(cookie)

    def enrolment_secret(self, session: Session) -> str:
        """The secret to be scanned: the same until it is confirmed."""
        name = session.account.name
        row = self._office.row("SELECT pending_secret FROM accounts WHERE name = ?", (name,))
        if row and row["pending_secret"]:
            return str(row["pending_secret"])
        secret = second_factor.new_secret()
        with self._office.writing() as db:
            db.execute("UPDATE accounts SET pending_secret = ? WHERE name = ?", (secret, name))
        return secret

    def enrol(self, session: Session, password: str | None, code: str, actor: Actor) -> Welcome | Denied:
        """Confirm the secret with a code of it: the factor is on from now on. `password` is None right after
        signing in."""
        name = session.account.name
        if password is not None and (
            denied := self._check_password(name, self._hash_of(name), password, actor)
        ):
            return denied
        secret = self.enrolment_secret(session)
        period = second_factor.period_of(secret, code, actor.at)
        if period is None:
            return Wrong.CODE
        codes = second_factor.new_recovery_codes()
        with self._office.writing() as db:
            db.execute(
                "UPDATE accounts SET secret = ?, pending_secret = NULL, last_period = ? WHERE name = ?",
                (secret, period, name),
            )
            db.execute("DELETE FROM recovery_codes WHERE account = ?", (name,))
            db.executemany(
                "INSERT INTO recovery_codes VALUES (?, ?)",
                [(name, second_factor.recovery_hash(code)) for code in codes],
            )
            cookie = self._renewed(db, session, factor_shown=True, actor=actor)
            audit.record(db, actor, Action.FACTOR, name)
        return Welcome(cookie, tuple(codes))

    def recovery_codes_left(self, account: str) -> int:
        row = self._office.row("SELECT count(*) AS n FROM recovery_codes WHERE account = ?", (account,))
        return int(row["n"]) if row else 0

    # -- below ---------------------------------------------------------------------------------------------

    def _check_password(self, name: str, hashed: str | None, password: str, actor: Actor) -> Denied | None:
        subjects = {Counted.ACCOUNT: name, Counted.ADDRESS: actor.address}
        if wait := self._lockout.begin(subjects, actor.at):
            return Wait(wait)
        if not self._hasher.fits(hashed, password):
            if (
                hashed is not None
            ):  # what is typed for a name that nobody has may be anything, even a password
                with self._office.writing() as db:
                    audit.record(db, actor, Action.SIGN_IN_REFUSED, name, {"step": "password"})
            return Wrong.PASSWORD
        self._lockout.forgive(subjects)
        return None

    def _use_code(self, db: sqlite3.Connection, name: str, code: str, actor: Actor) -> bool:
        row = db.execute("SELECT secret FROM accounts WHERE name = ?", (name,)).fetchone()
        period = second_factor.period_of(row["secret"], code, actor.at) if row and row["secret"] else None
        if period is None:
            return False
        used = db.execute(
            "UPDATE accounts SET last_period = ? WHERE name = ? AND last_period < ?", (period, name, period)
        )
        return used.rowcount == 1

    def _use_recovery_code(self, db: sqlite3.Connection, name: str, code: str, actor: Actor) -> bool:
        used = db.execute(
            "DELETE FROM recovery_codes WHERE account = ? AND hash = ?",
            (name, second_factor.recovery_hash(code)),
        )
        if used.rowcount == 1:
            audit.record(db, actor, Action.RECOVERY, name)
        return used.rowcount == 1

    def _renewed(self, db: sqlite3.Connection, session: Session, factor_shown: bool, actor: Actor) -> str:
        """The only session left of its account, under a new id."""
        db.execute("DELETE FROM sessions WHERE account = ?", (session.account.name,))
        return sessions.begin(db, session.account.name, factor_shown, actor)

    def _keep_password(self, db: sqlite3.Connection, name: str, password: str) -> None:
        db.execute(
            "UPDATE accounts SET password_hash = ? WHERE name = ?", (self._hasher.make(password), name)
        )

    def _hash_of(self, name: str) -> str | None:
        row = self._office.row("SELECT password_hash FROM accounts WHERE name = ?", (name,))
        return row["password_hash"] if row else None
