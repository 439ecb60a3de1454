"""The page of the audit log, for the main library: newest first, filtered by who, what, about what, days."""

from datetime import date, datetime, time, timedelta
from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from central.accounts import audit
from central.accounts.audit import Wanted
from central.web.audit_words import told
from central.web.shell import Shell

PAGE_ENTRIES = 50
Text = Annotated[str, Query(max_length=80)]


class AuditRoutes:
    """One page, whose query filters it and leads back in time."""

    def __init__(self, shell: Shell) -> None:
        self._shell = shell

    def _start(self, day: date) -> datetime:
        return datetime.combine(day, time(), self._shell.board.zone)

    def show(
        self,
        request: Request,
        *,
        actor: Text = "",
        action: Text = "",
        subject: Text = "",
        since: str = "",
        until: str = "",
        before: Annotated[int | None, Query(ge=1, le=2**53)] = None,
    ) -> Response:
        first, last = _day(since), _day(until)
        wanted = Wanted(
            actor=actor,
            action=action,
            subject=subject,
            since=self._start(first) if first else None,
            until=self._start(last + timedelta(days=1)) if last else None,
        )
        found = audit.entries(self._shell.office, wanted, PAGE_ENTRIES + 1, before)
        shown = found[:PAGE_ENTRIES]
        actors, actions = audit.names(self._shell.office)
        asked = {"actor": actor, "action": action, "subject": subject, "since": since, "until": until}
        return self._shell.plain(
            request,
            "audit.html",
            entries=shown,
            older=shown[-1].seq if len(found) > PAGE_ENTRIES else None,
            verdict=audit.verify(self._shell.office),
            actors=actors,
            actions=actions,
            asked=asked,
            told=told,
        )


def make_router(shell: Shell) -> APIRouter:
    routes = AuditRoutes(shell)
    router = APIRouter(include_in_schema=False)
    router.get("/audit")(routes.show)
    return router


def _day(text: str) -> date | None:
    """A form sends what was left empty as an empty text; what is no day is as good as empty."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if 1970 < day.year < 9999 else None
