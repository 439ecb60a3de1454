"""What alerts know of places, and which signs are hidden behind another or under maintenance. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from central.alerts.rules import EVERY_RULE, RULES, Scope
from central.alerts.signs import Key, Sign
from central.health.hours import Schedule
from central.health.planned import Window


@dataclass(frozen=True)
class Site:
    town: str
    schedule: Schedule


@dataclass(frozen=True)
class Setting:
    """Places by id, and after how long an incident that nobody acknowledged goes to the second line."""

    sites: Mapping[str, Site]
    escalate_after: timedelta = timedelta(minutes=30)


CENTRE = Site("", Schedule(ZoneInfo("UTC")))
"""The centre itself, and whatever is not in the places file: it never closes."""


def site_of(key: Key, sites: Mapping[str, Site]) -> Site:
    return sites.get(key.place, CENTRE)


class Hidden:
    """Of this moment: what is hidden neither begins nor ends, for nobody can see it."""

    def __init__(self, signs: Iterable[Sign], windows: Iterable[Window], now: datetime) -> None:
        self._everywhere: set[str] = set()
        self._at: dict[tuple[str, str], set[tuple[str, str]]] = {}
        self._planned = {
            place for window in windows if window.starts_at <= now < window.ends_at for place in window.places
        }
        for sign in signs:
            rule = RULES[sign.key.rule]
            if rule.scope is Scope.EVERYTHING:
                self._everywhere |= rule.inhibits
            elif rule.inhibits:
                where = sign.key.place, sign.key.kiosk
                self._at.setdefault(where, set()).update((name, rule.name) for name in rule.inhibits)

    def hides(self, key: Key) -> bool:
        if key.rule in self._everywhere or key.place in self._planned:
            return True
        by = self._at.get((key.place, key.kiosk), ())
        return any(name in (key.rule, EVERY_RULE) and source != key.rule for name, source in by)
