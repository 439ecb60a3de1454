"""The tables that the SIP2 standard (3M, version 2.00) prints, once more: codes and places."""

from dataclasses import fields
from datetime import UTC, datetime

import pytest

from kiosk.sip2 import errors, values
from kiosk.sip2 import protocol as sip
from kiosk.sip2.message import Message, Request

REQUESTS = {
    "93": "Login", "99": "ScStatus", "23": "PatronStatusRequest", "63": "PatronInformationRequest",
    "17": "ItemInformationRequest", "11": "Checkout", "09": "Checkin", "29": "Renew", "65": "RenewAll",
    "35": "EndPatronSession", "37": "FeePaid", "15": "Hold", "25": "PatronEnable", "01": "BlockPatron",
    "19": "ItemStatusUpdate", "97": "RequestAcsResend",
}  # fmt: skip
QUESTIONS = {"99", "23", "63", "17"}
"""What changes nothing, and may be asked again."""
CIRCULATION = (
    "OTHER", "ON_ORDER", "AVAILABLE", "CHARGED", "CHARGED_NOT_RECALLABLE", "IN_PROCESS", "RECALLED",
    "ON_HOLD_SHELF", "TO_BE_RESHELVED", "IN_TRANSIT", "CLAIMED_RETURNED", "LOST", "MISSING",
)  # fmt: skip
SUPPORTED = ["23", "11", "09", "01", "99", "97", "93", "63", "35", "37", "17", "19", "25", "15", "29", "65"]


def kinds(base: type) -> list[type]:
    exported = [getattr(sip, name) for name in sip.__all__]
    return [kind for kind in exported if isinstance(kind, type) and issubclass(kind, base)]


@pytest.mark.parametrize(("code", "name"), REQUESTS.items())
def test_each_request_has_its_code(code: str, name: str) -> None:
    assert getattr(sip, name).code == code


def test_only_what_changes_nothing_may_be_asked_again() -> None:
    codes = {kind.code for kind in kinds(Request) if kind is not Request and kind.question}
    assert codes & set(REQUESTS) - {"97", "35", "93"} == QUESTIONS


def test_everything_that_is_offered_exists() -> None:
    assert all(hasattr(sip, name) for name in sip.__all__) and len(set(sip.__all__)) == len(sip.__all__)


def test_what_is_absent_reads_as_unknown() -> None:
    """Never as an empty text, which a server could have sent."""
    for kind in kinds(Message):
        for field in fields(kind):
            assert field.default != "", (kind, field.name)


def test_circulation_statuses_count_up_from_one() -> None:
    assert [(status.name, status.value) for status in sip.CirculationStatus] == [
        (name, f"{number:02}") for number, name in enumerate(CIRCULATION, start=1)
    ]


def test_small_tables() -> None:
    assert [mode.value for mode in sip.HoldMode] == ["+", "-", "*"]
    assert [status.value for status in sip.StatusCode] == ["0", "1", "2"]
    assert [place.name for place in sip.Summary] == [
        "HOLD", "OVERDUE", "CHARGED", "FINE", "RECALL", "UNAVAILABLE",
    ]  # fmt: skip


def test_the_places_of_bx_stand_for_these_requests() -> None:
    from kiosk.sip2 import replies

    assert list(replies.SUPPORTABLE) == SUPPORTED


@pytest.mark.parametrize(
    ("when", "written"),
    [
        (datetime(2026, 11, 22, 9, 5, 7), "20261122    090507"),
        (datetime(2026, 11, 22, 9, 5, 7, tzinfo=UTC), "20261122   Z090507"),
        (None, " " * 18),
    ],
)
def test_dates_are_written_with_their_zone(when: datetime | None, written: str) -> None:
    assert values.write_date(when) == written


def test_an_error_names_its_server() -> None:
    error = errors.IlsUnreachable("ils.example:6001", "no route")
    assert str(error) == "ILS ils.example:6001: no route"
    assert (error.server, error.detail) == ("ils.example:6001", "no route")
