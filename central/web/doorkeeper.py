"""Asks everybody who they are before any page, route or socket is reached; what no table names is refused.

A session cookie or a token (`Authorization: Bearer …`) says who it is; with a token, cookies are ignored. A
body that is announced as too long is refused unread, one that turns out too long where it does.
"""

import asyncio
import ipaddress
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from urllib.parse import quote

from starlette.datastructures import Headers
from starlette.requests import HTTPConnection
from starlette.responses import RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from central.accounts.roles import Principal
from central.accounts.sessions import Session, Sessions, Step
from central.accounts.tokens import Tokens
from central.web.access import Matched, Table
from central.web.rest_problems import sentence, told
from central.web.texts import Language
from central.web.visitor import LOGIN, Visitor

API = "/api/"
STEP_PATHS = {
    Step.CODE: "/login/code",
    Step.NEW_PASSWORD: "/login/password",
    Step.ENROL: "/login/factor",
    Step.DONE: "/",
}


class Refusal(Enum):
    """Why somebody is not let in: status, key of the words for a page, key of the sentence for programs."""

    UNKNOWN = (404, "refused_unknown", "api_unknown")
    METHOD = (405, "refused_unknown", "api_method")
    NOBODY = (401, "sign_in", "api_nobody")
    STEP = (401, "sign_in", "api_step")
    SESSION = (403, "refused_role", "api_session")
    ROLE = (403, "refused_role", "api_role")
    PLACE = (403, "refused_place", "api_place")
    PURPOSE = (403, "refused_role", "api_purpose")
    SIZE = (413, "refused_size", "api_size")

    def __init__(self, status: int, words: str, sentence: str) -> None:
        self.status = status
        self.words = words
        self.sentence = sentence


def decide(
    matched: Matched | None, method: str, principal: Principal | None, session: Session | None
) -> Refusal | None:
    """Whether `principal` may come in; a principal without a session came with a token. Pure."""
    if matched is not None and matched.access.least is None:
        return None if _takes(matched, method) else Refusal.METHOD
    if principal is None:
        return Refusal.NOBODY
    if matched is None:
        return Refusal.UNKNOWN
    access = matched.access
    if not _takes(matched, method):
        return Refusal.METHOD
    if principal.purpose != access.purpose:
        return Refusal.PURPOSE
    if session is None and access.by_session:
        return Refusal.SESSION
    if session is not None and session.step is not access.step:
        return Refusal.STEP
    least = access.least_for(method)
    if least is None or not principal.role.at_least(least):
        return Refusal.ROLE
    seen = matched.place_id is None or principal.sees(matched.place_id)
    return None if seen else Refusal.PLACE


def from_here(scope: Scope) -> bool:
    """Whether a program of this machine asks, and no proxy for somebody elsewhere."""
    headers, client = Headers(scope=scope), scope.get("client")
    if client is None or "forwarded" in headers or "x-forwarded-for" in headers:
        return False
    try:
        return ipaddress.ip_address(client[0]).is_loopback
    except ValueError:
        return False


def _takes(matched: Matched, method: str) -> bool:
    return ("GET" if method == "HEAD" else method) in matched.access.methods


@dataclass(frozen=True)
class Doors:
    """Where somebody can come from, and how the cookie is called."""

    sessions: Sessions
    tokens: Tokens
    cookie: str
    clock: Callable[[], datetime]

    def visitor(self, connection: HTTPConnection, awake: bool) -> Visitor | None:
        """Who it is; `awake` notes that a session was used. Reads the database."""
        now = self.clock()
        address = connection.client.host if connection.client else ""
        if (said := connection.headers.get("authorization")) is not None:
            kind, _, token = said.partition(" ")
            found = self.tokens.principal(token.strip(), now) if kind.lower() == "bearer" else None
            return Visitor(found, address, None, self.sessions, self.clock) if found else None
        session = self.sessions.find(connection.cookies.get(self.cookie, ""), now)
        if session is None:
            return None
        if awake:
            self.sessions.touch(session, now)
        return Visitor(session.account.principal, address, session, self.sessions, self.clock)


class Doorkeeper:
    """ASGI middleware. `page` makes the page that tells of a refusal."""

    def __init__(self, app: ASGIApp, doors: Doors, page: Callable[[Scope, Refusal], Response]) -> None:
        self._app = app
        self._doors = doors
        self._page = page
        self._table = Table()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        matched = self._table.find(scope["path"], scope["query_string"].decode("latin-1"))
        visitor = await self._visitor(scope, matched)
        scope["shuzhan.visitor"] = visitor
        scope["shuzhan.path"] = matched.access.path if matched else ""
        principal, session = (visitor.principal, visitor.session) if visitor else (None, None)
        refusal = decide(matched, scope.get("method", "GET"), principal, session)
        if refusal is Refusal.NOBODY and matched is not None and matched.access.local and from_here(scope):
            refusal = None if _takes(matched, scope.get("method", "GET")) else Refusal.METHOD
        if scope["type"] == "websocket":
            await self._connect(scope, receive, send, refusal)
            return
        if refusal is None and matched is not None:
            body = await read_body(scope, receive, matched.access.body_limit_bytes)
            if body is not None:
                await self._app(scope, _replay(body, receive), send)
                return
            refusal = Refusal.SIZE
        assert refusal is not None
        await self._answer(scope, refusal, session)(scope, receive, send)

    async def _visitor(self, scope: Scope, matched: Matched | None) -> Visitor | None:
        awake = matched is not None and matched.access.awake and scope["type"] == "http"
        connection = HTTPConnection(scope)
        if "authorization" not in connection.headers and self._doors.cookie not in connection.cookies:
            return None
        return await asyncio.to_thread(self._doors.visitor, connection, awake)

    async def _connect(self, scope: Scope, receive: Receive, send: Send, refusal: Refusal | None) -> None:
        if refusal is None:
            await self._app(scope, receive, send)
        else:
            reason = sentence(Language.ENGLISH, refusal.sentence)
            await send({"type": "websocket.close", "code": 1008, "reason": reason})

    def _answer(self, scope: Scope, refusal: Refusal, session: Session | None) -> Response:
        if scope["path"].startswith(API):
            bearer = {"www-authenticate": "Bearer"} if refusal.status == 401 else {}
            return told(scope, refusal.status, refusal.sentence, bearer)
        if refusal is Refusal.STEP and session is not None:
            return RedirectResponse(STEP_PATHS[session.step], 303)
        if refusal is Refusal.NOBODY:
            asked = scope["path"] if scope["method"] == "GET" and scope["path"] != "/" else ""
            return RedirectResponse(f"{LOGIN}?to={quote(asked)}" if asked else LOGIN, 303)
        return self._page(scope, refusal)


async def read_body(scope: Scope, receive: Receive, limit_bytes: int) -> bytes | None:
    """The whole body; None as soon as it is known to be longer than `limit_bytes`."""
    announced = Headers(scope=scope).get("content-length", "0")
    if not (announced.isdecimal() and int(announced[:20]) <= limit_bytes):
        return None
    body = bytearray()
    while True:
        message = await receive()
        body += message.get("body", b"")
        if len(body) > limit_bytes:
            return None
        if message["type"] != "http.request" or not message.get("more_body", False):
            return bytes(body)


def _replay(body: bytes, receive: Receive) -> Receive:
    """Gives the application the body that was read, then whatever comes after it."""
    waiting: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def next_message() -> Message:
        return waiting.pop() if waiting else await receive()

    return next_message
