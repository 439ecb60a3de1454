"""The places the centre watches over, read from a TOML file that staff may edit (`places.toml`)."""

from collections import Counter
from enum import Enum
from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo

from msgspec import Meta, Struct

from broker_config.toml import ConfigError, read_toml
from broker_config.topics import BadTopic, Identity
from central.health.hours import Holiday, Schedule, Week


class Level(Enum):
    MAIN = "main"
    BRANCH = "branch"
    POINT = "point"


class Town(Struct, frozen=True, forbid_unknown_fields=True):
    id: str
    name: str
    name_en: str


class Place(Struct, frozen=True, forbid_unknown_fields=True):
    """`id` is the first half of the identities of its devices; `short` its name on the board of all places;
    `town` the id of a town, `hours` its own opening hours where they are not those of its level."""

    id: str
    name: str
    short: str
    name_en: str
    short_en: str
    level: Level
    town: str
    hours: Week | None = None


class Standard(Struct, frozen=True, forbid_unknown_fields=True):
    """What places of a level should reach at least, None where nothing is demanded: hours open a week, new
    volumes and activities a year, and months within which a crate of rotated books comes."""

    open_h_week: Annotated[float, Meta(gt=0, le=168)] | None = None
    added_year: Annotated[int, Meta(ge=1)] | None = None
    activities_year: Annotated[int, Meta(ge=1)] | None = None
    rotation_months: Annotated[int, Meta(ge=1, le=12)] | None = None


class Places(Struct, frozen=True, forbid_unknown_fields=True):
    """In the order of the file, which is the order of every page. `hours` are opening hours by level,
    `standards` what the plan demands by level."""

    town: tuple[Town, ...]
    place: tuple[Place, ...]
    hours: dict[Level, Week] = {}
    holiday: tuple[Holiday, ...] = ()
    standards: dict[Level, Standard] = {}

    def find(self, place_id: str) -> Place | None:
        return next((place for place in self.place if place.id == place_id), None)

    def standard(self, place: Place) -> Standard:
        return self.standards.get(place.level, Standard())

    def schedule(self, place: Place, zone: ZoneInfo) -> Schedule:
        """When `place` is open: its own week before that of its level."""
        holidays = tuple(one for one in self.holiday if one.concerns(place.id, place.level.value))
        return Schedule(zone, place.hours or self.hours.get(place.level), holidays)


def load_places(path: Path) -> Places:
    """The places of `path`; ConfigError names what is wrong in it."""
    places = read_toml(path, Places)
    towns = {town.id for town in places.town}
    for place in places.place:
        try:
            Identity(place.id, "kiosk")
        except BadTopic as error:
            raise ConfigError(f"{path}: place.id: {error}") from error
        if place.town not in towns:
            raise ConfigError(
                f"{path}: place {place.id}: town {place.town!r}: expected one of {', '.join(sorted(towns))}"
            )
    for place_id, times in Counter(place.id for place in places.place).items():
        if times > 1:
            raise ConfigError(f"{path}: place.id {place_id!r} is there {times} times, expected once")
    _check_holidays(path, places)
    return places


def _check_holidays(path: Path, places: Places) -> None:
    known = {"levels": {level.value for level in Level}, "places": {place.id for place in places.place}}
    for holiday in places.holiday:
        for key, names in known.items():
            for name in getattr(holiday, key):
                if name not in names:
                    raise ConfigError(
                        f"{path}: holiday {holiday.name!r}: {key}: {name!r} is none of the {key} of this file"
                    )
