"""The configuration of every kiosk, kept for the one that takes its place: encrypted, since the ILS's
password is in it. Without [broker], which follows from the enrolment. A kiosk checks the rest itself.
"""

import os
import re
import tomllib
from datetime import datetime
from pathlib import Path
from typing import Any

from cryptography.fernet import Fernet, InvalidToken

from broker_config.topics import Identity
from broker_config.values import timestamp
from broker_config.whole_files import write_whole
from central.accounts import audit
from central.accounts.roles import Actor
from central.enrolment.authority import EnrolError
from central.enrolment.claims import EnrolAction
from central.office import Office

SCHEMA = """
CREATE TABLE IF NOT EXISTS configurations (
    identity TEXT PRIMARY KEY, secret BLOB NOT NULL, kept_at TEXT NOT NULL, kept_by TEXT NOT NULL
) STRICT;
"""
LARGEST_CHARACTERS = 100_000
_BROKER = re.compile(r"^\[broker\][^\n]*\n.*?(?=^\[|\Z)", re.MULTILINE | re.DOTALL)


class KeptConfigurations:
    """Safe for all threads."""

    def __init__(self, office: Office, key: Path) -> None:
        """EnrolError when the file `key` is none; it is made when it is not there."""
        self._office, self._key = office, key
        office.have(SCHEMA)
        self._cipher = _cipher(key)

    def keep(self, actor: Actor, identity: Identity, text: str) -> None:
        """EnrolError says what is wrong with `text`, and nothing of what is in it."""
        secret = self._cipher.encrypt(without_broker(identity, text).encode())
        with self._office.writing() as db:
            db.execute(
                "INSERT OR REPLACE INTO configurations VALUES (?, ?, ?, ?)",
                (str(identity), secret, timestamp(actor.at), actor.name),
            )
            audit.record(db, actor, EnrolAction.KEEP, str(identity))

    def kept(self) -> dict[Identity, datetime]:
        """Since when."""
        rows = self._office.rows("SELECT identity, kept_at FROM configurations ORDER BY identity")
        return {Identity.parse(row["identity"]): datetime.fromisoformat(row["kept_at"]) for row in rows}

    def of(self, identity: Identity) -> str | None:
        row = self._office.row("SELECT secret FROM configurations WHERE identity = ?", (str(identity),))
        if row is None:
            return None
        try:
            return self._cipher.decrypt(row["secret"]).decode()
        except InvalidToken as error:
            raise EnrolError(
                f"{self._key} is not the key that the configuration of {identity} was kept with: put the "
                "right one back, or keep the configuration again"
            ) from error


def without_broker(identity: Identity, text: str) -> str:
    """`text` less its [broker], which each board has of its own; EnrolError if it is not this kiosk's."""
    whole = _parsed(text)
    if len(text) > LARGEST_CHARACTERS:
        raise EnrolError(
            f"the configuration has {len(text)} characters, expected {LARGEST_CHARACTERS} at most"
        )
    place = whole.get("place")
    named = place.get("identity") if isinstance(place, dict) else None
    if named != str(identity):
        raise EnrolError(f"the configuration's place.identity is {named!r}, expected {str(identity)!r}")
    rest = _BROKER.sub("", text)
    if _parsed(rest) != {key: value for key, value in whole.items() if key != "broker"}:
        raise EnrolError("the configuration's [broker] cannot be taken out: write it as a table of its own")
    return rest


def _parsed(text: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        raise EnrolError(f"the configuration is not TOML: {error}") from error


def _cipher(path: Path) -> Fernet:
    try:
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            write_whole(path, Fernet.generate_key(), 0o600)
        return Fernet(path.read_bytes())
    except OSError as error:
        raise EnrolError(f"{path}: cannot be read or made: {os.strerror(error.errno or 0)}") from error
    except ValueError as error:
        raise EnrolError(f"{path} is no key: put the right one back from a backup") from error
