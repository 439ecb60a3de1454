"""API tokens: how other systems use REST. Named, with a scope and an end, shown once and kept as a hash.

A token is worth something only as long as the account that made it is an enabled one of the main library.
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
from central.accounts.roles import Actor, Principal, Role
from central.office import Office

SCHEMA = """
CREATE TABLE IF NOT EXISTS tokens (
    id INTEGER PRIMARY KEY, name TEXT NOT NULL, scope TEXT NOT NULL, maker TEXT NOT NULL,
    hash TEXT NOT NULL UNIQUE, made_at TEXT NOT NULL, expires_at TEXT NOT NULL, used_at TEXT
) STRICT;
"""
PREFIX = "shuzhan_"
"""Lets people and scanners of source code see what it is."""
NAME_CHARACTERS = 40
DAYS = range(1, 731)
NOTE_USE_EVERY = timedelta(minutes=5)


class Scope(Enum):
    READ = "read"
    """As a viewer of all places: nothing personal."""
    MANAGE = "manage"
    """As an account of the main library."""
    CARDS = "cards"
    """Signs reader codes and does nothing else."""


ROLE = {Scope.READ: Role.VIEWER, Scope.MANAGE: Role.MAIN, Scope.CARDS: Role.VIEWER}
PURPOSE = {Scope.CARDS: Scope.CARDS.value}


class BadToken(Enum):
    """Why none is made; the value is the key of the words."""

    NAME = "token_bad_name"
    DAYS = "token_bad_days"


@dataclass(frozen=True)
class Token:
    """What is known of a token but not the token itself."""

    id: int
    name: str
    scope: Scope
    maker: str
    made_at: datetime
    expires_at: datetime
    used_at: datetime | None


class Tokens:
    """Safe for all threads."""

    def __init__(self, office: Office) -> None:
        self._office = office
        office.have(SCHEMA)

    def make(self, actor: Actor, name: str, scope: Scope, days: int) -> str | BadToken:
        """A new token, valid for `days`; returns its text, which nobody can read again."""
        name = " ".join(name.split())
        if not 1 <= len(name) <= NAME_CHARACTERS:
            return BadToken.NAME
        if days not in DAYS:
            return BadToken.DAYS
        text = PREFIX + secrets.token_urlsafe(32)
        expires = timestamp(actor.at + timedelta(days=days))
        with self._office.writing() as db:
            db.execute(
                "INSERT INTO tokens (name, scope, maker, hash, made_at, expires_at)"
                " VALUES (?, ?, ?, ?, ?, ?)",
                (name, scope.value, actor.name, _hash(text), timestamp(actor.at), expires),
            )
            audit.record(db, actor, Action.TOKEN_MADE, name, {"scope": scope.value, "expires": expires})
        return text

    def all(self) -> list[Token]:
        """The newest first."""
        return [_token(row) for row in self._office.rows("SELECT * FROM tokens ORDER BY id DESC")]

    def revoke(self, actor: Actor, token_id: int) -> None:
        """It works no more; nothing happens when it is gone already."""
        with self._office.writing() as db:
            row = db.execute("SELECT name FROM tokens WHERE id = ?", (token_id,)).fetchone()
            if row is not None:
                db.execute("DELETE FROM tokens WHERE id = ?", (token_id,))
                audit.record(db, actor, Action.TOKEN_REVOKED, row["name"])

    def principal(self, text: str, now: datetime) -> Principal | None:
        """Who asks with this token; None when it is unknown, over, or its maker's account is."""
        row = self._office.row(
            "SELECT tokens.* FROM tokens JOIN accounts ON accounts.name = maker"
            " WHERE hash = ? AND expires_at > ? AND role = ? AND NOT disabled",
            (_hash(text), timestamp(now), Role.MAIN.value),
        )
        if row is None:
            return None
        token = _token(row)
        self._note_use(token, now)
        return Principal(f"token:{token.name}", ROLE[token.scope], purpose=PURPOSE.get(token.scope, ""))

    def _note_use(self, token: Token, now: datetime) -> None:
        if token.used_at is None or now - token.used_at >= NOTE_USE_EVERY:
            with self._office.writing() as db:
                db.execute("UPDATE tokens SET used_at = ? WHERE id = ?", (timestamp(now), token.id))


def _token(row: sqlite3.Row) -> Token:
    return Token(
        id=row["id"],
        name=row["name"],
        scope=Scope(row["scope"]),
        maker=row["maker"],
        made_at=datetime.fromisoformat(row["made_at"]),
        expires_at=datetime.fromisoformat(row["expires_at"]),
        used_at=datetime.fromisoformat(row["used_at"]) if row["used_at"] else None,
    )


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode(errors="surrogatepass")).hexdigest()
