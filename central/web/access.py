"""Who may go where: one table of every path, what it needs, and whether it is bound to a place.

A path that is not in the table is refused, whatever FastAPI or NiceGUI would answer to it. Pure.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import parse_qsl

from starlette.routing import compile_path

from broker_config.enrolment import LARGEST_REQUEST_BYTES
from central.accounts.roles import Role
from central.accounts.sessions import Step
from central.web.sections import SECTIONS

READ = frozenset({"GET"})
WRITE = frozenset({"POST"})
FORM = READ | WRITE
"""A page that shows a form and takes it."""
KIB = 1024
FORM_LIMIT_BYTES = 64 * KIB


@dataclass(frozen=True)
class Access:
    """What a path needs. `path` is written as FastAPI does; `{name:path}` takes the rest.

    `least` None lets everybody in. `place` is the path's or the query's parameter that names a place, which
    must be one of those the visitor may see. `step`: how far signing in must have come. `by_session`: what
    concerns a person; a token is refused. `awake`: coming here keeps an idle session alive. `purpose`: only a
    token made for it comes in. `local`: who asks from this machine itself need not say who it is.
    `to_change`: the least role for all methods but GET, where it is another.
    """

    path: str
    least: Role | None = Role.VIEWER
    methods: frozenset[str] = READ
    place: str = ""
    step: Step = Step.DONE
    by_session: bool = False
    awake: bool = True
    body_limit_bytes: int = FORM_LIMIT_BYTES
    purpose: str = ""
    local: bool = False
    to_change: Role | None = None

    def least_for(self, method: str) -> Role | None:
        """The least role that may ask with `method`."""
        return self.least if method in ("GET", "HEAD") else self.to_change or self.least


OF_PLACE = ("hours", "days", "week", "events")

ACCESS: tuple[Access, ...] = (
    # everybody
    Access("/static/{path:path}", None),
    Access("/favicon.ico", None),
    Access("/language/{language}", None),
    Access("/login", None, FORM, by_session=True),
    # signing in, and one's own account
    Access("/login/code", methods=FORM, step=Step.CODE, by_session=True),
    Access("/login/password", methods=FORM, step=Step.NEW_PASSWORD, by_session=True),
    Access("/login/factor", methods=FORM, step=Step.ENROL, by_session=True),
    Access("/logout", None, WRITE, by_session=True),
    Access("/account", by_session=True),
    Access("/account/password", methods=WRITE, by_session=True),
    Access("/account/factor", methods=FORM, by_session=True),
    Access("/account/sign-out-everywhere", methods=WRITE, by_session=True),
    # pages: the sections themselves come from sections.py
    *(Access(section.path, section.least, by_session=True) for section in SECTIONS),
    Access("/places/{place_id}", place="place_id", by_session=True),
    *(Access(f"/statistics/{name}", by_session=True) for name in ("year", "print", "form.xlsx", "form.csv")),
    Access("/statistics/close", Role.MAIN, WRITE, by_session=True),
    Access("/statistics/entries/{place_id}", Role.BRANCH, FORM, place="place_id", by_session=True),
    Access("/places/{place_id}/events", place="place_id", by_session=True),
    Access("/places/{place_id}/acts", Role.BRANCH, place="place_id", by_session=True),
    Access("/places/{place_id}/maintenance", Role.BRANCH, WRITE, place="place_id", by_session=True),
    Access(
        "/places/{place_id}/maintenance/{number}/end", Role.BRANCH, WRITE, place="place_id", by_session=True
    ),
    Access("/places/{place_id}/commands", Role.BRANCH, WRITE, place="place_id", by_session=True),
    Access("/places/{place_id}/commands/{command_id}", Role.BRANCH, place="place_id", by_session=True),
    Access("/places/{place_id}/settings", Role.MAIN, FORM, place="place_id", by_session=True),
    Access("/places/{place_id}/settings/{name}/clear", Role.MAIN, WRITE, place="place_id", by_session=True),
    Access("/settings", Role.MAIN, FORM, by_session=True),
    Access("/alerts/{number}", by_session=True),
    Access("/alerts/{number}/acknowledge", Role.BRANCH, WRITE, by_session=True),
    Access("/alerts/{number}/silence", Role.BRANCH, WRITE, by_session=True),
    Access("/silences/{number}/end", Role.BRANCH, WRITE, by_session=True),
    Access("/deliveries", Role.MAIN, by_session=True),
    Access("/devices/spares", Role.BRANCH, FORM, by_session=True),
    Access("/devices/spares/{number}/remove", Role.BRANCH, WRITE, by_session=True),
    Access("/disputes/{install_id}/{seq}", Role.BRANCH, FORM, by_session=True),
    Access("/notices/new", Role.MAIN, FORM, by_session=True),
    Access("/notices/{number}", Role.MAIN, FORM, by_session=True),
    Access("/notices/{number}/remove", Role.MAIN, WRITE, by_session=True),
    Access("/users/add", Role.MAIN, WRITE, by_session=True),
    Access("/users/{name}", Role.MAIN, FORM, by_session=True),
    Access("/users/{name}/{act}", Role.MAIN, WRITE, by_session=True),
    Access("/tokens", Role.MAIN, FORM, by_session=True),
    Access("/tokens/{token_id}/revoke", Role.MAIN, WRITE, by_session=True),
    # REST
    Access("/api/v1/openapi.json"),
    Access("/api/v1/places"),
    Access("/api/v1/places/{place_id}", place="place_id"),
    *(Access(f"/api/v1/places/{{place_id}}/{name}", place="place_id") for name in OF_PLACE),
    Access("/api/v1/devices", place="place"),
    Access("/api/v1/devices/history", place="place"),
    Access("/api/v1/devices/swaps", place="place"),
    Access("/api/v1/events/count", place="place"),
    Access("/api/v1/alerts"),
    Access("/api/v1/alerts/{number}"),
    Access("/api/v1/alerts/{number}/acknowledgement", Role.BRANCH, WRITE),
    Access("/api/v1/silences", methods=FORM, to_change=Role.BRANCH),
    Access("/api/v1/silences/{number}", Role.BRANCH, frozenset({"DELETE"})),
    Access("/api/v1/disputes"),
    Access("/api/v1/disputes/settled"),
    Access("/api/v1/disputes/{install_id}/{seq}/settlement", Role.BRANCH, WRITE),
    Access("/api/v1/statistics/{month}", place="place"),
    Access("/api/v1/places/{place_id}/kiosks/{kiosk}/commands", Role.BRANCH, WRITE, place="place_id"),
    Access("/api/v1/commands", Role.BRANCH, place="place"),
    Access("/api/v1/commands/{command_id}", Role.BRANCH),
    Access("/api/v1/commands/{command_id}/attachment", Role.BRANCH),
    Access(
        "/api/v1/places/{place_id}/settings",
        methods=READ | {"PUT", "DELETE"},
        place="place_id",
        to_change=Role.MAIN,
    ),
    Access("/api/v1/notices", methods=FORM, to_change=Role.MAIN),
    Access("/api/v1/notices/{number}", Role.MAIN, frozenset({"PUT", "DELETE"})),
    Access("/api/v1/reader-cards", methods=WRITE, purpose="cards", body_limit_bytes=KIB),
    Access("/api/v1/export", Role.MAIN),
    Access("/api/v1/enrolment/ca", None),
    Access("/api/v1/enrolment", None, WRITE, body_limit_bytes=LARGEST_REQUEST_BYTES),
    Access("/api/v1/claims", Role.MAIN, FORM),
    Access("/api/v1/claims/{number}", Role.MAIN, frozenset({"DELETE"})),
    Access("/api/v1/kiosks/{identity}/revocation", Role.MAIN, WRITE),
    Access("/api/v1/replacements", Role.MAIN),
    Access("/api/v1/health", None),
    Access("/metrics", local=True),
    # NiceGUI's own files and its socket
    Access("/_nicegui/{path:path}", by_session=True, awake=False),
    Access(
        "/_nicegui_ws/{path:path}", methods=FORM, by_session=True, awake=False, body_limit_bytes=1024 * KIB
    ),
)


@dataclass(frozen=True)
class Matched:
    """A path found in the table, with the id of the place it is about, if it names one."""

    access: Access
    place_id: str | None


class Table:
    """Finds a path in `ACCESS`."""

    def __init__(self, accesses: Iterable[Access] = ACCESS) -> None:
        self._rules = [(compile_path(access.path)[0], access) for access in accesses]

    def find(self, path: str, query: str = "") -> Matched | None:
        """The first entry whose path fits; the methods are for the caller to compare."""
        for pattern, access in self._rules:
            if found := pattern.match(path):
                return Matched(access, _place(access, found, query))
        return None

    def covers(self, path: str) -> bool:
        """Whether a route written as `path` has an entry of its own or lies in one that takes the rest."""
        return any(
            access.path == path or (":path}" in access.path and pattern.match(path))
            for pattern, access in self._rules
        )


def _place(access: Access, found: re.Match[str], query: str) -> str | None:
    if not access.place:
        return None
    if access.place in found.groupdict():
        return found[access.place]
    # the last of several, as FastAPI takes it
    return dict(parse_qsl(query, keep_blank_values=True)).get(access.place)
