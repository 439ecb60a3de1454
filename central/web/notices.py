"""The editor of notices for readers: what stands where, from when until when. For the main library.

Keeping and publishing them is `central/notices.py`'s affair.
"""

import asyncio
from collections.abc import Mapping

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from central.notices import EVERYBODY, BadNotice, Draft, NoticeBoard, NoticeKept
from central.places import Level
from central.web.shell import Shell
from central.web.visitor import visitor_of

FIELDS = ("audience", "title_zh", "title_en", "body_zh", "body_en", "start", "end")
Typed = Mapping[str, str]


class NoticeRoutes:
    """The list of notices, and the form of one."""

    def __init__(self, shell: Shell) -> None:
        self._shell = shell
        self._places = shell.board.places.place
        self._levels = [level.value for level in Level]
        self._board = NoticeBoard(shell.office, [*(place.id for place in self._places), *self._levels])

    def _form(
        self, request: Request, number: int | None, typed: Typed, status: int = 200, message: str = ""
    ) -> Response:
        return self._shell.plain(
            request,
            "notice.html",
            status,
            number=number,
            typed={**dict.fromkeys(FIELDS, ""), **typed},
            levels=self._levels,
            places=self._places,
            message=self._shell.words(request)(message) if message else "",
        )

    def _draft_of(self, typed: Typed) -> Draft | None:
        """None: it has no times."""
        start, end = self._shell.typed_moment(typed["start"]), self._shell.typed_moment(typed["end"])
        if start is None or end is None:
            return None
        texts = {key: typed[key] for key in FIELDS if key not in ("start", "end")}
        return Draft(start=start, end=end, **texts)

    async def _save(self, request: Request, number: int | None) -> Response:
        fields, actor = await self._shell.forms.read(request), visitor_of(request).actor()
        typed = {key: fields.get(key, "") for key in FIELDS}
        draft = self._draft_of(typed)
        if draft is None:
            return self._form(request, number, typed, 422, BadNotice.TIME.value)
        if number is None:
            done = await asyncio.to_thread(self._board.add, actor, draft)
        else:
            done = await asyncio.to_thread(self._board.change, actor, number, draft)
        if isinstance(done, BadNotice):
            return self._form(request, number, typed, 422, done.value)
        if done is False:
            return self._shell.refused(request, 404, "notice_gone")
        return RedirectResponse("/notices", 303)

    def _find(self, number: int) -> NoticeKept | None:
        return next((one for one in self._board.all() if one.id == number), None)

    def show(self, request: Request) -> Response:
        known = {place.id: place for place in self._places}
        return self._shell.plain(
            request,
            "notices.html",
            notices=self._board.all(),
            now=self._shell.board.now(),
            known=known,
            levels=self._levels,
        )

    def blank(self, request: Request) -> Response:
        return self._form(
            request, None, {"audience": EVERYBODY, "start": self._shell.typed(self._shell.board.now())}
        )

    async def add(self, request: Request) -> Response:
        return await self._save(request, None)

    def one(self, request: Request, number: int) -> Response:
        found = self._find(number)
        if found is None:
            return self._shell.refused(request, 404, "notice_gone")
        draft = found.draft
        texts = {key: getattr(draft, key) for key in FIELDS if key not in ("start", "end")}
        times = {"start": self._shell.typed(draft.start), "end": self._shell.typed(draft.end)}
        return self._form(request, number, {**texts, **times})

    async def change(self, request: Request, number: int) -> Response:
        return await self._save(request, number)

    async def remove(self, request: Request, number: int) -> Response:
        await self._shell.forms.read(request)
        if not await asyncio.to_thread(self._board.remove, visitor_of(request).actor(), number):
            return self._shell.refused(request, 404, "notice_gone")
        return RedirectResponse("/notices", 303)


def make_router(shell: Shell) -> APIRouter:
    routes = NoticeRoutes(shell)
    router = APIRouter(include_in_schema=False, prefix="/notices")
    router.get("")(routes.show)
    router.get("/new")(routes.blank)
    router.post("/new")(routes.add)
    router.get("/{number}")(routes.one)
    router.post("/{number}")(routes.change)
    router.post("/{number}/remove")(routes.remove)
    return router
