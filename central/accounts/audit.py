"""The audit log: who did what about what, when and from where. Entries are only ever added.

`record` is called inside `office.writing()` by whoever changes something, so that an act and its entry are
kept together or not at all:

    with office.writing() as db:
        db.execute("UPDATE silences …")
        audit.record(db, actor, AlertAction.SILENCE, "mz-taiping-03", {"until": "2026-11-23T00:00Z"})

`subject` and `details` name accounts, places, devices and settings, never a reader. Triggers refuse changes,
and each entry's hash covers the one before, so that a change behind the application's back shows. What a
chain cannot show is its own end cut off: note the last hash somewhere else and ask whether it is still there.
"""

import hashlib
import json
import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import Any

from broker_config.values import timestamp
from central.accounts.roles import Actor
from central.office import Office

SCHEMA = """
CREATE TABLE IF NOT EXISTS audit (
    seq INTEGER PRIMARY KEY, at TEXT NOT NULL, actor TEXT NOT NULL, action TEXT NOT NULL,
    subject TEXT NOT NULL, details TEXT NOT NULL, address TEXT NOT NULL, hash TEXT NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS audit_by_time ON audit (at);
CREATE TRIGGER IF NOT EXISTS audit_stays BEFORE UPDATE ON audit
    BEGIN SELECT RAISE(ABORT, 'the audit log is never changed'); END;
CREATE TRIGGER IF NOT EXISTS audit_keeps BEFORE DELETE ON audit
    BEGIN SELECT RAISE(ABORT, 'the audit log is never shortened'); END;
"""
BEGINNING = "0" * 64
"""What the first entry's hash covers in place of an earlier one."""


class Action(Enum):
    """What accounts do. Another module brings an enum of its own; each value needs words `action_<value>`."""

    SIGN_IN = "session.sign_in"
    SIGN_IN_REFUSED = "session.refused"
    SIGN_OUT = "session.sign_out"
    SIGN_OUT_EVERYWHERE = "session.sign_out_everywhere"
    ADD = "account.add"
    CHANGE = "account.change"
    RESET = "account.reset"
    DISABLE = "account.disable"
    ENABLE = "account.enable"
    PASSWORD = "account.password"
    FACTOR = "account.factor"
    RECOVERY = "account.recovery"
    TOKEN_MADE = "token.make"
    TOKEN_REVOKED = "token.revoke"


@dataclass(frozen=True)
class Entry:
    seq: int
    at: datetime
    actor: str
    action: str
    subject: str
    details: Mapping[str, Any]
    address: str
    hash: str


@dataclass(frozen=True)
class Wanted:
    """What to look for; empty means any. Days are given as moments by the caller, who knows the zone."""

    actor: str = ""
    action: str = ""
    subject: str = ""
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True)
class Verdict:
    """`broken_at` is the number of the first entry that does not fit, `head` the hash of the last."""

    entries: int
    head: str
    broken_at: int | None


def have_log(office: Office) -> None:
    office.have(SCHEMA)


def record(
    db: sqlite3.Connection, actor: Actor, action: Enum, subject: str, details: Mapping[str, Any] | None = None
) -> None:
    """Add an entry within the transaction of `db`."""
    last = db.execute("SELECT seq, hash FROM audit ORDER BY seq DESC LIMIT 1").fetchone()
    seq, before = (last["seq"] + 1, last["hash"]) if last else (1, BEGINNING)
    told = json.dumps(details or {}, ensure_ascii=False, sort_keys=True)
    values = (seq, timestamp(actor.at), actor.name, str(action.value), subject, told, actor.address)
    db.execute("INSERT INTO audit VALUES (?, ?, ?, ?, ?, ?, ?, ?)", (*values, _hash(before, values)))


def entries(office: Office, wanted: Wanted, limit: int, before: int | None = None) -> list[Entry]:
    """The newest that match, newest first; `before` is the number of the last one already seen."""
    conditions = {
        "actor = ?": wanted.actor,
        "action = ?": wanted.action,
        "instr(subject, ?) > 0": wanted.subject,
        "at >= ?": timestamp(wanted.since) if wanted.since else "",
        "at < ?": timestamp(wanted.until) if wanted.until else "",
        "seq < ?": before,
    }
    asked = {condition: value for condition, value in conditions.items() if value}
    where = f"WHERE {' AND '.join(asked)}" if asked else ""
    rows = office.rows(f"SELECT * FROM audit {where} ORDER BY seq DESC LIMIT ?", (*asked.values(), limit))
    return [_entry(row) for row in rows]


def names(office: Office) -> tuple[list[str], list[str]]:
    """Every actor and every action there is, to choose from."""
    return (
        [row["actor"] for row in office.rows("SELECT DISTINCT actor FROM audit ORDER BY actor")],
        [row["action"] for row in office.rows("SELECT DISTINCT action FROM audit ORDER BY action")],
    )


def verify(office: Office) -> Verdict:
    """Compute the whole chain again."""
    before, expected = BEGINNING, 1
    for row in office.rows("SELECT * FROM audit ORDER BY seq"):
        *values, kept = tuple(row)
        if row["seq"] != expected or _hash(before, tuple(values)) != kept:
            return Verdict(expected - 1, before, broken_at=expected)
        before, expected = kept, expected + 1
    return Verdict(expected - 1, before, broken_at=None)


def has(office: Office, noted: str) -> bool:
    """Whether an entry has the hash `noted` earlier."""
    return noted == BEGINNING or office.row("SELECT 1 FROM audit WHERE hash = ?", (noted,)) is not None


def _hash(before: str, values: tuple[object, ...]) -> str:
    return hashlib.sha256(json.dumps([before, *values], ensure_ascii=False).encode()).hexdigest()


def _entry(row: sqlite3.Row) -> Entry:
    return Entry(
        seq=row["seq"],
        at=datetime.fromisoformat(row["at"]),
        actor=row["actor"],
        action=row["action"],
        subject=row["subject"],
        details=json.loads(row["details"]),
        address=row["address"],
        hash=row["hash"],
    )
