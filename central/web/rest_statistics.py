"""REST: a month's statistics of one's own places, with what is wrong with each figure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Path, Query, Response

from central.places import Level
from central.statistics.desk import Desk
from central.statistics.figures import Cause, Figure, Item, Note, Total
from central.statistics.opening import Standing
from central.statistics.periods import BadMonth, Month
from central.statistics.report import Group, Report, Row, Scope
from central.web.rest_base import Asking, api_router, as_json, known
from central.web.rest_problems import Problem
from central.web.shell import Shell

MonthText = Annotated[str, Path(pattern="^[0-9]{4}-(0[1-9]|1[0-2])$", description="such as 2026-11")]


@dataclass(frozen=True)
class NoteView:
    """Why a figure is missing or may be incomplete."""

    cause: Cause
    since: datetime | None
    until: datetime | None
    count: int | None
    why: str


@dataclass(frozen=True)
class FigureView:
    """`amount` null: not known, and `notes` say why; with an amount they say why it may be incomplete.
    `estimated`: the counter cannot tell in from out."""

    amount: float | None
    estimated: bool
    notes: list[NoteView]


@dataclass(frozen=True)
class TotalView(FigureView):
    """It rests on `known` of `places` places."""

    known: int
    places: int


@dataclass(frozen=True)
class PlaceMonth:
    """`standing`: whether the opening hours met the standard of the place's level, `standard_h` a week."""

    place: str
    name: str
    level: Level
    town: str
    standing: Standing
    standard_h: float | None
    figures: dict[Item, FigureView]


@dataclass(frozen=True)
class GroupMonth:
    """All places, those of a level or of a town (`key`); `met` of the `judged` met their standard."""

    scope: Scope
    key: str
    met: int
    judged: int
    totals: dict[Item, TotalView]


@dataclass(frozen=True)
class MonthView:
    """`over`: the month has ended. What arrives after `as_of` may still change it. `closed_at` is when the
    month was closed; null: it is open."""

    month: str
    as_of: datetime
    over: bool
    closed_at: datetime | None
    places: list[PlaceMonth]
    groups: list[GroupMonth]


def make_router(shell: Shell) -> APIRouter:
    router = api_router("statistics")
    board = shell.board
    desk = Desk(board.store, shell.office, board.places, board.zone, board.now)

    @router.get(
        "/statistics/{month}",
        summary="A month of one's own places, or of one of them",
        response_model=MonthView,
    )
    def statistics(
        visitor: Asking, month: MonthText, place: Annotated[str | None, Query(max_length=64)] = None
    ) -> Response:
        if place is not None:
            known(shell, place)
        asked = [one for one in board.places.place if visitor.principal.sees(one.id)]
        try:
            wanted = Month.parse(month)
        except BadMonth as error:
            raise Problem(422, "api_input", wrong="month") from error
        return as_json(_month(desk.report(wanted, [one for one in asked if place in (None, one.id)])))

    return router


def _month(found: Report) -> MonthView:
    return MonthView(
        month=str(found.month),
        as_of=found.as_of,
        over=found.over,
        closed_at=found.closing.at if found.closing else None,
        places=[_place(row) for row in found.rows],
        groups=[_group(group) for group in found.groups],
    )


def _place(row: Row) -> PlaceMonth:
    place = row.place
    return PlaceMonth(
        place=place.id,
        name=place.name,
        level=place.level,
        town=place.town,
        standing=row.standing,
        standard_h=row.standard_h,
        figures=_figures(row.figures),
    )


def _group(group: Group) -> GroupMonth:
    totals = {item: _total(total) for item, total in group.totals.items()}
    return GroupMonth(scope=group.scope, key=group.key, met=group.met, judged=group.judged, totals=totals)


def _total(total: Total) -> TotalView:
    figure = _figure(total.figure)
    return TotalView(figure.amount, figure.estimated, figure.notes, total.known, total.places)


def _figures(figures: Mapping[Item, Figure]) -> dict[Item, FigureView]:
    return {item: _figure(figure) for item, figure in figures.items()}


def _figure(figure: Figure) -> FigureView:
    return FigureView(
        amount=figure.amount, estimated=figure.estimated, notes=[_note(note) for note in figure.notes]
    )


def _note(note: Note) -> NoteView:
    return NoteView(cause=note.cause, since=note.since, until=note.until, count=note.count, why=note.why)
