"""What people decide about alerts, as values: silences, acknowledgements, maintenance."""

from dataclasses import dataclass, field
from datetime import datetime

from central.alerts.signs import Key
from central.health.planned import Window


@dataclass(frozen=True)
class Matcher:
    """Which alerts: every field that is not "" must be equal. At least one is."""

    rule: str = ""
    town: str = ""
    place: str = ""
    kiosk: str = ""

    def __post_init__(self) -> None:
        if not (self.rule or self.town or self.place):
            raise ValueError("a silence for everything: expected a rule, a town or a place")

    def matches(self, key: Key, town: str) -> bool:
        pairs = ((self.rule, key.rule), (self.town, town), (self.place, key.place), (self.kiosk, key.kiosk))
        return all(wanted in ("", found) for wanted, found in pairs)


@dataclass(frozen=True)
class Silence:
    """No messages about what it matches, until `until`; the page shows it all the same."""

    id: int
    matcher: Matcher
    until: datetime
    by: str
    reason: str

    def covers(self, key: Key, town: str, now: datetime) -> bool:
        return now < self.until and self.matcher.matches(key, town)


@dataclass(frozen=True)
class Acknowledgement:
    """`by` takes care of the incident."""

    incident: int
    by: str
    at: datetime


@dataclass(frozen=True)
class Decisions:
    """All that holds now or will."""

    silences: tuple[Silence, ...] = ()
    acknowledgements: dict[int, Acknowledgement] = field(default_factory=dict)
    windows: tuple[Window, ...] = ()
