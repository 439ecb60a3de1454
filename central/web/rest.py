"""REST: places, how they are and how they were. Every other subject has its own file, `rest_<subject>.py`.

All of it is described at /api/v1/openapi.json and told with examples in docs/api.md. One sees one's own
places only. Times are UTC; a day is one of the library's time zone.
"""

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from broker_config.values import Condition
from central.store import StoreError
from central.views import DayFigures, EventView, Hour, PlaceDetail, PlaceSummary, Week
from central.web.rest_base import Asking, Limit, Mark, api_router, as_json, known, lead_on
from central.web.rest_problems import Problem
from central.web.shell import Shell

LONGEST_DAYS = 366


class PlaceRoutes:
    """Each question about places; `known` refuses one that there is not."""

    def __init__(self, shell: Shell) -> None:
        self._shell = shell

    def places(
        self,
        request: Request,
        visitor: Asking,
        *,
        condition: Condition | None = None,
        town: Annotated[str | None, Query(max_length=40, description="id of a town")] = None,
        after: Annotated[str | None, Query(max_length=64, description="id of the last one seen")] = None,
        limit: Limit = 1000,
    ) -> Response:
        found = [
            place
            for place in self._shell.board_for(visitor).overview()
            if condition in (None, place.condition) and town in (None, place.town)
        ]
        ids = [place.id for place in found]
        first = ids.index(after) + 1 if after in ids else 0
        shown = found[first : first + limit]
        answer = as_json(shown)
        lead_on(request, answer, after=shown[-1].id if first + limit < len(found) else None)
        return answer

    def place(self, visitor: Asking, place_id: str) -> PlaceDetail:
        detail = self._shell.board_for(visitor).place(known(self._shell, place_id))
        assert detail is not None
        return detail

    def hours(
        self,
        visitor: Asking,
        place_id: str,
        day: Annotated[date | None, Query(description="local day, today if absent")] = None,
    ) -> list[Hour]:
        board = self._shell.board_for(visitor)
        return board.hours(known(self._shell, place_id), day or board.today())

    def days(
        self,
        place_id: str,
        last: Annotated[date | None, Query(description="local day, today if absent")] = None,
        count: Annotated[int, Query(ge=1, le=LONGEST_DAYS, description="so many days up to it")] = 31,
    ) -> list[DayFigures]:
        day = last or self._shell.board.today()
        if day.toordinal() <= count:
            raise Problem(422, "api_input", wrong="last")
        return self._shell.board.history.days(known(self._shell, place_id), day, count)

    def week(self, place_id: str) -> Week:
        found = self._shell.board.places.find(known(self._shell, place_id))
        assert found is not None
        return self._shell.board.history.week(found, self._shell.board.now())

    def events(
        self,
        request: Request,
        response: Response,
        place_id: str,
        *,
        kind: Annotated[str | None, Query(max_length=40, description="loan, return, visits …")] = None,
        before: Mark = None,
        limit: Limit = 100,
    ) -> list[EventView]:
        try:
            page = self._shell.board.history.events(known(self._shell, place_id), limit, kind, before)
        except StoreError as error:
            if before is None:
                raise
            raise Problem(422, "api_mark") from error
        lead_on(request, response, before=page.older)
        return list(page.events)


def make_router(shell: Shell) -> APIRouter:
    routes = PlaceRoutes(shell)
    router = api_router("places")
    router.get(
        "/places",
        summary="Every place: condition, causes, last sign of life, today's totals",
        response_model=list[PlaceSummary],
    )(routes.places)
    router.get("/places/{place_id}", summary="One place: kiosks, devices, figures, recent events")(
        routes.place
    )
    router.get("/places/{place_id}/hours", summary="Loans, returns and visits of a day by hour")(routes.hours)
    router.get("/places/{place_id}/days", summary="Loans, returns and visits by day")(routes.days)
    router.get("/places/{place_id}/week", summary="The last seven days: conditions, troubles, availability")(
        routes.week
    )
    router.get("/places/{place_id}/events", summary="What happened, newest first, without anything personal")(
        routes.events
    )
    return router
