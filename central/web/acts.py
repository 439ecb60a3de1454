"""What may be done about a place: plan maintenance, order its kiosks about. Plain forms.

Whoever handles a place plans its maintenance and gives the harmless commands; the others are the main
library's (`LEAST`).
"""

import asyncio
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from broker_config.topics import BadTopic, Identity
from central.accounts.roles import Principal, Role
from central.alerts.desk import DecisionError, Desk
from central.alerts.tables import Tables
from central.commands import BadCommand, Commands
from central.health.planned import Window
from central.web.shell import Shell
from central.web.visitor import visitor_of

LEAST: Mapping[str, Role] = {
    "identify": Role.BRANCH,
    "self_test": Role.BRANCH,
    "out_of_service": Role.BRANCH,
    "in_service": Role.BRANCH,
    "restart": Role.MAIN,
    "logs": Role.MAIN,
    "screenshot": Role.MAIN,
    "update_lists": Role.MAIN,
}
FIELDS: Mapping[str, str] = {"out_of_service": "reason", "identify": "device"}
"""What a command needs besides its name."""
ORDERS_SHOWN = 20
LOOK_AHEAD = timedelta(days=366)
INLINE = frozenset({"text/plain", "image/png"})


class ActRoutes:
    """The page of acts of one place, and what its forms do."""

    def __init__(self, shell: Shell) -> None:
        self._shell = shell
        self._desk, self._tables = Desk(shell.office), Tables(shell.office)
        self._commands = Commands(shell.office, shell.board.store)

    def _page(
        self, request: Request, place_id: str, status: int = 200, message: str = "", **typed: str
    ) -> Response:
        place = self._shell.board.places.find(place_id)
        if place is None:
            return self._shell.refused(request, 404, "refused_unknown")
        now, principal = self._shell.board.now(), visitor_of(request).principal
        devices = self._shell.board.devices(place_id)
        values = {"starts_at": self._shell.typed(now), "ends_at": "", "reason": "", "chosen": "", **typed}
        return self._shell.plain(
            request,
            "acts.html",
            status,
            place=place,
            message=self._shell.words(request)(message) if message else "",
            windows=[
                window for window in self._tables.windows(now, now + LOOK_AHEAD) if place_id in window.places
            ],
            kiosks=sorted({device.kiosk for device in devices}),
            devices=sorted({device.name: device.kind for device in devices}.items()),
            commands=[name for name, least in LEAST.items() if principal.may(least, place_id)],
            orders=self._commands.all(now, place_id, ORDERS_SHOWN),
            place_id=place_id,
            may_act=True,
            **values,
        )

    def show(self, request: Request, place_id: str) -> Response:
        return self._page(request, place_id)

    async def plan(self, request: Request, place_id: str) -> Response:
        fields, actor = await self._shell.forms.read(request), visitor_of(request).actor()
        typed = {key: fields.get(key, "")[:200] for key in ("starts_at", "ends_at", "reason")}
        starts, ends = (self._shell.typed_moment(typed[key]) for key in ("starts_at", "ends_at"))
        if self._shell.board.places.find(place_id) is None or starts is None or ends is None:
            return self._page(request, place_id, 422, "maintenance_bad_time", **typed)
        if not typed["reason"].strip():
            return self._page(request, place_id, 422, "reason_needed", **typed)
        try:
            await asyncio.to_thread(self._desk.plan, actor, [place_id], starts, ends, typed["reason"].strip())
        except DecisionError:
            return self._page(request, place_id, 422, "maintenance_bad_time", **typed)
        return RedirectResponse(f"/places/{place_id}/acts", 303)

    async def end(self, request: Request, place_id: str, number: int) -> Response:
        await self._shell.forms.read(request)
        visitor, now = visitor_of(request), self._shell.board.now()
        window = next((one for one in self._tables.windows(now, now + LOOK_AHEAD) if one.id == number), None)
        if window is not None and not _sees_all(visitor.principal, window):
            return self._shell.refused(request, 403, "refused_place")
        try:
            await asyncio.to_thread(self._desk.end_plan, visitor.actor(), number)
        except DecisionError:
            return self._page(request, place_id, 422, "maintenance_gone")
        return RedirectResponse(f"/places/{place_id}/acts", 303)

    async def order(self, request: Request, place_id: str) -> Response:
        fields, visitor = await self._shell.forms.read(request), visitor_of(request)
        name = fields.get("command", "")
        if name not in LEAST or not visitor.principal.may(LEAST[name], place_id):
            return self._shell.refused(request, 403, "refused_role")
        more: dict[str, Any] = {FIELDS[name]: fields.get(FIELDS[name], "").strip()} if name in FIELDS else {}
        try:
            kiosk = Identity(place_id, fields.get("kiosk", ""))
            await asyncio.to_thread(self._commands.issue, visitor.actor(), kiosk, name, **more)
        except (BadCommand, BadTopic):
            return self._page(request, place_id, 422, "command_refused", chosen=name)
        return RedirectResponse(f"/places/{place_id}/acts", 303)

    def result(self, request: Request, place_id: str, command_id: str) -> Response:
        """What a kiosk sent back: its log, a picture of its screen."""
        kept = self._commands.one(command_id, self._shell.board.now())
        attachment = self._commands.attachment(command_id)
        if kept is None or attachment is None or kept.identity.place != place_id:
            return self._shell.refused(request, 404, "refused_unknown")
        if not visitor_of(request).principal.may(LEAST[kept.name], place_id):
            return self._shell.refused(request, 403, "refused_role")
        shown = attachment.media_type in INLINE
        media_type = attachment.media_type if shown else "application/octet-stream"
        headers = {"cache-control": "no-store"} | ({} if shown else {"content-disposition": "attachment"})
        return Response(attachment.content, media_type=media_type, headers=headers)


def make_router(shell: Shell) -> APIRouter:
    routes = ActRoutes(shell)
    router = APIRouter(include_in_schema=False, prefix="/places/{place_id}")
    router.get("/acts")(routes.show)
    router.post("/maintenance")(routes.plan)
    router.post("/maintenance/{number}/end")(routes.end)
    router.post("/commands")(routes.order)
    router.get("/commands/{command_id}")(routes.result)
    return router


def _sees_all(principal: Principal, window: Window) -> bool:
    """Maintenance of several places is ended by somebody to whom all of them belong."""
    return all(principal.sees(place) for place in window.places)
