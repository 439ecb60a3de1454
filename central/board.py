"""What pages and REST show: store, places and clock put together into frozen values.

Counts are None where nobody can know them. A day is a day of the library's time zone.
"""

from collections.abc import Callable, Sequence
from dataclasses import fields
from datetime import date, datetime, time, timedelta
from enum import Enum
from zoneinfo import ZoneInfo

from broker_config.messages import Health
from central.health import Verdict, judge_device, judge_kiosk, judge_place
from central.health.planned import Window, with_plans
from central.history import History, event_view
from central.places import Place, Places
from central.store import Kiosk, Store
from central.views import Day, DeviceView, EventView, Figures, Hour, KioskView, PlaceDetail, PlaceSummary

RECENT_EVENTS = 16
DOOR_COUNTER = "door_counter"


class Counted(Enum):
    """What is counted by hour and day; the value is the event's kind."""

    LOANS = "loan"
    RETURNS = "return"
    VISITS = "visits"


class Board:
    """Answers for pages and REST; every method reads the store and takes milliseconds."""

    def __init__(self, store: Store, places: Places, zone: ZoneInfo, now: Callable[[], datetime]) -> None:
        self._store = store
        self.places = places
        self.zone = zone
        self.now = now

    def today(self) -> date:
        return self.now().astimezone(self.zone).date()

    def overview(self) -> list[PlaceSummary]:
        """Every place, in the order of the places file."""
        kiosks: dict[str, list[Kiosk]] = {}
        for kiosk in self._store.kiosks():
            kiosks.setdefault(kiosk.identity.place, []).append(kiosk)
        totals = self._store.totals(*self._bounds(self.today()))
        return [self._summary(place, kiosks.get(place.id, []), totals) for place in self.places.place]

    def place(self, place_id: str) -> PlaceDetail | None:
        """Everything about one place but its hours; None when there is no such place."""
        place = self.places.find(place_id)
        if place is None:
            return None
        kiosks = self._store.kiosks(place_id)
        totals = self._store.totals(*self._bounds(self.today()), place_id)
        return PlaceDetail(
            summary=self._summary(place, kiosks, totals),
            kiosks=tuple(_kiosk_view(kiosk, judge_kiosk(kiosk, self.now())) for kiosk in kiosks),
            recent=self._recent(place_id),
            rejects=self._store.reject_count(place_id),
        )

    def hours(self, place_id: str, day: date) -> list[Hour]:
        """The 24 hours of `day`. An hour without an event is 0 from the first time its place was heard to
        the last, else None."""
        start, end = self._bounds(day)
        counts = {
            (count.hour.astimezone(self.zone).hour, count.kind): count
            for count in self._store.hours(place_id, start, end)
        }
        kiosks = self._store.kiosks(place_id)
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
            hours.append(
                Hour(
                    hour=hour,
                    loans=amounts[Counted.LOANS],
                    returns=amounts[Counted.RETURNS],
                    visits=amounts[Counted.VISITS],
                    visits_partial=bool(visits and visits.partial),
                    visits_estimated=bool(visits and visits.estimated),
                )
            )
        return hours

    def devices(self, place_id: str | None = None) -> list[DeviceView]:
        now = self.now()
        return [
            device
            for kiosk in self._store.kiosks(place_id)
            for device in _kiosk_view(kiosk, judge_kiosk(kiosk, now)).devices
        ]

    def event_count(self, place: str | None, kind: str | None) -> int:
        return self._store.event_count(place, kind)

    def _bounds(self, day: date) -> tuple[datetime, datetime]:
        start = datetime.combine(day, time(), self.zone)
        return start, datetime.combine(day + timedelta(days=1), time(), self.zone)

    def _summary(
        self, place: Place, kiosks: Sequence[Kiosk], totals: dict[tuple[str, str], int]
    ) -> PlaceSummary:
        verdict = judge_place([judge_kiosk(kiosk, self.now()) for kiosk in kiosks])
        return PlaceSummary(
            id=place.id,
            name=place.name,
            short=place.short,
            name_en=place.name_en,
            short_en=place.short_en,
            level=place.level,
            town=place.town,
            condition=verdict.condition,
            findings=verdict.findings,
            heard_at=verdict.heard_at,
            today=self._day(place.id, kiosks, verdict, totals),
        )

    def _day(
        self, place_id: str, kiosks: Sequence[Kiosk], verdict: Verdict, totals: dict[tuple[str, str], int]
    ) -> Day:
        heard_today = verdict.heard_at is not None and verdict.heard_at >= self._bounds(self.today())[0]
        counter = any(device.kind == DOOR_COUNTER for kiosk in kiosks for device in kiosk.devices)
        nothing = 0 if heard_today else None
        return Day(
            loans=totals.get((place_id, Counted.LOANS.value), nothing),
            returns=totals.get((place_id, Counted.RETURNS.value), nothing),
            visits=totals.get((place_id, Counted.VISITS.value), nothing if counter else None),
        )

    def _recent(self, place_id: str) -> tuple[EventView, ...]:
        return tuple(
            EventView(
                kiosk=event.identity.device,
                kind=event.kind,
                happened_at=event.happened_at,
                received_at=event.received_at,
                details=_details(event.body),
            )
            for event in self._store.recent(place_id, RECENT_EVENTS)
        )


ENVELOPE = frozenset({"type", "at", "clock_synced", "install_id", "seq"})
PERSONAL = frozenset({"reader_token", "reader_id", "item_id", "words"})
"""A token serves counting only; what a dispute tells of its reader belongs to the worklist alone."""


def _details(body: str) -> dict[str, Any]:
    return {key: value for key, value in json.loads(body).items() if key not in ENVELOPE | PERSONAL}


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
            )
            for device in kiosk.devices
        ),
        figures=_figures(kiosk.health),
    )


def _figures(health: Health | None) -> Figures | None:
    if health is None:
        return None
    return Figures(**{field.name: getattr(health, field.name) for field in fields(Figures)})
