"""When a place is open, in local time: so that visits while it is closed can be marked as such."""

import re
from dataclasses import dataclass
from datetime import datetime, time, timedelta, tzinfo

_SPAN = re.compile(r"([01]\d|2[0-3]):([0-5]\d)-([01]\d|2[0-3]):([0-5]\d)")


@dataclass(frozen=True)
class OpeningHours:
    """`spans` of every day but the `closed_days` (1 is Monday). `zone` None is the board's own."""

    spans: tuple[tuple[time, time], ...]
    closed_days: frozenset[int] = frozenset()
    zone: tzinfo | None = None

    def open_between(self, start: datetime, end: datetime) -> bool:
        """Whether the place was open at any moment from `start` to `end` (both aware), inclusive."""
        begins, ends = start.astimezone(self.zone), end.astimezone(self.zone)
        day = begins.date()
        while day <= ends.date():
            if day.isoweekday() not in self.closed_days:
                first = begins.time() if day == begins.date() else time.min
                last = ends.time() if day == ends.date() else time.max
                if any(opens <= last and first < closes for opens, closes in self.spans):
                    return True
            day += timedelta(days=1)
        return False


def parse_span(text: str) -> tuple[time, time]:
    """As "09:00-17:30"; ValueError says what was expected."""
    found = _SPAN.fullmatch(text)
    if found:
        numbers = [int(part) for part in found.groups()]
        span = time(numbers[0], numbers[1]), time(numbers[2], numbers[3])
        if span[0] < span[1]:
            return span
    raise ValueError(f'{text!r}: expected an opening and a later closing time such as "09:00-17:30"')
