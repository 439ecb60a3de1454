"""What pages and REST show: store, places and clock put together into frozen values.

Counts are None where nobody can know them. A day is a day of the library's time zone.
"""

from collections.abc import Callable, Sequence
from dataclasses import fields
from datetime import date, datetime, time, timedelta
from enum import Enum
from zoneinfo import ZoneInfo

from broker_config.status import Health
from central.health import Verdict, judge_device, judge_kiosk
from central.health.planned import Window
from central.history import History, Planned, event_view
from central.places import Places
from central.store import Kiosk, Store
from central.summaries import Summaries, ground_of, summary, with_windows
from central.views import DeviceView, EventView, Figures, Hour, KioskView, PlaceDetail, PlaceSummary

RECENT_EVENTS = 16


class Counted(Enum):
    """What is counted by hour and day; the value is the event's kind."""

    LOANS = "loan"
    RETURNS = "return"
    VISITS = "visits"


class Board:
    """Answers for pages and REST; every method reads the store and takes milliseconds."""

    def __init__(
        self,
        store: Store,
        places: Places,
        zone: ZoneInfo,
        now: Callable[[], datetime],
        planned: Planned = lambda start, end: (),
    ) -> None:
        """`planned`: the maintenance that people planned."""
        self.store = store
        self.places = places
        self.zone = zone
        self.now = now
        self._planned = planned
        self.history = History(store, places, zone, planned)
        self._summaries = Summaries()

    def today(self) -> date:
        return self.now().astimezone(self.zone).date()

    def overview(self) -> list[PlaceSummary]:
        """Every place, in the order of the places file."""
        kiosks = self.store.kiosks_by_place()
        now, windows, (midnight, end) = self.now(), self._windows(), self._bounds(self.today())
        totals = self.store.totals(midnight, end)
        found = []
        for place in self.places.place:
            ground = ground_of(place.id, kiosks.get(place.id, ()), totals, midnight)
            if windows:
                ground = with_windows(ground, place.id, windows, now)
            found.append(self._summaries.of(place, ground, now))
        return found

    def place(self, place_id: str) -> PlaceDetail | None:
        """Everything about one place but its hours; None when there is no such place."""
        place = self.places.find(place_id)
        if place is None:
            return None
        kiosks = self.store.kiosks(place_id)
        now, (midnight, end) = self.now(), self._bounds(self.today())
        totals = self.store.totals(midnight, end, place_id)
        ground = with_windows(ground_of(place_id, kiosks, totals, midnight), place_id, self._windows(), now)
        return PlaceDetail(
            summary=summary(place, ground, now),
            kiosks=tuple(_kiosk_view(kiosk, judge_kiosk(kiosk, now)) for kiosk in kiosks),
            recent=self._recent(place_id),
            rejects=self.store.reject_count(place_id),
        )

    def hours(self, place_id: str, day: date) -> list[Hour]:
        """The 24 hours of `day`. An hour without an event is 0 from the first time its place was heard to
        the last, else None, as are visits in a gap of counting."""
        start, end = self._bounds(day)
        counts = {
            (count.hour.astimezone(self.zone).hour, count.kind): count
            for count in self.store.hours(place_id, start, end)
        }
        marks = self.store.door_marks(start, end, place_id)
        kiosks = self.store.kiosks(place_id)
        first = min((k.first_heard_at for k in kiosks if k.first_heard_at), default=None)
        last = max((k.heard_at for k in kiosks if k.heard_at), default=None)
        hours = []
        for hour in range(24):
            begins = start + timedelta(hours=hour)
            known = first and last and first < begins + timedelta(hours=1) and begins <= last
            amounts = {
                counted: counts[hour, counted.value].amount
                if (hour, counted.value) in counts
                else (0 if known else None)
                for counted in Counted
            }
            visits = counts.get((hour, Counted.VISITS.value))
            hidden = any(mark.hides(begins, begins + timedelta(hours=1)) for mark in marks)
            if visits is None and hidden:
                amounts[Counted.VISITS] = None
            hours.append(
                Hour(
                    hour=hour,
                    loans=amounts[Counted.LOANS],
                    returns=amounts[Counted.RETURNS],
                    visits=amounts[Counted.VISITS],
                    visits_partial=bool(visits and visits.partial) or hidden,
                    visits_estimated=bool(visits and visits.estimated),
                )
            )
        return hours

    def devices(self, place_id: str | None = None) -> list[DeviceView]:
        now = self.now()
        return [
            device
            for kiosk in self.store.kiosks(place_id)
            for device in _kiosk_view(kiosk, judge_kiosk(kiosk, now)).devices
        ]

    def event_count(self, place: str | None, kind: str | None) -> int:
        return self.store.event_count(place, kind)

    def _windows(self) -> Sequence[Window]:
        now = self.now()
        return self._planned(now, now + timedelta(milliseconds=1))

    def _bounds(self, day: date) -> tuple[datetime, datetime]:
        start = datetime.combine(day, time(), self.zone)
        return start, datetime.combine(day + timedelta(days=1), time(), self.zone)

    def _recent(self, place_id: str) -> tuple[EventView, ...]:
        return tuple(event_view(event) for event in self.store.recent(place_id, RECENT_EVENTS))


def _kiosk_view(kiosk: Kiosk, verdict: Verdict) -> KioskView:
    return KioskView(
        identity=str(kiosk.identity),
        condition=verdict.condition,
        findings=verdict.findings,
        heard_at=kiosk.heard_at,
        online_changed_at=kiosk.online_changed_at,
        software=kiosk.state.software if kiosk.state else "",
        config_hash=kiosk.state.config_hash if kiosk.state else "",
        devices=tuple(
            DeviceView(
                place=kiosk.identity.place,
                kiosk=kiosk.identity.device,
                kind=device.kind,
                model=device.model,
                port=device.port,
                serial=device.serial,
                firmware=device.firmware,
                condition=judge_device(device, verdict),
                told_condition=device.condition,
                reason=device.reason,
                since=device.since,
                name=device.name or device.kind,
                frames_bad=device.frames_bad,
                retries=device.retries,
                losses=device.losses,
                last_success=device.last_success,
            )
            for device in kiosk.devices
        ),
        figures=_figures(kiosk.health),
    )


def _figures(health: Health | None) -> Figures | None:
    if health is None:
        return None
    return Figures(**{field.name: getattr(health, field.name) for field in fields(Figures)})
