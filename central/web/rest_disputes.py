"""REST: disputes that wait and those that were settled, without anything personal unless it is asked for by
somebody who may see it; that is written in the audit log, dispute by dispute.
"""

from datetime import datetime
from enum import Enum
from typing import Annotated

from fastapi import APIRouter, Path, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from central.accounts.roles import Principal
from central.disputes import Dispute, Disputes, Outcome, Settled, SettleError, Unsettled
from central.web.rest_base import Asking, Before, Limit, Number, api_router, lead_on
from central.web.rest_problems import Problem
from central.web.shell import Shell


class Choice(Enum):
    """`disputes.CHOICES`: what people may say."""

    ENTERED = Outcome.ENTERED.value
    RECOVERED = Outcome.RECOVERED.value
    RIGHT_ALREADY = Outcome.RIGHT_ALREADY.value
    LOST = Outcome.LOST.value


class Waiting(BaseModel):
    """What a kiosk did at `done_at` while cut off, and the library system refused at `refused_at`. `personal`
    is None unless it was asked for."""

    place: str
    kiosk: str
    install_id: str
    seq: int
    what: str
    done_at: datetime
    refused_at: datetime
    personal: "Personal | None" = None


class Personal(BaseModel):
    reader_id: str | None
    item_id: str
    words: str = Field(description="the library system's own")


class Decision(BaseModel):
    """How it ended. The reason names neither reader nor item."""

    model_config = ConfigDict(extra="forbid")

    outcome: Choice
    reason: Annotated[str, Field(min_length=1, max_length=200)]


class SettledView(BaseModel):
    id: int
    place: str
    kiosk: str
    what: str
    done_at: datetime
    outcome: Outcome
    reason: str
    by: str
    at: datetime


class DisputeRoutes:
    """Disputes of the places of whoever asks."""

    def __init__(self, shell: Shell) -> None:
        self._shell = shell
        self._disputes = Disputes(shell.board.store, shell.office)

    def waiting(
        self,
        visitor: Asking,
        personal: Annotated[bool, Query(description="with reader, item and words; audited")] = False,
        limit: Limit = 100,
    ) -> list[Waiting]:
        if personal and not visitor.principal.sees_personal:
            raise Problem(403, "api_role")
        found = self._disputes.waiting(self._shell.board.now(), visitor.principal.places)[:limit]
        if personal:
            for dispute in found:
                self._disputes.looked_at(visitor.actor(), dispute)
        return [_waiting(dispute, personal) for dispute in found]

    def settled(
        self, request: Request, response: Response, visitor: Asking, before: Before = None, limit: Limit = 100
    ) -> list[SettledView]:
        found = self._disputes.settled(limit + 1, visitor.principal.places, before)
        lead_on(request, response, before=found[limit - 1].id if len(found) > limit else None)
        return [_settled(one) for one in found[:limit]]

    def settle(
        self,
        visitor: Asking,
        install_id: Annotated[str, Path(max_length=80)],
        seq: Number,
        decision: Decision,
    ) -> None:
        dispute = self._disputes.find(install_id, seq, self._shell.board.now())
        if dispute is None or not _handles(visitor.principal, dispute):
            raise Problem(404, Unsettled.GONE.value)
        try:
            self._disputes.settle(visitor.actor(), dispute, Outcome(decision.outcome.value), decision.reason)
        except SettleError as error:
            raise Problem(422, error.why.value) from error


def make_router(shell: Shell) -> APIRouter:
    routes = DisputeRoutes(shell)
    router = api_router("disputes")
    router.get("/disputes", summary="Disputes that wait to be settled, oldest first")(routes.waiting)
    router.get("/disputes/settled", summary="Disputes that were settled, newest first")(routes.settled)
    router.post(
        "/disputes/{install_id}/{seq}/settlement",
        summary="Settle it; what is personal in it is taken away for good",
        status_code=204,
    )(routes.settle)
    return router


def _handles(principal: Principal, dispute: Dispute) -> bool:
    return principal.sees(dispute.identity.place)


def _waiting(dispute: Dispute, personal: bool) -> Waiting:
    told = dispute.told
    shown = Personal(reader_id=told.reader_id, item_id=told.item_id, words=told.words) if personal else None
    return Waiting(
        place=dispute.identity.place,
        kiosk=dispute.identity.device,
        install_id=dispute.event.install_id,
        seq=dispute.event.seq,
        what=told.what,
        done_at=dispute.done_at,
        refused_at=dispute.event.happened_at,
        personal=shown,
    )


def _settled(one: Settled) -> SettledView:
    return SettledView(
        id=one.id,
        place=one.identity.place,
        kiosk=one.identity.device,
        what=one.what,
        done_at=one.done_at,
        outcome=one.outcome,
        reason=one.reason,
        by=one.by,
        at=one.at,
    )
