"""The page of devices and spares: every device in a table that sorts, filters and exports, the spares on the
shelf, and each swap.

The table is an AG Grid: rows are plain values under names of ours (a key that begins with ":" would be run as
JavaScript), and they are brought up to date one by one, so that a chosen order or filter stays.
"""

import asyncio
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response
from nicegui import ui

from central.accounts.roles import Role
from central.history import History
from central.places import Place
from central.spares import Draft, Spare, Spares
from central.views import DeviceView, Swap
from central.web.live import Live
from central.web.place import SWAP_TIME
from central.web.shell import LivePage, Shell
from central.web.snapshot import Snapshot
from central.web.texts import Language, Words
from central.web.visitor import visitor_of
from central.web.words.devices import GRID_TEXTS

KINDS = ("tag_reader", "card_reader", "scanner", "receipt_printer", "door_counter")
TEXT, NUMBER = "agTextColumnFilter", "agNumberColumnFilter"
COLUMNS = (
    ("place", "place_column", TEXT, 130),
    ("kiosk", "kiosk", TEXT, 95),
    ("kind", "device", TEXT, 140),
    ("condition", "condition", TEXT, 100),
    ("reason", "reason", TEXT, 170),
    ("model", "model", TEXT, 145),
    ("serial", "serial", TEXT, 120),
    ("firmware", "firmware", TEXT, 95),
    ("since", "since", TEXT, 150),
    ("frames_bad", "frames_bad", NUMBER, 95),
    ("retries", "retries", NUMBER, 80),
    ("losses", "losses", NUMBER, 80),
    ("last_success", "last_success", TEXT, 150),
)
"""Name in the row, key of its words, filter, width in pixels."""
NO_FORMULA = """p => {
  const value = p.value == null ? '' : String(p.value);
  return /^[=+\\-@\\t\\r]/.test(value) ? "'" + value : value;
}"""
"""A spreadsheet would run what begins like a formula, and serial numbers come from devices."""


def row_of(device: DeviceView, place: Place | None, words: Words) -> dict[str, Any]:
    """Text and numbers only."""
    return {
        "id": f"{device.place}.{device.kiosk}/{device.name}",
        "place": words.short(place) if place else device.place,
        "kiosk": device.kiosk,
        "kind": words(device.kind),
        "condition": words(device.condition.value),
        "reason": words.said(device.reason),
        "model": device.model,
        "serial": device.serial or "",
        "firmware": device.firmware or "",
        "since": words.sortable(device.since),
        "frames_bad": device.frames_bad,
        "retries": device.retries,
        "losses": device.losses,
        "last_success": words.sortable(device.last_success),
        "state": device.condition.value,
    }


def grid_options(words: Words) -> dict[str, Any]:
    """What is run as JavaScript here is written here, and nothing of it comes from data."""
    return {
        "columnDefs": [
            {"field": name, "headerName": words(key), "filter": kind, "width": width, "tooltipField": name}
            | ({"type": "rightAligned"} if kind == NUMBER else {})
            for name, key, kind, width in COLUMNS
        ],
        "defaultColDef": {"sortable": True, "resizable": True, "floatingFilter": True, "minWidth": 70},
        "rowData": [],
        "suppressFieldDotNotation": True,
        "animateRows": False,
        "rowClassRules": {f"row-{state}": f"data.state == '{state}'" for state in ("down", "degraded")},
        ":getRowId": "params => params.data.id",
        "localeText": GRID_TEXTS if words.language is Language.CHINESE else {},
    }


def register(shell: Shell) -> None:
    spares = Spares(shell.office, KINDS)

    async def page_of_devices(request: Request) -> None:
        async with shell.page(request, shell.words(request)("devices_title")) as page:
            content = DevicesPage(shell, page, request)

            async def show(_: Snapshot | None = None) -> None:
                content.show(
                    await asyncio.to_thread(page.board.devices),
                    await asyncio.to_thread(_swaps, shell.board.history, page),
                    await asyncio.to_thread(lambda: spares.all(shell.board.store.device_history())),
                )

            await show()
            page.live(show)

    ui.page("/devices")(page_of_devices)


def _swaps(history: History, page: LivePage) -> list[Swap]:
    now = page.board.now()
    found = history.swaps(now - SWAP_TIME, now)
    return [swap for swap in found if page.visitor.principal.sees(swap.place)]


class DevicesPage:
    """Builds the page where it is created; `show` brings it up to date."""

    def __init__(self, shell: Shell, page: LivePage, request: Request) -> None:
        self._words = page.words
        self._places = {place.id: place for place in shell.board.places.place}
        self._rows: dict[str, dict[str, Any]] = {}
        self._values: dict[str, Any] = {
            "t": page.words,
            "places": self._places,
            "may_act": page.visitor.principal.may(Role.BRANCH),
            "sees": page.visitor.principal.sees,
            **shell.form_values(request),
        }
        self._head = Live("devices_head.html")
        with ui.element("section").classes("card grid-card"):
            with ui.element("div").classes("card-head"):
                self._count = Live("devices_count.html")
                export = page.visitor.handler(Role.VIEWER, self._export)
                with ui.element("button").classes("button").on("click", export):
                    ui.label(page.words("export_csv"))
            self._grid = ui.aggrid(grid_options(page.words), auto_size_columns=False).classes("devices-grid")
        with ui.element("div").classes("cards"):
            with ui.element("section").classes("card"):
                self._spares = Live("spares.html")
            with ui.element("section").classes("card"):
                self._swaps = Live("all_swaps.html")
        self._head.show(**self._values)

    def show(self, devices: list[DeviceView], swaps: list[Swap], spares: list[Spare]) -> None:
        rows = {
            row["id"]: row
            for device in devices
            for row in [row_of(device, self._places.get(device.place), self._words)]
        }
        self._bring(rows)
        self._count.show(count=len(rows), **self._values)
        self._spares.show(spares=spares, **self._values)
        entered = {spare.serial: spare.by for spare in spares}
        self._swaps.show(swaps=swaps, entered=entered, **self._values)

    def _bring(self, rows: dict[str, dict[str, Any]]) -> None:
        """Only what changed; the first time all of it."""
        if not self._rows:
            self._grid.options["rowData"] = list(rows.values())
            self._grid.update()
        elif rows != self._rows:
            changes = {
                "add": [row for key, row in rows.items() if key not in self._rows],
                "update": [row for key, row in rows.items() if self._rows.get(key, row) != row],
                "remove": [{"id": key} for key in self._rows if key not in rows],
            }
            self._grid.run_grid_method("applyTransaction", changes)
        self._rows = rows

    def _export(self) -> None:
        """What the table shows now, as it is sorted and filtered."""
        self._grid.run_grid_method(
            "exportDataAsCsv",
            {"fileName": self._words("devices_file"), ":processCellCallback": NO_FORMULA},
        )


def make_router(shell: Shell) -> APIRouter:
    router = APIRouter(include_in_schema=False, prefix="/devices")
    spares = Spares(shell.office, KINDS)

    def form(request: Request, status: int = 200, message: str = "", **typed: str) -> Response:
        values = {"serial": "", "kind": KINDS[0], "model": "", "note": "", **typed}
        told = shell.words(request)(message) if message else ""
        return shell.plain(request, "spare.html", status, message=told, kinds=KINDS, **values)

    @router.get("/spares")
    def show(request: Request) -> Response:
        return form(request)

    @router.post("/spares")
    async def add(request: Request) -> Response:
        fields, actor = await shell.forms.read(request), visitor_of(request).actor()
        typed = {key: fields.get(key, "")[:200] for key in ("serial", "kind", "model", "note")}
        devices = await asyncio.to_thread(shell.board.devices)
        in_use = {device.serial for device in devices if device.serial}
        draft = Draft(**{key: text.strip() for key, text in typed.items()})
        bad = await asyncio.to_thread(spares.add, actor, draft, in_use)
        return RedirectResponse("/devices", 303) if bad is None else form(request, 422, bad.value, **typed)

    @router.post("/spares/{number}/remove")
    async def remove(request: Request, number: int) -> Response:
        await shell.forms.read(request)
        if not await asyncio.to_thread(spares.remove, visitor_of(request).actor(), number):
            return shell.refused(request, 404, "refused_unknown")
        return RedirectResponse("/devices", 303)

    return router
