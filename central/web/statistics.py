"""The pages of the statistics: a month of some places with charts, table, weeks and closing; a year."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from fastapi import Request
from nicegui import ui

from central.accounts.roles import Role
from central.places import Places
from central.statistics.daily import Daily
from central.statistics.desk import Desk
from central.statistics.report import Report
from central.web import statistics_charts as charts
from central.web import statistics_view as view
from central.web.forms import FIELD
from central.web.live import Live
from central.web.shell import LivePage, Shell
from central.web.statistics_choice import BadChoice, Choice, choose, levels_of, year_of
from central.web.statistics_form import ITEMS, remarks_of
from central.web.statistics_words import (
    item_name,
    met_text,
    month_name,
    reasons,
    scope_name,
)

STYLES = ("plain.css", "statistics.css")


def desk_of(shell: Shell) -> Desk:
    board = shell.board
    return Desk(board.store, shell.office, board.places, board.zone, board.now)


def register(shell: Shell) -> None:
    desk = desk_of(shell)

    async def month(request: Request) -> None:
        async with shell.page(request, shell.words(request)("statistics_title")) as page:
            choice, bad = _chosen(request, page.board.places, desk)
            form_token = shell.forms.token(shell.forms.binding(request))
            found = await asyncio.to_thread(_read, desk, choice)
            _show_month(page, choice, bad, found, form_token)

    async def year(request: Request) -> None:
        async with shell.page(request, shell.words(request)("statistics_title")) as page:
            choice, bad = _chosen(request, page.board.places, desk)
            number = desk.this_month().year
            try:
                number = year_of(request.query_params.get("year", ""), desk.this_month())
            except BadChoice as worse:
                bad = worse
            reports = await asyncio.to_thread(desk.year, number, choice.places)
            _show_year(page, choice, bad, reports, desk.this_month().year)

    ui.page("/statistics")(month)
    ui.page("/statistics/year")(year)


def _chosen(request: Request, own: Places, desk: Desk) -> tuple[Choice, BadChoice | None]:
    """What cannot be shown is said, and this month of all places shown instead."""
    try:
        return choose(request.query_params, own, desk.this_month()), None
    except BadChoice as bad:
        return choose({}, own, desk.this_month()), bad


@dataclass(frozen=True)
class _Found:
    now: Report
    before: Report
    year_ago: Report
    days: list[Daily]


def _read(desk: Desk, choice: Choice) -> _Found:
    month, places = choice.month, choice.places
    return _Found(
        desk.report(month, places),
        desk.report(month.previous, places),
        desk.report(month.year_before, places),
        desk.daily(month, places),
    )


# -- the month ---------------------------------------------------------------------------------------------


def _show_month(
    page: LivePage, choice: Choice, bad: BadChoice | None, found: _Found, form_token: str
) -> None:
    words, now = page.words, found.now
    _head(page, choice, bad, path="/statistics", name=month_name(words, now.month), found=now)
    _fragment(
        "statistics_headlines.html",
        t=words,
        headlines=view.headlines(now, found.before, found.year_ago, words),
        several=len(now.rows) > 1,
        over=now.over,
        item_name=lambda item: item_name(words, item),
    )
    with ui.element("div").classes("columns"):
        with ui.element("section").classes("card column-main"):
            _fragment("statistics_heading.html", text=words("statistics_by_day"))
            ui.echart(charts.days_chart(found.days, words)).classes("chart tall")
        if len(now.rows) > 1:
            with ui.element("section").classes("card column-side"):
                _ranking(page, choice, now)
        else:
            _reasons(page, now)
    _table(page, choice, now)
    mondays, weeks = view.week_table(now, words)
    _fragment("statistics_weeks.html", t=words, mondays=mondays, weeks=weeks)
    principal = page.visitor.principal
    _fragment(
        "statistics_closing.html",
        t=words,
        found=now,
        changed=sum(bool(row.corrections) for row in now.rows),
        may_close=principal.may(Role.MAIN) and now.over,
        may_enter=choice.one and principal.may(Role.BRANCH, choice.places[0].id),
        choice=choice,
        month_name=month_name(words, now.month),
        form_field=FIELD,
        form_token=form_token,
    )


def _fragment(template: str, **values: Any) -> None:
    Live(template).show(**values)


def _head(
    page: LivePage, choice: Choice, bad: BadChoice | None, *, path: str, name: str, found: Report, **more: Any
) -> None:
    words, own = page.words, page.board.places
    for style in STYLES:
        ui.add_head_html(f'<link rel="stylesheet" href="/static/{style}">')
    _fragment(
        "statistics_head.html",
        t=words,
        path=path,
        choice=choice,
        name=name,
        scope_name=scope_name(words, choice.places, own, choice.town, choice.level),
        message=words(bad.words, given=bad.given) if bad else "",
        found=found,
        towns=[town for town in own.town if any(place.town == town.id for place in own.place)],
        levels=levels_of(own),
        places=own.place,
        **{"years": (), "year": None, **more},
    )


def _ranking(page: LivePage, choice: Choice, found: Report) -> None:
    words, item = page.words, charts.ranked_item(choice.sort)
    known = sum(row.figures[item].amount is not None for row in found.rows)
    _fragment("statistics_heading.html", text=words("statistics_ranking", name=item_name(words, item)))
    if not known:
        _fragment("statistics_note.html", text=words("statistics_ranking_none"))
        return
    ui.echart(charts.ranking_chart(found.rows, item, words)).classes("chart tall")
    if known < len(found.rows):
        text = words("statistics_unranked", count=len(found.rows) - known)
        _fragment("statistics_note.html", text=text)


def _reasons(page: LivePage, found: Report) -> None:
    told = reasons(page.words, found.rows[0])
    with ui.element("section").classes("card column-side"):
        _fragment("statistics_heading.html", text=page.words("statistics_remarks"))
        _fragment("statistics_reasons.html", reasons=told)


def _table(page: LivePage, choice: Choice, found: Report) -> None:
    words = page.words
    _fragment(
        "statistics_table.html",
        t=words,
        choice=choice,
        found=found,
        items=ITEMS,
        item_name=lambda item: item_name(words, item),
        remarks=remarks_of(found, words) if found.groups else (),
        met_text=met_text,
        lines=view.lines(found, choice, words),
        totals=view.total_lines(found, page.board.places, words),
    )


# -- the year ----------------------------------------------------------------------------------------------


def _show_year(
    page: LivePage, choice: Choice, bad: BadChoice | None, year: Sequence[Report], this_year: int
) -> None:
    words, own = page.words, page.board.places
    number = year[0].month.year
    name = words("statistics_year_name", year=number)
    years = range(this_year, this_year - 5, -1)
    _head(page, choice, bad, path="/statistics/year", name=name, found=year[-1], years=years, year=number)
    with ui.element("section").classes("card"):
        _fragment("statistics_heading.html", text=words("statistics_year_chart"))
        ui.echart(charts.months_chart(year, view.charted(year), words)).classes("chart")
    _fragment(
        "statistics_year.html",
        t=words,
        choice=choice,
        items=ITEMS,
        item_name=lambda item: item_name(words, item),
        month_name=lambda month: month_name(words, month),
        months=view.months_of(year, words),
        sums=view.year_cells(year, words),
        standards=view.standards_of(year, own, choice.places, words),
    )
