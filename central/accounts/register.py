"""The accounts: adding, changing, resetting, disabling. Each change is written down in its own transaction.

At least one enabled account of the main library always remains. Sessions of an account end with its password,
its role or its being disabled; who is signed in is `sessions`' affair, and how one signs in `entrance`'s.
"""

import json
import re
import sqlite3
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from broker_config.values import timestamp
from central.accounts import audit, passwords
from central.accounts.audit import Action
from central.accounts.lockout import Counted, Lockout
from central.accounts.passwords import Hasher
from central.accounts.roles import Actor, Principal, Role
from central.office import Office

SCHEMA = """
CREATE TABLE IF NOT EXISTS accounts (
    name TEXT PRIMARY KEY, display_name TEXT NOT NULL, role TEXT NOT NULL, places TEXT,
    password_hash TEXT NOT NULL, one_time INTEGER NOT NULL, disabled INTEGER NOT NULL DEFAULT 0,
    created_at TEXT NOT NULL, secret TEXT, pending_secret TEXT, last_period INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE TABLE IF NOT EXISTS recovery_codes (
    account TEXT NOT NULL REFERENCES accounts (name), hash TEXT NOT NULL, PRIMARY KEY (account, hash)
) STRICT;
CREATE TABLE IF NOT EXISTS sessions (
    handle TEXT PRIMARY KEY, account TEXT NOT NULL REFERENCES accounts (name), address TEXT NOT NULL,
    started_at TEXT NOT NULL, seen_at TEXT NOT NULL, factor_shown INTEGER NOT NULL
) STRICT;
"""
NAME = re.compile(r"[a-z][a-z0-9.-]{1,31}")
DISPLAY_NAME_CHARACTERS = 40
FIRST = "main"
FIRST_DISPLAY_NAME = "总馆管理员"


class Refusal(Enum):
    """Why a change is not made; the value is the key of the words."""

    BAD_NAME = "bad_name"
    BAD_DISPLAY_NAME = "bad_display_name"
    NAME_TAKEN = "name_taken"
    NO_SUCH_ACCOUNT = "no_such_account"
    UNKNOWN_PLACE = "unknown_place"
    PLACES_NEEDED = "places_needed"
    LAST_MAIN = "last_main"


class Refused(Exception):
    """A change that is not made; `detail` completes the words of the reason."""

    def __init__(self, reason: Refusal, detail: str = "") -> None:
        super().__init__(f"{reason.value} {detail}".strip())
        self.reason = reason
        self.detail = detail


@dataclass(frozen=True)
class Account:
    """`places` None means all; `one_time`: its password was made by us and must be changed."""

    name: str
    display_name: str
    role: Role
    places: frozenset[str] | None
    disabled: bool
    one_time: bool
    has_factor: bool

    @property
    def principal(self) -> Principal:
        return Principal(self.name, self.role, self.places)


@dataclass(frozen=True)
class Profile:
    """What an administrator fills in."""

    display_name: str
    role: Role
    places: frozenset[str] | None = None


class Register:
    """`known_places` are the ids a profile may name."""

    def __init__(self, office: Office, hasher: Hasher, known_places: Collection[str]) -> None:
        self._office = office
        self._hasher = hasher
        self._known_places = frozenset(known_places)
        self._lockout = Lockout(office)
        office.have(SCHEMA)
        audit.have_log(office)

    def accounts(self) -> list[Account]:
        return [account_of(row) for row in self._office.rows("SELECT * FROM accounts ORDER BY name")]

    def find(self, name: str) -> Account | None:
        row = self._office.row("SELECT * FROM accounts WHERE name = ?", (name,))
        return account_of(row) if row else None

    def first_start(self, now: datetime) -> str | None:
        """When there is no account at all: make the first one and return its one-time password."""
        if self.accounts():
            return None
        return self.add(Actor("centre", "", now), FIRST, Profile(FIRST_DISPLAY_NAME, Role.MAIN))

    def add(self, actor: Actor, name: str, profile: Profile) -> str:
        """A new account; returns its one-time password, which nobody can read again."""
        if not NAME.fullmatch(name):
            raise Refused(Refusal.BAD_NAME)
        checked = self._checked(profile)
        password = passwords.one_time_password()
        hashed = self._hasher.make(password)
        with self._office.writing() as db:
            if db.execute("SELECT 1 FROM accounts WHERE name = ?", (name,)).fetchone():
                raise Refused(Refusal.NAME_TAKEN)
            db.execute(
                "INSERT INTO accounts (name, display_name, role, places, password_hash, one_time, created_at)"
                " VALUES (?, ?, ?, ?, ?, 1, ?)",
                (name, *_columns(checked), hashed, timestamp(actor.at)),
            )
            audit.record(db, actor, Action.ADD, name, _told(checked))
        return password

    def change(self, actor: Actor, name: str, profile: Profile) -> None:
        """Another display name, role or places; a change of what it may do signs it out."""
        checked = self._checked(profile)
        with self._office.writing() as db:
            before = _existing(db, name)
            db.execute(
                "UPDATE accounts SET display_name = ?, role = ?, places = ? WHERE name = ?",
                (*_columns(checked), name),
            )
            _check_main_remains(db, before)
            if (before.role, before.places) != (checked.role, checked.places):
                _sign_out(db, name)
            audit.record(db, actor, Action.CHANGE, name, _told(checked))

    def reset(self, actor: Actor, name: str) -> str:
        """A new one-time password; the second factor is off and every session over. Returns the password."""
        password = passwords.one_time_password()
        hashed = self._hasher.make(password)
        with self._office.writing() as db:
            _existing(db, name)
            db.execute(
                "UPDATE accounts SET password_hash = ?, one_time = 1, secret = NULL, pending_secret = NULL"
                " WHERE name = ?",
                (hashed, name),
            )
            db.execute("DELETE FROM recovery_codes WHERE account = ?", (name,))
            _sign_out(db, name)
            audit.record(db, actor, Action.RESET, name)
        self._lockout.forgive({Counted.ACCOUNT: name, Counted.CODE: name})
        return password

    def set_disabled(self, actor: Actor, name: str, disabled: bool) -> None:
        with self._office.writing() as db:
            before = _existing(db, name)
            db.execute("UPDATE accounts SET disabled = ? WHERE name = ?", (disabled, name))
            _check_main_remains(db, before)
            if disabled:
                _sign_out(db, name)
            audit.record(db, actor, Action.DISABLE if disabled else Action.ENABLE, name)

    def _checked(self, profile: Profile) -> Profile:
        display_name = " ".join(profile.display_name.split())
        if not 1 <= len(display_name) <= DISPLAY_NAME_CHARACTERS:
            raise Refused(Refusal.BAD_DISPLAY_NAME)
        places = None if profile.role is Role.MAIN else profile.places
        if profile.role is Role.BRANCH and not places:
            raise Refused(Refusal.PLACES_NEEDED)
        if unknown := sorted((places or frozenset()) - self._known_places):
            raise Refused(Refusal.UNKNOWN_PLACE, "、".join(unknown)[:200])
        return Profile(display_name, profile.role, places)


def account_of(row: sqlite3.Row) -> Account:
    """An account from a row of its table."""
    return Account(
        name=row["name"],
        display_name=row["display_name"],
        role=Role(row["role"]),
        places=None if row["places"] is None else frozenset(json.loads(row["places"])),
        disabled=bool(row["disabled"]),
        one_time=bool(row["one_time"]),
        has_factor=row["secret"] is not None,
    )


def _columns(profile: Profile) -> tuple[str, str, str | None]:
    places = None if profile.places is None else json.dumps(sorted(profile.places))
    return profile.display_name, profile.role.value, places


def _told(profile: Profile) -> dict[str, object]:
    return {"role": profile.role.value, "places": "all" if profile.places is None else sorted(profile.places)}


def _existing(db: sqlite3.Connection, name: str) -> Account:
    row = db.execute("SELECT * FROM accounts WHERE name = ?", (name,)).fetchone()
    if row is None:
        raise Refused(Refusal.NO_SUCH_ACCOUNT)
    return account_of(row)


def _check_main_remains(db: sqlite3.Connection, changed: Account) -> None:
    mains = db.execute("SELECT 1 FROM accounts WHERE role = ? AND NOT disabled", (Role.MAIN.value,))
    if changed.role is Role.MAIN and mains.fetchone() is None:
        raise Refused(Refusal.LAST_MAIN)


def _sign_out(db: sqlite3.Connection, name: str) -> None:
    db.execute("DELETE FROM sessions WHERE account = ?", (name,))
