"""Every operation from intent to proof, and the outbox: SQLite, one connection, WAL with synchronous FULL.

A step is on disk when `record` returns. The event that reports an operation goes into the outbox by the same
commit. The reader's number is encrypted while an operation is open and blanked when it is done; titles and
names are never stored. Deciding what a step means belongs to `kiosk.flow`.
"""

import json
import os
import sqlite3
import threading
import uuid
from collections.abc import Iterable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cryptography.fernet import Fernet, InvalidToken
from sqlite_utils import Database

from broker_config import messages
from broker_config.messages import Event
from broker_config.values import timestamp
from devices.kinds import DoorCount
from kiosk.clock import Moment
from kiosk.flow.operation import Ils, Operation, OpKind, SecurityValues, Step, TagSide, Why
from kiosk.reports import MakeEvent, Stamp
from kiosk.visits import Visits, visits_between

SCHEMA_VERSION = 1
TABLES: dict[str, dict[str, type]] = {
    "operations": {
        "op_id": int, "step": str, "kind": str, "item_id": str, "tags": str, "security": str, "reader": bytes,
        "ils": str, "why": str, "due": str, "due_before": str, "done_at": str,
        "repair_to": int, "reported": int, "done": int, "begun_at": str, "changed_at": str,
    },
    "steps": {"id": int, "op_id": int, "step": str, "at": str},
    "outbox": {"seq": int, "payload": bytes, "topic_kind": str},
    "repairs": {"uid": str, "item_id": str, "since": str},
    "facts": {"name": str, "value": str},
}  # fmt: skip
PRIMARY_KEYS = {"operations": "op_id", "steps": "id", "outbox": "seq", "repairs": "uid", "facts": "name"}


class JournalError(Exception):
    """The journal cannot be opened or a step could not be made durable; the sentence is for staff."""


@dataclass(frozen=True)
class Waiting:
    """An event in the outbox: `kind` is the last level of its topic."""

    seq: int
    kind: str
    payload: bytes


class Journal:
    """Opened once; every method may be called from any thread, one at a time."""

    def __init__(self, path: Path, key_path: Path) -> None:
        self._lock = threading.RLock()
        self._path = path
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._cipher = Fernet(_key(key_path))
            self._db = _open(path)
            self.install_id = self._first_fact("install_id", uuid.uuid4().hex)
        except (OSError, sqlite3.Error, ValueError) as error:
            raise JournalError(f"{path}: cannot open the journal: {error}") from error

    def close(self) -> None:
        with self._lock:
            self._db.close()

    # -- operations --------------------------------------------------------------------------------------

    def record(
        self, operations: Iterable[Operation], step: Step, moment: Moment, make: MakeEvent | None = None
    ) -> None:
        """Make `step` durable for all of them, with its event, in one commit; JournalError if it cannot."""
        at = timestamp(moment.utc)
        with self._transaction():
            for op in operations:
                self._save(op, step, at)
            if make is not None:
                self._post(make, moment)

    def _save(self, op: Operation, step: Step, at: str) -> None:
        begun = self._one("SELECT begun_at FROM operations WHERE op_id = ?", op.op_id) or at
        row = _to_row(op) | {
            "step": step.value,
            "begun_at": begun,
            "changed_at": at,
            "reader": self._cipher.encrypt(op.reader_id.encode()) if op.reader_id else None,
        }
        self._db["operations"].insert(row, replace=True)
        self._db["steps"].insert({"op_id": op.op_id, "step": step.value, "at": at})
        for tag in op.tags:
            if tag.to_repair:
                repair = {"uid": tag.uid.hex(), "item_id": op.item_id, "since": at}
                self._db["repairs"].insert(repair, replace=True)
            elif step is Step.DONE:
                self._db.execute("DELETE FROM repairs WHERE uid = ?", [tag.uid.hex()])

    def unfinished(self) -> tuple[Operation, ...]:
        """Operations cut short, in the order they were begun."""
        with self._lock:
            rows = list(self._db.query("SELECT * FROM operations WHERE done = 0 ORDER BY op_id"))
        return tuple(_from_row(row, self._reader(row)) for row in rows)

    def repairs(self) -> tuple[tuple[bytes, str], ...]:
        with self._lock:
            rows = list(self._db.query("SELECT uid, item_id FROM repairs ORDER BY since"))
        return tuple((bytes.fromhex(row["uid"]), row["item_id"]) for row in rows)

    def steps(self, op_id: int) -> tuple[str, ...]:
        """The durable steps of one operation, in order."""
        with self._lock:
            rows = list(self._db.query("SELECT step FROM steps WHERE op_id = ? ORDER BY id", [op_id]))
        return tuple(row["step"] for row in rows)

    def next_op(self) -> int:
        with self._lock:
            return int(self._one("SELECT COALESCE(MAX(op_id), 0) + 1 FROM operations"))

    def _reader(self, row: dict[str, Any]) -> str | None:
        if row["reader"] is None:
            return None
        try:
            return self._cipher.decrypt(row["reader"]).decode()
        except InvalidToken:
            # the key was replaced: the operation is still settled by its item
            return None

    # -- outbox ------------------------------------------------------------------------------------------

    def tell(self, make: MakeEvent, moment: Moment) -> None:
        with self._transaction():
            self._post(make, moment)

    def _post(self, make: MakeEvent, moment: Moment) -> None:
        seq = int(self._fact("last_seq") or 0) + 1
        event = make(Stamp(self.install_id, seq, moment))
        kind = messages.WAYS[type(event)].kind
        row = {"seq": seq, "payload": messages.encode(event), "topic_kind": kind}
        self._db["outbox"].insert(row)
        self._set_fact("last_seq", str(seq))

    def waiting(self, after_seq: int, limit: int) -> tuple[Waiting, ...]:
        """Events not confirmed by the centre, in order, numbered above `after_seq`."""
        sql = "SELECT seq, topic_kind, payload FROM outbox WHERE seq > ? ORDER BY seq LIMIT ?"
        with self._lock:
            rows = list(self._db.query(sql, [after_seq, limit]))
        return tuple(Waiting(row["seq"], row["topic_kind"], row["payload"]) for row in rows)

    def confirmed(self, seq: int) -> None:
        """The centre has everything up to `seq`: forget it."""
        with self._transaction():
            self._db.execute("DELETE FROM outbox WHERE seq <= ?", [seq])

    def confirmed_up_to(self) -> int:
        """The number of the last event that is no longer in the outbox; 0 at first."""
        with self._lock:
            first = self._one("SELECT MIN(seq) FROM outbox")
            return int(first) - 1 if first else int(self._fact("last_seq") or 0)

    def outbox_depth(self) -> int:
        with self._lock:
            return int(self._one("SELECT COUNT(*) FROM outbox"))

    # -- the door and other facts ------------------------------------------------------------------------

    def store_door_count(self, count: DoorCount, moment: Moment) -> int:
        """Turn a cumulative count into visits in the outbox; how many. The first count ever is a baseline."""
        with self._transaction():
            before = self._fact("door_count")
            self._set_fact("door_count", json.dumps([count.entries, count.exits]))
            last = DoorCount(*json.loads(before)) if before else None
            visits: Visits = visits_between(last, count, moment)
            if visits.entries or not visits.complete:
                self._post(visits.event, moment)
        return visits.entries

    def next_connection(self) -> int:
        """A number that grows with every connection to the broker (the session of birth and will)."""
        with self._transaction():
            number = int(self._fact("connection") or 0) + 1
            self._set_fact("connection", str(number))
        return number

    def token_keys(self) -> dict[str, str]:
        keys: dict[str, str] = json.loads(self._fact("token_keys") or "{}")
        return keys

    def set_token_keys(self, keys: dict[str, str]) -> None:
        with self._transaction():
            self._set_fact("token_keys", json.dumps(keys))

    def _fact(self, name: str) -> str | None:
        with self._lock:
            value: str | None = self._one("SELECT value FROM facts WHERE name = ?", name)
        return value

    def _set_fact(self, name: str, value: str) -> None:
        self._db["facts"].insert({"name": name, "value": value}, replace=True)

    def _first_fact(self, name: str, value: str) -> str:
        """The stored value, or `value` stored now."""
        with self._transaction():
            if self._fact(name) is None:
                self._set_fact(name, value)
        return self._fact(name) or value

    # -- below -------------------------------------------------------------------------------------------

    def _one(self, sql: str, *values: object) -> Any:
        row = self._db.execute(sql, list(values)).fetchone()
        return row[0] if row else None

    def _transaction(self) -> AbstractContextManager[None]:
        return _Transaction(self._lock, self._db, self._path)


class _Transaction:
    """BEGIN IMMEDIATE … COMMIT under the lock; any SQLite failure comes out as JournalError, undone."""

    def __init__(self, lock: threading.RLock, db: Database, path: Path) -> None:
        self._lock, self._db, self._path = lock, db, path

    def __enter__(self) -> None:
        self._lock.acquire()
        try:
            self._db.execute("BEGIN IMMEDIATE")
        except sqlite3.Error as error:
            self._lock.release()
            raise JournalError(f"{self._path}: {error}") from error

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: object) -> None:
        try:
            if error is None:
                self._db.conn.commit()
            else:
                self._db.conn.rollback()
        except sqlite3.Error as failed:
            self._db.conn.rollback()
            raise JournalError(f"{self._path}: {failed}") from failed
        finally:
            self._lock.release()
        if isinstance(error, sqlite3.Error):
            raise JournalError(f"{self._path}: {error}") from error


def _open(path: Path) -> Database:
    db = Database(sqlite3.connect(path, check_same_thread=False, timeout=5.0))
    # outside any transaction, or SQLite silently keeps the old mode
    mode = db.execute("PRAGMA journal_mode=WAL").fetchone()[0]
    if mode != "wal":
        raise sqlite3.OperationalError(f"journal mode is {mode}, expected wal")
    db.execute("PRAGMA synchronous=FULL")
    for name, columns in TABLES.items():
        db[name].create(columns, pk=PRIMARY_KEYS[name], if_not_exists=True)
    db["operations"].create_index(["done"], if_not_exists=True)
    db["steps"].create_index(["op_id"], if_not_exists=True)
    db.execute(f"PRAGMA user_version={SCHEMA_VERSION}")
    return db


def _key(path: Path) -> bytes:
    """The field key; made at first start, readable by the kiosk's user only."""
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(Fernet.generate_key())
            file.flush()
            os.fsync(file.fileno())
    return path.read_bytes()


def _to_row(op: Operation) -> dict[str, object]:
    tags = [
        [t.uid.hex(), t.original_afi, t.written, t.proven, t.touched, t.to_repair, t.failures]
        for t in op.tags
    ]
    return {
        "op_id": op.op_id,
        "kind": op.kind.value,
        "item_id": op.item_id,
        "tags": json.dumps(tags),
        "security": json.dumps([op.security.in_library, op.security.on_loan]),
        "ils": op.ils.value,
        "why": op.why.value if op.why else None,
        "due": op.due,
        "due_before": op.due_before,
        "done_at": op.done_at,
        "repair_to": op.repair_to,
        "reported": int(op.reported),
        "done": int(op.done),
    }


def _from_row(row: dict[str, Any], reader_id: str | None) -> Operation:
    return Operation(
        op_id=row["op_id"],
        kind=OpKind(row["kind"]),
        item_id=row["item_id"],
        title="",
        tags=tuple(TagSide(bytes.fromhex(uid), *rest) for uid, *rest in json.loads(row["tags"])),
        security=SecurityValues(*json.loads(row["security"])),
        reader_id=reader_id,
        ils=Ils(row["ils"]),
        why=Why(row["why"]) if row["why"] else None,
        due=row["due"],
        due_before=row["due_before"],
        done_at=row["done_at"],
        repair_to=row["repair_to"],
        reported=bool(row["reported"]),
        done=bool(row["done"]),
    )


__all__ = ["Event", "Journal", "JournalError", "Waiting"]
