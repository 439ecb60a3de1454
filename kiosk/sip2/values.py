"""How single values stand on the SIP2 wire: fixed places, variable fields, and the words for both.

Pure. `Fixed` and `Variable` are the marks that `requests.py` and `replies.py` put on their fields; nothing
here knows a message. Readers are as tolerant as real servers demand, and say ValueError only where a
guess could turn a no into a yes.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import Enum, IntEnum
from typing import Annotated, Any

from kiosk.sip2.dates import read_date, write_date


@dataclass(frozen=True)
class Fixed:
    """A value known by its place: `width` characters. `loose` fits what servers write there, no wider."""

    width: int
    write: Callable[[Any], str]
    read: Callable[[str], Any]
    loose: str = ""


@dataclass(frozen=True)
class Variable:
    """A value known by its two-letter `id`, ended by the separator. A `repeated` one is a tuple."""

    id: str
    write: Callable[[Any], str] = str
    read: Callable[[str], Any] = str
    repeated: bool = False


def repeated(field_id: str) -> Variable:
    return Variable(field_id, repeated=True)


class Denied(IntEnum):
    """The fourteen places of the patron status: set means that the right is denied, or why."""

    CHARGE = 0
    RENEWAL = 1
    RECALL = 2
    HOLD = 3
    CARD_LOST = 4
    TOO_MANY_CHARGED = 5
    TOO_MANY_OVERDUE = 6
    TOO_MANY_RENEWALS = 7
    TOO_MANY_CLAIMS_RETURNED = 8
    TOO_MANY_LOST = 9
    EXCESS_FINES = 10
    EXCESS_FEES = 11
    RECALL_OVERDUE = 12
    TOO_MANY_BILLED = 13


class Summary(IntEnum):
    """The list that patron information is to spell out: its place among the ten, one at a time."""

    HOLD = 0
    OVERDUE = 1
    CHARGED = 2
    FINE = 3
    RECALL = 4
    UNAVAILABLE = 5


class CirculationStatus(Enum):
    """Where an item stands; a number no server should send reads as OTHER."""

    OTHER = "01"
    ON_ORDER = "02"
    AVAILABLE = "03"
    CHARGED = "04"
    CHARGED_NOT_RECALLABLE = "05"
    IN_PROCESS = "06"
    RECALLED = "07"
    ON_HOLD_SHELF = "08"
    TO_BE_RESHELVED = "09"
    IN_TRANSIT = "10"
    CLAIMED_RETURNED = "11"
    LOST = "12"
    MISSING = "13"


class HoldMode(Enum):
    ADD = "+"
    DELETE = "-"
    CHANGE = "*"


class StatusCode(Enum):
    """How the self-check itself is, in SC status."""

    OK = "0"
    NO_PAPER = "1"
    CLOSING = "2"


_TRUTHS = {"Y": True, "1": True, "N": False, "0": False}


def read_truth(text: str) -> bool | None:
    """Y, N, 1 or 0; None for U, blank and everything else: unknown is not no."""
    return _TRUTHS.get(text)


def _read_sure_truth(text: str) -> bool:
    if text not in _TRUTHS:
        raise ValueError("neither yes nor no")
    return _TRUTHS[text]


def _truth_written(yes: str, no: str) -> Callable[[bool | None], str]:
    return {True: yes, False: no, None: "U"}.__getitem__


def _exactly(width: int) -> Callable[[str], str]:
    def write(text: str) -> str:
        if len(text) != width:
            raise ValueError(f"must be {width} characters long")
        return text

    return write


def _write_number(width: int) -> Callable[[int | None], str]:
    def write(number: int | None) -> str:
        return _exactly(width)(" " * width if number is None else f"{number:0{width}}")

    return write


def _read_number(text: str) -> int | None:
    """None where a server leaves a count blank: unknown is not zero."""
    return int(text) if text.isascii() and text.isdigit() else None


def _number(width: int) -> Fixed:
    return Fixed(width, _write_number(width), _read_number, rf"[\d ]{{{width}}}")


def _write_denied(denied: frozenset[Denied]) -> str:
    return "".join("Y" if place in denied else " " for place in Denied)


def _read_denied(text: str) -> frozenset[Denied]:
    return frozenset(place for place in Denied if text[place : place + 1] == "Y")


def _write_summary(summary: Summary | None) -> str:
    return "".join("Y" if place == summary else " " for place in range(10))


def _read_summary(text: str) -> Summary | None:
    return next((place for place in Summary if text[place] == "Y"), None)


def _read_circulation(text: str) -> CirculationStatus:
    known = (status for status in CirculationStatus if status.value == text)
    return next(known, CirculationStatus.OTHER)


def _value(member: Enum) -> str:
    return str(member.value)


# The types that fields of messages are declared with.
YesNo = Annotated[bool, Fixed(1, _truth_written("Y", "N"), _read_sure_truth)]
Ok = Annotated[bool, Fixed(1, _truth_written("1", "0"), _read_sure_truth)]
Perhaps = Annotated[bool | None, Fixed(1, _truth_written("Y", "N"), read_truth)]
Date = Annotated[datetime | None, Fixed(18, write_date, read_date, r"\d{8}.{0,4}\d{6}| {18}")]
Count = Annotated[int | None, _number(4)]
Number3 = Annotated[int | None, _number(3)]
Char1 = Annotated[str, Fixed(1, _exactly(1), str)]
Char2 = Annotated[str, Fixed(2, _exactly(2), str)]
Char3 = Annotated[str, Fixed(3, _exactly(3), str)]
Version = Annotated[str, Fixed(4, _exactly(4), str, r"\d\.\w\w|")]
PatronStatus14 = Annotated[frozenset[Denied], Fixed(14, _write_denied, _read_denied, r"[ YN]{0,14}")]
SummaryPlaces = Annotated[Summary | None, Fixed(10, _write_summary, _read_summary)]
Circulation = Annotated[CirculationStatus, Fixed(2, _value, _read_circulation)]
Mode = Annotated[HoldMode, Fixed(1, _value, HoldMode)]
ScCode = Annotated[StatusCode, Fixed(1, _value, StatusCode)]


def flag(field_id: str) -> Variable:
    """A variable field holding Y or N; anything else is kept among the message's extra fields."""
    return Variable(field_id, _truth_written("Y", "N"), read_truth)
