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


class UserRoutes:
    """The list of accounts, the page of one, and what is done to it."""

    def __init__(self, shell: Shell) -> None:
        self._shell = shell
        self._register = shell.accounts.register
        self._acts: Mapping[str, Act] = {
            "reset": self._register.reset,
            "disable": lambda actor, name: self._register.set_disabled(actor, name, True),
            "enable": lambda actor, name: self._register.set_disabled(actor, name, False),
        }

    def _refusal(self, request: Request, refused: Refused) -> str:
        return self._shell.words(request)(refused.reason.value, detail=refused.detail)

    def _list_page(self, request: Request, status: int = 200, message: str = "", **typed: object) -> Response:
        values = {"name": "", "profile": Profile("", Role.BRANCH), **typed}
        accounts = self._register.accounts()
        known = {place.id: place for place in self._shell.board.places.place}
        return self._shell.plain(
            request,
            "users.html",
            status,
            accounts=accounts,
            roles=Role,
            known=known,
            message=message,
            **values,
        )

    def _account_page(self, request: Request, name: str, status: int = 200, message: str = "") -> Response:
        account = self._register.find(name)
        if account is None:
            return self._shell.refused(request, 404, Refusal.NO_SUCH_ACCOUNT.value)
        known = {place.id: place for place in self._shell.board.places.place}
        return self._shell.plain(
            request, "user.html", status, about=account, roles=Role, known=known, message=message
        )

    def show(self, request: Request) -> Response:
        return self._list_page(request)

    async def add(self, request: Request) -> Response:
        fields = await self._shell.forms.read(request)
        name, profile = fields.get("name", "").strip().lower(), profile_of(fields)
        try:
            password = await asyncio.to_thread(self._register.add, visitor_of(request).actor(), name, profile)
        except Refused as refused:
            return self._list_page(request, 422, self._refusal(request, refused), name=name, profile=profile)
        return _show_once(self._shell, request, name, password)

    def one(self, request: Request, name: str) -> Response:
        return self._account_page(request, name)

    async def change(self, request: Request, name: str) -> Response:
        profile = profile_of(await self._shell.forms.read(request))
        try:
            await asyncio.to_thread(self._register.change, visitor_of(request).actor(), name, profile)
        except Refused as refused:
            return self._account_page(request, name, 422, self._refusal(request, refused))
        await self._shell.tabs.sweep()
        return RedirectResponse("/users", 303)

    async def perform(self, request: Request, name: str, act: str) -> Response:
        await self._shell.forms.read(request)
        if act not in self._acts:
            return self._shell.refused(request, 404, "refused_unknown")
        try:
            password = await asyncio.to_thread(self._acts[act], visitor_of(request).actor(), name)
        except Refused as refused:
            return self._account_page(request, name, 422, self._refusal(request, refused))
        await self._shell.tabs.sweep()
        if password:
            return _show_once(self._shell, request, name, password)
        return RedirectResponse("/users", 303)


def make_router(shell: Shell) -> APIRouter:
    routes = UserRoutes(shell)
    router = APIRouter(include_in_schema=False, prefix="/users")
    router.get("")(routes.show)
    router.post("/add")(routes.add)
    router.get("/{name}")(routes.one)
    router.post("/{name}")(routes.change)
    router.post("/{name}/{act}")(routes.perform)
    return router


def _show_once(shell: Shell, request: Request, name: str, password: str) -> Response:
    sentence = shell.words(request)("user_password_once", name=name)
    return shell.plain(request, "once.html", sentence=sentence, secret=password, to="/users")
