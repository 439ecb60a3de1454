"""One's own account: password, second factor, where one is signed in."""

import asyncio

from fastapi import APIRouter, Request
from fastapi.responses import Response

from central.accounts.entrance import Welcome
from central.web.shell import Shell
from central.web.sign_in import change_password, denial, enrolment, leave, session_of, take_enrolment
from central.web.visitor import visitor_of


def make_router(shell: Shell) -> APIRouter:
    router = APIRouter(include_in_schema=False, prefix="/account")

    def page(request: Request, status: int = 200, message: str = "") -> Response:
        session = session_of(request)
        name = session.account.name
        return shell.plain(
            request,
            "account.html",
            status,
            message=message,
            here=session.handle,
            sessions=shell.accounts.sessions.of(name, shell.board.now()),
            codes_left=shell.accounts.entrance.recovery_codes_left(name),
        )

    @router.get("")
    def show(request: Request) -> Response:
        return page(request)

    @router.post("/password")
    async def password(request: Request) -> Response:
        fields = await shell.forms.read(request)
        result = await change_password(shell, request, fields, fields.get("old", ""))
        words = shell.words(request)
        if not isinstance(result, Welcome):
            return page(request, 403, message=denial(words, result))
        response = shell.plain(request, "done.html", sentence=words("password_saved"), to="/account")
        shell.cookies.put(response, shell.cookies.session, result.cookie)
        await shell.tabs.sweep()
        return response

    @router.get("/factor")
    def factor(request: Request) -> Response:
        return enrolment(shell, request, forced=False)

    @router.post("/factor")
    async def enrol(request: Request) -> Response:
        return await take_enrolment(shell, request, forced=False)

    @router.post("/sign-out-everywhere")
    async def sign_out_everywhere(request: Request) -> Response:
        await shell.forms.read(request)
        visitor = visitor_of(request)
        name = visitor.principal.name
        await asyncio.to_thread(shell.accounts.sessions.end_all, name, visitor.actor())
        await shell.tabs.sweep()
        return leave(shell)

    return router
