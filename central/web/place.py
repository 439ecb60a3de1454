"""The page of one place: is it well, today's figures, a day by the hour, its kiosks, what happened last."""

import asyncio
from collections.abc import Sequence
from dataclasses import asdict
from datetime import date, datetime, timedelta

from fastapi import HTTPException, Request
from nicegui import ui

from central.places import Town
from central.views import Hour, PlaceDetail
from central.web.charts import hours_chart
from central.web.live import Live
from central.web.shell import Shell
from central.web.snapshot import Snapshot
from central.web.texts import Words
from central.web.words.place import FIGURE_UNITS


def register(shell: Shell) -> None:
    async def place(request: Request, place_id: str, day: date | None = None) -> None:
        found = shell.board.places.find(place_id)
        if found is None:
            raise HTTPException(404, f"没有这个网点 / no such place: {place_id}")
        town = next(town for town in shell.board.places.town if town.id == found.town)
        chosen = day or shell.board.today()
        async with shell.page(request, shell.words(request).name(found)) as page:
            content = PlacePage(page.words, town, chosen, page.board.today())

            async def show(_: Snapshot | None = None) -> None:
                detail = await asyncio.to_thread(page.board.place, place_id)
                hours = await asyncio.to_thread(page.board.hours, place_id, chosen)
                if detail is not None:
                    content.show(detail, hours, page.board.now(), page.board.today())

            await show()
            page.live(show)

    ui.page("/places/{place_id}")(place)


class PlacePage:
    """Builds the page where it is created; `show` brings it up to date. `day` is the day of the chart."""

    def __init__(self, words: Words, town: Town, day: date, today: date) -> None:
        self._words = words
        self._town = town
        self._head = Live("place.html")
        with ui.element("div").classes("columns"):
            with ui.element("div").classes("column-main"):
                with ui.element("section").classes("card"):
                    self._build_hours(day, today)
                self._kiosks = Live("kiosks.html")
            with ui.element("div").classes("column-side"):
                with ui.element("section").classes("card"):
                    self._today = Live("today.html")
                with ui.element("section").classes("card"):
                    self._recent = Live("recent.html")

    def _build_hours(self, day: date, today: date) -> None:
        days = Live("hours.html")
        days.show(
            t=self._words,
            day=day.isoformat(),
            previous=(day - timedelta(days=1)).isoformat(),
            next=(day + timedelta(days=1)).isoformat() if day < today else None,
        )
        self._chart = ui.echart(hours_chart((), self._words)).classes("chart")
        self._table = Live("hours_table.html")

    def show(self, detail: PlaceDetail, hours: Sequence[Hour], now: datetime, today: date) -> None:
        words, row = self._words, detail.summary
        self._head.show(t=words, row=row, town=self._town, now=now, kiosks=detail.kiosks)
        self._today.show(
            t=words, date=today.isoformat(), totals=asdict(row.today), reporting=None, places=None
        )
        options = hours_chart(hours, words)
        if options != self._chart.options:
            self._chart.options.update(options)
            self._chart.update()
        self._table.show(t=words, hours=hours)
        self._kiosks.show(
            t=words,
            now=now,
            figure_keys=list(FIGURE_UNITS),
            kiosks=detail.kiosks,
        )
        self._recent.show(t=words, events=detail.recent, rejects=detail.rejects)
