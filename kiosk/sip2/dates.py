"""Dates as SIP2 servers write them: the wire's own form, and the many of due dates (AH). Pure.

A due date is free text to the standard. Seen: Koha and Evergreen `20261222    235900`, dp2 `2026-12-22`, OCLC
LBS `22.12.2026`, SirsiDynix Unicorn `12/22/2026,23:59`, Aleph `December 22 2026 11:59 PM`.
"""

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime, time

_WIRE = re.compile(r"(\d{8})(.{0,4})(\d{6})", re.DOTALL)
"""Four characters of zone by the standard; some servers write fewer, or none."""
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_TIME = (
    r"(?:[ T,]*(?P<hour>\d\d?):?(?P<minute>\d\d)(?::?(?P<second>\d\d)(?:\.?\d+)?)?"
    r"(?: ?(?P<half>[AP])\.?M\.?)? ?(?P<zone>Z|[+-]\d\d:?\d\d)?)?"
)
_DAYS = (
    r"(?P<year>\d{4})(?P<month>\d\d)(?P<day>\d\d)",
    r"(?P<year>\d{4})(?P<mark>[-/.])(?P<month>\d\d?)(?P=mark)(?P<day>\d\d?)(?!\d)",
    r"(?P<year>\d{4})年(?P<month>\d\d?)月(?P<day>\d\d?)日",
    r"(?P<day>\d\d?)\.(?P<month>\d\d?)\.(?P<year>\d{4})(?!\d)",
    r"(?P<one>\d\d?)(?P<mark>[-/])(?P<other>\d\d?)(?P=mark)(?P<year>\d{4})(?!\d)",
    r"(?P<day>\d\d?)[- ](?P<name>[A-Z]{3,9})[- ](?P<year>\d{4})(?!\d)",
    r"(?P<name>[A-Z]{3,9}) (?P<day>\d\d?),? (?P<year>\d{4})(?!\d)",
)
_DUE = tuple(re.compile(day + _TIME, re.IGNORECASE) for day in _DAYS)
_NIGHT = time(23, 59)


def write_date(when: datetime | None) -> str:
    """YYYYMMDD, zone, HHMMSS: four blanks for local time, `   Z` for UTC, all blank for none."""
    if when is None:
        return " " * 18
    zone = "    " if when.tzinfo is None else "   Z"
    local = when if when.tzinfo is None else when.astimezone(UTC)
    return f"{local:%Y%m%d}{zone}{local:%H%M%S}"


def read_date(text: str) -> datetime | None:
    """The wire's 18 characters, or as many as the server wrote; None when blank or no real date."""
    found = _WIRE.fullmatch(text)
    if found is None:
        return None
    day, zone, clock = found.groups()
    try:
        when = datetime.strptime(day + clock, "%Y%m%d%H%M%S")
    except ValueError:
        return None
    return when.replace(tzinfo=UTC) if zone.strip() == "Z" else when


def read_due(text: str | None) -> datetime | None:
    """A due date (AH) in any of the ways above. A day without a time ends at 23:59.

    None for text that is no date, or that reads as two (`04/01/2026`): show it as it stands.
    """
    text = (text or "").strip()
    found = next(filter(None, (due.fullmatch(text) for due in _DUE)), None)
    try:
        return read_date(text) or (_moment(found) if found else None)
    except ValueError:
        return None


def _moment(found: re.Match[str]) -> datetime:
    """ValueError: no such day or hour, or no telling which."""
    parts = {name: text for name, text in found.groupdict().items() if text}
    month, day = _month_and_day(parts)
    at = datetime.combine(date(int(parts["year"]), month, day), _clock(parts))
    if "zone" not in parts:
        return at
    return at.replace(tzinfo=datetime.strptime(parts["zone"], "%z").tzinfo)


def _month_and_day(parts: Mapping[str, str]) -> tuple[int, int]:
    if "name" in parts:
        return _MONTHS.index(parts["name"][:3].lower()) + 1, int(parts["day"])
    if "month" in parts:
        return int(parts["month"]), int(parts["day"])
    low, high = sorted((int(parts["one"]), int(parts["other"])))
    if low != high <= 12:
        raise ValueError("either number may be the month")
    return low, high


def _clock(parts: Mapping[str, str]) -> time:
    if "hour" not in parts:
        return _NIGHT
    hour = int(parts["hour"])
    if "half" in parts:
        hour = hour % 12 + (12 if parts["half"] in "Pp" else 0)
    return time(hour, int(parts["minute"]), int(parts.get("second", 0)))
