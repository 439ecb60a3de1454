"""The journal's tables, and an operation as a row of them. Titles, names, fees and holds are never stored."""

import json
from typing import Any

from kiosk.flow.operation import Ils, Operation, OpKind, SecurityValues, TagSide, Why

SCHEMA_VERSION = 1
TABLES: dict[str, dict[str, type]] = {
    "operations": {
        "op_id": int, "step": str, "kind": str, "item_id": str, "tags": str, "security": str, "reader": bytes,
        "ils": str, "why": str, "due": str, "due_before": str, "done_at": str,
        "lost": int, "repair_to": int, "reported": int, "done": int, "begun_at": str, "changed_at": str,
    },
    "steps": {"id": int, "op_id": int, "step": str, "at": str},
    "outbox": {"seq": int, "payload": bytes, "topic_kind": str},
    "repairs": {"uid": str, "item_id": str, "since": str},
    "facts": {"name": str, "value": str},
    "codes_used": {"nonce": str, "until_s": int},
}  # fmt: skip
PRIMARY_KEYS = {
    "operations": "op_id", "steps": "id", "outbox": "seq", "repairs": "uid", "facts": "name",
    "codes_used": "nonce",
}  # fmt: skip

_COLUMNS = ", ".join(TABLES["operations"])
_VALUES = ", ".join(f":{column}" for column in TABLES["operations"])
_CHANGES = ", ".join(
    f"{column} = excluded.{column}" for column in TABLES["operations"] if column not in ("op_id", "begun_at")
)
# a reader waits for these: sqlite-utils would look the table up again for each row
SAVE_OPERATION = (
    f"INSERT INTO operations ({_COLUMNS}) VALUES ({_VALUES}) ON CONFLICT (op_id) DO UPDATE SET {_CHANGES}"
)
SAVE_STEP = "INSERT INTO steps (op_id, step, at) VALUES (?, ?, ?)"
POST = "INSERT INTO outbox (seq, topic_kind, payload) VALUES (?, ?, ?)"
SET_FACT = (
    "INSERT INTO facts (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value"
)


def to_row(op: Operation) -> dict[str, object]:
    """All but the reader, who is encrypted, and the times: those are the journal's."""
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
        "lost": op.lost,
        "repair_to": op.repair_to,
        "reported": int(op.reported),
        "done": int(op.done),
    }


def from_row(row: dict[str, Any], reader_id: str | None) -> Operation:
    """ValueError, TypeError or KeyError for what `to_row` cannot have made."""
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
        lost=row["lost"] or 0,
        repair_to=row["repair_to"],
        reported=bool(row["reported"]),
        done=bool(row["done"]),
    )
