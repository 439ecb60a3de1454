"""The sections of the centre in the order of the header: a new page is one line here."""

from dataclasses import dataclass

from central.accounts.roles import Role


@dataclass(frozen=True)
class Section:
    """A page with a link in the header of everyone who has at least the role `least`; `text` is the key of
    its name. Its own path is open to them with that (`access.py`); what lies below it needs lines there."""

    path: str
    text: str
    least: Role = Role.VIEWER


SECTIONS: tuple[Section, ...] = (
    Section("/", "section_overview"),
    Section("/statistics", "section_statistics"),
    Section("/alerts", "section_alerts"),
    Section("/devices", "section_devices"),
    Section("/disputes", "section_disputes", Role.BRANCH),
    Section("/notices", "section_notices", Role.MAIN),
    Section("/users", "section_users", Role.MAIN),
    Section("/audit", "section_audit", Role.MAIN),
)
