"""Every operation from intent to proof, and the outbox: SQLite, one connection, WAL with synchronous FULL.

A step is on disk when `record` returns. The event that reports an operation goes into the outbox by the same
commit. The reader's number is encrypted while an operation is open and blanked when it is done; operations
done are forgotten after `keep_days`. On a full disk nothing new is begun (`kiosk.ballast`). Deciding what a
step means belongs to `kiosk.flow`, rows to `kiosk.journal_rows`.
"""

import json
import sqlite3
import threading
import uuid
from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any, TypeVar

from cryptography.fernet import InvalidToken

from broker_config import messages
from broker_config.events import Event
from broker_config.values import timestamp
from devices.kinds import DoorCount
from kiosk import field_key
from kiosk.ballast import SIZE, Ballast
from kiosk.clock import Moment
from kiosk.flow.operation import Ils, Operation, Step
from kiosk.journal_database import JournalError, Transaction, as_journal_error, opened, taken_apart
from kiosk.journal_rows import (
    POST,
    SAVE_OPERATION,
    SAVE_STEP,
    SET_FACT,
    from_row,
    to_row,
)
from kiosk.opening_hours import OpeningHours
from kiosk.reports import MakeEvent, Stamp
from kiosk.visits import Reading, visits_between

DAY_S = 86_400

T = TypeVar("T")


@dataclass(frozen=True)
class Waiting:
    """An event in the outbox: `kind` is the last level of its topic."""

    seq: int
    kind: str
    payload: bytes


class Journal:
    """Opened once; every method may be called from any thread, one at a time."""

    def __init__(self, path: Path, key_path: Path, keep_days: int = 90) -> None:
        """JournalError when it cannot be opened. `keep_days`: how long operations are kept once done."""
        self._lock = threading.RLock()
        self._path = path
        self._ballast = Ballast(path.with_suffix(".ballast"))
        self._keep = timedelta(days=keep_days)
        self._swept: date | None = None
        self._door: Reading | None = None
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._cipher = field_key.load(key_path)
            self._db = opened(path)
            self._ballast.lay()
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
        """Make `step` durable for all of them, with its event, in one commit; JournalError if it cannot.

        Without its reserve of disk space the journal begins nothing, but goes on with what is under way.
        """
        if step is Step.INTENDED and not self._ballast.lay():
            needed = f"free {2 * SIZE / 2**20:.0f} MB and start the kiosk again"
            raise JournalError(f"{self._path}: the disk is full: {needed}")
        at = timestamp(moment.utc)
        with self._transaction():
            self._sweep(moment)
            for op in operations:
                self._save(op, step, at)
            if make is not None:
                self._post(make, moment)

    def one_commit(self) -> AbstractContextManager[None]:
        """What is recorded and told inside becomes durable together at its end; JournalError if it cannot."""
        return self._transaction()

    def _save(self, op: Operation, step: Step, at: str) -> None:
        row = to_row(op) | {
            "step": step.value,
            "begun_at": at,
            "changed_at": at,
            "reader": self._cipher.encrypt(op.reader_id.encode()) if op.reader_id else None,
        }
        self._db.execute(SAVE_OPERATION, row)
        self._db.execute(SAVE_STEP, [op.op_id, step.value, at])
        for tag in op.tags:
            if tag.to_repair:
                repair = {"uid": tag.uid.hex(), "item_id": op.item_id, "since": at}
                self._db["repairs"].insert(repair, replace=True)
            elif step is Step.DONE and op.ils is Ils.ACCEPTED and tag.proven is not None:
                # only a tag proven to bear what the ILS calls for has been put right
                self._db.execute("DELETE FROM repairs WHERE uid = ?", [tag.uid.hex()])

    def _sweep(self, moment: Moment) -> None:
        """Once a day forget what was done long ago. A clock that may be wrong forgets nothing, and the
        newest operation stays, so that its number is never given out again."""
        if not moment.synced or self._swept == moment.utc.date():
            return
        self._swept = moment.utc.date()
        old = "done = 1 AND changed_at < ? AND op_id < (SELECT MAX(op_id) FROM operations)"
        before = [timestamp(moment.utc - self._keep)]
        self._db.execute(
            f"DELETE FROM steps WHERE op_id IN (SELECT op_id FROM operations WHERE {old})", before
        )
        self._db.execute(f"DELETE FROM operations WHERE {old}", before)

    def unfinished(self) -> tuple[Operation, ...]:
        """Operations cut short, in the order they were begun."""
        rows = self._rows("SELECT * FROM operations WHERE done = 0 ORDER BY op_id")
        with taken_apart(self._path, "an operation cut short"):
            return tuple(from_row(row, self._reader(row)) for row in rows)

    def repairs(self) -> tuple[tuple[bytes, str], ...]:
        rows = self._rows("SELECT uid, item_id FROM repairs ORDER BY since")
        with taken_apart(self._path, "the list of tags to be put right"):
            return tuple((bytes.fromhex(row["uid"]), row["item_id"]) for row in rows)

    def steps(self, op_id: int) -> tuple[str, ...]:
        """The durable steps of one operation, in order."""
        rows = self._rows("SELECT step FROM steps WHERE op_id = ? ORDER BY id", op_id)
        return tuple(row["step"] for row in rows)

    def next_op(self) -> int:
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
        seq = self._number("last_seq") + 1
        event = make(Stamp(self.install_id, seq, moment))
        kind = messages.WAYS[type(event)].kind
        self._db.execute(POST, [seq, kind, messages.encode(event)])
        self._set_fact("last_seq", str(seq))

    def waiting(self, after_seq: int, limit: int) -> tuple[Waiting, ...]:
        """Events not confirmed by the centre, in order, numbered above `after_seq`."""
        sql = "SELECT seq, topic_kind, payload FROM outbox WHERE seq > ? ORDER BY seq LIMIT ?"
        rows = self._rows(sql, after_seq, limit)
        return tuple(Waiting(row["seq"], row["topic_kind"], row["payload"]) for row in rows)

    def confirmed(self, seq: int) -> None:
        """The centre has everything up to `seq`: forget it."""
        with self._transaction():
            self._db.execute("DELETE FROM outbox WHERE seq <= ?", [seq])

    def confirmed_up_to(self) -> int:
        """The number of the last event that is no longer in the outbox; 0 at first."""
        with self._lock:
            # both by one lock: an event may be posted in between
            first = self._one("SELECT MIN(seq) FROM outbox")
            return int(first) - 1 if first else self._number("last_seq")

    def newest_seq(self) -> int:
        """The number of the last event there was; 0 for none."""
        with self._lock:
            return self._number("last_seq")

    def outbox_depth(self) -> int:
        return int(self._one("SELECT COUNT(*) FROM outbox"))

    # -- the door and other facts ------------------------------------------------------------------------

    def store_door_count(self, count: DoorCount, moment: Moment, opening: OpeningHours | None = None) -> int:
        """Turn a cumulative count into visits in the outbox; how many. The first count ever is a baseline."""
        with self._lock:
            before = self._door or self._kept_reading()
            now = Reading(replace(count, trouble=""), moment)
            if before and now.count == before.count and now.hour == before.hour:
                # asked every second: an SD card must not be written to when nobody came
                self._door = now
                return 0
            visits = visits_between(before, count, moment, opening)
            with self._transaction():
                self._set_fact("door_count", now.to_json())
                if visits.worth_telling:
                    self._post(visits.event, moment)
            self._door = now
        return visits.entries

    def _kept_reading(self) -> Reading | None:
        return self._fact_as("door_count", Reading.from_json)

    def kept(self, name: str) -> str | None:
        """What `keep` was given under that name."""
        return self._fact(f"kept_{name}")

    def keep(self, name: str, value: str) -> None:
        """A small fact of somebody else's, durable when it returns."""
        with self._transaction():
            self._set_fact(f"kept_{name}", value)

    def alarms(self) -> frozenset[str]:
        """Names of the lasting alarms that were told and not yet told to be over."""
        return self._fact_as("alarms", _names) or frozenset()

    def set_alarms(self, names: frozenset[str]) -> None:
        with self._transaction():
            self._set_fact("alarms", json.dumps(sorted(names)))

    def has_reserve(self) -> bool:
        """Whether there is room to begin something new. The reserve is laid again where it can be."""
        try:
            with self._lock:
                return self._ballast.lay()
        except OSError:
            return False

    def next_connection(self) -> int:
        """A number that grows with every connection to the broker (the session of birth and will)."""
        with self._transaction():
            number = self._number("connection") + 1
            self._set_fact("connection", str(number))
        return number

    def token_keys(self) -> dict[str, str]:
        return self._fact_as("token_keys", _keys) or {}

    def set_token_keys(self, keys: dict[str, str]) -> None:
        with self._transaction():
            self._set_fact("token_keys", json.dumps(keys))

    def card_keys(self) -> dict[str, str]:
        """The centre's public keys for reader codes, by key id."""
        return self._fact_as("card_keys", _keys) or {}

    def set_card_keys(self, keys: dict[str, str]) -> None:
        with self._transaction():
            self._set_fact("card_keys", json.dumps(keys))

    def use_code(self, nonce: bytes, until_s: int, now_s: int) -> bool:
        """Remember durably that a reader code was used; whether it was new. It is forgotten a day after
        `until_s`, for a clock that was put back makes old codes valid again."""
        with self._transaction():
            self._db.execute("DELETE FROM codes_used WHERE until_s < ?", [now_s - DAY_S])
            known = self._one("SELECT 1 FROM codes_used WHERE nonce = ?", nonce.hex())
            if not known:
                self._db["codes_used"].insert({"nonce": nonce.hex(), "until_s": until_s})
        return not known

    def _fact(self, name: str) -> str | None:
        value: str | None = self._one("SELECT value FROM facts WHERE name = ?", name)
        return value

    def _fact_as(self, name: str, read: Callable[[str], T]) -> T | None:
        kept = self._fact(name)
        with taken_apart(self._path, name):
            return read(kept) if kept else None

    def _number(self, name: str) -> int:
        return self._fact_as(name, int) or 0

    def _set_fact(self, name: str, value: str) -> None:
        self._db.execute(SET_FACT, [name, value])

    def _first_fact(self, name: str, value: str) -> str:
        """The stored value, or `value` stored now."""
        with self._transaction():
            if self._fact(name) is None:
                self._set_fact(name, value)
        return self._fact(name) or value

    # -- below -------------------------------------------------------------------------------------------

    def _one(self, sql: str, *values: object) -> Any:
        rows = self._rows(sql, *values)
        return next(iter(rows[0].values())) if rows else None

    def _rows(self, sql: str, *values: object) -> list[dict[str, Any]]:
        with self._lock, as_journal_error(self._path):
            return list(self._db.query(sql, list(values)))

    def _transaction(self) -> AbstractContextManager[None]:
        return Transaction(self._lock, self._db, self._path, self._ballast)


def _names(text: str) -> frozenset[str]:
    return frozenset(map(str, json.loads(text)))


def _keys(text: str) -> dict[str, str]:
    return {str(name): str(key) for name, key in json.loads(text).items()}


__all__ = ["Event", "Journal", "JournalError", "Waiting"]
