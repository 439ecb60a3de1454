"""REST: devices as they are, every unit that was ever seen, swaps, and how many events are stored."""

from datetime import datetime, timedelta
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import BaseModel

from central.store import SeenDevice
from central.views import DeviceView, Swap
from central.web.rest_base import Asking, api_router, known
from central.web.shell import Shell

Place = Annotated[str | None, Query(max_length=64, description="id of a place; all of one's own if absent")]


class EventCount(BaseModel):
    count: int


class Seen(BaseModel):
    """One unit at one kiosk's port; `last_seen` is no finer than five minutes."""

    place: str
    kiosk: str
    kind: str
    model: str
    serial: str | None
    port: str
    first_seen: datetime
    last_seen: datetime


def make_router(shell: Shell) -> APIRouter:
    router = api_router("devices")

    def asked(place: str | None) -> str | None:
        return known(shell, place) if place is not None else None

    @router.get("/devices", summary="Every device with model, serial number and condition")
    def devices(visitor: Asking, place: Place = None) -> list[DeviceView]:
        return shell.board_for(visitor).devices(asked(place))

    @router.get("/devices/history", summary="Every unit that was ever seen: where, from when to when")
    def history(visitor: Asking, place: Place = None) -> list[Seen]:
        found = shell.board.store.device_history(asked(place))
        return [_seen(device) for device in found if visitor.principal.sees(device.identity.place)]

    @router.get("/devices/swaps", summary="Devices that gave way to another, newest first")
    def swaps(
        visitor: Asking,
        place: Place = None,
        days: Annotated[int, Query(ge=1, le=800, description="so many days back")] = 366,
    ) -> list[Swap]:
        now = shell.board.now()
        found = shell.board.history.swaps(now - timedelta(days=days), now, asked(place))
        return [swap for swap in found if visitor.principal.sees(swap.place)]

    @router.get("/events/count", summary="How many events are stored, of a place and kind if given")
    def event_count(
        visitor: Asking, place: Place = None, kind: Annotated[str | None, Query(max_length=40)] = None
    ) -> EventCount:
        return EventCount(count=shell.board_for(visitor).event_count(place, kind))

    return router


def _seen(device: SeenDevice) -> Seen:
    return Seen(
        place=device.identity.place,
        kiosk=device.identity.device,
        kind=device.kind,
        model=device.model,
        serial=device.serial,
        port=device.port,
        first_seen=device.first_seen,
        last_seen=device.last_seen,
    )
