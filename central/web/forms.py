"""Forms of plain pages: cookies, and the token without which no form is taken.

A form's token is bound to the session (or, before there is one, to a cookie of its own): a page of another
site can neither read nor guess it. The key lives as long as the process: a restart ends open forms.
"""

import hashlib
import hmac
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import parse_qsl

from starlette.requests import Request
from starlette.responses import Response

from central.web.visitor import Visitor

FIELD = "form_token"
MOST_FIELDS = 50
FORM_TYPE = "application/x-www-form-urlencoded"


class BadForm(Exception):
    """A form that cannot be read or was not made by us; `words` is the key of what to say."""

    def __init__(self, status: int, words: str, **values: str) -> None:
        super().__init__(words)
        self.status = status
        self.words = words
        self.values = values


@dataclass(frozen=True)
class Cookies:
    """How our cookies are called and set. Over TLS their names begin with `__Host-`: no other host, no other
    path and no plain connection can plant one."""

    secure: bool

    @property
    def session(self) -> str:
        return f"{'__Host-' if self.secure else ''}shuzhan"

    @property
    def form(self) -> str:
        return f"{self.session}-form"

    def put(self, response: Response, name: str, value: str) -> None:
        """For as long as the browser is open; never sent along from another site's page."""
        response.set_cookie(name, value, secure=self.secure, httponly=True, samesite="strict", path="/")

    def drop(self, response: Response, name: str) -> None:
        response.delete_cookie(name, secure=self.secure, httponly=True, samesite="strict", path="/")


@dataclass(frozen=True)
class Forms:
    """Makes and checks the tokens."""

    cookies: Cookies
    key: bytes = field(default_factory=lambda: secrets.token_bytes(32))

    def token(self, binding: str) -> str:
        return hmac.new(self.key, binding.encode(), hashlib.sha256).hexdigest()

    def binding(self, request: Request) -> str:
        """What a token must be bound to: the session, else the form cookie; empty when there is neither."""
        visitor = request.scope.get("shuzhan.visitor")
        if isinstance(visitor, Visitor) and visitor.session is not None:
            return visitor.session.handle
        return request.cookies.get(self.cookies.form, "")

    async def read(self, request: Request) -> Mapping[str, str]:
        """The form's fields without its token; BadForm when it is not one of ours."""
        if request.headers.get("content-type", "").partition(";")[0].strip().lower() != FORM_TYPE:
            raise BadForm(415, "refused_form")
        try:
            text = (await request.body()).decode()
            pairs = parse_qsl(text, keep_blank_values=True, max_num_fields=MOST_FIELDS, errors="strict")
        except ValueError as error:  # bytes that are no text, too many fields
            raise BadForm(400, "refused_form") from error
        fields = dict(pairs)
        token, binding = fields.pop(FIELD, ""), self.binding(request)
        if not binding or not hmac.compare_digest(token.encode(), self.token(binding).encode()):
            raise BadForm(403, "refused_form")
        return fields
