"""Plain pages and files of the statistics: the form to print and to download, closing, entering by hand."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from urllib.parse import quote

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from central.statistics.closing import Refused
from central.statistics.desk import Desk
from central.statistics.entries import BadEntry, read_entries
from central.statistics.figures import BY_HAND
from central.statistics.form import Form
from central.statistics.text_table import text_table
from central.statistics.workbook import workbook
from central.web.shell import Shell
from central.web.statistics import desk_of
from central.web.statistics_choice import BadChoice, Choice, choose, month_of
from central.web.statistics_form import form_of, place_form
from central.web.statistics_words import bad_entry, item_name, month_name, scope_name
from central.web.visitor import visitor_of

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@dataclass(frozen=True)
class _Kind:
    """A file that a form can be downloaded as."""

    ending: str
    media_type: str
    write: Callable[[Form], bytes]


KINDS = (_Kind("xlsx", XLSX, workbook), _Kind("csv", "text/csv; charset=utf-8", text_table))


def make_router(shell: Shell) -> APIRouter:
    router = APIRouter(include_in_schema=False, prefix="/statistics")
    desk = desk_of(shell)
    _add_forms(router, shell, desk)
    _add_closing(router, shell, desk)
    entries = EntryRoutes(shell, desk)
    router.get("/entries/{place_id}")(entries.show)
    router.post("/entries/{place_id}")(entries.enter)
    return router


def _form(shell: Shell, desk: Desk, request: Request) -> tuple[Form, Choice]:
    """The form that the address asks for; BadChoice."""
    own = shell.board_for(visitor_of(request)).places
    choice, words = choose(request.query_params, own, desk.this_month()), shell.words(request)
    month, places = choice.month, choice.places
    found = desk.report(month, places)
    if choice.one:
        before, year_ago = (desk.report(one, places) for one in (month.previous, month.year_before))
        return place_form(found, before, year_ago, words), choice
    name = scope_name(words, places, own, choice.town, choice.level)
    return form_of(name, found, own, words), choice


def _refused(shell: Shell, request: Request, bad: BadChoice) -> Response:
    return shell.refused(request, 422, bad.words, given=bad.given)


def _add_forms(router: APIRouter, shell: Shell, desk: Desk) -> None:
    @router.get("/print")
    def paper(request: Request) -> Response:
        try:
            form, choice = _form(shell, desk, request)
        except BadChoice as bad:
            return _refused(shell, request, bad)
        return shell.plain(request, "statistics_print.html", form=form, choice=choice)

    def add(kind: _Kind) -> None:
        @router.get(f"/form.{kind.ending}")
        def download(request: Request) -> Response:
            try:
                form, choice = _form(shell, desk, request)
            except BadChoice as bad:
                return _refused(shell, request, bad)
            name = f"{form.title}-{choice.month}.{kind.ending}"
            return Response(
                kind.write(form),
                media_type=kind.media_type,
                headers={
                    "content-disposition": f'attachment; filename="{choice.month}.{kind.ending}"; '
                    f"filename*=UTF-8''{quote(name)}",
                    "cache-control": "no-store",
                },
            )

    for kind in KINDS:
        add(kind)


def _add_closing(router: APIRouter, shell: Shell, desk: Desk) -> None:
    @router.post("/close")
    async def close(request: Request) -> Response:
        fields = await shell.forms.read(request)
        try:
            month = month_of(fields.get("month", ""), desk.this_month())
            await asyncio.to_thread(desk.close, visitor_of(request).actor(), month)
        except BadChoice as bad:
            return _refused(shell, request, bad)
        except Refused as refused:
            return shell.refused(request, 409, refused.reason.value)
        return RedirectResponse(f"/statistics?month={month}", 303)


class EntryRoutes:
    """The form in which a place's figures are entered by hand."""

    def __init__(self, shell: Shell, desk: Desk) -> None:
        self._shell, self._desk = shell, desk

    def _page(
        self,
        request: Request,
        choice: Choice,
        status: int = 200,
        message: str = "",
        typed: Mapping[str, str] = {},
    ) -> Response:
        words, place = self._shell.words(request), choice.places[0]
        entries = {item: self._desk.entries.of(choice.month).get((place.id, item)) for item in BY_HAND}
        return self._shell.plain(
            request,
            "statistics_entries.html",
            status,
            choice=choice,
            place=place,
            month=month_name(words, choice.month),
            message=message,
            fields=[
                (item, item_name(words, item), typed.get(item.value, entry.amount if entry else ""), entry)
                for item, entry in entries.items()
            ],
        )

    def _choice(self, request: Request, place_id: str, asked: Mapping[str, str]) -> Choice:
        own = self._shell.board_for(visitor_of(request)).places
        wanted = {"month": asked.get("month", ""), "scope": f"place:{place_id}"}
        return choose(wanted, own, self._desk.this_month())

    def show(self, request: Request, place_id: str) -> Response:
        try:
            return self._page(request, self._choice(request, place_id, request.query_params))
        except BadChoice as bad:
            return _refused(self._shell, request, bad)

    async def enter(self, request: Request, place_id: str) -> Response:
        fields = await self._shell.forms.read(request)
        try:
            choice = self._choice(request, place_id, fields)
            amounts = read_entries(fields)
        except BadChoice as bad:
            return _refused(self._shell, request, bad)
        except BadEntry as bad:
            return self._page(request, choice, 422, bad_entry(self._shell.words(request), bad), fields)
        actor = visitor_of(request).actor()
        await asyncio.to_thread(self._desk.entries.enter, actor, place_id, choice.month, amounts)
        return RedirectResponse(choice.address("/statistics"), 303)
