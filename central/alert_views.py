"""Incidents as pages show them: whose they are, in which state, and what of them a visitor may see. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import TypeVar

from central.accounts.roles import Principal
from central.alerts.details import Said
from central.alerts.incident import Incident, Member
from central.alerts.people import Decisions, Silence
from central.alerts.rules import RULES, Needs, Rule, Severity

T = TypeVar("T")


class AlertState(Enum):
    """The value is the key of its words."""

    OPEN = "alert_open"
    ACKNOWLEDGED = "alert_acknowledged"
    SILENCED = "alert_silenced"
    CLEARED = "alert_cleared"


@dataclass(frozen=True)
class AlertRow:
    """`members` are those at the visitor's places: of an open incident the active ones. `by` took it,
    `silence` is what keeps it quiet. `whole`: nothing of it is at a place that others handle."""

    incident: Incident
    rule: Rule
    members: tuple[Member, ...]
    state: AlertState
    by: str = ""
    silence: Silence | None = None
    whole: bool = True

    @property
    def places(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(member.key.place for member in self.members))

    @property
    def said(self) -> Said:
        """What is said of all of them alike, "" where they differ."""
        return _common([member.said for member in self.members], "")

    @property
    def subject(self) -> str:
        return _common([member.key.subject for member in self.members], "")

    @property
    def group(self) -> str:
        """Under which head it stands: what needs staff is told apart from information."""
        if self.state is AlertState.OPEN and self.rule.needs is Needs.INFORMATION:
            return "alert_information"
        return self.state.value


GROUPS = ("alert_open", "alert_acknowledged", "alert_silenced", "alert_information", "alert_cleared")


def rows(
    incidents: Iterable[Incident],
    decisions: Decisions,
    towns: Mapping[str, str],
    principal: Principal,
    now: datetime,
) -> list[AlertRow]:
    """Those of which the visitor may see anything, those with the greatest loss first; `towns` is the town of
    each place."""
    found = [row_of(incident, decisions, towns, principal, now) for incident in incidents]
    return sorted((row for row in found if row is not None), key=_urgency)


def row_of(
    incident: Incident,
    decisions: Decisions,
    towns: Mapping[str, str],
    principal: Principal,
    now: datetime,
) -> AlertRow | None:
    """As `principal` may see it; None where nothing of it is at a place of theirs."""
    cleared = incident.cleared_at is not None
    everywhere = incident.members if cleared else incident.active
    members = [member for member in everywhere if _sees(principal, member.key.place)]
    if not members:
        return None
    silences = [
        next((s for s in decisions.silences if s.covers(m.key, towns.get(m.key.place, ""), now)), None)
        for m in members
    ]
    quiet = silences[0] if all(silences) else None
    taken = decisions.acknowledgements.get(incident.id)
    by = taken.by if taken else incident.acknowledged_by
    if cleared:
        state = AlertState.CLEARED
    elif quiet is not None:
        state = AlertState.SILENCED
    else:
        state = AlertState.ACKNOWLEDGED if by else AlertState.OPEN
    whole = len(members) == len(everywhere)
    return AlertRow(incident, RULES[incident.rule], tuple(members), state, by, quiet, whole)


def _urgency(row: AlertRow) -> int:
    return 0 if row.state is AlertState.CLEARED else list(Severity).index(row.rule.severity)


def _common(values: Sequence[T], otherwise: T) -> T:
    return values[0] if len(set(values)) == 1 else otherwise


def _sees(principal: Principal, place: str) -> bool:
    """What concerns the centre itself ("") concerns whoever sees everything."""
    return principal.sees(place) if place else principal.places is None
