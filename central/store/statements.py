"""The SQL that both databases speak; `?` is a value. Numbers are 0 or 1 where a truth is meant."""

from collections.abc import Collection
from typing import Any

from central.store import Which

KNOWN_INSTALLS = """
    SELECT install_id, id, place, device, confirmed, highest, door_seq, door_total, door_at
    FROM installs WHERE install_id IN """
NEW_INSTALL = "INSERT INTO installs (install_id, place, device) VALUES (?, ?, ?) ON CONFLICT DO NOTHING"
MOVE_INSTALL = "UPDATE installs SET confirmed = ?, highest = ? WHERE id = ?"
BEYOND = """
    SELECT seq FROM events WHERE install = ? AND seq > ?
    UNION ALL SELECT seq FROM rejects WHERE install = ? AND seq > ?"""
REWRITE = """
    UPDATE events SET body = ?
    WHERE seq = ? AND install = (SELECT id FROM installs WHERE install_id = ?)"""
LOSSES_OF = "SELECT install, first, last FROM losses WHERE install IN "
FORGET_LOSSES = "DELETE FROM losses WHERE install = ?"
NOTE_LOSS = "INSERT INTO losses (install, first, last, noted_at) VALUES (?, ?, ?, ?)"

MOVE_SUMS = "UPDATE installs SET door_seq = ?, door_total = ?, door_at = ? WHERE id = ?"
DOOR_LOSSES_OF = "SELECT after_seq, seq, since, until, visits FROM door_losses WHERE install = ?"
FORGET_DOOR_LOSSES = "DELETE FROM door_losses WHERE install = ?"
NOTE_DOOR_LOSS = """
    INSERT INTO door_losses (install, place, after_seq, seq, since, until, visits)
    VALUES (?, ?, ?, ?, ?, ?, ?)"""
DOOR_MARK = """
    INSERT INTO door_marks (install, place, what, since, until, visits) VALUES (?, ?, ?, ?, ?, ?)
    ON CONFLICT (install, what, since, until) DO UPDATE SET visits = door_marks.visits + excluded.visits"""
DOOR_MARKS_OF = """
    SELECT place, what, since, until, CAST(sum(visits) AS BIGINT) FROM (
        SELECT place, what, since, until, visits FROM door_marks WHERE {asked}
        UNION ALL SELECT place, 'lost', since, until, visits FROM door_losses WHERE {asked}
    ) AS marks GROUP BY place, what, since, until ORDER BY place, since, until, what"""

EVENT_COLUMNS = ("install", "seq", "place", "kind", "happened_at", "received_at", "body")
REJECT_COLUMNS = ("received_at", "place", "topic", "install", "seq", "reason", "size_bytes", "payload")


def _count(table: str, time: str) -> str:
    return f"""
    INSERT INTO {table} (place, {time}, kind, amount, events, partial, estimated)
    VALUES (?, ?, ?, ?, ?, ?, ?)
    ON CONFLICT (place, {time}, kind) DO UPDATE SET
        amount = {table}.amount + excluded.amount,
        events = {table}.events + excluded.events,
        partial = {table}.partial | excluded.partial,
        estimated = {table}.estimated | excluded.estimated"""


COUNT_HOUR = _count("hours", "hour")
COUNT_DAY = _count("days", "day")
READER = "INSERT INTO readers (month, place, token) VALUES (?, ?, ?) ON CONFLICT DO NOTHING"

BIRTH = """
    INSERT INTO kiosks
        (place, device, online, online_changed_at, first_heard_at, heard_at, session, state, changed)
    VALUES (?, ?, 1, ?, ?, ?, ?, ?, ?)
    ON CONFLICT (place, device) DO UPDATE SET
        online_changed_at = CASE WHEN kiosks.online = 1 AND kiosks.session = excluded.session
            THEN kiosks.online_changed_at ELSE excluded.online_changed_at END,
        first_heard_at = coalesce(kiosks.first_heard_at, excluded.first_heard_at),
        heard_at = CASE WHEN excluded.heard_at IS NULL OR kiosks.heard_at > excluded.heard_at
            THEN kiosks.heard_at ELSE excluded.heard_at END,
        online = 1, session = excluded.session, state = excluded.state, changed = excluded.changed"""
# The session must be that of the birth: an old death cannot kill a new birth.
DEATH = """
    INSERT INTO kiosks (place, device, online, online_changed_at, session, changed) VALUES (?, ?, 0, ?, ?, ?)
    ON CONFLICT (place, device) DO UPDATE SET
        online = 0, online_changed_at = excluded.online_changed_at, changed = excluded.changed
    WHERE kiosks.online = 1 AND kiosks.session = excluded.session"""
HEARTBEAT = """
    INSERT INTO kiosks
        (place, device, online, online_changed_at, first_heard_at, heard_at, session, health, changed)
    VALUES (?, ?, 1, ?, ?, ?, ?, ?, ?)
    ON CONFLICT (place, device) DO UPDATE SET
        online_changed_at = CASE WHEN kiosks.online = 1
            THEN kiosks.online_changed_at ELSE excluded.online_changed_at END,
        first_heard_at = coalesce(kiosks.first_heard_at, excluded.first_heard_at),
        online = 1, heard_at = excluded.heard_at, session = excluded.session, health = excluded.health,
        changed = excluded.changed"""
# Under the lock of this fact until the transaction ends: numbers become visible in their own order.
NEXT_CHANGE = """
    INSERT INTO facts (name, value) VALUES ('kiosks_changed', '1')
    ON CONFLICT (name) DO UPDATE SET value = CAST(CAST(facts.value AS BIGINT) + 1 AS TEXT)
    RETURNING CAST(value AS BIGINT)"""

DEVICE = """
    INSERT INTO devices (place, device, kind, port, model, serial, first_seen, last_seen)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?)
    ON CONFLICT (place, device, kind, port, model, serial) DO UPDATE SET
        last_seen = CASE WHEN devices.last_seen > excluded.last_seen
            THEN devices.last_seen ELSE excluded.last_seen END"""
SAMPLE = """
    INSERT INTO samples (place, device, slot, figures) VALUES (?, ?, ?, ?)
    ON CONFLICT (place, device, slot) DO NOTHING"""

OPEN_SPANS = "SELECT place, subject, condition, causes FROM spans WHERE ended_at IS NULL"
END_SPAN = "UPDATE spans SET ended_at = ? WHERE place = ? AND subject = ? AND ended_at IS NULL"
BEGIN_SPAN = "INSERT INTO spans (place, subject, condition, causes, started_at) VALUES (?, ?, ?, ?, ?)"


def marks(values: Collection[object]) -> str:
    """(?, ?, ?) for as many values."""
    return f"({', '.join('?' * len(values))})"


def of(column: str, asked: Which) -> tuple[str, Any]:
    """A condition for `where`: one value, several, or None for all."""
    return (f"{column} = ?" if isinstance(asked, str) else f"{column} IN "), asked


def where(*conditions: tuple[str, Any]) -> tuple[str, list[Any]]:
    """SQL and values of those conditions that ask for something; one that ends in IN asks for several."""
    parts, values = ["1 = 1"], []
    for condition, value in conditions:
        if value is None:
            continue
        several = list(value) if condition.endswith("IN ") else [value]
        if condition.endswith("IN "):
            # nothing is in an empty list, but SQL has no such list
            condition = condition + marks(several) if several else "1 = 0"
        parts.append(condition)
        values += several
    return " AND ".join(parts), values
