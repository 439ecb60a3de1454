"""Keeps other sites' pages from using a browser's way to us.

NiceGUI takes websockets from every origin, so this stands before everything else: a request that names
another host (DNS rebinding) or comes from another origin is refused, and what can change something must
name its origin. A request with a token needs to name none: no browser adds one by itself.
"""

from collections.abc import Iterable
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
SECURITY_HEADERS = {
    # NiceGUI runs its components with inline scripts and compiles templates.
    "content-security-policy": "default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval'; "
    "style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self' data:; object-src 'none'; "
    "base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}

ONLY_ENCRYPTED = {"strict-transport-security": "max-age=31536000"}


class OriginGuard:
    """ASGI middleware; `hosts` are the names we may be called by, without port."""

    def __init__(self, app: ASGIApp, hosts: Iterable[str]) -> None:
        self._app = app
        self._hosts = frozenset(hosts)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        refusal = self._refusal(scope)
        if refusal is None:
            await self._app(scope, receive, _with_security_headers(send, scope["scheme"] in ("https", "wss")))
        elif scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1008, "reason": refusal})
        else:
            await PlainTextResponse(refusal + "\n", status_code=403)(scope, receive, send)

    def _refusal(self, scope: Scope) -> str | None:
        headers = Headers(scope=scope)
        host = headers.get("host", "")
        if _hostname(f"//{host}") not in self._hosts:
            return "unknown host name: add it to web.hosts in the centre's configuration"
        origin = headers.get("origin")
        if origin is not None:
            return None if urlsplit(origin).netloc == host else "requests from other sites are refused"
        changes = scope["type"] == "websocket" or scope["method"] not in SAFE_METHODS
        by_itself = "authorization" not in headers
        return "an Origin header is required" if changes and by_itself else None


def _hostname(url: str) -> str:
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""


def _with_security_headers(send: Send, encrypted: bool) -> Send:
    added = {**SECURITY_HEADERS, **(ONLY_ENCRYPTED if encrypted else {})}

    async def wrapped(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            for name, value in added.items():
                headers.setdefault(name, value)
        await send(message)

    return wrapped
