"""The values pages and REST show, made by `board.py`. None is unknown, never 0.

They are plain dataclasses: the REST description (OpenAPI) is made from them.
"""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from broker_config.values import Condition
from central.health import Finding
from central.places import Level


@dataclass(frozen=True)
class Day:
    """Totals of one day; None where they are not known."""

    loans: int | None
    returns: int | None
    visits: int | None


@dataclass(frozen=True)
class PlaceSummary:
    """One place at a glance; `heard_at` is the latest sign of life of any of its kiosks."""

    id: str
    name: str
    short: str
    name_en: str
    short_en: str
    level: Level
    town: str
    condition: Condition
    findings: tuple[Finding, ...]
    heard_at: datetime | None
    today: Day
    planned: str | None = None
    """The reason of the maintenance that is under way."""


@dataclass(frozen=True)
class DeviceView:
    """`condition` is unknown while the kiosk is not heard; `told_condition` is what it last said. Errors are
    counted since the kiosk started; None: they are not counted."""

    place: str
    kiosk: str
    kind: str
    model: str
    port: str
    serial: str | None
    firmware: str | None
    condition: Condition
    told_condition: Condition
    reason: str
    since: str | None
    name: str = ""
    frames_bad: int | None = None
    retries: int | None = None
    losses: int | None = None
    last_success: str | None = None


@dataclass(frozen=True)
class Figures:
    """A kiosk's last heartbeat; None is unknown."""

    at: str
    ui_stall_ms: float | None
    disk_free_mb: float | None
    memory_mb: float | None
    temperature_c: float | None
    clock_offset_s: float | None
    outbox_depth: int | None
    ils_round_trip_ms: float | None
    ils_up: bool | None
    unsettled: int | None


@dataclass(frozen=True)
class KioskView:
    identity: str
    condition: Condition
    findings: tuple[Finding, ...]
    heard_at: datetime | None
    online_changed_at: datetime | None
    software: str
    config_hash: str
    devices: tuple[DeviceView, ...]
    figures: Figures | None


@dataclass(frozen=True)
class _Counts(Day):
    visits_partial: bool = False
    visits_estimated: bool = False


@dataclass(frozen=True)
class _OfHour:
    hour: int


# The fields of the last base come first.
@dataclass(frozen=True)
class Hour(_Counts, _OfHour):
    """One hour of a day; None where nothing can be known (yet). `visits_partial`: the counter missed some;
    `visits_estimated`: it cannot tell in from out."""


@dataclass(frozen=True)
class EventView:
    """`details` are the message's own fields without its envelope."""

    kiosk: str
    kind: str
    happened_at: datetime
    received_at: datetime
    details: dict[str, Any]


@dataclass(frozen=True)
class PlaceDetail:
    summary: PlaceSummary
    kiosks: tuple[KioskView, ...]
    recent: tuple[EventView, ...]
    rejects: int


# -- how it was --------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Segment:
    """[`start`, `end`) in one condition; `end` None: it lasts."""

    condition: Condition
    causes: tuple[str, ...]
    start: datetime
    end: datetime | None


@dataclass(frozen=True)
class Band:
    """The condition on one day without a break, up to now; `start` and `end` are midnights."""

    day: date
    segments: tuple[Segment, ...]
    start: datetime
    end: datetime

    def share(self, at: datetime | None) -> float:
        """How much of the day is over at `at`, in per cent."""
        return 100.0 if at is None else round(100 * ((at - self.start) / (self.end - self.start)), 2)


@dataclass(frozen=True)
class Week:
    """`troubles` are the newest first; `availability` in per cent of the known opening hours."""

    bands: tuple[Band, ...]
    troubles: tuple[Segment, ...]
    availability: float | None


@dataclass(frozen=True)
class _OfDay:
    day: date


@dataclass(frozen=True)
class DayFigures(_Counts, _OfDay):
    """As `Hour`, of one day."""


@dataclass(frozen=True)
class Swap:
    """One device of a kiosk gave way to another."""

    place: str
    kiosk: str
    kind: str
    at: datetime
    old_serial: str
    new_serial: str
    old_model: str | None
    model: str


@dataclass(frozen=True)
class Missing:
    """So many events of a kiosk are not here; `lost_at` None: they may still come."""

    kiosk: str
    events: int
    lost_at: datetime | None


@dataclass(frozen=True)
class EventPage:
    """`older` asks for the next page; None: there is none."""

    events: tuple[EventView, ...]
    older: str | None
