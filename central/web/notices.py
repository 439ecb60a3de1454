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


def make_router(shell: Shell) -> APIRouter:
    router = APIRouter(include_in_schema=False, prefix="/notices")
    places = shell.board.places.place
    levels = [level.value for level in Level]
    board = NoticeBoard(shell.office, [*(place.id for place in places), *levels])

    def form(
        request: Request, number: int | None, typed: Typed, status: int = 200, message: str = ""
    ) -> Response:
        return shell.plain(
            request,
            "notice.html",
            status,
            number=number,
            typed={**dict.fromkeys(FIELDS, ""), **typed},
            levels=levels,
            places=places,
            message=shell.words(request)(message) if message else "",
        )

    def draft_of(typed: Typed) -> Draft | None:
        """None: it has no times."""
        start, end = shell.typed_moment(typed["start"]), shell.typed_moment(typed["end"])
        if start is None or end is None:
            return None
        texts = {key: typed[key] for key in FIELDS if key not in ("start", "end")}
        return Draft(start=start, end=end, **texts)

    async def save(request: Request, number: int | None) -> Response:
        fields, actor = await shell.forms.read(request), visitor_of(request).actor()
        typed = {key: fields.get(key, "") for key in FIELDS}
        draft = draft_of(typed)
        if draft is None:
            return form(request, number, typed, 422, BadNotice.TIME.value)
        if number is None:
            done = await asyncio.to_thread(board.add, actor, draft)
        else:
            done = await asyncio.to_thread(board.change, actor, number, draft)
        if isinstance(done, BadNotice):
            return form(request, number, typed, 422, done.value)
        if done is False:
            return shell.refused(request, 404, "notice_gone")
        return RedirectResponse("/notices", 303)

    def find(number: int) -> NoticeKept | None:
        return next((one for one in board.all() if one.id == number), None)

    @router.get("")
    def show(request: Request) -> Response:
        known = {place.id: place for place in places}
        return shell.plain(
            request, "notices.html", notices=board.all(), now=shell.board.now(), known=known, levels=levels
        )

    @router.get("/new")
    def blank(request: Request) -> Response:
        return form(request, None, {"audience": EVERYBODY, "start": shell.typed(shell.board.now())})

    @router.post("/new")
    async def add(request: Request) -> Response:
        return await save(request, None)

    @router.get("/{number}")
    def one(request: Request, number: int) -> Response:
        found = find(number)
        if found is None:
            return shell.refused(request, 404, "notice_gone")
        draft = found.draft
        texts = {key: getattr(draft, key) for key in FIELDS if key not in ("start", "end")}
        times = {"start": shell.typed(draft.start), "end": shell.typed(draft.end)}
        return form(request, number, {**texts, **times})

    @router.post("/{number}")
    async def change(request: Request, number: int) -> Response:
        return await save(request, number)

    @router.post("/{number}/remove")
    async def remove(request: Request, number: int) -> Response:
        await shell.forms.read(request)
        if not await asyncio.to_thread(board.remove, visitor_of(request).actor(), number):
            return shell.refused(request, 404, "notice_gone")
        return RedirectResponse("/notices", 303)

    return router
