"""When an incident is told of, again, further up, and as over. Pure.

Information is never told. A message waits a moment for others of the same cause. While they are few, each
that joins is told as soon; of a crowd, changes are put together. What is not urgent waits until its place has
been open for a while.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta

from msgspec import structs

from central.alerts.incident import Incident, Member, Notice, What
from central.alerts.people import Decisions
from central.alerts.rules import RULES, Needs
from central.alerts.signs import Key
from central.alerts.surroundings import Hidden, Setting, Site, site_of

GATHER = timedelta(seconds=3)
"""A first message waits so long for others of the same cause."""
AGAIN_AFTER = timedelta(minutes=5)
"""Changes of an incident are told this seldom, when it is one of many places or of one cause …"""
FEW = 3
"""… and of fewer than these, who joins is told of at once: they are faults of their own."""
DOUBLED_AFTER = timedelta(minutes=1)
"""A crowd twice as large as was told is told of as soon: staff would judge it by an old number."""
AFTER_OPENING = timedelta(minutes=10)
"""Whoever opens a place switches it on first."""


def told(
    incident: Incident,
    decisions: Decisions,
    setting: Setting,
    hidden: Hidden,
    now: datetime,
) -> tuple[Incident, Notice | None]:
    """The incident after this moment's message about it, if there is one."""
    if RULES[incident.rule].needs is not Needs.STAFF:
        return incident, None
    if incident.cleared_at:
        return _over(incident)
    may_tell = tuple(m for m in incident.active if _may_tell(m.key, decisions, setting.sites, hidden, now))
    what = _what(incident, may_tell, setting.escalate_after, now)
    if what is None:
        return incident, None
    active = {member.key for member in incident.active}
    told_of = incident.told & active | {member.key for member in may_tell}
    ended = len(incident.told - active)
    incident = structs.replace(
        incident,
        told=told_of,
        told_at=now,
        first_told_at=incident.first_told_at or now,
        escalated_at=now if what is What.ESCALATED else incident.escalated_at,
    )
    return incident, Notice(what, incident, may_tell, ended)


def _what(
    incident: Incident, may_tell: tuple[Member, ...], escalate_after: timedelta, now: datetime
) -> What | None:
    if not may_tell:
        return None
    if incident.told_at is None or incident.first_told_at is None:
        complete = now - incident.grown_at >= GATHER or now - incident.opened_at >= 2 * GATHER
        return What.RAISED if complete else None
    unanswered = incident.acknowledged_at is None and incident.escalated_at is None
    if unanswered and now - incident.first_told_at >= escalate_after:
        return What.ESCALATED
    new = {member.key for member in may_tell} - incident.told
    ended = incident.told - {member.key for member in incident.active}
    differs = new if RULES[incident.rule].lasts else new | ended
    if new and len(incident.told) < FEW and not RULES[incident.rule].one_cause:
        return What.UPDATED if now - incident.grown_at >= GATHER else None
    pause = DOUBLED_AFTER if len(new) >= max(FEW, len(incident.told)) else AGAIN_AFTER
    return What.UPDATED if differs and now - incident.told_at >= pause else None


def _over(incident: Incident) -> tuple[Incident, Notice | None]:
    """Said once, to those who were told; news is not "over", it only gets old."""
    if incident.told_at is None:
        return incident, None
    members = tuple(member for member in incident.members if member.key in incident.told)
    quiet = structs.replace(incident, told=frozenset(), told_at=None)
    return quiet, None if RULES[incident.rule].lasts else Notice(What.CLEARED, incident, members)


def _may_tell(
    key: Key, decisions: Decisions, sites: Mapping[str, Site], hidden: Hidden, now: datetime
) -> bool:
    site = site_of(key, sites)
    if hidden.hides(key) or any(one.covers(key, site.town, now) for one in decisions.silences):
        return False
    return RULES[key.rule].urgent or site.schedule.is_open(now, AFTER_OPENING)
