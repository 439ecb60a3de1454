"""What the main library sets at the kiosks of one place or many: plain forms, and a part of a place's page.

What makes sense is `central.place_settings`'s to say, keeping and sending it `central.wanted`'s.
"""

import asyncio
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from broker_config.from_centre import Settings
from central.place_settings import (
    BOUNDS,
    DAYS,
    EVERY_DAY,
    NAMES,
    POLICIES,
    chosen,
    merged,
    mistakes,
    read_typed,
    typed,
    without,
)
from central.places import Place
from central.store import Kiosk, Store
from central.uptake import KioskUptake, Sent, Uptake, uptakes
from central.wanted import Wishes
from central.web.live import Live
from central.web.settings_view import EVERYWHERE, LEVELS, TOWN, place_row, places_of, rows_of, sentence
from central.web.shell import Shell
from central.web.texts import Words
from central.web.visitor import visitor_of

TICKS = (EVERY_DAY, *map(str, DAYS))


class SettingsPart:
    """The part of a place's page, live."""

    def __init__(self, words: Words, place_id: str, may_set: bool) -> None:
        self._words, self._place_id, self._may_set = words, place_id, may_set
        self._live = Live("settings_part.html")

    def show(self, settings: Settings, kiosks: Sequence[KioskUptake]) -> None:
        self._live.show(
            t=self._words,
            rows=rows_of(settings, self._words),
            kiosks=_worth_telling(settings, kiosks),
            place_id=self._place_id,
            may_set=self._may_set,
            any_set=bool(chosen(settings)),
        )


def at_place(
    wishes: Wishes, store: Store, place_id: str, now: datetime
) -> tuple[Settings, list[KioskUptake]]:
    """What is chosen for a place, and which of its kiosks go by it."""
    settings = wishes.of(place_id)
    return settings, uptakes(store.kiosks(place_id), wishes.sent(place_id), settings, now)


def _worth_telling(settings: Settings, kiosks: Sequence[KioskUptake]) -> Sequence[KioskUptake]:
    """Where nothing is set, only who still goes by what was."""
    return [one for one in kiosks if chosen(settings) or (one.since and one.uptake is not Uptake.IN_FORCE)]


class SettingsRoutes:
    """The form of one place, and that of many."""

    def __init__(self, shell: Shell) -> None:
        self._shell, self._wishes = shell, shell.dispatch.wishes
        self._store, self._places = shell.board.store, shell.board.places

    def _form(
        self,
        request: Request,
        place: Place,
        given: Mapping[str, str] | None = None,
        said: Sequence[str] = (),
        done: str = "",
    ) -> Response:
        """`given`: what was typed and will not do, because of what is `said`."""
        settings, kiosks = at_place(self._wishes, self._store, place.id, self._shell.board.now())
        words = self._shell.words(request)
        return self._shell.plain(
            request,
            "settings.html",
            422 if said else 200,
            place=place,
            rows=rows_of(settings, words),
            kiosks=_worth_telling(settings, kiosks),
            message=" ".join(said),
            done=words(done) if done else "",
            **_fields(typed(settings) if given is None else given),
        )

    def show(self, request: Request, place_id: str, saved: bool = False) -> Response:
        place = self._places.find(place_id)
        if place is None:
            return self._shell.refused(request, 404, "refused_no_place", place=place_id[:40])
        return self._form(request, place, done="settings_saved" if saved else "")

    async def save(self, request: Request, place_id: str) -> Response:
        given = _typed(await self._shell.forms.read(request))
        place, words = self._places.find(place_id), self._shell.words(request)
        if place is None:
            return self._shell.refused(request, 404, "refused_no_place", place=place_id[:40])
        settings, wrong = read_typed(given)
        if wrong:
            return self._form(request, place, given, [sentence(one, words) for one in wrong])
        await asyncio.to_thread(self._wishes.set, visitor_of(request).actor(), place_id, settings)
        return RedirectResponse(f"/places/{place_id}/settings?saved=true", 303)

    async def clear(self, request: Request, place_id: str, name: str) -> Response:
        await self._shell.forms.read(request)
        if self._places.find(place_id) is None or name not in NAMES:
            return self._shell.refused(request, 404, "refused_unknown")
        actor = visitor_of(request).actor()
        await asyncio.to_thread(self._wishes.change, actor, [place_id], lambda one: without(one, name))
        return RedirectResponse(f"/places/{place_id}/settings?saved=true", 303)

    # -- many at once --------------------------------------------------------------------------------------

    def _form_of_many(
        self, request: Request, given: Mapping[str, str], where: str, said: Sequence[str] = (), done: str = ""
    ) -> Response:
        words, kiosks = self._shell.words(request), self._store.kiosks_by_place()
        sent, now = self._wishes.sent(), self._shell.board.now()
        wished = {place_id: one for place_id, one in self._wishes.all().items() if chosen(one)}
        return self._shell.plain(
            request,
            "settings_many.html",
            422 if said else 200,
            towns=self._places.town,
            levels=LEVELS,
            everywhere=EVERYWHERE,
            town_prefix=TOWN,
            where=where,
            found=[
                place_row(place, wished[place.id], _uptakes(kiosks, sent, place, wished, now), words)
                for place in self._places.place
                if place.id in wished
            ],
            message=" ".join(said),
            done=done,
            **_fields(given),
        )

    def show_many(self, request: Request, where: str = "", saved: bool = False) -> Response:
        words, count = self._shell.words(request), len(places_of(self._places, where))
        done = words("settings_many_done", places=words.places(count)) if saved and count else ""
        return self._form_of_many(request, dict.fromkeys(NAMES, ""), where, done=done)

    async def save_many(self, request: Request) -> Response:
        fields, words = await self._shell.forms.read(request), self._shell.words(request)
        given, where = _typed(fields), fields.get("where", "")[:80]
        more, wrong = read_typed(given)
        places = places_of(self._places, where)
        said = [sentence(one, words) for one in wrong]
        said += [] if places else [words("settings_bad_where")]
        said += [] if chosen(more) or wrong else [words("settings_nothing")]
        said = said or await asyncio.to_thread(self._contradictions, places, more, words)
        if said:
            return self._form_of_many(request, given, where, said)
        actor, ids = visitor_of(request).actor(), [place.id for place in places]
        await asyncio.to_thread(self._wishes.change, actor, ids, lambda one: merged(one, more))
        return RedirectResponse(f"/settings?where={where}&saved=true", 303)

    def _contradictions(self, places: Sequence[Place], more: Settings, words: Words) -> list[str]:
        """The first place where `more` does not go with what is set there already."""
        wished = self._wishes.all()
        for place in places:
            for wrong in mistakes(merged(wished.get(place.id, Settings()), more)):
                return [words("settings_bad_at", place=words.short(place), why=sentence(wrong, words))]
        return []


def make_router(shell: Shell) -> APIRouter:
    routes = SettingsRoutes(shell)
    router = APIRouter(include_in_schema=False)
    router.get("/settings")(routes.show_many)
    router.post("/settings")(routes.save_many)
    router.get("/places/{place_id}/settings")(routes.show)
    router.post("/places/{place_id}/settings")(routes.save)
    router.post("/places/{place_id}/settings/{name}/clear")(routes.clear)
    return router


def _uptakes(
    kiosks: Mapping[str, Sequence[Kiosk]],
    sent: Sequence[Sent],
    place: Place,
    wished: Mapping[str, Settings],
    now: datetime,
) -> list[KioskUptake]:
    return uptakes(kiosks.get(place.id, ()), sent, wished[place.id], now)


def _typed(fields: Mapping[str, str]) -> dict[str, str]:
    """The fields of the form by setting; days are ticked one by one."""
    days = " ".join(tick for tick in TICKS if fields.get(f"day_{tick}"))
    return {name: fields.get(name, "")[:200] for name in NAMES} | {"closed_days": days}


def _fields(given: Mapping[str, str]) -> dict[str, Any]:
    """What `settings_fields.html` needs."""
    ticked = given["closed_days"].split()
    return {"typed": given, "ticked": ticked, "ticks": TICKS, "policies": POLICIES, "bounds": BOUNDS}
