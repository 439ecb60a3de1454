"""The pages of disputes: the worklist, one dispute with both sides and the steps, and what was settled.

The list names no reader: whoever opens a dispute is shown one, and that is in the audit log. For those who
handle its place; a viewer is not let in (`access.py`). Plain pages, never kept by the browser.
"""

import asyncio
from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import RedirectResponse, Response

from central.disputes import CHOICES, KEPT, Dispute, Disputes, Outcome, SettleError
from central.store import StoreError
from central.web.shell import Shell
from central.web.visitor import visitor_of

PAGE_SETTLED = 30
STEPS = {"loan": 4, "return": 4}
"""How many `dispute_step_<what>_<number>` there are."""


def make_router(shell: Shell) -> APIRouter:
    router = APIRouter(include_in_schema=False, prefix="/disputes")
    disputes = Disputes(shell.board.store, shell.office)
    known = {place.id: place for place in shell.board.places.place}

    @router.get("")
    def show(request: Request, before: Annotated[int | None, Query(ge=1, le=2**53)] = None) -> Response:
        places, now = visitor_of(request).principal.places, shell.board.now()
        settled = disputes.settled(PAGE_SETTLED + 1, places, before)
        return shell.plain(
            request,
            "disputes.html",
            waiting=disputes.waiting(now, places),
            settled=settled[:PAGE_SETTLED],
            older=settled[PAGE_SETTLED - 1].id if len(settled) > PAGE_SETTLED else None,
            places=known,
            now=now,
            kept_days=KEPT.days,
        )

    def find(request: Request, install_id: str, seq: int) -> Dispute | None:
        """None also where it is at a place of others: that it exists is nobody's business."""
        found = disputes.find(install_id, seq, shell.board.now())
        principal = visitor_of(request).principal
        sees = found is not None and principal.sees_personal and principal.sees(found.identity.place)
        return found if sees else None

    def page(
        request: Request, found: Dispute, status: int = 200, message: str = "", **typed: str
    ) -> Response:
        values = {"reason": "", "outcome": "", **typed}
        told = shell.words(request)(message) if message else ""
        place = known.get(found.identity.place)
        steps = [f"dispute_step_{found.told.what}_{n + 1}" for n in range(STEPS[found.told.what])]
        return shell.plain(
            request, "dispute.html", status, dispute=found, place=place, steps=steps, outcomes=CHOICES,
            message=told, now=shell.board.now(), **values,
        )  # fmt: skip

    @router.get("/{install_id}/{seq}")
    def one(request: Request, install_id: str, seq: int) -> Response:
        found = find(request, install_id, seq)
        if found is None:
            return shell.refused(request, 404, "dispute_gone")
        disputes.looked_at(visitor_of(request).actor(), found)
        return page(request, found)

    @router.post("/{install_id}/{seq}")
    async def settle(request: Request, install_id: str, seq: int) -> Response:
        fields = await shell.forms.read(request)
        found = await asyncio.to_thread(find, request, install_id, seq)
        if found is None:
            return shell.refused(request, 404, "dispute_gone")
        chosen, reason = fields.get("outcome", ""), fields.get("reason", "")[:1000]
        if chosen not in {outcome.value for outcome in CHOICES}:
            return page(request, found, 422, "dispute_no_outcome", reason=reason)
        actor, outcome = visitor_of(request).actor(), Outcome(chosen)
        try:
            await asyncio.to_thread(disputes.settle, actor, found, outcome, reason)
        except SettleError as error:
            return page(request, found, 422, error.why.value, reason=reason, outcome=chosen)
        except StoreError:
            return shell.refused(request, 503, "dispute_tidied_later")
        return RedirectResponse("/disputes", 303)

    return router
