"""Settings of places as pages show them: what is chosen in words, which kiosks go by it. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from broker_config.from_centre import Settings
from central.place_settings import BOUNDS, EVERY_DAY, NAMES, Mistake, chosen
from central.places import Level, Place, Places
from central.uptake import KioskUptake, Uptake
from central.web.texts import Language, Words

LABELS: Mapping[str, str] = {name: f"settings_{name}" for name in NAMES} | {
    # settings_offline_loans is one of the values of `offline`
    "offline_loans": "settings_offline_loans_most"
}
EVERYWHERE = "all"
TOWN = "town:"


@dataclass(frozen=True)
class Row:
    """One setting; `text` None: nothing is chosen."""

    name: str
    label: str
    text: str | None


@dataclass(frozen=True)
class PlaceRow:
    """One place that has settings, and how many of its kiosks go by them."""

    place: Place
    rows: list[Row]
    in_force: int
    kiosks: int


def rows_of(settings: Settings, words: Words) -> list[Row]:
    values = chosen(settings)
    return [
        Row(name, words(LABELS[name]), _said(name, values[name], words) if name in values else None)
        for name in NAMES
    ]


def place_row(place: Place, settings: Settings, kiosks: Sequence[KioskUptake], words: Words) -> PlaceRow:
    rows = [row for row in rows_of(settings, words) if row.text is not None]
    in_force = sum(one.uptake is Uptake.IN_FORCE for one in kiosks)
    return PlaceRow(place, rows, in_force, len(kiosks))


def sentence(mistake: Mistake, words: Words) -> str:
    """What is wrong and what to do."""
    return words(mistake.words, **{"name": words(LABELS[mistake.name]), **mistake.values})


def places_of(places: Places, where: str) -> list[Place]:
    """Those that `where` means: all, a level, or a town; none when it means nothing."""
    if where == EVERYWHERE:
        return list(places.place)
    if where.startswith(TOWN):
        return [place for place in places.place if place.town == where.removeprefix(TOWN)]
    return [place for place in places.place if place.level.value == where]


LEVELS = tuple(level.value for level in Level)


def _said(name: str, value: object, words: Words) -> str:
    comma = "、" if words.language is Language.CHINESE else ", "
    match name:
        case "open":
            assert isinstance(value, list | tuple)
            return " ".join(value)
        case "closed_days":
            assert isinstance(value, list | tuple)
            return comma.join(words(f"settings_day_{day}") for day in value or (EVERY_DAY,))
        case "offline":
            return words(f"settings_offline_{value}")
    assert name in BOUNDS and isinstance(value, int | float)
    return f"{value:g}"
