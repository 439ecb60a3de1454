"""Keeps alerts in the office's database: incidents, ledger, and reads what people decided (`desk.py`).

An incident and the messages about it are kept in one transaction (`save`), before anything is sent, so that a
restart neither repeats nor forgets. The messages' own way is in `outbox.py`.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from pathlib import Path

import msgspec

from broker_config.values import moment, timestamp
from central.alerts.engine import RETURNS_WITHIN, State
from central.alerts.incident import Incident
from central.alerts.ledger import Entry
from central.alerts.outbox import Letter, insert
from central.alerts.people import Acknowledgement, Decisions, Matcher, Silence
from central.alerts.signs import Key
from central.health.planned import Window
from central.office import Office

SCHEMA = Path(__file__).with_name("schema.sql")
_INCIDENT = msgspec.json.Decoder(Incident)
_ENTRY = msgspec.json.Decoder(Entry)


class Tables:
    """Safe for all threads."""

    def __init__(self, office: Office) -> None:
        self._office = office
        office.have(SCHEMA.read_text(encoding="utf-8"))

    # -- the engine's ---------------------------------------------------------------------------------------

    def state(self, now: datetime) -> State:
        """As it was kept; signs that had not yet held for long enough begin anew."""
        since = timestamp(now - RETURNS_WITHIN)
        rows = self._office.rows(
            "SELECT body FROM alert_incidents WHERE cleared_at IS NULL OR cleared_at >= ?", [since]
        )
        incidents = [_INCIDENT.decode(row["body"]) for row in rows]
        last = self._office.row("SELECT max(id) AS id FROM alert_incidents")
        return State(
            open={one.id: one for one in incidents if one.cleared_at is None},
            recent={one.id: one for one in incidents if one.cleared_at is not None},
            next_id=1 + (last["id"] or 0 if last else 0),
        )

    def ledger(self) -> dict[Key, Entry]:
        entries = [_ENTRY.decode(row["body"]) for row in self._office.rows("SELECT body FROM alert_ledger")]
        return {entry.key: entry for entry in entries}

    def save(self, incidents: Iterable[Incident], letters: Iterable[Letter], now: datetime) -> None:
        with self._office.writing() as db:
            db.executemany(
                "INSERT OR REPLACE INTO alert_incidents (id, rule, opened_at, cleared_at, body) "
                "VALUES (?, ?, ?, ?, ?)",
                [_incident_row(one) for one in incidents],
            )
            insert(db, letters, now)

    def save_ledger(self, before: Mapping[Key, Entry], after: Mapping[Key, Entry]) -> None:
        changed = [entry for key, entry in after.items() if before.get(key) != entry]
        gone = [key for key in before if key not in after]
        if not changed and not gone:
            return
        with self._office.writing() as db:
            db.executemany("DELETE FROM alert_ledger WHERE key = ?", [[_key(key)] for key in gone])
            db.executemany(
                "INSERT OR REPLACE INTO alert_ledger (key, body) VALUES (?, ?)",
                [(_key(entry.key), _json(entry)) for entry in changed],
            )

    def incidents(self, limit: int, before: int | None = None) -> list[Incident]:
        """Open ones and old ones, newest first; `before` is the last number of the page before."""
        rows = self._office.rows(
            "SELECT body FROM alert_incidents WHERE :before IS NULL OR id < :before "
            "ORDER BY id DESC LIMIT :limit",
            {"before": before, "limit": limit},
        )
        return [_INCIDENT.decode(row["body"]) for row in rows]

    def alive_at(self) -> datetime | None:
        """Until when the centre certainly watched; None: it never did."""
        row = self._office.row("SELECT at FROM watch_alive")
        return moment(row["at"]) if row else None

    def be_alive(self, now: datetime) -> None:
        with self._office.writing() as db:
            db.execute("INSERT OR REPLACE INTO watch_alive (one, at) VALUES (1, ?)", [timestamp(now)])

    def prune(self, before: datetime) -> None:
        """Forget what ended before `before`."""
        at = timestamp(before)
        with self._office.writing() as db:
            # the last one stays, so that its number is not given away again
            db.execute(
                "DELETE FROM alert_incidents WHERE cleared_at < ? "
                "AND id < (SELECT max(id) FROM alert_incidents)",
                [at],
            )
            db.execute(
                "DELETE FROM alert_acknowledgements WHERE incident NOT IN (SELECT id FROM alert_incidents)"
            )
            db.execute("DELETE FROM alert_deliveries WHERE ended_at < ?", [at])
            db.execute("DELETE FROM alert_silences WHERE until < ?", [at])

    # -- people's -------------------------------------------------------------------------------------------

    def decisions(self, now: datetime) -> Decisions:
        at = timestamp(now)
        silences = self._office.rows("SELECT * FROM alert_silences WHERE until > ?", [at])
        acks = self._office.rows(
            "SELECT a.* FROM alert_acknowledgements a JOIN alert_incidents i ON i.id = a.incident "
            "WHERE i.cleared_at IS NULL"
        )
        return Decisions(
            silences=tuple(
                Silence(
                    id=row["id"],
                    matcher=Matcher(row["rule"], row["town"], row["place"], row["kiosk"]),
                    until=moment(row["until"]),
                    by=row["by_whom"],
                    reason=row["reason"],
                )
                for row in silences
            ),
            acknowledgements={
                row["incident"]: Acknowledgement(row["incident"], row["by_whom"], moment(row["at"]))
                for row in acks
            },
            windows=tuple(self.windows(now, now + timedelta(days=366))),
        )

    def windows(self, start: datetime, end: datetime) -> list[Window]:
        """Maintenance that touches [start, end)."""
        rows = self._office.rows(
            "SELECT * FROM maintenance_windows WHERE ends_at > ? AND starts_at < ? ORDER BY starts_at",
            [timestamp(start), timestamp(end)],
        )
        return [
            Window(
                id=row["id"],
                places=frozenset(msgspec.json.decode(row["places"], type=list[str])),
                starts_at=moment(row["starts_at"]),
                ends_at=moment(row["ends_at"]),
                by=row["by_whom"],
                reason=row["reason"],
            )
            for row in rows
        ]


def _incident_row(one: Incident) -> tuple[int, str, str, str | None, str]:
    cleared_at = timestamp(one.cleared_at) if one.cleared_at else None
    return one.id, one.rule, timestamp(one.opened_at), cleared_at, _json(one)


def _json(value: object) -> str:
    return msgspec.json.encode(value).decode()


def _key(key: Key) -> str:
    return _json(key)
