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


class DisputeRoutes:
    """The worklist, and one dispute of it."""

    def __init__(self, shell: Shell) -> None:
        self._shell = shell
        self._disputes = Disputes(shell.board.store, shell.office)
        self._known = {place.id: place for place in shell.board.places.place}

    def show(self, request: Request, before: Annotated[int | None, Query(ge=1, le=2**53)] = None) -> Response:
        places, now = visitor_of(request).principal.places, self._shell.board.now()
        settled = self._disputes.settled(PAGE_SETTLED + 1, places, before)
        return self._shell.plain(
            request,
            "disputes.html",
            waiting=self._disputes.waiting(now, places),
            settled=settled[:PAGE_SETTLED],
            older=settled[PAGE_SETTLED - 1].id if len(settled) > PAGE_SETTLED else None,
            places=self._known,
            now=now,
            kept_days=KEPT.days,
        )

    def _find(self, request: Request, install_id: str, seq: int) -> Dispute | None:
        """None also where it is at a place of others: that it exists is nobody's business."""
        found = self._disputes.find(install_id, seq, self._shell.board.now())
        principal = visitor_of(request).principal
        sees = found is not None and principal.sees_personal and principal.sees(found.identity.place)
        return found if sees else None

    def _page(
        self, request: Request, found: Dispute, status: int = 200, message: str = "", **typed: str
    ) -> Response:
        values = {"reason": "", "outcome": "", **typed}
        told = self._shell.words(request)(message) if message else ""
        place = self._known.get(found.identity.place)
        steps = [f"dispute_step_{found.told.what}_{n + 1}" for n in range(STEPS[found.told.what])]
        return self._shell.plain(
            request, "dispute.html", status, dispute=found, place=place, steps=steps, outcomes=CHOICES,
            message=told, now=self._shell.board.now(), **values,
        )  # fmt: skip

    def one(self, request: Request, install_id: str, seq: int) -> Response:
        found = self._find(request, install_id, seq)
        if found is None:
            return self._shell.refused(request, 404, "dispute_gone")
        self._disputes.looked_at(visitor_of(request).actor(), found)
        return self._page(request, found)

    async def settle(self, request: Request, install_id: str, seq: int) -> Response:
        fields = await self._shell.forms.read(request)
        found = await asyncio.to_thread(self._find, request, install_id, seq)
        if found is None:
            return self._shell.refused(request, 404, "dispute_gone")
        chosen, reason = fields.get("outcome", ""), fields.get("reason", "")[:1000]
        if chosen not in {outcome.value for outcome in CHOICES}:
            return self._page(request, found, 422, "dispute_no_outcome", reason=reason)
        actor, outcome = visitor_of(request).actor(), Outcome(chosen)
        try:
            await asyncio.to_thread(self._disputes.settle, actor, found, outcome, reason)
        except SettleError as error:
            return self._page(request, found, 422, error.why.value, reason=reason, outcome=chosen)
        except StoreError:
            return self._shell.refused(request, 503, "dispute_tidied_later")
        return RedirectResponse("/disputes", 303)


def make_router(shell: Shell) -> APIRouter:
    routes = DisputeRoutes(shell)
    router = APIRouter(include_in_schema=False, prefix="/disputes")
    router.get("")(routes.show)
    router.get("/{install_id}/{seq}")(routes.one)
    router.post("/{install_id}/{seq}")(routes.settle)
    return router
