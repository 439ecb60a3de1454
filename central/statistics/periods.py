"""Months and weeks of the library's time zone. Pure."""

import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

WEEK = timedelta(days=7)
FIRST_YEAR, LAST_YEAR = 2020, 9998
_MONTH = re.compile(r"(\d{4})-(0[1-9]|1[0-2])", re.ASCII)


class BadMonth(ValueError):
    """What was given is no month; says what was expected."""


@dataclass(frozen=True, order=True)
class Month:
    year: int
    number: int

    @classmethod
    def parse(cls, text: str) -> "Month":
        match = _MONTH.fullmatch(text)
        if match is None or not FIRST_YEAR <= int(match[1]) <= LAST_YEAR:
            raise BadMonth(f"{text[:20]!r}: expected a month such as 2026-11")
        return cls(int(match[1]), int(match[2]))

    @classmethod
    def of(cls, day: date) -> "Month":
        return cls(day.year, day.month)

    def __str__(self) -> str:
        return f"{self.year:04}-{self.number:02}"

    @property
    def first(self) -> date:
        return date(self.year, self.number, 1)

    @property
    def after(self) -> date:
        """The day after its last."""
        return self.next.first

    @property
    def next(self) -> "Month":
        return Month(self.year + self.number // 12, self.number % 12 + 1)

    @property
    def previous(self) -> "Month":
        return Month(self.year - (self.number == 1), (self.number - 2) % 12 + 1)

    @property
    def year_before(self) -> "Month":
        return Month(self.year - 1, self.number)

    def days(self) -> list[date]:
        return [self.first + timedelta(days=n) for n in range((self.after - self.first).days)]

    def mondays(self) -> list[date]:
        """Of its weeks: those with most of their days, so their Thursday, in it."""
        monday = self.first - timedelta(days=self.first.weekday())
        found = []
        while monday < self.after:
            if self.first <= monday + timedelta(days=3) < self.after:
                found.append(monday)
            monday += WEEK
        return found


def begins(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(), zone)
