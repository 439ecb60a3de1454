"""REST: places, how they are and how they were. Every other subject has its own file, `rest_<subject>.py`.

All of it is described at /api/v1/openapi.json and told with examples in docs/api.md. One sees one's own
places only. Times are UTC; a day is one of the library's time zone.
"""

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request, Response

from broker_config.values import Condition
from central.scoped import ScopedBoard
from central.store import StoreError
from central.views import DayFigures, EventView, Hour, PlaceDetail, PlaceSummary, Week
from central.web.rest_base import Limit, Mark, api_router, as_json, known, lead_on, own_board
from central.web.rest_problems import Problem
from central.web.shell import Shell

LONGEST_DAYS = 366


def make_router(shell: Shell) -> APIRouter:
    router = api_router("places")
    Own = Annotated[ScopedBoard, Depends(own_board(shell))]

    @router.get(
        "/places",
        summary="Every place: condition, causes, last sign of life, today's totals",
        response_model=list[PlaceSummary],
    )
    def places(
        request: Request,
        board: Own,
        *,
        condition: Condition | None = None,
        town: Annotated[str | None, Query(max_length=40, description="id of a town")] = None,
        after: Annotated[str | None, Query(max_length=64, description="id of the last one seen")] = None,
        limit: Limit = 1000,
    ) -> Response:
        found = [
            place
            for place in board.overview()
            if condition in (None, place.condition) and town in (None, place.town)
        ]
        ids = [place.id for place in found]
        first = ids.index(after) + 1 if after in ids else 0
        shown = found[first : first + limit]
        answer = as_json(shown)
        lead_on(request, answer, after=shown[-1].id if first + limit < len(found) else None)
        return answer

    @router.get("/places/{place_id}", summary="One place: kiosks, devices, figures, recent events")
    def place(board: Own, place_id: str) -> PlaceDetail:
        detail = board.place(known(shell, place_id))
        assert detail is not None
        return detail

    @router.get("/places/{place_id}/hours", summary="Loans, returns and visits of a day by hour")
    def hours(
        board: Own,
        place_id: str,
        day: Annotated[date | None, Query(description="local day, today if absent")] = None,
    ) -> list[Hour]:
        return board.hours(known(shell, place_id), day or board.today())

    @router.get("/places/{place_id}/days", summary="Loans, returns and visits by day")
    def days(
        place_id: str,
        last: Annotated[date | None, Query(description="local day, today if absent")] = None,
        count: Annotated[int, Query(ge=1, le=LONGEST_DAYS, description="so many days up to it")] = 31,
    ) -> list[DayFigures]:
        day = last or shell.board.today()
        if day.toordinal() <= count:
            raise Problem(422, "api_input", wrong="last")
        return shell.board.history.days(known(shell, place_id), day, count)

    @router.get("/places/{place_id}/week", summary="The last seven days: conditions, troubles, availability")
    def week(place_id: str) -> Week:
        found = shell.board.places.find(known(shell, place_id))
        assert found is not None
        return shell.board.history.week(found, shell.board.now())

    @router.get("/places/{place_id}/events", summary="What happened, newest first, without anything personal")
    def events(
        request: Request,
        response: Response,
        place_id: str,
        *,
        kind: Annotated[str | None, Query(max_length=40, description="loan, return, visits …")] = None,
        before: Mark = None,
        limit: Limit = 100,
    ) -> list[EventView]:
        try:
            page = shell.board.history.events(known(shell, place_id), limit, kind, before)
        except StoreError as error:
            if before is None:
                raise
            raise Problem(422, "api_mark") from error
        lead_on(request, response, before=page.older)
        return list(page.events)

    return router
