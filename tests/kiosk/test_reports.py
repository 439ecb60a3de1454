"""From the flow's reports to messages: the centre can read every one, and none names a reader or a book."""

import hashlib
import hmac
from dataclasses import fields
from datetime import UTC, datetime
from typing import Any, get_args

import pytest

from broker_config import events, messages
from broker_config.values import Condition
from devices.kinds import Kind
from kiosk.clock import Moment
from kiosk.flow.operation import OpKind, Why
from kiosk.flow.report_values import (
    Alarm,
    BookReturned,
    DeviceChange,
    DisputeRaised,
    LoanMade,
    LoanRenewed,
    OperationRefused,
    Report,
    StaffDid,
)
from kiosk.reports import Stamp, event_maker, fitting, reader_token

STAMP = Stamp("0" * 32, 7, Moment(datetime(2026, 11, 22, 3, 4, 5, 678_900, tzinfo=UTC), synced=False))
READER, KEY = "23024000000017", "ab" * 32
LONG = "长" * 500
THEN = "2026-11-20T01:02:03.000Z"
NOVEMBER = datetime(2026, 11, 30, 23, 59)


def pad_change(**more: Any) -> DeviceChange:
    values: dict[str, Any] = {"up_before": True, "up": False, "reason": "unplugged", "serial_before": "FE1"}
    return DeviceChange(Kind.TAG_READER, "feig_obid", "/dev/kiosk-pad", **(values | more))


REPORTS: dict[str, tuple[Any, type, dict[str, Any]]] = {
    "loan": (LoanMade(3, "2026-12-22"), events.Loan, {"op_id": "3", "due": "2026-12-22"}),
    "loan without a date": (LoanMade(3, ""), events.Loan, {"due": None}),
    "loan with a sentence for a date": (LoanMade(3, LONG), events.Loan, {"due": LONG[:40]}),
    "renewal": (LoanRenewed(3, "2027-01-22"), events.Renewal, {"op_id": "3", "due": "2027-01-22"}),
    "loan made offline": (LoanMade(3, "", THEN), events.Loan, {"at": THEN, "due": None}),
    "return taken offline": (BookReturned(4, THEN), events.Return, {"at": THEN}),
    "dispute": (
        DisputeRaised(6, OpKind.BORROW, "B1", READER, THEN, LONG),
        events.Dispute,
        {
            "op_id": "6",
            "what": "loan",
            "item_id": "B1",
            "reader_id": READER,
            "done_at": THEN,
            "words": LONG[:300],
        },
    ),
    "return": (BookReturned(4), events.Return, {"op_id": "4"}),
    "device": (
        pad_change(),
        events.DeviceChanged,
        {
            "old_condition": Condition.OK,
            "new_condition": Condition.DOWN,
            "old_serial": "FE1",
            "new_serial": None,
        },
    ),
    "device at first sight": (
        pad_change(up_before=None, serial_before=None, serial="FE2", up=True, reason=""),
        events.DeviceChanged,
        {"old_condition": None, "new_condition": Condition.OK, "new_serial": "FE2"},
    ),
    "device that says too much": (
        pad_change(reason=LONG, serial_before="", serial=LONG),
        events.DeviceChanged,
        {"reason": LONG[:300], "old_serial": None, "new_serial": LONG[:80]},
    ),
    "alarm": (Alarm("ils_unreachable", LONG, True), events.AlarmRaised, {"reason": LONG[:300]}),
    "what staff did": (StaffDid(LONG), events.StaffAction, {"what": LONG[:200]}),
    "all clear": (Alarm("ils_unreachable", "", False), events.AlarmCleared, {"name": "ils_unreachable"}),
} | {
    f"{kind.value} refused {why.value}": (
        OperationRefused(5, kind, why),
        events.Refusal,
        {"op_id": "5", "what": what, "reason": why.value},
    )
    for kind, what in ((OpKind.BORROW, "loan"), (OpKind.RETURN, "return"), (OpKind.RENEW, "renewal"))
    for why in Why
}


@pytest.mark.parametrize("name", REPORTS)
def test_the_centre_reads_every_report(name: str) -> None:
    report, cls, expected = REPORTS[name]
    read = messages.decode(cls, messages.encode(event_maker(report)(STAMP)))
    assert {key: getattr(read, key) for key in expected} == expected
    assert (read.install_id, read.seq) == ("0" * 32, 7)
    assert (read.at, read.clock_synced) == (expected.get("at", "2026-11-22T03:04:05.678Z"), False)


def test_every_report_of_the_flow_is_among_them() -> None:
    assert {type(report) for report, _, _ in REPORTS.values()} == set(get_args(Report))


def test_no_report_of_what_readers_do_has_room_for_a_reader_or_a_title() -> None:
    """All but a dispute, which people have to settle (DESIGN §5)."""
    for cls in (LoanMade, LoanRenewed, BookReturned, OperationRefused):
        assert {field.name for field in fields(cls)} <= {"op_id", "due", "kind", "why", "done_at"}


# -- the token -------------------------------------------------------------------------------------------


def test_a_token_is_the_months_hmac_and_stands_in_the_loan() -> None:
    token = reader_token(READER, NOVEMBER, {"2026-11": KEY})
    assert token == hmac.new(bytes.fromhex(KEY), READER.encode(), hashlib.sha256).hexdigest()[:32]
    payload = messages.encode(event_maker(LoanMade(3, "2026-12-22"), token)(STAMP))
    assert messages.decode(events.Loan, payload).reader_token == token
    assert READER.encode() not in payload


def test_a_token_serves_one_month_and_one_reader() -> None:
    keys = {"2026-11": KEY, "2026-12": "cd" * 32}
    same = reader_token(READER, NOVEMBER, keys)
    assert same == reader_token(READER, datetime(2026, 11, 1), keys)
    assert same != reader_token(READER, datetime(2026, 12, 1), keys)
    assert same != reader_token("23024000000018", NOVEMBER, keys)


@pytest.mark.parametrize(
    ("reader", "keys"), [(None, {"2026-11": KEY}), (READER, {}), (READER, {"2026-10": KEY})]
)
def test_without_a_reader_or_the_months_key_there_is_no_token(
    reader: str | None, keys: dict[str, str]
) -> None:
    assert reader_token(reader, NOVEMBER, keys) is None


def test_nothing_is_none_and_much_is_cut() -> None:
    assert [fitting(text, 3) for text in (None, "", "ab", "abcd")] == [None, None, "ab", "abc"]
