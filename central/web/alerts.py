"""The page of alerts: what needs staff, what somebody took, what is silenced, information, what is over.

Live; the page of one incident, its silence and the delivery log are plain. Who handles a place takes its
incidents and silences them; silences beyond one's own places are the main library's.
"""

import asyncio
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response
from nicegui import ui

from central.accounts.roles import Principal, Role
from central.alert_views import GROUPS, AlertRow, row_of, rows
from central.alerts.desk import DecisionError, Desk
from central.alerts.outbox import Outbox
from central.alerts.people import Matcher, Silence
from central.alerts.tables import Tables
from central.web.live import Live
from central.web.shell import LivePage, Shell
from central.web.snapshot import Snapshot
from central.web.visitor import visitor_of

CLEARED_SHOWN = 20
LOOKED_AT = 200
DELIVERIES_SHOWN = 100
USUAL_SILENCE = timedelta(days=1)


class Alerts:
    """What the office knows of incidents, cut to what a visitor may see."""

    def __init__(self, shell: Shell) -> None:
        self.tables, self.outbox = Tables(shell.office), Outbox(shell.office)
        self._towns = {place.id: place.town for place in shell.board.places.place}

    def rows(self, principal: Principal, now: datetime) -> list[AlertRow]:
        """Every open incident and the latest that are over, newest first."""
        over = [one for one in self.tables.incidents(LOOKED_AT) if one.cleared_at is not None]
        found = [*self.tables.state(now).open.values(), *over]
        found.sort(key=lambda one: one.id, reverse=True)
        return rows(found, self.tables.decisions(now), self._towns, principal, now)

    def one(self, number: int, principal: Principal, now: datetime) -> AlertRow | None:
        (found, *_) = [*self.tables.incidents(1, before=number + 1), None]
        if found is None or found.id != number:
            return None
        return row_of(found, self.tables.decisions(now), self._towns, principal, now)

    def silences(self, principal: Principal, now: datetime) -> list[Silence]:
        return [one for one in self.tables.decisions(now).silences if may_silence(principal, one.matcher)]


def may_silence(principal: Principal, matcher: Matcher) -> bool:
    """Beyond one's own places only whoever has all of them."""
    if matcher.place:
        return principal.may(Role.BRANCH, matcher.place)
    return principal.may(Role.BRANCH) and principal.places is None


def register(shell: Shell) -> None:
    alerts = Alerts(shell)

    async def page_of_alerts(request: Request) -> None:
        async with shell.page(request, shell.words(request)("alerts_title")) as page:
            content = AlertsPage(shell, page, request)

            async def show(_: Snapshot | None = None) -> None:
                principal, now = page.visitor.principal, page.board.now()
                found = await asyncio.to_thread(alerts.rows, principal, now)
                silences = await asyncio.to_thread(alerts.silences, principal, now)
                content.show(found, silences, now)

            await show()
            page.live(show)

    ui.page("/alerts")(page_of_alerts)


class AlertsPage:
    """Builds the page where it is created; `show` brings it up to date."""

    def __init__(self, shell: Shell, page: LivePage, request: Request) -> None:
        places = shell.board.places
        self._values: dict[str, Any] = {
            "t": page.words,
            "places": {place.id: place for place in places.place},
            "towns": {town.id: town for town in places.town},
            "is_main": page.visitor.principal.may(Role.MAIN),
            "may_act": page.visitor.principal.may(Role.BRANCH),
            **shell.form_values(request),
        }
        self._head = Live("alerts_head.html")
        self._groups = {name: Live("alerts_group.html") for name in GROUPS}
        self._silences = Live("silences.html")

    def show(self, found: list[AlertRow], silences: list[Silence], now: datetime) -> None:
        by_group: Mapping[str, list[AlertRow]] = {
            name: [row for row in found if row.group == name] for name in GROUPS
        }
        self._head.show(counts={name: len(by_group[name]) for name in GROUPS}, **self._values)
        for name, live in self._groups.items():
            shown = by_group[name][:CLEARED_SHOWN] if name == "alert_cleared" else by_group[name]
            live.show(name=name, rows=shown, now=now, **self._values)
        self._silences.show(silences=silences, **self._values)


class IncidentRoutes:
    """The plain pages: one incident and what is decided about it, and the delivery log."""

    def __init__(self, shell: Shell) -> None:
        self._shell = shell
        self._alerts, self._desk = Alerts(shell), Desk(shell.office)

    def _page(
        self, request: Request, number: int, status: int = 200, message: str = "", **typed: str
    ) -> Response:
        principal, now = visitor_of(request).principal, self._shell.board.now()
        row = self._alerts.one(number, principal, now)
        if row is None:
            return self._shell.refused(request, 404, "refused_unknown")
        places = self._shell.board.places
        letters = [one for one in self._alerts.outbox.log(LOOKED_AT) if one.letter.message.incident == number]
        values = {"until": self._shell.typed(now + USUAL_SILENCE), "reason": "", "scope": "", **typed}
        return self._shell.plain(
            request,
            "incident.html",
            status,
            row=row,
            now=now,
            message=self._shell.words(request)(message) if message else "",
            places={place.id: place for place in places.place},
            towns={town.id: town for town in places.town},
            may_act=principal.may(Role.BRANCH),
            letters=letters if principal.may(Role.MAIN) else (),
            scopes=[name for name, one in matchers(row).items() if may_silence(principal, one)],
            **values,
        )

    def show(self, request: Request, number: int) -> Response:
        return self._page(request, number)

    async def acknowledge(self, request: Request, number: int) -> Response:
        await self._shell.forms.read(request)
        visitor = visitor_of(request)
        row = self._alerts.one(number, visitor.principal, self._shell.board.now())
        if row is None:
            return self._shell.refused(request, 404, "refused_unknown")
        if not row.whole:
            return self._shell.refused(request, 403, "refused_place")
        try:
            await asyncio.to_thread(self._desk.acknowledge, visitor.actor(), number)
        except DecisionError:
            return self._page(request, number, 422, "alert_over")
        return RedirectResponse("/alerts", 303)

    async def silence(self, request: Request, number: int) -> Response:
        fields, visitor = await self._shell.forms.read(request), visitor_of(request)
        row = self._alerts.one(number, visitor.principal, self._shell.board.now())
        if row is None:
            return self._shell.refused(request, 404, "refused_unknown")
        typed = {key: fields.get(key, "")[:200] for key in ("scope", "until", "reason")}
        matcher, until = matchers(row).get(typed["scope"]), self._shell.typed_moment(typed["until"])
        if matcher is None or not may_silence(visitor.principal, matcher):
            return self._shell.refused(request, 403, "refused_place")
        if not typed["reason"].strip():
            return self._page(request, number, 422, "reason_needed", **typed)
        try:
            if until is None:
                raise DecisionError("until: expected a time")
            await asyncio.to_thread(
                self._desk.silence, visitor.actor(), matcher, until, typed["reason"].strip()
            )
        except DecisionError:
            return self._page(request, number, 422, "silence_bad_time", **typed)
        return RedirectResponse("/alerts", 303)

    async def end(self, request: Request, number: int) -> Response:
        await self._shell.forms.read(request)
        visitor, now = visitor_of(request), self._shell.board.now()
        found = next((one for one in self._alerts.silences(visitor.principal, now) if one.id == number), None)
        if found is None:
            return self._shell.refused(request, 404, "refused_unknown")
        await asyncio.to_thread(self._desk.end_silence, visitor.actor(), number)
        return RedirectResponse("/alerts", 303)

    def deliveries(self, request: Request) -> Response:
        return self._shell.plain(
            request, "deliveries.html", letters=self._alerts.outbox.log(DELIVERIES_SHOWN)
        )


def make_router(shell: Shell) -> APIRouter:
    routes = IncidentRoutes(shell)
    router = APIRouter(include_in_schema=False)
    router.get("/alerts/{number}")(routes.show)
    router.post("/alerts/{number}/acknowledge")(routes.acknowledge)
    router.post("/alerts/{number}/silence")(routes.silence)
    router.post("/silences/{number}/end")(routes.end)
    router.get("/deliveries")(routes.deliveries)
    return router


def matchers(row: AlertRow) -> dict[str, Matcher]:
    """What may be silenced from here on: this fault at its place, all of its place, this fault everywhere."""
    found = {}
    if len(row.places) == 1 and row.places[0]:
        found["silence_rule_here"] = Matcher(rule=row.rule.name, place=row.places[0])
        found["silence_place"] = Matcher(place=row.places[0])
    found["silence_rule"] = Matcher(rule=row.rule.name)
    return found
