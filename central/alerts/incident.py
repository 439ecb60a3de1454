"""An incident: alerts of one rule that began together, told, acknowledged and ended as one. Values only."""

from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from msgspec import Struct, field

from central.alerts.details import ENGLISH, Said, worded
from central.alerts.signs import Key, Sign


class Member(Struct, frozen=True):
    """One alert. `away_since`: its sign is not seen since; `cleared_at`: so long that it is over."""

    key: Key
    raised_at: datetime
    said: Said = field(default="", name="detail")
    away_since: datetime | None = None
    cleared_at: datetime | None = None

    @property
    def detail(self) -> str:
        """What is said of it in English, for programs."""
        return worded(self.said, ENGLISH)


class Incident(Struct, frozen=True):
    """`told` are the keys that the last message named. `returns` counts how often it came back soon after
    it was over: then it must stay away longer."""

    id: int
    rule: str
    opened_at: datetime
    grown_at: datetime
    members: tuple[Member, ...]
    told: frozenset[Key] = frozenset()
    told_at: datetime | None = None
    first_told_at: datetime | None = None
    acknowledged_by: str = ""
    acknowledged_at: datetime | None = None
    escalated_at: datetime | None = None
    cleared_at: datetime | None = None
    returns: int = 0

    @property
    def active(self) -> tuple[Member, ...]:
        return tuple(member for member in self.members if member.cleared_at is None)


class What(Enum):
    """What a message says of an incident."""

    RAISED = "raised"
    UPDATED = "updated"
    ESCALATED = "escalated"
    CLEARED = "cleared"


@dataclass(frozen=True)
class Notice:
    """Something to tell: `members` are whom it is about, `ended` how many others are well again."""

    what: What
    incident: Incident
    members: tuple[Member, ...]
    ended: int = 0


@dataclass(frozen=True)
class Pending:
    """A sign that has not yet held for long enough."""

    sign: Sign
    since: datetime
