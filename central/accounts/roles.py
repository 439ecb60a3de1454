"""Who may do what at the centre: roles, and the principal that pages and REST ask. Pure."""

from dataclasses import dataclass
from datetime import datetime
from enum import Enum


class Role(Enum):
    """What an account may do; each may what the one before it may."""

    VIEWER = "viewer"
    """Reads everything or its own places; changes nothing and is shown no personal data."""
    BRANCH = "branch"
    """Reads and handles its own places."""
    MAIN = "main"
    """Everything, everywhere."""

    def at_least(self, least: "Role") -> bool:
        return _RANK[self] >= _RANK[least]


_RANK = {role: rank for rank, role in enumerate(Role)}


@dataclass(frozen=True)
class Principal:
    """Somebody who asks: the name for the audit log, a role, and the ids of its places (None: all). A program
    with a `purpose` may go where that purpose is wanted and nowhere else."""

    name: str
    role: Role
    places: frozenset[str] | None = None
    purpose: str = ""

    @property
    def sees_personal(self) -> bool:
        """Whether a dispute's reader may be shown."""
        return self.role.at_least(Role.BRANCH)

    def sees(self, place_id: str) -> bool:
        return self.places is None or place_id in self.places

    def may(self, least: Role, place_id: str | None = None) -> bool:
        """Whether the role suffices, and the place (if the act is about one) is among its own."""
        return self.role.at_least(least) and (place_id is None or self.sees(place_id))


@dataclass(frozen=True)
class Actor:
    """Who does something, from which address and when: what the audit log writes down."""

    name: str
    address: str
    at: datetime
