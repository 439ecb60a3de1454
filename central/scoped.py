"""The board as one principal may see it: the one place where what pages and REST show is cut to its places.

The same questions as `board.Board`; a place of others is as good as none.
"""

from collections.abc import Sequence
from datetime import date, datetime
from zoneinfo import ZoneInfo

from msgspec import structs

from central.accounts.roles import Principal
from central.board import Board
from central.places import Places
from central.views import DeviceView, Hour, PlaceDetail, PlaceSummary


class ScopedBoard:
    """`whole` is asked and its answer cut down."""

    def __init__(self, whole: Board, principal: Principal) -> None:
        self._whole = whole
        self._principal = principal
        self.places = visible(whole.places, principal)

    @property
    def zone(self) -> ZoneInfo:
        return self._whole.zone

    def now(self) -> datetime:
        return self._whole.now()

    def today(self) -> date:
        return self._whole.today()

    def overview(self) -> list[PlaceSummary]:
        return self.own(self._whole.overview())

    def own(self, places: Sequence[PlaceSummary]) -> list[PlaceSummary]:
        """Of `places` those the principal sees."""
        return [place for place in places if self._principal.sees(place.id)]

    def place(self, place_id: str) -> PlaceDetail | None:
        return self._whole.place(place_id) if self._principal.sees(place_id) else None

    def hours(self, place_id: str, day: date) -> list[Hour]:
        return self._whole.hours(place_id, day) if self._principal.sees(place_id) else []

    def devices(self, place_id: str | None = None) -> list[DeviceView]:
        return [device for device in self._whole.devices(place_id) if self._principal.sees(device.place)]

    def event_count(self, place: str | None, kind: str | None) -> int:
        if place is None and self._principal.places is not None:
            return sum(self._whole.event_count(own.id, kind) for own in self.places.place)
        seen = place is None or self._principal.sees(place)
        return self._whole.event_count(place, kind) if seen else 0


def visible(places: Places, principal: Principal) -> Places:
    """The places that `principal` sees, and the towns they lie in."""
    own = tuple(place for place in places.place if principal.sees(place.id))
    towns = {place.town for place in own}
    return structs.replace(places, place=own, town=tuple(town for town in places.town if town.id in towns))
