"""REST: alerts. Listed for all who see their places; acknowledged and silenced by those who handle them.

An alert may be about several places at once. Of it one sees one's own; to acknowledge it one must handle all.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from enum import Enum
from typing import Annotated

from fastapi import APIRouter, Request, Response
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from central.accounts.roles import Principal
from central.alerts.desk import Desk
from central.alerts.incident import Incident, Member
from central.alerts.people import Acknowledgement, Matcher, Silence
from central.alerts.rules import RULES, Needs, Role, Severity
from central.alerts.tables import Tables
from central.web.rest_base import Asking, Before, Limit, Number, api_router, known, lead_on
from central.web.rest_problems import Problem
from central.web.shell import Shell

Name = Annotated[str, Field(max_length=64)]
PIECE = 200
"""Alerts read at once while looking for those that may be seen."""


class Which(Enum):
    OPEN = "open"
    ALL = "all"


class Where(BaseModel):
    """One place that has it; `place` is empty for the centre itself, `detail` in the kiosk's own words."""

    place: str
    kiosk: str
    subject: str
    detail: str
    raised_at: datetime
    cleared_at: datetime | None


class Alert(BaseModel):
    """`where` are one's own places. `needs` staff, or it is for information; `role` is who can do it."""

    id: int
    rule: str
    text_zh: str
    text_en: str
    act_zh: str
    act_en: str
    needs: Needs
    severity: Severity
    role: Role
    opened_at: datetime
    cleared_at: datetime | None
    acknowledged_by: str
    acknowledged_at: datetime | None
    where: list[Where]


class NewSilence(BaseModel):
    """No messages about what fits; at least one of rule, town and place is given."""

    model_config = ConfigDict(extra="forbid")

    rule: Name = ""
    town: Name = ""
    place: Name = ""
    kiosk: Name = ""
    until: AwareDatetime = Field(description="within 90 days, with its time zone")
    reason: Annotated[str, Field(min_length=1, max_length=200, description="for those who wonder later")]


class SilenceView(BaseModel):
    id: int
    rule: str
    town: str
    place: str
    kiosk: str
    until: datetime
    by: str
    reason: str


class AlertRoutes:
    """Alerts and silences of the places of whoever asks."""

    def __init__(self, shell: Shell) -> None:
        self._shell = shell
        self._tables, self._desk = Tables(shell.office), Desk(shell.office)

    def alerts(
        self,
        request: Request,
        response: Response,
        visitor: Asking,
        *,
        state: Which = Which.OPEN,
        before: Before = None,
        limit: Limit = 100,
    ) -> list[Alert]:
        found = _seen(self._tables, visitor.principal, state, before, limit + 1)
        lead_on(request, response, before=found[limit - 1].id if len(found) > limit else None)
        taken = self._tables.decisions(self._shell.board.now()).acknowledgements
        return [_alert(one, visitor.principal, taken) for one in found[:limit]]

    def alert(self, visitor: Asking, number: Number) -> Alert:
        taken = self._tables.decisions(self._shell.board.now()).acknowledgements
        return _alert(_one(self._tables, visitor.principal, number), visitor.principal, taken)

    def acknowledge(self, visitor: Asking, number: Number) -> None:
        found = _one(self._tables, visitor.principal, number)
        if len(_own(found.members, visitor.principal)) < len(found.members):
            raise Problem(403, "api_place")
        with _deciding():
            self._desk.acknowledge(visitor.actor(), number)

    def silences(self, visitor: Asking) -> list[SilenceView]:
        return [_silence(one) for one in _silences(self._tables, self._shell, visitor.principal)]

    def silence(self, visitor: Asking, wanted: NewSilence) -> SilenceView:
        _check_places(self._shell, visitor.principal, wanted)
        with _deciding():
            matcher = Matcher(wanted.rule, wanted.town, wanted.place, wanted.kiosk)
            number = self._desk.silence(visitor.actor(), matcher, wanted.until, wanted.reason)
        made = Silence(number, matcher, wanted.until, visitor.principal.name, wanted.reason)
        return _silence(made)

    def end_silence(self, visitor: Asking, number: Number) -> None:
        if number not in {one.id for one in _silences(self._tables, self._shell, visitor.principal)}:
            raise Problem(404, "api_no_silence", number=number)
        with _deciding():
            self._desk.end_silence(visitor.actor(), number)


def make_router(shell: Shell) -> APIRouter:
    routes = AlertRoutes(shell)
    router = api_router("alerts")
    router.get("/alerts", summary="Alerts, newest first")(routes.alerts)
    router.get("/alerts/{number}", summary="One alert")(routes.alert)
    router.post("/alerts/{number}/acknowledgement", summary="I take care of it", status_code=204)(
        routes.acknowledge
    )
    router.get("/silences", summary="Silences that hold")(routes.silences)
    router.post("/silences", summary="No messages about something for a while", status_code=201)(
        routes.silence
    )
    router.delete("/silences/{number}", summary="Messages again, from now on", status_code=204)(
        routes.end_silence
    )
    return router


@contextmanager
def _deciding() -> Iterator[None]:
    """What the desk refuses, as a sentence."""
    try:
        yield
    except ValueError as error:
        raise Problem(422, "api_decision", why=str(error)) from error


# -- what somebody may see -----------------------------------------------------------------------------------


def _own(members: Sequence[Member], principal: Principal) -> list[Member]:
    """The centre's own alerts are for those who see every place."""
    return [m for m in members if principal.places is None or m.key.place in principal.places]


def _seen(
    tables: Tables, principal: Principal, state: Which, before: int | None, limit: int
) -> list[Incident]:
    found: list[Incident] = []
    while len(found) < limit:
        piece = tables.incidents(PIECE, before)
        found += [
            one
            for one in piece
            if (state is Which.ALL or one.cleared_at is None) and _own(one.members, principal)
        ]
        if len(piece) < PIECE:
            break
        before = piece[-1].id
    return found[:limit]


def _one(tables: Tables, principal: Principal, number: int) -> Incident:
    found = tables.incidents(1, number + 1)
    if not found or found[0].id != number or not _own(found[0].members, principal):
        raise Problem(404, "api_no_alert", number=number)
    return found[0]


def _silences(tables: Tables, shell: Shell, principal: Principal) -> list[Silence]:
    return [
        one
        for one in tables.decisions(shell.board.now()).silences
        if principal.places is None or one.matcher.place in principal.places
    ]


def _check_places(shell: Shell, principal: Principal, wanted: NewSilence) -> None:
    if wanted.place:
        known(shell, wanted.place)
    if principal.places is not None and wanted.place not in principal.places:
        raise Problem(403, "api_place")
    if wanted.rule and wanted.rule not in RULES:
        raise Problem(422, "api_input", wrong="rule")


# -- as JSON -------------------------------------------------------------------------------------------------


def _alert(one: Incident, principal: Principal, taken: Mapping[int, Acknowledgement]) -> Alert:
    """`taken` tells at once what the watch will write down at its next look."""
    rule, said = RULES[one.rule], taken.get(one.id)
    return Alert(
        id=one.id,
        rule=one.rule,
        text_zh=rule.text[0],
        text_en=rule.text[1],
        act_zh=rule.act[0],
        act_en=rule.act[1],
        needs=rule.needs,
        severity=rule.severity,
        role=rule.role,
        opened_at=one.opened_at,
        cleared_at=one.cleared_at,
        acknowledged_by=said.by if said else one.acknowledged_by,
        acknowledged_at=said.at if said else one.acknowledged_at,
        where=[
            Where(
                place=member.key.place,
                kiosk=member.key.kiosk,
                subject=member.key.subject,
                detail=member.detail,
                raised_at=member.raised_at,
                cleared_at=member.cleared_at,
            )
            for member in _own(one.members, principal)
        ],
    )


def _silence(one: Silence) -> SilenceView:
    match = one.matcher
    return SilenceView(
        id=one.id,
        rule=match.rule,
        town=match.town,
        place=match.place,
        kiosk=match.kiosk,
        until=one.until,
        by=one.by,
        reason=one.reason,
    )
