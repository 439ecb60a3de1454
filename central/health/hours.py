"""When places are open: a week by level or place, and days that differ from it. Pure.

In the places file, times of the library's zone, days that are not named are closed:

    [hours.point]
    tue = "09:00-12:00 14:30-18:00"
    [[holiday]]
    first = 2027-02-05
    last = 2027-02-11
    name = "春节"

A holiday without `hours` is a closed day; without `levels` and `places` it is everybody's; the last one named
wins. Without hours nobody can say when a place ought to work, so then it ought to work always.
"""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from msgspec import Struct

from broker_config.opening_hours import DAY_MIN, BadHours, Span, spans

Interval = tuple[datetime, datetime]
"""[start, end), aware."""

DAY_NAMES = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


class Week(Struct, frozen=True, forbid_unknown_fields=True):
    """Hours of every day; nothing is a closed day."""

    mon: str = ""
    tue: str = ""
    wed: str = ""
    thu: str = ""
    fri: str = ""
    sat: str = ""
    sun: str = ""

    def __post_init__(self) -> None:
        for name in DAY_NAMES:
            try:
                spans(getattr(self, name))
            except BadHours as error:
                raise BadHours(f"{name}: {error}") from error

    def on(self, day: date) -> tuple[Span, ...]:
        return spans(getattr(self, DAY_NAMES[day.weekday()]))

    @property
    def open_h(self) -> float:
        """Hours a week, to hold against the standard of the place's level."""
        days = (spans(getattr(self, name)) for name in DAY_NAMES)
        return sum(span.end_min - span.start_min for day in days for span in day) / 60


class Holiday(Struct, frozen=True, forbid_unknown_fields=True):
    """Days `first` to `last`, both included, that differ: `hours` as in a week, nothing for closed."""

    first: date
    last: date
    name: str
    hours: str = ""
    levels: tuple[str, ...] = ()
    places: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        spans(self.hours)
        if self.last < self.first:
            raise BadHours(f"holiday {self.name!r}: last: expected a day not before first")

    def concerns(self, place: str, level: str) -> bool:
        everybody = not self.levels and not self.places
        return everybody or level in self.levels or place in self.places


@dataclass(frozen=True)
class Schedule:
    """The opening hours of one place; `week` None: nobody has said them."""

    zone: ZoneInfo
    week: Week | None = None
    holidays: tuple[Holiday, ...] = ()

    def on(self, day: date) -> tuple[Span, ...]:
        if self.week is None:
            return (Span(0, DAY_MIN),)
        special = [holiday for holiday in self.holidays if holiday.first <= day <= holiday.last]
        return spans(special[-1].hours) if special else self.week.on(day)

    def intervals(self, start: datetime, end: datetime) -> list[Interval]:
        """When it is open within [start, end), in order."""
        found = []
        day, last = start.astimezone(self.zone).date(), end.astimezone(self.zone).date()
        while day <= last:
            for span in self.on(day):
                begins = max(self._at(day, span.start_min), start)
                ends = min(self._at(day, span.end_min), end)
                if begins < ends:
                    found.append((begins, ends))
            day += timedelta(days=1)
        return found

    def is_open(self, now: datetime, for_at_least: timedelta = timedelta()) -> bool:
        """Whether it is open, and has been so for a while; without hours it always is."""
        if self.week is None:
            return True
        local = now.astimezone(self.zone)
        return any(
            self._at(local.date(), span.start_min) + for_at_least
            <= now
            < self._at(local.date(), span.end_min)
            for span in self.on(local.date())
        )

    def _at(self, day: date, minute: int) -> datetime:
        days, minute = divmod(minute, DAY_MIN)
        return datetime.combine(day + timedelta(days=days), time(minute // 60, minute % 60), self.zone)
