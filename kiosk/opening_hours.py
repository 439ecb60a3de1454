"""When a place is open, in local time: so that visits while it is closed can be marked as such."""

from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo

from broker_config.opening_hours import DAY_MIN, Span


@dataclass(frozen=True)
class OpeningHours:
    """`spans` of every day but the `closed_days` (1 is Monday). `zone` None is the board's own."""

    spans: tuple[Span, ...]
    closed_days: frozenset[int] = frozenset()
    zone: tzinfo | None = None

    def open_between(self, start: datetime, end: datetime) -> bool:
        """Whether the place was open at any moment from `start` to `end` (both aware), inclusive."""
        begins, ends = start.astimezone(self.zone), end.astimezone(self.zone)
        day = begins.date()
        while day <= ends.date():
            if day.isoweekday() not in self.closed_days:
                first_min = _minutes(begins) if day == begins.date() else 0
                last_min = _minutes(ends) if day == ends.date() else DAY_MIN
                if any(span.start_min <= last_min and first_min < span.end_min for span in self.spans):
                    return True
            day += timedelta(days=1)
        return False


def _minutes(local: datetime) -> float:
    """Since midnight, by the clock on the wall."""
    return local.hour * 60 + local.minute + (local.second + local.microsecond / 1e6) / 60
