"""The places the centre watches over, read from a TOML file that staff may edit (`places.toml`)."""

from collections import Counter
from enum import Enum
from pathlib import Path

from msgspec import Struct

from broker_config.toml import ConfigError, read_toml
from broker_config.topics import BadTopic, Identity


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
    `town` the id of a town."""

    id: str
    name: str
    short: str
    name_en: str
    short_en: str
    level: Level
    town: str


class Places(Struct, frozen=True, forbid_unknown_fields=True):
    """In the order of the file, which is the order of every page."""

    town: tuple[Town, ...]
    place: tuple[Place, ...]

    def find(self, place_id: str) -> Place | None:
        return next((place for place in self.place if place.id == place_id), None)


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
    return places
