"""Where people decide about alerts: silence, acknowledge, plan maintenance, end either. For pages and REST.

Each act and its entry in the audit log are one transaction. `actor` is who does it, from where and when.
"""

from collections.abc import Collection
from datetime import datetime, timedelta
from enum import Enum

import msgspec

from broker_config.values import timestamp
from central.accounts import audit
from central.accounts.roles import Actor
from central.alerts.people import Matcher
from central.alerts.tables import Tables
from central.office import Office

LONGEST_SILENCE = timedelta(days=90)
LONGEST_PLAN = timedelta(days=366)


class AlertAction(Enum):
    """As the audit log names them."""

    SILENCE = "alert.silence"
    END_SILENCE = "alert.end_silence"
    ACKNOWLEDGE = "alert.acknowledge"
    PLAN = "maintenance.plan"
    END_PLAN = "maintenance.end"


class DecisionError(ValueError):
    """What somebody asked for cannot be done; the message says why and what would do."""


class Desk:
    """Safe for all threads."""

    def __init__(self, office: Office) -> None:
        self._office = office
        Tables(office)
        audit.have_log(office)

    def silence(self, actor: Actor, matcher: Matcher, until: datetime, reason: str) -> int:
        """No messages about what `matcher` matches; the silence's number."""
        _reasoned(reason)
        if not actor.at < until <= actor.at + LONGEST_SILENCE:
            raise DecisionError(f"until: expected a time within {LONGEST_SILENCE.days} days from now")
        match = {"rule": matcher.rule, "town": matcher.town, "place": matcher.place, "kiosk": matcher.kiosk}
        times = {"until": timestamp(until), "at": timestamp(actor.at)}
        with self._office.writing() as db:
            done = db.execute(
                "INSERT INTO alert_silences (rule, town, place, kiosk, until, by_whom, reason, made_at) "
                "VALUES (:rule, :town, :place, :kiosk, :until, :by, :reason, :at)",
                {**match, **times, "by": actor.name, "reason": reason},
            )
            number = int(done.lastrowid or 0)
            details = {key: value for key, value in match.items() if value} | {"until": timestamp(until)}
            audit.record(db, actor, AlertAction.SILENCE, str(number), details | {"reason": reason})
        return number

    def end_silence(self, actor: Actor, number: int) -> None:
        at = {"id": number, "now": timestamp(actor.at)}
        with self._office.writing() as db:
            done = db.execute("UPDATE alert_silences SET until = :now WHERE id = :id AND until > :now", at)
            if not done.rowcount:
                raise DecisionError(f"silence {number}: expected one that has not ended")
            audit.record(db, actor, AlertAction.END_SILENCE, str(number))

    def acknowledge(self, actor: Actor, incident: int) -> None:
        """`actor` takes care of it: it is not escalated any more."""
        with self._office.writing() as db:
            found = db.execute("SELECT cleared_at FROM alert_incidents WHERE id = ?", [incident]).fetchone()
            if found is None or found["cleared_at"] is not None:
                raise DecisionError(f"incident {incident}: expected one that is open")
            db.execute(
                "INSERT OR REPLACE INTO alert_acknowledgements (incident, by_whom, at) VALUES (?, ?, ?)",
                [incident, actor.name, timestamp(actor.at)],
            )
            audit.record(db, actor, AlertAction.ACKNOWLEDGE, str(incident))

    def plan(
        self, actor: Actor, places: Collection[str], starts_at: datetime, ends_at: datetime, reason: str
    ) -> int:
        """Maintenance of these places; its number."""
        _reasoned(reason)
        if not places:
            raise DecisionError("places: expected one at least")
        if not starts_at < ends_at <= actor.at + LONGEST_PLAN or ends_at <= actor.at:
            raise DecisionError("ends_at: expected a time after starts_at, in the future, within a year")
        named = sorted(places)
        times = {"starts_at": timestamp(starts_at), "ends_at": timestamp(ends_at)}
        with self._office.writing() as db:
            done = db.execute(
                "INSERT INTO maintenance_windows (places, starts_at, ends_at, by_whom, reason) "
                "VALUES (:places, :starts_at, :ends_at, :by, :reason)",
                {**times, "places": msgspec.json.encode(named).decode(), "by": actor.name, "reason": reason},
            )
            number = int(done.lastrowid or 0)
            details = {**times, "places": named, "reason": reason}
            audit.record(db, actor, AlertAction.PLAN, str(number), details)
        return number

    def end_plan(self, actor: Actor, number: int) -> None:
        """It ends now; one that has not begun is as if it had never been."""
        at = {"id": number, "now": timestamp(actor.at)}
        with self._office.writing() as db:
            gone = db.execute("DELETE FROM maintenance_windows WHERE id = :id AND starts_at >= :now", at)
            cut = db.execute(
                "UPDATE maintenance_windows SET ends_at = :now WHERE id = :id AND ends_at > :now", at
            )
            if not gone.rowcount + cut.rowcount:
                raise DecisionError(f"maintenance {number}: expected one that has not ended")
            audit.record(db, actor, AlertAction.END_PLAN, str(number))


def _reasoned(reason: str) -> None:
    if not reason.strip():
        raise DecisionError("reason: expected a few words, for those who wonder later")
