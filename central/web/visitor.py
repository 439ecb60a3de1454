"""Who asks, as pages and REST see it, and how a page asks again when somebody clicks."""

import asyncio
import functools
import inspect
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from nicegui import ui
from starlette.requests import HTTPConnection

from central.accounts.roles import Actor, Principal, Role
from central.accounts.sessions import Session, Sessions, Step

Handler = Callable[..., Any]
LOGIN = "/login"


@dataclass(frozen=True)
class Visitor:
    """Somebody who was let in, by a session or (then `session` is None) by a token."""

    principal: Principal
    address: str
    session: Session | None
    sessions: Sessions
    clock: Callable[[], datetime]

    def actor(self) -> Actor:
        """For the audit log, about now."""
        return Actor(self.principal.name, self.address, self.clock())

    def current(self) -> Principal | None:
        """Who it is by now: None when the session has ended in the meantime."""
        if self.session is None:
            return self.principal
        found = self.sessions.current(self.session.handle, self.clock())
        return found.account.principal if found and found.step is Step.DONE else None

    def handler(self, least: Role, function: Handler, place: str | None = None) -> Handler:
        """`function` for a NiceGUI event, run only if the visitor may still do what needs role `least` (at
        `place`) in that moment; else the page goes to the login page. That it was used keeps the session."""

        @functools.wraps(function)
        async def checked(*arguments: Any) -> None:
            if await asyncio.to_thread(self._may_act, least, place):
                result = function(*arguments)
                if inspect.isawaitable(result):
                    await result
            else:
                ui.navigate.to(LOGIN)

        return checked

    def _may_act(self, least: Role, place: str | None) -> bool:
        principal = self.current()
        if self.session is not None and principal is not None:
            self.sessions.touch(self.session, self.clock())
        return principal is not None and principal.may(least, place)


def visitor_of(request: HTTPConnection) -> Visitor:
    """Whom the doorkeeper let in to this path of the table."""
    visitor = request.scope["shuzhan.visitor"]
    assert isinstance(visitor, Visitor), f"{request.url.path} lets everybody in: there may be no visitor"
    return visitor
