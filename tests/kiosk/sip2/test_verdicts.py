"""What single answers mean, word for word: trailers, loans, clocks and the end of a certificate."""

import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone

import pytest

from kiosk.sip2 import protocol as sip
from kiosk.sip2.framing import with_trailer
from kiosk.sip2.probe import Answer, described, fitting_encoding
from kiosk.sip2.verdicts import expiry, offset_s, told_of_loan, trailer_word

ITEM = "1803020120261122    075149AB3|AJ红楼梦|"
BEIJING = timezone(timedelta(hours=8))


# -- clocks ----------------------------------------------------------------------------------------------


@pytest.fixture
def in_beijing(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("TZ", "Asia/Shanghai")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


def test_a_certificate_ends_on_the_day_it_says_wherever_the_kiosk_stands(in_beijing: None) -> None:
    assert expiry("Nov 22 23:30:00 2026 GMT") == "2026-11-22"


def test_a_certificate_without_an_end_has_none() -> None:
    assert expiry("") == "?"


@pytest.mark.parametrize("zone", [UTC, BEIJING])
def test_a_clock_an_hour_ahead_is_an_hour_ahead_in_every_zone(zone: timezone) -> None:
    told = datetime.now(zone) + timedelta(hours=1)
    assert offset_s(told) == pytest.approx(3600, abs=60)


def test_an_ils_that_tells_no_time_has_no_offset() -> None:
    assert offset_s(None) is None


# -- loans -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("line", "words"),
    [
        (
            "1803020120261122    075149AB3|AJa|AH20261222|",
            "not on loan now: give one that is to learn whether 17 tells the due day",
        ),
        (
            "1804020120261122    075149AB3|AJa|AH |",
            "17 tells that it is on loan, not until when nor to whom (63 lists a reader's loans)",
        ),
        (
            "1804020120261122    075149AB3|AJa|",
            "17 tells that it is on loan, not until when nor to whom (63 lists a reader's loans)",
        ),
        (
            "1804020120261122    075149AB3|AJa|AH20261222|",
            "17 tells that it is on loan and until when, not to whom (63 lists a reader's loans)",
        ),
    ],
)
def test_what_17_tells_of_a_loan(line: str, words: str) -> None:
    reply = sip.parse(line.encode(), sip.Dialect()).message
    assert isinstance(reply, sip.ItemInformation)
    assert told_of_loan(reply) == words


# -- trailers --------------------------------------------------------------------------------------------


def answer(line: bytes, sequence: int | None = 1, dialect: sip.Dialect | None = None) -> Answer:
    return Answer(line, sip.parse(line, dialect or sip.Dialect()), sequence, 0.5)


def summed_over_characters(text: str) -> bytes:
    """As a server does that counts before it encodes (SIP2, appendix A, over characters)."""
    counted = f"{text}AY1AZ"
    return f"{counted}{-sum(map(ord, counted)) & 0xFFFF:04X}".encode()


RIGHT = with_trailer(ITEM.encode(), 1)
CHARACTERS = summed_over_characters(ITEM)


@pytest.mark.parametrize(
    ("given", "word"),
    [
        (answer(RIGHT), "right"),
        (answer(RIGHT, sequence=2), "out of sequence"),
        (answer(RIGHT, sequence=None), "absent"),
        (answer(ITEM.encode() + b"AY1"), "absent"),
        (answer(ITEM.encode() + b"AY1AZ0000"), "wrong"),
        (answer(CHARACTERS), "summed over characters instead of bytes"),
        (answer(CHARACTERS + b" "), "summed over characters instead of bytes"),
        (answer(CHARACTERS[:-4] + CHARACTERS[-4:].lower()), "summed over characters instead of bytes"),
        (answer(ITEM.encode("gb18030") + b"AY1AZ0000", dialect=sip.Dialect()), "wrong"),
        (Answer(b"hello", None, 1, 0.5), "absent"),
    ],
)
def test_what_a_trailer_is_worth(given: Answer, word: str) -> None:
    assert trailer_word(given) == word


# -- what came -------------------------------------------------------------------------------------------


def test_what_came_is_described_without_its_contents() -> None:
    assert described(answer(RIGHT)) == "message 18"
    assert described(Answer(b"hello", None, 1, 0.5)) == "something that is no SIP2 message"


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("64AE红|", sip.Encoding.GB18030),
        ("64AE喆镕|", sip.Encoding.GB18030),
        ("64AE喆镕|AJ镕|AB喆|", sip.Encoding.CP850),
        ("64AE镕|", sip.Encoding.CP850),
    ],
    ids=["one common character", "two rare ones together", "as many alone as together", "a rare one alone"],
)
def test_text_reads_as_chinese_where_most_of_it_does(text: str, encoding: sip.Encoding) -> None:
    assert fitting_encoding(text.encode("gb18030")) is encoding


def test_a_message_shows_its_kind_and_never_its_contents() -> None:
    assert repr(sip.Login(login_user_id="kiosk", login_password="secret")) == "<Login 93>"
    assert sip.BadMessage("no end").text == ""


# -- dates and statuses ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "due"),
    [
        ("2026-12-22", datetime(2026, 12, 22, 23, 59)),
        ("2026-12-22 18:00", datetime(2026, 12, 22, 18, 0)),
        ("20261222", datetime(2026, 12, 22, 23, 59)),
        ("202612221", None),
        ("20261222 and more", None),
        ("2026122-2", None),
        ("", None),
        (None, None),
    ],
)
def test_a_due_day_without_a_time_ends_at_night(text: str | None, due: datetime | None) -> None:
    assert sip.read_due(text) == due


def test_a_status_that_the_table_does_not_have_is_another() -> None:
    reply = sip.parse(ITEM.replace("1803", "1899", 1).encode(), sip.Dialect()).message
    assert isinstance(reply, sip.ItemInformation)
    assert reply.circulation_status is sip.CirculationStatus.OTHER
