"""Commands to kiosks: issued by people, sent until answered or expired, answered by a numbered event.

A kiosk that is away gets its commands when it comes back, once in each of its sessions; it carries each out
once, whatever is repeated, and never while somebody is being served. `answers` belongs to the collector's
thread. Attachments are forgotten after a month.
"""

import logging
import secrets
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum
from typing import Any

import msgspec

from broker_config.commands import (
    Command,
    CommandResult,
    Identify,
    InService,
    Logs,
    OutOfService,
    Restart,
    Screenshot,
    SelfTest,
    UpdateLists,
)
from broker_config.messages import BadMessage, Publication, decode, encode, publication
from broker_config.topics import Identity
from broker_config.values import timestamp
from central.accounts import audit
from central.accounts.roles import Actor
from central.intake import EventHeard, Heard, StateHeard
from central.office import Office
from central.store import Store, StoreError

log = logging.getLogger(__name__)

SCHEMA = """
CREATE TABLE IF NOT EXISTS commands (
    id TEXT PRIMARY KEY, identity TEXT NOT NULL, name TEXT NOT NULL, body TEXT NOT NULL,
    issued_at TEXT NOT NULL, expires_at TEXT NOT NULL, issued_by TEXT NOT NULL,
    sent_at TEXT, sent_session INTEGER, answered_at TEXT, outcome TEXT, reason TEXT,
    media_type TEXT, attachment BLOB
) STRICT;
CREATE INDEX IF NOT EXISTS commands_open ON commands (expires_at) WHERE answered_at IS NULL;
"""
COMMANDS: dict[str, type[Command]] = {
    "restart": Restart,
    "out_of_service": OutOfService,
    "in_service": InService,
    "logs": Logs,
    "screenshot": Screenshot,
    "self_test": SelfTest,
    "identify": Identify,
    "update_lists": UpdateLists,
}
"""As their topics are called."""
MINUTES = range(1, 7 * 24 * 60 + 1)
USUAL_MINUTES = 60
LOOK_EVERY = timedelta(seconds=1)
GRACE = timedelta(minutes=2)
"""An answer that a kiosk gave in time may take so long to arrive."""
LOOK_BACK = timedelta(days=14)
KEEP_ATTACHMENTS = timedelta(days=30)
KEEP = timedelta(days=400)


class CommandAction(Enum):
    ISSUE = "command.issue"


class Status(Enum):
    WAITING = "waiting"
    SENT = "sent"
    DONE = "done"
    REFUSED = "refused"
    FAILED = "failed"
    EXPIRED = "expired"
    UNANSWERED = "unanswered"
    """It was sent, its time is over, and the kiosk has not said what became of it."""


class BadCommand(ValueError):
    """What cannot be ordered, and what was expected; one sentence."""


@dataclass(frozen=True)
class CommandKept:
    """`fields` are the command's own, such as a reason; the attachment is asked for by itself."""

    id: str
    identity: Identity
    name: str
    fields: dict[str, Any]
    issued_at: datetime
    expires_at: datetime
    issued_by: str
    status: Status
    answered_at: datetime | None
    reason: str
    media_type: str


@dataclass(frozen=True)
class Attachment:
    media_type: str
    content: bytes


class Commands:
    """Safe for all threads, but for `answers`."""

    def __init__(self, office: Office, store: Store) -> None:
        self._office, self._store = office, store
        self._look_at: datetime | None = None
        self._prune_at: datetime | None = None
        office.have(SCHEMA)

    # -- people --------------------------------------------------------------------------------------------

    def issue(
        self, actor: Actor, identity: Identity, name: str, minutes: int = USUAL_MINUTES, **fields: object
    ) -> str:
        """The id of a new command `name` with its `fields`, good for `minutes`; BadCommand."""
        command = _made(name, actor.at, minutes, fields)
        values = (
            command.id, str(identity), name, encode(command).decode(),
            command.issued, command.expires, actor.name,
        )  # fmt: skip
        with self._office.writing() as db:
            db.execute(
                "INSERT INTO commands (id, identity, name, body, issued_at, expires_at, issued_by)"
                " VALUES (?, ?, ?, ?, ?, ?, ?)",
                values,
            )
            told = {"command": name, "id": command.id, **{key: str(value) for key, value in fields.items()}}
            audit.record(db, actor, CommandAction.ISSUE, str(identity), told)
        self._look_at = None
        return command.id

    def all(self, now: datetime, place: str | None = None, limit: int = 100) -> list[CommandKept]:
        """The newest first."""
        where, values = ("WHERE identity GLOB ?", (f"{place}.*",)) if place else ("", ())
        rows = self._office.rows(
            f"SELECT * FROM commands {where} ORDER BY issued_at DESC, id LIMIT ?", (*values, limit)
        )
        return [_kept(row, now) for row in rows]

    def one(self, command_id: str, now: datetime) -> CommandKept | None:
        row = self._office.row("SELECT * FROM commands WHERE id = ?", (command_id,))
        return _kept(row, now) if row else None

    def attachment(self, command_id: str) -> Attachment | None:
        row = self._office.row("SELECT media_type, attachment FROM commands WHERE id = ?", (command_id,))
        return Attachment(row["media_type"], row["attachment"]) if row and row["attachment"] else None

    # -- the collector's thread ----------------------------------------------------------------------------

    def answers(self, kept: Sequence[Heard], now: datetime) -> list[Publication]:
        """Take results out of `kept`, and say what is to be sent."""
        for heard in kept:
            if isinstance(heard, EventHeard) and isinstance(heard.event, CommandResult):
                self._take(heard.identity, heard.event, heard.received_at)
        born = any(isinstance(heard, StateHeard) for heard in kept)
        if self._look_at and now < self._look_at and not born:
            return []
        if self._prune_at is None or now >= self._prune_at:
            self._look_back(now)
            self._prune_at = now + timedelta(days=1)
            self._prune(now)
        self._look_at = now + LOOK_EVERY
        return self._due(now)

    def _due(self, now: datetime) -> list[Publication]:
        """One command after the other for each kiosk that is there and has not been sent it yet."""
        rows = self._office.rows(
            "SELECT * FROM commands WHERE answered_at IS NULL AND expires_at > ? ORDER BY issued_at",
            (timestamp(now),),
        )
        if not rows:
            return []
        try:
            sessions = {
                str(kiosk.identity): kiosk.state.session
                for kiosk in self._store.kiosks()
                if kiosk.online and kiosk.state is not None
            }
        except StoreError:
            return []  # the collector has said so
        said = []
        for row in rows:
            session = sessions.get(row["identity"])
            if session is not None and session != row["sent_session"]:
                said.append(self._send(row, session, now))
        return said

    def _send(self, row: sqlite3.Row, session: int, now: datetime) -> Publication:
        with self._office.writing() as db:
            db.execute(
                "UPDATE commands SET sent_at = ?, sent_session = ? WHERE id = ?",
                (timestamp(now), session, row["id"]),
            )
        command = decode(COMMANDS[row["name"]], row["body"].encode())
        return publication(Identity.parse(row["identity"]), command)

    def _take(self, identity: Identity, result: CommandResult, at: datetime) -> None:
        """Only the kiosk that was ordered to may answer; the first answer counts."""
        with self._office.writing() as db:
            db.execute(
                "UPDATE commands SET answered_at = ?, outcome = ?, reason = ?, media_type = ?, attachment = ?"
                " WHERE id = ? AND identity = ? AND answered_at IS NULL",
                (
                    timestamp(at), result.outcome, result.reason, result.media_type,
                    result.attachment or None, result.command_id, str(identity),
                ),
            )  # fmt: skip

    def _look_back(self, now: datetime) -> None:
        """What was stored and not noted, because the centre died in between."""
        try:
            for event in self._store.events(now - LOOK_BACK, now + timedelta(days=1), ["command_result"]):
                result = decode(CommandResult, event.body.encode())
                self._take(event.identity, result, event.received_at)
        except (StoreError, BadMessage) as error:
            log.error("%s", error)

    def _prune(self, now: datetime) -> None:
        with self._office.writing() as db:
            before = timestamp(now - KEEP_ATTACHMENTS)
            db.execute("UPDATE commands SET attachment = NULL WHERE issued_at < ?", (before,))
            db.execute("DELETE FROM commands WHERE issued_at < ?", (timestamp(now - KEEP),))


def _made(name: str, at: datetime, minutes: int, fields: dict[str, object]) -> Command:
    cls = COMMANDS.get(name)
    if cls is None:
        raise BadCommand(f"command {name[:40]!r}: expected one of {', '.join(COMMANDS)}")
    if minutes not in MINUTES:
        raise BadCommand(f"minutes {minutes}: expected {MINUTES[0]} to {MINUTES[-1]}")
    own = set(cls.__struct_fields__) - set(Command.__struct_fields__)
    if strange := sorted(fields.keys() - own):
        raise BadCommand(f"{name}: no field {strange[0]!r}, expected {', '.join(sorted(own)) or 'none'}")
    envelope = {
        "type": f"{name}/1",
        "id": f"c-{secrets.token_hex(8)}",
        "issued": timestamp(at),
        "expires": timestamp(at + timedelta(minutes=minutes)),
    }
    try:
        return msgspec.convert({**envelope, **fields}, cls)
    except msgspec.ValidationError as error:
        raise BadCommand(f"{name}: {error}") from error


def _kept(row: sqlite3.Row, now: datetime) -> CommandKept:
    body: dict[str, Any] = msgspec.json.decode(row["body"])
    return CommandKept(
        id=row["id"],
        identity=Identity.parse(row["identity"]),
        name=row["name"],
        fields={key: value for key, value in body.items() if key not in ("type", "id", "issued", "expires")},
        issued_at=datetime.fromisoformat(row["issued_at"]),
        expires_at=datetime.fromisoformat(row["expires_at"]),
        issued_by=row["issued_by"],
        status=_status(row, now),
        answered_at=datetime.fromisoformat(row["answered_at"]) if row["answered_at"] else None,
        reason=row["reason"] or "",
        media_type=row["media_type"] or "",
    )


def _status(row: sqlite3.Row, now: datetime) -> Status:
    if row["outcome"]:
        return Status(row["outcome"])
    over = row["expires_at"] <= timestamp(now - GRACE if row["sent_at"] else now)
    if row["sent_at"]:
        return Status.UNANSWERED if over else Status.SENT
    return Status.EXPIRED if over else Status.WAITING
