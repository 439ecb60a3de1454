"""Alerts, as one pure step: (state, what is seen, what people decided, now) -> (state, what to tell).

A sign that holds becomes a member of an incident; signs of one cause that begin together become members of
one. Behind an inhibiting sign, and under maintenance, members neither begin nor end. What is silenced, and
what can wait while its place is closed, is raised and told later. Everything clears by itself and says so.
Delivery is `delivery.py`'s affair, words are `words.py`'s, keeping the state is `tables.py`'s.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from msgspec import structs

from central.alerts.incident import Incident, Member, Notice, Pending
from central.alerts.people import Decisions
from central.alerts.rules import RULES
from central.alerts.signs import Key, Sign
from central.alerts.surroundings import Hidden, Setting, Site, site_of
from central.alerts.telling import told

JOIN_WITHIN = timedelta(minutes=2)
"""What begins this soon after another of its rule has the same cause …"""
JOIN_WITHIN_TOWN = timedelta(minutes=10)
"""… or this soon in the same town, or anywhere when all places depend on the same thing."""
TOGETHER = 3
"""So many signs of one rule at once have one cause: those that have not yet held long enough come along."""
RETURNS_WITHIN = timedelta(minutes=10)
"""What comes back this soon is the old incident, which then must stay away as long before it is over."""


@dataclass(frozen=True)
class State:
    """`open` incidents by number; `recent` ones are over and may come back; `next_id` numbers the next."""

    pending: Mapping[Key, Pending] = field(default_factory=dict)
    open: Mapping[int, Incident] = field(default_factory=dict)
    recent: Mapping[int, Incident] = field(default_factory=dict)
    next_id: int = 1


@dataclass(frozen=True)
class Turn:
    """`changed` incidents are to be kept, together with the notices, before anything is told."""

    state: State
    notices: tuple[Notice, ...] = ()
    changed: tuple[Incident, ...] = ()


def step(
    state: State,
    signs: Mapping[Key, Sign],
    decisions: Decisions,
    setting: Setting,
    now: datetime,
) -> Turn:
    """One look: the state after it, and what is to be told. `signs` are all that hold now."""
    hidden = Hidden(signs.values(), decisions.windows, now)
    incidents, pending, next_id = _raised(state, signs, hidden, setting.sites, now)
    notices, result = [], {}
    for number, incident in incidents.items():
        incident = _acknowledged(_seen(incident, signs, hidden, now), decisions)
        incident, notice = told(incident, decisions, setting, hidden, now)
        result[number] = incident
        if notice:
            notices.append(notice)
    before, after = {**state.open, **state.recent}, {**state.recent, **result}
    return Turn(
        State(
            pending=pending,
            open={number: one for number, one in result.items() if not one.cleared_at},
            recent={
                number: one
                for number, one in after.items()
                if one.cleared_at and now - one.cleared_at <= RETURNS_WITHIN
            },
            next_id=next_id,
        ),
        tuple(notices),
        changed=tuple(one for number, one in result.items() if before.get(number) is not one),
    )


# -- from signs to members ---------------------------------------------------------------------------------


def _raised(
    state: State, signs: Mapping[Key, Sign], hidden: Hidden, sites: Mapping[str, Site], now: datetime
) -> tuple[dict[int, Incident], dict[Key, Pending], int]:
    """The open incidents with the signs that have held for long enough, what still waits, the next number."""
    active = {member.key for incident in state.open.values() for member in incident.active}
    waiting = {
        key: state.pending.get(key) or Pending(sign, now)
        for key, sign in signs.items()
        if key not in active and not hidden.hides(key)
    }
    homes = _Homes(state, sites, now)
    joining: dict[int, list[Sign]] = {}
    for key in _ripe(waiting, now):
        joining.setdefault(homes.of(key), []).append(signs[key])
        del waiting[key]
    incidents = dict(state.open)
    for number, those in joining.items():
        incidents[number] = _with(homes.incident(number, those[0]), those, now)
    return incidents, waiting, homes.next_id


def _ripe(waiting: Mapping[Key, Pending], now: datetime) -> list[Key]:
    """Those that have held for long enough, and with them the others of their rule when they are many."""
    by_rule: dict[str, list[Key]] = {}
    for key in waiting:
        by_rule.setdefault(key.rule, []).append(key)
    found = []
    for rule, keys in by_rule.items():
        ripe = [key for key in keys if now - waiting[key].since >= RULES[rule].raise_after]
        found += keys if ripe and len(keys) >= TOGETHER else ripe
    return found


class _Homes:
    """Which incident a key belongs to: the one it was in, else one that began with it, else a new one."""

    def __init__(self, state: State, sites: Mapping[str, Site], now: datetime) -> None:
        self._known = {**state.recent, **state.open}
        self._sites, self._now, self.next_id = sites, now, state.next_id
        self._was_in = {member.key: one.id for one in self._known.values() for member in one.members}
        self._new: dict[str, int] = {}

    def of(self, key: Key) -> int:
        if key in self._was_in:
            return self._was_in[key]
        if key.rule in self._new:
            return self._new[key.rule]
        for one in self._known.values():
            if one.rule == key.rule and one.cleared_at is None and self._joins(one, key):
                return one.id
        self._new[key.rule], self.next_id = self.next_id, self.next_id + 1
        return self._new[key.rule]

    def incident(self, number: int, first: Sign) -> Incident:
        new = Incident(number, first.key.rule, self._now, self._now, ())
        return self._known.get(number, new)

    def _joins(self, incident: Incident, key: Key) -> bool:
        age = self._now - incident.grown_at
        if age <= JOIN_WITHIN or age > JOIN_WITHIN_TOWN:
            return age <= JOIN_WITHIN
        town = site_of(key, self._sites).town
        near = any(site_of(member.key, self._sites).town == town for member in incident.members)
        return near or RULES[key.rule].one_cause


def _with(incident: Incident, joining: Sequence[Sign], now: datetime) -> Incident:
    """What comes back is to be told and answered anew; who took care of it still does."""
    keys = {sign.key for sign in joining}
    others = tuple(member for member in incident.members if member.key not in keys)
    grown = structs.replace(
        incident,
        members=(*others, *(Member(sign.key, now, sign.said) for sign in joining)),
        grown_at=now,
    )
    if incident.cleared_at is None:
        return grown
    return structs.replace(
        grown, cleared_at=None, first_told_at=None, escalated_at=None, returns=incident.returns + 1
    )


# -- from members to their end -----------------------------------------------------------------------------


def _seen(incident: Incident, signs: Mapping[Key, Sign], hidden: Hidden, now: datetime) -> Incident:
    rule = RULES[incident.rule]
    clear_after = max(rule.clear_after, RETURNS_WITHIN) if incident.returns else rule.clear_after
    if rule.lasts:
        clear_after = timedelta()  # news has its own end
    members = tuple(_member(one, signs.get(one.key), hidden, clear_after, now) for one in incident.members)
    if all(new is old for new, old in zip(members, incident.members, strict=True)):
        return incident
    over = all(member.cleared_at for member in members)
    return structs.replace(incident, members=members, cleared_at=now if over else None)


def _member(
    member: Member, sign: Sign | None, hidden: Hidden, clear_after: timedelta, now: datetime
) -> Member:
    if member.cleared_at:
        return member
    if sign is not None:
        if (member.away_since, member.said) == (None, sign.said):
            return member
        return structs.replace(member, away_since=None, said=sign.said)
    if hidden.hides(member.key):
        return member if member.away_since is None else structs.replace(member, away_since=None)
    away_since = member.away_since or now
    if now - away_since >= clear_after:
        return structs.replace(member, away_since=away_since, cleared_at=now)
    return member if member.away_since else structs.replace(member, away_since=away_since)


def _acknowledged(incident: Incident, decisions: Decisions) -> Incident:
    said = decisions.acknowledgements.get(incident.id)
    if said is None or incident.acknowledged_at == said.at:
        return incident
    return structs.replace(incident, acknowledged_by=said.by, acknowledged_at=said.at)
