"""The page of everything that happened at a place, a page at a time, newest first; nothing personal."""

from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from broker_config.messages import WAYS
from central.store import StoreError
from central.web.shell import Shell

KINDS = tuple(way.kind for way in WAYS.values() if way.kind)


def make_router(shell: Shell) -> APIRouter:
    router = APIRouter(include_in_schema=False)

    @router.get("/places/{place_id}/events")
    def events(
        request: Request,
        place_id: str,
        kind: Annotated[str, Query(max_length=40)] = "",
        before: Annotated[str | None, Query(max_length=80)] = None,
    ) -> Response:
        place = shell.board.places.find(place_id)
        if place is None:
            return shell.refused(request, 404, "refused_unknown")
        chosen = kind if kind in KINDS else ""
        try:
            page = shell.board.history.events(place_id, kind=chosen or None, before=before)
        except StoreError:
            return shell.refused(request, 404, "refused_unknown")
        return shell.plain(request, "events.html", place=place, page=page, kinds=KINDS, kind=chosen)

    return router
