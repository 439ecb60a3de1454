"""Opening hours as people write them, such as "09:00-12:00 14:30-18:00": for kiosks and the centre. Pure.

Which days they are of, and in which time zone, is whoever reads them's to know.
"""

import re
from dataclasses import dataclass
from itertools import pairwise

DAY_MIN = 24 * 60
_SPAN = re.compile(r"([01]\d|2[0-3]):([0-5]\d)-(?:([01]\d|2[0-3]):([0-5]\d)|(24):(00))")


class BadHours(ValueError):
    """Hours that cannot be read: what was there, and what was expected."""


@dataclass(frozen=True)
class Span:
    """Minutes after midnight, [start, end); `end_min` is at most `DAY_MIN`."""

    start_min: int
    end_min: int


def spans(text: str) -> tuple[Span, ...]:
    """Those of a day, one after the other; nothing is a closed day. BadHours."""
    found = tuple(span(word) for word in text.split())
    for before, after in pairwise(found):
        if after.start_min < before.end_min:
            raise BadHours(f"{text!r}: expected spans one after the other")
    return found


def span(text: str) -> Span:
    """As "09:00-17:30", until "24:00" at the latest; BadHours."""
    match = _SPAN.fullmatch(text)
    if match is not None:
        hour, minute, end_hour, end_minute = (int(part) for part in match.groups() if part is not None)
        found = Span(hour * 60 + minute, end_hour * 60 + end_minute)
        if found.start_min < found.end_min:
            return found
    raise BadHours(f'{text!r}: expected an opening and a later closing time such as "09:00-17:30"')
