"""Which month and which places a page of statistics is about, as its address says. Pure.

A scope is `all`, `level:point`, `town:taiping` or `place:mz-taiping-03`, always of the visitor's own places.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from central.places import Level, Place, Places
from central.statistics.figures import Item
from central.statistics.periods import BadMonth, Month

EVERYTHING = "all"
LONGEST = 60
AT_ONCE = 1000
SORTABLE = ("place", *(item.value for item in Item), "standing")


class BadChoice(Exception):
    """What was asked for does not exist; `words` is the key of the sentence, `given` what was asked."""

    def __init__(self, words: str, given: str) -> None:
        super().__init__(words)
        self.words, self.given = words, given[:LONGEST]


@dataclass(frozen=True)
class Choice:
    """`town` and `level` are empty unless the scope is one. `sort` is one of SORTABLE."""

    month: Month
    places: tuple[Place, ...]
    scope: str = EVERYTHING
    town: str = ""
    level: str = ""
    sort: str = "place"
    descending: bool = False

    @property
    def one(self) -> bool:
        return self.scope.startswith("place:")

    def address(self, path: str, **changed: object) -> str:
        """`path` about the same, but for what is `changed`."""
        asked: dict[str, object] = {"month": self.month, "scope": self.scope, "sort": self.sort}
        asked["down"] = int(self.descending)
        asked |= changed
        default: dict[str, object] = {"sort": "place", "down": 0}
        return f"{path}?{urlencode({k: v for k, v in asked.items() if default.get(k) != v})}"


def month_of(text: str, this_month: Month) -> Month:
    """BadChoice. Nothing: this month."""
    if not text:
        return this_month
    try:
        month = Month.parse(text)
    except BadMonth as error:
        raise BadChoice("statistics_bad_month", text) from error
    if month > this_month:
        raise BadChoice("statistics_future", text)
    return month


def year_of(text: str, this_month: Month) -> int:
    """BadChoice. Nothing: this year."""
    if not text:
        return this_month.year
    try:
        january = Month.parse(f"{text}-01")
    except BadMonth as error:
        raise BadChoice("statistics_bad_year", text) from error
    if january > this_month:
        raise BadChoice("statistics_future", text)
    return january.year


def choose(asked: Mapping[str, str], own: Places, this_month: Month) -> Choice:
    """`own` are the places that the visitor sees. BadChoice."""
    month = month_of(asked.get("month", ""), this_month)
    scope = asked.get("scope", "") or _usual(own)
    kind, _, key = scope.partition(":")
    town = key if kind == "town" else ""
    level = key if kind == "level" else ""
    match kind:
        case "place":
            places = tuple(place for place in own.place if place.id == key)
        case "town":
            places = tuple(place for place in own.place if place.town == key)
        case "level":
            places = tuple(place for place in own.place if place.level.value == key)
        case _:
            places = own.place if scope == EVERYTHING else ()
    if not places:
        raise BadChoice("statistics_no_place", scope)
    sort = asked.get("sort", "")
    return Choice(
        month=month,
        places=places,
        scope=scope,
        town=town,
        level=level,
        sort=sort if sort in SORTABLE else "place",
        descending=asked.get("down") == "1",
    )


def _usual(own: Places) -> str:
    """What is shown unless asked otherwise: everything, unless that is too much to wait for."""
    return EVERYTHING if len(own.place) <= AT_ONCE else f"town:{own.place[0].town}"


def levels_of(own: Places) -> list[Level]:
    return [level for level in Level if any(place.level is level for place in own.place)]
