"""REST: what the main library sets at the kiosks of a place, and which of them go by it; `central.wanted`."""

from datetime import datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field

from broker_config.from_centre import Settings
from central.place_settings import BOUNDS, MOST_SPANS, chosen, mistakes
from central.uptake import Uptake, uptakes
from central.web.rest_base import Asking, api_router, known
from central.web.rest_problems import Problem
from central.web.shell import Shell


def _within(name: str) -> Any:
    return Field(ge=BOUNDS[name].least, le=BOUNDS[name].most, allow_inf_nan=False)


class NewSettings(BaseModel):
    """All that is set at a place: null, or left out, is as the kiosk's own file says. `open`: opening hours
    such as ["09:00-12:00", "14:30-17:30"]. `closed_days`: 1 is Monday; [] is open every day. `offline`: what
    is done while the library system cannot be reached, `offline_loans` how many books a reader may borrow
    then. A visit ends when nobody touched anything for `idle_s` seconds, `warning_s` before
    that it says so."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"open": ["09:00-17:30"], "closed_days": [1]}]}
    )

    open: Annotated[
        list[Annotated[str, Field(max_length=11)]] | None, Field(min_length=1, max_length=MOST_SPANS)
    ] = None
    closed_days: Annotated[list[Annotated[int, Field(ge=1, le=7)]] | None, Field(max_length=7)] = None
    offline: Literal["off", "finish", "returns", "loans"] | None = None
    offline_loans: Annotated[int | None, _within("offline_loans")] = None
    idle_s: Annotated[float | None, _within("idle_s")] = None
    warning_s: Annotated[float | None, _within("warning_s")] = None


class KioskSettings(BaseModel):
    """`since`: when it was first known to go by them, else when they were sent; null: not yet."""

    kiosk: str
    uptake: Uptake
    since: datetime | None


class SettingsView(NewSettings):
    kiosks: list[KioskSettings]


class SettingsRoutes:
    """Reading, choosing and clearing."""

    def __init__(self, shell: Shell) -> None:
        self._shell = shell
        self._wishes, self._board = shell.dispatch.wishes, shell.board

    def one(self, place_id: str) -> SettingsView:
        place = known(self._shell, place_id)
        wished = self._wishes.of(place)
        told = uptakes(self._board.store.kiosks(place), self._wishes.sent(place), wished, self._board.now())
        return SettingsView(**chosen(wished), kiosks=[KioskSettings(**vars(one)) for one in told])

    def choose(self, visitor: Asking, place_id: str, wanted: NewSettings) -> SettingsView:
        place, settings = known(self._shell, place_id), _settings(wanted)
        for mistake in mistakes(settings):
            raise Problem(422, mistake.words, None, **mistake.values)
        self._wishes.set(visitor.actor(), place, settings)
        return self.one(place)

    def clear(self, visitor: Asking, place_id: str) -> None:
        self._wishes.set(visitor.actor(), known(self._shell, place_id), Settings())


def make_router(shell: Shell) -> APIRouter:
    routes = SettingsRoutes(shell)
    router = api_router("settings")
    path = "/places/{place_id}/settings"
    router.get(path, summary="What is set at a place from afar, and which kiosks go by it")(routes.one)
    router.put(path, summary="Set this at a place, and nothing else")(routes.choose)
    router.delete(path, summary="Set nothing: kiosks go by their own files", status_code=204)(routes.clear)
    return router


def _settings(wanted: NewSettings) -> Settings:
    days = None if wanted.closed_days is None else tuple(sorted(set(wanted.closed_days)))
    hours = None if wanted.open is None else tuple(wanted.open)
    return Settings(**{**wanted.model_dump(), "open": hours, "closed_days": days})
