"""REST: the board's values as JSON, described at /api/v1/openapi.json. Reading only, one's own places only."""

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Depends, HTTPException, Query, Request
from pydantic import BaseModel

from central.scoped import ScopedBoard
from central.views import DeviceView, Hour, PlaceDetail, PlaceSummary
from central.web.shell import Shell
from central.web.visitor import visitor_of


class EventCount(BaseModel):
    count: int


def make_router(shell: Shell) -> APIRouter:
    """The handlers are plain functions: FastAPI runs them in its thread pool, so a query stalls nobody."""
    router = APIRouter(prefix="/api/v1", tags=["centre"])

    def board_for(request: Request) -> ScopedBoard:
        return shell.board_for(visitor_of(request))

    Own = Annotated[ScopedBoard, Depends(board_for)]

    def known(place_id: str) -> str:
        if shell.board.places.find(place_id) is None:
            raise HTTPException(404, f"no place {place_id!r}: GET /api/v1/places lists them")
        return place_id

    @router.get("/places", summary="Every place: condition, causes, last sign of life, today's totals")
    def places(board: Own) -> list[PlaceSummary]:
        return board.overview()

    @router.get("/places/{place_id}", summary="One place: kiosks, devices, figures, recent events")
    def place(board: Own, place_id: str) -> PlaceDetail:
        detail = board.place(known(place_id))
        assert detail is not None
        return detail

    @router.get("/places/{place_id}/hours", summary="Loans, returns and visits of a day by hour")
    def hours(
        board: Own,
        place_id: str,
        day: Annotated[date | None, Query(description="local day, today if absent")] = None,
    ) -> list[Hour]:
        return board.hours(known(place_id), day or board.today())

    @router.get("/devices", summary="Every device with model, serial number and condition")
    def devices(board: Own, place: str | None = None) -> list[DeviceView]:
        return board.devices(known(place) if place is not None else None)

    @router.get("/events/count", summary="How many events are stored, of a place and kind if given")
    def event_count(board: Own, place: str | None = None, kind: str | None = None) -> EventCount:
        return EventCount(count=board.event_count(place, kind))

    return router
