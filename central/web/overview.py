"""The page of all places: how many work, what needs action, and a board drawn by towns like a map.

Filters and the search fade what is not meant, so that every place stays where eyes know it. Tiles are redrawn
one by one and only when they change: nothing flickers.
"""

from collections import Counter
from zoneinfo import ZoneInfo

from fastapi import Request
from nicegui import ui
from nicegui.events import ValueChangeEventArguments

from broker_config.values import Condition
from central.accounts.roles import Role
from central.health import Cause
from central.places import Places
from central.views import PlaceSummary
from central.web.live import Live
from central.web.shell import Shell
from central.web.snapshot import Snapshot
from central.web.texts import Words
from central.web.visitor import Visitor

EVERYTHING = "all"
FILTERS = (EVERYTHING, *(condition.value for condition in Condition))
URGENCY = (Condition.DOWN, Condition.UNKNOWN, Condition.DEGRADED)
SMALL_TOWN = 2
"""With so few places it stands above the towns: the main library."""


def register(shell: Shell) -> None:
    async def overview(request: Request) -> None:
        async with shell.page(request, shell.words(request)("overview")) as page:
            content = Overview(page.board.places, page.words, page.board.zone, page.visitor)
            content.show(shell.own(await shell.look(), page.visitor))
            page.live(content.show)

    ui.page("/")(overview)


class Overview:
    """Builds the page where it is created; `show` brings it up to date."""

    def __init__(self, places: Places, words: Words, zone: ZoneInfo, visitor: Visitor) -> None:
        self._words = words
        self._zone = zone
        self._visitor = visitor
        self._stats: dict[str, tuple[ui.element, Live]] = {}
        self._tiles: dict[str, Live] = {}
        with ui.element("section").classes("stats"):
            for name in FILTERS:
                self._stats[name] = self._stat(name)
        with ui.element("section").classes("card strip"):
            self._today = Live("today.html")
        with ui.element("section").classes("card"):
            self._attention = Live("attention.html")
        with ui.element("section").classes(f"card board-card lang-{words.language.value}"):
            with ui.element("div").classes("board-head"):
                Live("legend.html").show(t=words, conditions=FILTERS[1:])
                self._build_search()
            with ui.element("div").classes("board") as self._board:
                self._build_towns(places)
        self._narrow = "" if len(places.town) > 1 else " narrow"
        self._names = {
            place.id: f"{place.name} {place.short} {place.name_en} {place.id}".lower()
            for place in places.place
        }
        self._filter(EVERYTHING)

    def show(self, snapshot: Snapshot) -> None:
        counts = Counter(place.condition.value for place in snapshot.places)
        counts[EVERYTHING] = len(snapshot.places)
        for name, (_, figure) in self._stats.items():
            figure.show(t=self._words, condition=name, count=counts[name])
        self._show_today(snapshot)
        planned = [place for place in snapshot.places if place.planned is not None]
        urgent = [place for place in snapshot.places if _needs_action(place)]
        urgent.sort(key=lambda place: URGENCY.index(place.condition))
        self._attention.show(t=self._words, rows=urgent, planned=planned, now=snapshot.now)
        for place in snapshot.places:
            self._tiles[place.id].show(
                t=self._words, row=place, now=snapshot.now, not_set_up=_not_set_up(place)
            )

    def _show_today(self, snapshot: Snapshot) -> None:
        days = [place.today for place in snapshot.places]
        known = {
            key: [amount for day in days if (amount := getattr(day, key)) is not None]
            for key in ("loans", "returns", "visits")
        }
        self._today.show(
            t=self._words,
            date=self._words.day(snapshot.now),
            totals={key: sum(amounts) if amounts else None for key, amounts in known.items()},
            reporting=len(known["loans"]),
            places=len(days),
        )

    # -- building ------------------------------------------------------------------------------------------

    def _stat(self, name: str) -> tuple[ui.element, Live]:
        with ui.element("button").classes(f"stat is-{name}") as button:
            figure = Live("status.html")
        button.on("click", self._visitor.handler(Role.VIEWER, lambda: self._filter(name)))
        return button, figure

    def _build_search(self) -> None:
        label = self._words("search")
        search = ui.input(placeholder=label, on_change=self._visitor.handler(Role.VIEWER, self._search))
        search.props(f'borderless clearable debounce=150 aria-label="{label}"').classes("search")

    def _build_towns(self, places: Places) -> None:
        for town in places.town:
            inside = [place for place in places.place if place.town == town.id]
            small = len(inside) <= SMALL_TOWN and len(places.town) > 1
            with ui.element("section").classes(f"town{' is-small' if small else ''}"):
                head = Live("town.html")
                head.classes("town-head").show(t=self._words, town=town, count=len(inside))
                with ui.element("div").classes("comb"):
                    for place in inside:
                        self._tiles[place.id] = Live("tile.html")
                        self._tiles[place.id].classes("cell")

    # -- the reader's hands --------------------------------------------------------------------------------

    def _filter(self, chosen: str) -> None:
        """Only places in that condition; the style sheet does the hiding, so that it stays true live."""
        for name, (button, _) in self._stats.items():
            button.props(f"aria-pressed={str(name == chosen).lower()}")
        self._board.classes(replace=f"board only-{chosen}{self._narrow}")

    def _search(self, event: ValueChangeEventArguments[str | None]) -> None:
        wanted = (event.value or "").strip().lower()
        for place_id, tile in self._tiles.items():
            if wanted in self._names[place_id]:
                tile.classes(remove="unmatched")
            else:
                tile.classes(add="unmatched")


def _needs_action(place: PlaceSummary) -> bool:
    """Maintenance was somebody's plan, and a place without a kiosk is no fault."""
    return place.condition in URGENCY and place.planned is None and not _not_set_up(place)


def _not_set_up(place: PlaceSummary) -> bool:
    return any(finding.cause is Cause.NOT_SET_UP for finding in place.findings)
