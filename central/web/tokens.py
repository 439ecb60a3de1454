"""The page of API tokens, for the main library: make, see, revoke."""

import asyncio
from typing import Annotated

from fastapi import APIRouter, Path, Request
from fastapi.responses import RedirectResponse, Response

from central.accounts.tokens import BadToken, Scope
from central.web.forms import BadForm
from central.web.shell import Shell
from central.web.visitor import visitor_of

USUAL_DAYS = 365


def make_router(shell: Shell) -> APIRouter:
    router = APIRouter(include_in_schema=False, prefix="/tokens")
    tokens = shell.accounts.tokens

    def page(request: Request, status: int = 200, message: str = "", name: str = "") -> Response:
        return shell.plain(
            request,
            "tokens.html",
            status,
            tokens=tokens.all(),
            scopes=Scope,
            now=shell.board.now(),
            days=USUAL_DAYS,
            message=message,
            name=name,
        )

    @router.get("")
    def show(request: Request) -> Response:
        return page(request)

    @router.post("")
    async def make(request: Request) -> Response:
        fields = await shell.forms.read(request)
        name, days = fields.get("name", ""), fields.get("days", "")
        try:
            scope = Scope(fields.get("scope", ""))
        except ValueError as error:
            raise BadForm(422, "refused_input", fields="scope") from error
        made = await asyncio.to_thread(
            tokens.make, visitor_of(request).actor(), name, scope, int(days) if _is_small(days) else 0
        )
        words = shell.words(request)
        if isinstance(made, BadToken):
            return page(request, 422, words(made.value), name)
        sentence = words("token_once", name=name)
        return shell.plain(request, "once.html", sentence=sentence, secret=made, to="/tokens")

    @router.post("/{token_id}/revoke")
    async def revoke(request: Request, token_id: Annotated[int, Path(ge=1, le=2**53)]) -> Response:
        await shell.forms.read(request)
        await asyncio.to_thread(tokens.revoke, visitor_of(request).actor(), token_id)
        return RedirectResponse("/tokens", 303)

    return router


def _is_small(days: str) -> bool:
    return days.isascii() and days.isdecimal() and len(days) < 6
