"""The page of one place: is it well and was it, its counts by hour and day, its kiosks, what happened last.

What may be done about it is on its page of acts (`acts.py`), older events on that of events (`events.py`).
"""

import asyncio
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta

from fastapi import Request
from fastapi.responses import Response
from nicegui import ui

from broker_config.topics import Identity
from central.accounts.roles import Role
from central.board import Board
from central.commands import CommandKept, Commands
from central.places import Place, Town
from central.statistics.figures import Note
from central.statistics.gaps import LACKING, REMARKED, marked
from central.store import Sample
from central.views import DayFigures, Hour, Missing, PlaceDetail, Swap, Week
from central.web.charts import FIGURES, days_chart, figure_chart, hours_chart
from central.web.live import Live
from central.web.settings import SettingsPart, at_place
from central.web.shell import LivePage, Shell
from central.web.snapshot import Snapshot
from central.web.statistics_words import sentence
from central.web.words.place import FIGURE_UNITS

DAYS = 30
FIGURE_TIME = timedelta(days=7)
SWAP_TIME = timedelta(days=400)
COMMANDS_SHOWN = 5
PAST_EVERY = timedelta(seconds=30)
"""What was changes slowly."""


@dataclass(frozen=True)
class Past:
    """How the place was, besides how it is."""

    week: Week
    days: list[DayFigures]
    samples: list[Sample]
    swaps: list[Swap]
    missing: list[Missing]
    door: tuple[Note, ...]


def past_of(board: Board, place: Place, now: datetime) -> Past:
    """Reads the store."""
    history, today = board.history, now.astimezone(board.zone).date()
    kiosks = board.store.kiosks(place.id)
    identity = kiosks[0].identity if kiosks else Identity(place.id, "kiosk-1")
    return Past(
        week=history.week(place, now),
        days=history.days(place.id, today, DAYS),
        samples=history.figures(identity, now - FIGURE_TIME, now),
        swaps=history.swaps(now - SWAP_TIME, now, place.id),
        missing=history.missing(place.id),
        door=marked(board.store.door_marks(now - timedelta(days=DAYS), now, place.id), (*LACKING, *REMARKED)),
    )


def register(shell: Shell) -> None:
    commands = Commands(shell.office, shell.board.store)

    async def place(request: Request, place_id: str, day: date | None = None) -> Response | None:
        found = shell.board.places.find(place_id)
        if found is None:
            return shell.refused(request, 404, "refused_no_place", place=place_id[:40])
        town = next(town for town in shell.board.places.town if town.id == found.town)
        chosen = day or shell.board.today()
        async with shell.page(request, shell.words(request).name(found)) as page:
            content = PlacePage(page, found, town, chosen)
            shown_at: datetime | None = None

            async def show(_: Snapshot | None = None) -> None:
                nonlocal shown_at
                now = page.board.now()
                detail = await asyncio.to_thread(page.board.place, place_id)
                hours = await asyncio.to_thread(page.board.hours, place_id, chosen)
                orders = await asyncio.to_thread(commands.all, now, place_id, COMMANDS_SHOWN)
                wishes, store = shell.dispatch.wishes, shell.board.store
                content.settings.show(*await asyncio.to_thread(at_place, wishes, store, place_id, now))
                if detail is not None:
                    content.show(detail, hours, orders, now)
                if shown_at is None or now - shown_at >= PAST_EVERY:
                    shown_at = now
                    content.show_past(await asyncio.to_thread(past_of, shell.board, found, now), now)

            await show()
            page.live(show)
        return None

    ui.page("/places/{place_id}")(place)


class PlacePage:
    """Builds the page where it is created; `show` and `show_past` bring it up to date. `day` is that of the
    chart by hours."""

    def __init__(self, page: LivePage, place: Place, town: Town, day: date) -> None:
        self._words, self._zone, self._town = page.words, page.board.zone, town
        self._may_act = page.visitor.principal.may(Role.BRANCH, place.id)
        self._today_is = page.board.today
        self._head = Live("place.html")
        with ui.element("div").classes("columns"):
            with ui.element("div").classes("column-main"):
                with ui.element("section").classes("card"):
                    self._week = Live("week.html")
                with ui.element("section").classes("card"):
                    self._build_hours(day, page.board.today())
                with ui.element("section").classes("card"):
                    self._days_head = Live("days.html")
                    self._days = ui.echart(days_chart((), self._words)).classes("chart")
                self._kiosks = Live("kiosks.html")
                with ui.element("section").classes("card"):
                    self.settings = SettingsPart(self._words, place.id, page.visitor.principal.may(Role.MAIN))
                with ui.element("section").classes("card"):
                    self._build_figures()
            with ui.element("div").classes("column-side"):
                with ui.element("section").classes("card"):
                    self._today = Live("today.html")
                with ui.element("section").classes("card"):
                    self._missing = Live("missing.html")
                with ui.element("section").classes("card"):
                    self._swaps = Live("swaps.html")
                with ui.element("section").classes("card"):
                    self._orders = Live("orders.html")
                with ui.element("section").classes("card"):
                    self._recent = Live("recent.html")

    def _build_hours(self, day: date, today: date) -> None:
        days = Live("hours.html")
        days.show(
            t=self._words,
            day=day,
            previous=(day - timedelta(days=1)).isoformat(),
            next=(day + timedelta(days=1)).isoformat() if day < today else None,
        )
        self._chart = ui.echart(hours_chart((), self._words)).classes("chart")
        self._table = Live("hours_table.html")

    def _build_figures(self) -> None:
        Live("figures.html").show(t=self._words)
        with ui.element("div").classes("small-charts"):
            self._figures = {
                key: ui.echart(figure_chart(key, (), self._words, self._zone)).classes("small-chart")
                for key in FIGURES
            }

    def show(self, detail: PlaceDetail, hours: list[Hour], orders: list[CommandKept], now: datetime) -> None:
        words, row = self._words, detail.summary
        self._head.show(
            t=words, row=row, town=self._town, now=now, kiosks=detail.kiosks, may_act=self._may_act
        )
        today = words.full_date(self._today_is())
        self._today.show(t=words, date=today, totals=asdict(row.today), reporting=None, places=None)
        _draw(self._chart, hours_chart(hours, words))
        self._table.show(t=words, hours=hours)
        self._kiosks.show(t=words, now=now, figure_keys=list(FIGURE_UNITS), kiosks=detail.kiosks)
        self._recent.show(t=words, events=detail.recent, rejects=detail.rejects, place_id=row.id)
        self._orders.show(t=words, orders=orders, place_id=row.id, may_act=self._may_act)

    def show_past(self, past: Past, now: datetime) -> None:
        words = self._words
        self._week.show(t=words, week=past.week, now=now)
        self._days_head.show(t=words, days=past.days)
        _draw(self._days, days_chart(past.days, words))
        self._swaps.show(t=words, swaps=past.swaps)
        door = [sentence(words, note) for note in past.door]
        self._missing.show(t=words, missing=past.missing, days=past.days, door=door)
        for key, chart in self._figures.items():
            _draw(chart, figure_chart(key, past.samples, words, self._zone))


def _draw(chart: ui.echart, options: dict[str, object]) -> None:
    """Again only when something changed."""
    if options != chart.options:
        chart.options.update(options)
        chart.update()
