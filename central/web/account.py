"""One's own account: password, second factor, where one is signed in."""

import asyncio

from fastapi import APIRouter, Request
from fastapi.responses import Response

from central.accounts.entrance import Welcome
from central.web.shell import Shell
from central.web.sign_in import change_password, denial, enrolment, leave, session_of, take_enrolment
from central.web.visitor import visitor_of


class AccountRoutes:
    """The page of one's own account, and what its forms do."""

    def __init__(self, shell: Shell) -> None:
        self._shell = shell

    def _page(self, request: Request, status: int = 200, message: str = "") -> Response:
        session = session_of(request)
        name = session.account.name
        return self._shell.plain(
            request,
            "account.html",
            status,
            message=message,
            here=session.handle,
            sessions=self._shell.accounts.sessions.of(name, self._shell.board.now()),
            codes_left=self._shell.accounts.entrance.recovery_codes_left(name),
        )

    def show(self, request: Request) -> Response:
        return self._page(request)

    async def password(self, request: Request) -> Response:
        fields = await self._shell.forms.read(request)
        result = await change_password(self._shell, request, fields, fields.get("old", ""))
        words = self._shell.words(request)
        if not isinstance(result, Welcome):
            return self._page(request, 403, message=denial(words, result))
        response = self._shell.plain(request, "done.html", sentence=words("password_saved"), to="/account")
        self._shell.cookies.put(response, self._shell.cookies.session, result.cookie)
        await self._shell.tabs.sweep()
        return response

    def factor(self, request: Request) -> Response:
        return enrolment(self._shell, request, forced=False)

    async def enrol(self, request: Request) -> Response:
        return await take_enrolment(self._shell, request, forced=False)

    async def sign_out_everywhere(self, request: Request) -> Response:
        await self._shell.forms.read(request)
        visitor = visitor_of(request)
        name = visitor.principal.name
        await asyncio.to_thread(self._shell.accounts.sessions.end_all, name, visitor.actor())
        await self._shell.tabs.sweep()
        return leave(self._shell)


def make_router(shell: Shell) -> APIRouter:
    routes = AccountRoutes(shell)
    router = APIRouter(include_in_schema=False, prefix="/account")
    router.get("")(routes.show)
    router.post("/password")(routes.password)
    router.get("/factor")(routes.factor)
    router.post("/factor")(routes.enrol)
    router.post("/sign-out-everywhere")(routes.sign_out_everywhere)
    return router
