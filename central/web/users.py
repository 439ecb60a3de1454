"""The page of users, for the main library: add, change, reset, disable. Plain forms, one account a page."""

import asyncio
from collections.abc import Callable, Mapping

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from central.accounts.register import Profile, Refusal, Refused
from central.accounts.roles import Actor, Role
from central.web.forms import BadForm
from central.web.shell import Shell
from central.web.visitor import visitor_of

Act = Callable[[Actor, str], str | None]


def profile_of(fields: Mapping[str, str]) -> Profile:
    """What was filled in; BadForm when a role is none of ours."""
    try:
        role = Role(fields.get("role", ""))
    except ValueError as error:
        raise BadForm(422, "refused_input", fields="role") from error
    ids = fields.get("places", "").replace(",", " ").replace("，", " ").replace("、", " ").split()
    return Profile(fields.get("display_name", ""), role, frozenset(ids) or None)


def make_router(shell: Shell) -> APIRouter:
    router = APIRouter(include_in_schema=False, prefix="/users")
    register = shell.accounts.register
    acts: Mapping[str, Act] = {
        "reset": register.reset,
        "disable": lambda actor, name: register.set_disabled(actor, name, True),
        "enable": lambda actor, name: register.set_disabled(actor, name, False),
    }

    def refusal(request: Request, refused: Refused) -> str:
        return shell.words(request)(refused.reason.value, detail=refused.detail)

    def list_page(request: Request, status: int = 200, message: str = "", **typed: object) -> Response:
        values = {"name": "", "profile": Profile("", Role.BRANCH), **typed}
        accounts = register.accounts()
        known = {place.id: place for place in shell.board.places.place}
        return shell.plain(
            request,
            "users.html",
            status,
            accounts=accounts,
            roles=Role,
            known=known,
            message=message,
            **values,
        )

    def account_page(request: Request, name: str, status: int = 200, message: str = "") -> Response:
        account = register.find(name)
        if account is None:
            return shell.refused(request, 404, Refusal.NO_SUCH_ACCOUNT.value)
        known = {place.id: place for place in shell.board.places.place}
        return shell.plain(
            request, "user.html", status, about=account, roles=Role, known=known, message=message
        )

    @router.get("")
    def show(request: Request) -> Response:
        return list_page(request)

    @router.post("/add")
    async def add(request: Request) -> Response:
        fields = await shell.forms.read(request)
        name, profile = fields.get("name", "").strip().lower(), profile_of(fields)
        try:
            password = await asyncio.to_thread(register.add, visitor_of(request).actor(), name, profile)
        except Refused as refused:
            return list_page(request, 422, refusal(request, refused), name=name, profile=profile)
        return _show_once(shell, request, name, password)

    @router.get("/{name}")
    def one(request: Request, name: str) -> Response:
        return account_page(request, name)

    @router.post("/{name}")
    async def change(request: Request, name: str) -> Response:
        profile = profile_of(await shell.forms.read(request))
        try:
            await asyncio.to_thread(register.change, visitor_of(request).actor(), name, profile)
        except Refused as refused:
            return account_page(request, name, 422, refusal(request, refused))
        await shell.tabs.sweep()
        return RedirectResponse("/users", 303)

    @router.post("/{name}/{act}")
    async def perform(request: Request, name: str, act: str) -> Response:
        await shell.forms.read(request)
        if act not in acts:
            return shell.refused(request, 404, "refused_unknown")
        try:
            password = await asyncio.to_thread(acts[act], visitor_of(request).actor(), name)
        except Refused as refused:
            return account_page(request, name, 422, refusal(request, refused))
        await shell.tabs.sweep()
        return _show_once(shell, request, name, password) if password else RedirectResponse("/users", 303)

    return router


def _show_once(shell: Shell, request: Request, name: str, password: str) -> Response:
    sentence = shell.words(request)("user_password_once", name=name)
    return shell.plain(request, "once.html", sentence=sentence, secret=password, to="/users")
