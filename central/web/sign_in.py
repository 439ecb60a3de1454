"""The pages of signing in and out: password, second factor, a new password, enrolment. Plain HTML."""

import asyncio
from collections.abc import Mapping
from datetime import timedelta
from math import ceil
from secrets import token_urlsafe

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from central.accounts import second_factor
from central.accounts.entrance import Denied, Wait, Welcome
from central.accounts.roles import Actor
from central.accounts.sessions import Session, Step
from central.web.doorkeeper import STEP_PATHS
from central.web.shell import Shell
from central.web.texts import Words
from central.web.visitor import LOGIN, Visitor, visitor_of

MINUTE = timedelta(minutes=1)


def ours(to: str) -> str:
    """`to` if it is a path of ours, else the overview."""
    good = to.startswith("/") and not to.startswith(("//", "/\\")) and to.isprintable()
    return to if good else "/"


def session_of(request: Request) -> Session:
    session = visitor_of(request).session
    assert session is not None, "the table lets only sessions in here"
    return session


def denial(words: Words, denied: Denied) -> str:
    """What to tell somebody who was denied."""
    if not isinstance(denied, Wait):
        return words(denied.value)
    minutes = denied.remaining / MINUTE
    key, n = ("wait_seconds", denied.remaining.total_seconds()) if minutes <= 1 else ("wait_minutes", minutes)
    return words("locked_out", wait=words(key, n=max(1, ceil(n))))


class SignInRoutes:
    """In and out, and the steps between: code, new password, second factor."""

    def __init__(self, shell: Shell) -> None:
        self._shell = shell
        self._entrance = shell.accounts.entrance

    def login(self, request: Request, to: str = "/") -> Response:
        return _login_page(self._shell, request, to)

    async def sign_in(self, request: Request) -> Response:
        fields = await self._shell.forms.read(request)
        name, to = fields.get("name", "").strip().lower(), fields.get("to", "/")
        actor = Actor(name, request.client.host if request.client else "", self._shell.board.now())
        result = await asyncio.to_thread(self._entrance.sign_in, name, fields.get("password", ""), actor)
        if not isinstance(result, Welcome):
            message = denial(self._shell.words(request), result)
            return _login_page(self._shell, request, to, name, message)
        await self._end_session(request)  # who signs in again leaves first
        return enter(self._shell, request, result, to)

    async def sign_out(self, request: Request) -> Response:
        await self._shell.forms.read(request)
        await self._end_session(request)
        await self._shell.tabs.sweep()
        return leave(self._shell)

    async def _end_session(self, request: Request) -> None:
        visitor = request.scope.get("shuzhan.visitor")
        if isinstance(visitor, Visitor) and visitor.session:
            await asyncio.to_thread(self._shell.accounts.sessions.end, visitor.session, visitor.actor())

    def code_page(self, request: Request, to: str = "/") -> Response:
        return self._shell.plain(request, "code.html", to=to, message="")

    async def show_code(self, request: Request) -> Response:
        fields = await self._shell.forms.read(request)
        session, actor, to = session_of(request), visitor_of(request).actor(), fields.get("to", "/")
        result = await asyncio.to_thread(self._entrance.show_code, session, fields.get("code", ""), actor)
        if isinstance(result, Welcome):
            return enter(self._shell, request, result, to)
        message = denial(self._shell.words(request), result)
        return self._shell.plain(request, "code.html", 403, to=to, message=message)

    def password_page(self, request: Request) -> Response:
        return self._shell.plain(request, "new_password.html", forced=True, message="")

    async def choose_password(self, request: Request) -> Response:
        fields = await self._shell.forms.read(request)
        result = await change_password(self._shell, request, fields, None)
        if isinstance(result, Welcome):
            return enter(self._shell, request, result)
        message = denial(self._shell.words(request), result)
        return self._shell.plain(request, "new_password.html", 403, forced=True, message=message)

    def factor_page(self, request: Request) -> Response:
        return enrolment(self._shell, request, forced=True)

    async def enrol(self, request: Request) -> Response:
        return await take_enrolment(self._shell, request, forced=True)


def make_router(shell: Shell) -> APIRouter:
    routes = SignInRoutes(shell)
    router = APIRouter(include_in_schema=False)
    router.get(LOGIN)(routes.login)
    router.post(LOGIN)(routes.sign_in)
    router.post("/logout")(routes.sign_out)
    router.get("/login/code")(routes.code_page)
    router.post("/login/code")(routes.show_code)
    router.get("/login/password")(routes.password_page)
    router.post("/login/password")(routes.choose_password)
    router.get("/login/factor")(routes.factor_page)
    router.post("/login/factor")(routes.enrol)
    return router


def enter(shell: Shell, request: Request, welcome: Welcome, to: str = "/") -> Response:
    """Give the browser its new session and go on to where that has to go."""
    session = shell.accounts.sessions.find(welcome.cookie, shell.board.now())
    step = session.step if session else Step.DONE
    target = ours(to) if step is Step.DONE else STEP_PATHS[step]
    response = RedirectResponse(target, 303)
    shell.cookies.put(response, shell.cookies.session, welcome.cookie)
    shell.cookies.drop(response, shell.cookies.form)
    return response


def leave(shell: Shell) -> Response:
    response = RedirectResponse(LOGIN, 303)
    shell.cookies.drop(response, shell.cookies.session)
    # What the browser kept of the pages goes too: the next person at this computer must not page back.
    response.headers["clear-site-data"] = '"cache", "storage"'
    return response


async def change_password(
    shell: Shell, request: Request, fields: Mapping[str, str], old: str | None
) -> Welcome | Denied:
    """`old` None: the new one is owed, the step before has proven who it is."""
    new, repeated = fields.get("new", ""), fields.get("repeated", "")
    session, actor = session_of(request), visitor_of(request).actor()
    return await asyncio.to_thread(
        shell.accounts.entrance.change_password, session, old, new, repeated, actor
    )


def enrolment(shell: Shell, request: Request, forced: bool, message: str = "") -> Response:
    """The page with the QR code."""
    session = session_of(request)
    secret = shell.accounts.entrance.enrolment_secret(session)
    return shell.plain(
        request,
        "enrol.html",
        403 if message else 200,
        forced=forced,
        message=message,
        secret=" ".join(secret[at : at + 4] for at in range(0, len(secret), 4)),
        qr=second_factor.qr_svg(second_factor.uri(secret, session.account.name)),
    )


async def take_enrolment(shell: Shell, request: Request, forced: bool) -> Response:
    """The form of that page; then the recovery codes, shown once."""
    fields = await shell.forms.read(request)
    session, actor = session_of(request), visitor_of(request).actor()
    password = None if forced else fields.get("password", "")
    code = fields.get("code", "")
    result = await asyncio.to_thread(shell.accounts.entrance.enrol, session, password, code, actor)
    if not isinstance(result, Welcome):
        message = denial(shell.words(request), result)
        return await asyncio.to_thread(enrolment, shell, request, forced, message)
    response = shell.plain(request, "recovery.html", codes=result.recovery_codes)
    shell.cookies.put(response, shell.cookies.session, result.cookie)
    return response


def _login_page(shell: Shell, request: Request, to: str, name: str = "", message: str = "") -> Response:
    """With a form cookie of its own, since there is no session yet that a token could be bound to."""
    bound = shell.forms.binding(request)
    binding = bound or token_urlsafe(16)
    values = {"to": ours(to), "name": name, "message": message, "form_token": shell.forms.token(binding)}
    response = shell.plain(request, "login.html", 403 if message else 200, **values)
    if not bound:
        shell.cookies.put(response, shell.cookies.form, binding)
    return response
