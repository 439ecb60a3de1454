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


class TokenRoutes:
    """The list of tokens, and what its forms do."""

    def __init__(self, shell: Shell) -> None:
        self._shell = shell
        self._tokens = shell.accounts.tokens

    def _page(self, request: Request, status: int = 200, message: str = "", name: str = "") -> Response:
        return self._shell.plain(
            request,
            "tokens.html",
            status,
            tokens=self._tokens.all(),
            scopes=Scope,
            now=self._shell.board.now(),
            days=USUAL_DAYS,
            message=message,
            name=name,
        )

    def show(self, request: Request) -> Response:
        return self._page(request)

    async def make(self, request: Request) -> Response:
        fields = await self._shell.forms.read(request)
        name, days = fields.get("name", ""), fields.get("days", "")
        try:
            scope = Scope(fields.get("scope", ""))
        except ValueError as error:
            raise BadForm(422, "refused_input", fields="scope") from error
        made = await asyncio.to_thread(
            self._tokens.make, visitor_of(request).actor(), name, scope, int(days) if _is_small(days) else 0
        )
        words = self._shell.words(request)
        if isinstance(made, BadToken):
            return self._page(request, 422, words(made.value), name)
        sentence = words("token_once", name=name)
        return self._shell.plain(request, "once.html", sentence=sentence, secret=made, to="/tokens")

    async def revoke(self, request: Request, token_id: Annotated[int, Path(ge=1, le=2**53)]) -> Response:
        await self._shell.forms.read(request)
        await asyncio.to_thread(self._tokens.revoke, visitor_of(request).actor(), token_id)
        return RedirectResponse("/tokens", 303)


def make_router(shell: Shell) -> APIRouter:
    routes = TokenRoutes(shell)
    router = APIRouter(include_in_schema=False, prefix="/tokens")
    router.get("")(routes.show)
    router.post("")(routes.make)
    router.post("/{token_id}/revoke")(routes.revoke)
    return router


def _is_small(days: str) -> bool:
    return days.isascii() and days.isdecimal() and len(days) < 6
