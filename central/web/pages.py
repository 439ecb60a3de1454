"""The pages' routes, and the one poller that keeps all of them live."""

import asyncio
import logging
from collections.abc import Callable
from datetime import date

from fastapi import HTTPException, Request
from nicegui import Event, app, ui

from central.board import Board
from central.store import StoreError
from central.web.live import frame
from central.web.overview import Overview, Snapshot
from central.web.place import PlacePage
from central.web.texts import Language, Words

log = logging.getLogger(__name__)

POLL_S = 2.0
LANGUAGE_COOKIE = "language"


def language_of(request: Request) -> Language:
    """The language chosen before, else Chinese."""
    try:
        return Language(request.cookies.get(LANGUAGE_COOKIE, ""))
    except ValueError:
        return Language.CHINESE


class Pages:
    """Registers the pages with NiceGUI, of which a process has only one. `receiving` tells whether messages
    come in and are kept."""

    def __init__(self, board: Board, receiving: Callable[[], bool]) -> None:
        self._board = board
        self._receiving = receiving
        self._seen: Event[[Snapshot]] = Event()
        ui.page("/")(self.overview)
        ui.page("/places/{place_id}")(self.place)
        app.on_startup(self._poll)

    async def _poll(self) -> None:
        while True:
            await asyncio.sleep(POLL_S)
            if self._seen.callbacks:
                try:
                    self._seen.emit(await self._look())
                except StoreError as error:
                    log.error("%s", error)

    async def _look(self) -> Snapshot:
        places = await asyncio.to_thread(self._board.overview)
        return Snapshot(places, self._receiving(), self._board.now())

    async def overview(self, request: Request) -> None:
        words = Words(language_of(request), self._board.zone)
        with frame(words, words("overview"), "/") as header:
            page = Overview(self._board.places, words, self._board.zone)

        def show(snapshot: Snapshot) -> None:
            header.update_channel(snapshot.receiving)
            page.show(snapshot)

        show(await self._look())
        self._seen.subscribe(show)

    async def place(self, request: Request, place_id: str, day: date | None = None) -> None:
        board = self._board
        place = board.places.find(place_id)
        if place is None:
            raise HTTPException(404, f"没有这个网点 / no such place: {place_id}")
        words = Words(language_of(request), board.zone)
        town = next(town for town in board.places.town if town.id == place.town)
        chosen = day or board.today()
        with frame(words, words.name(place), request.url.path) as header:
            page = PlacePage(words, town, chosen, board.today())

        async def show() -> None:
            detail = await asyncio.to_thread(board.place, place_id)
            hours = await asyncio.to_thread(board.hours, place_id, chosen)
            if detail is not None:
                header.update_channel(self._receiving())
                page.show(detail, hours, board.now(), board.today())

        await show()
        self._seen.subscribe(show)
