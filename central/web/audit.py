"""The page of the audit log, for the main library: newest first, filtered by who, what, about what, days."""

from datetime import date, datetime, time, timedelta
from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from central.accounts import audit
from central.accounts.audit import Wanted
from central.web.shell import Shell

PAGE_ENTRIES = 50
Text = Annotated[str, Query(max_length=80)]


def make_router(shell: Shell) -> APIRouter:
    router = APIRouter(include_in_schema=False)

    def start(day: date) -> datetime:
        return datetime.combine(day, time(), shell.board.zone)

    @router.get("/audit")
    def show(
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
            since=start(first) if first else None,
            until=start(last + timedelta(days=1)) if last else None,
        )
        found = audit.entries(shell.office, wanted, PAGE_ENTRIES + 1, before)
        shown = found[:PAGE_ENTRIES]
        actors, actions = audit.names(shell.office)
        asked = {"actor": actor, "action": action, "subject": subject, "since": since, "until": until}
        return shell.plain(
            request,
            "audit.html",
            entries=shown,
            older=shown[-1].seq if len(found) > PAGE_ENTRIES else None,
            verdict=audit.verify(shell.office),
            actors=actors,
            actions=actions,
            asked=asked,
        )

    return router


def _day(text: str) -> date | None:
    """A form sends what was left empty as an empty text; what is no day is as good as empty."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if 1970 < day.year < 9999 else None
