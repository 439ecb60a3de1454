"""Who may go where: one table of every path, what it needs, and whether it is bound to a place.

A path that is not in the table is refused, whatever FastAPI or NiceGUI would answer to it. Pure.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import parse_qsl

from starlette.routing import compile_path

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
    concerns a person; a token is refused. `awake`: coming here keeps an idle session alive.
    """

    path: str
    least: Role | None = Role.VIEWER
    methods: frozenset[str] = READ
    place: str = ""
    step: Step = Step.DONE
    by_session: bool = False
    awake: bool = True
    body_limit_bytes: int = FORM_LIMIT_BYTES


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
    Access("/users/add", Role.MAIN, WRITE, by_session=True),
    Access("/users/{name}", Role.MAIN, FORM, by_session=True),
    Access("/users/{name}/{act}", Role.MAIN, WRITE, by_session=True),
    Access("/tokens", Role.MAIN, FORM, by_session=True),
    Access("/tokens/{token_id}/revoke", Role.MAIN, WRITE, by_session=True),
    # REST
    Access("/api/v1/openapi.json"),
    Access("/api/v1/places"),
    Access("/api/v1/places/{place_id}", place="place_id"),
    Access("/api/v1/places/{place_id}/hours", place="place_id"),
    Access("/api/v1/devices", place="place"),
    Access("/api/v1/events/count", place="place"),
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
