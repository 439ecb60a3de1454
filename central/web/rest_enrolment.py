"""REST: how a kiosk becomes one of ours (`python -m kiosk enrol`), and what the main library does about it.

The two paths that a fresh kiosk uses are open to everybody: the authority's certificate is no secret, and who
sends a claim must have been given it. Guessing is slowed down by `central.enrolment.claims`.
"""

import asyncio
from datetime import datetime
from typing import Annotated, Any

import msgspec
from fastapi import Path, Request
from fastapi.responses import PlainTextResponse, Response
from fastapi.routing import APIRouter
from pydantic import BaseModel, ConfigDict, Field

from broker_config.enrolment import BadClaim, EnrolRequest
from broker_config.topics import BadTopic, Identity
from central.enrolment.authority import PEM, EnrolError
from central.enrolment.claims import HOURS, USUAL_HOURS, ClaimRefused
from central.enrolment.register import Registrar
from central.web.rest_base import Asking, Number, api_router
from central.web.rest_problems import Problem
from central.web.shell import Shell

_SCHEMA = msgspec.json.schema(EnrolRequest)["$defs"]["EnrolRequest"]
_BODY: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {"application/json": {"schema": _SCHEMA}},
    }
}
REFUSED = {ClaimRefused.NOT_GOOD: (403, "enrol_not_good"), ClaimRefused.TOO_MANY: (429, "enrol_too_many")}
Kiosk = Annotated[str, Path(max_length=81, description="<place>.<device>")]


class ClaimWanted(BaseModel):
    """For which kiosk, and for how many hours."""

    model_config = ConfigDict(extra="forbid")

    identity: Annotated[str, Field(max_length=81, description="<place>.<device>")]
    hours: Annotated[int, Field(ge=HOURS[0], le=HOURS[-1])] = USUAL_HOURS


class ClaimMade(BaseModel):
    """`code` is shown this once: type it, or print it on a card."""

    identity: str
    code: str
    until: datetime


class ClaimTold(BaseModel):
    id: int
    identity: str
    made_by: str
    made_at: datetime
    expires_at: datetime
    used_at: datetime | None


class ReplacementTold(BaseModel):
    """`may_be_lost` events were on the old disk when the kiosk was heard last; null: it never told."""

    identity: str
    at: datetime
    revoked: int
    heard_at: datetime | None
    may_be_lost: int | None


class Revoked(BaseModel):
    """`left_to_do` is empty when the broker has been told too."""

    left_to_do: str


class EnrolmentRoutes:
    """Claims, certificates, revocation."""

    def __init__(self, shell: Shell) -> None:
        self._shell = shell

    def _registrar(self) -> Registrar:
        if self._shell.dispatch.registrar is None:
            raise Problem(404, "enrol_not_here")
        return self._shell.dispatch.registrar

    def authority(self) -> str:
        return self._registrar().ca.public_bytes(PEM).decode()

    async def enrol(self, request: Request) -> Response:
        try:
            asked = msgspec.json.decode(await request.body(), type=EnrolRequest)
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            raise Problem(422, "enrol_unreadable") from error
        address = request.client.host if request.client else ""
        reply = await asyncio.to_thread(_enrolled, self._registrar(), asked, address, self._shell.board.now())
        return Response(reply, media_type="application/json", headers={"cache-control": "no-store"})

    def claim(self, visitor: Asking, wanted: ClaimWanted) -> ClaimMade:
        try:
            card = self._registrar().card(visitor.actor(), _identity(wanted.identity), wanted.hours)
        except EnrolError as error:
            raise Problem(409, "enrol_refused", why=str(error)) from error
        return ClaimMade(identity=str(card.identity), code=card.code, until=card.until)

    def claims(self) -> list[ClaimTold]:
        return [
            ClaimTold(**{**vars(one), "identity": str(one.identity)})
            for one in self._registrar().claims.all()
        ]

    def withdraw(self, visitor: Asking, number: Number) -> None:
        if not self._registrar().claims.withdraw(visitor.actor(), number):
            raise Problem(404, "enrol_no_claim")

    def revoke(self, visitor: Asking, identity: Kiosk) -> Revoked:
        return Revoked(left_to_do=self._registrar().revoke(visitor.actor(), _identity(identity)))

    def replacements(self) -> list[ReplacementTold]:
        return [
            ReplacementTold(**{**vars(one), "identity": str(one.identity)})
            for one in self._registrar().replacements()
        ]


def make_router(shell: Shell) -> APIRouter:
    routes = EnrolmentRoutes(shell)
    router = api_router("enrolment")
    router.get("/enrolment/ca", summary="The authority's certificate, PEM", response_class=PlainTextResponse)(
        routes.authority
    )
    router.post("/enrolment", summary="A fresh kiosk: claim and certificate request", openapi_extra=_BODY)(
        routes.enrol
    )
    router.post("/claims", summary="A new claim code, shown once", status_code=201)(routes.claim)
    router.get("/claims", summary="Every claim, newest first; no codes")(routes.claims)
    router.delete("/claims/{number}", summary="Withdraw an unused claim", status_code=204)(routes.withdraw)
    router.post("/kiosks/{identity}/revocation", summary="Nothing this kiosk has is good any more")(
        routes.revoke
    )
    router.get("/replacements", summary="Kiosks that took another's place, newest first")(routes.replacements)
    return router


def _enrolled(registrar: Registrar, asked: EnrolRequest, address: str, now: datetime) -> bytes:
    try:
        reply = registrar.enrol(asked, address, now)
    except BadClaim as error:
        raise Problem(422, "enrol_bad_claim", why=str(error)) from error
    except EnrolError as error:
        raise Problem(409, "enrol_refused", why=str(error)) from error
    if isinstance(reply, ClaimRefused):
        status, words = REFUSED[reply]
        raise Problem(status, words)
    return msgspec.json.encode(reply)


def _identity(text: str) -> Identity:
    try:
        return Identity.parse(text)
    except BadTopic as error:
        raise Problem(422, "enrol_refused", why=str(error)) from error
