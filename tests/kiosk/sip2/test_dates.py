"""Dates as servers write them; where each way is seen stands beside it."""

from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.sip2.dates import read_date, read_due, write_date

NIGHT = datetime(2026, 12, 22, 23, 59)
BEIJING = timezone(timedelta(hours=8))


@pytest.mark.parametrize(
    "text",
    [
        "20261222    235900",  # the standard
        "202612220000235900",  # Sierra, with figures for a zone
        "202612220700235900",  # Libol
        "20261222  235900",  # 16 characters
        "20261222235900",
        "2026122223590000",  # with hundredths
        "202612222359",
        "20261222",
        "20261222 23:59",
        "2026-12-22",  # dp2
        " 2026-12-22 ",
        "2026-12-22 23:59:00",
        "2026-12-22T23:59:00",
        "2026-12-22T23:59:00.000",
        "2026-12-22 23:59",  # Koha told to format, iso
        "2026/12/22",
        "2026/12/22 23:59",
        "2026.12.22",
        "2026年12月22日",
        "2026年12月22日23:59",
        "22/12/2026",
        "22/12/2026 23:59",  # Koha told to format, metric
        "22-12-2026",
        "22.12.2026",  # OCLC LBS4
        "22.12.2026 23:59",  # Koha told to format, dmydot
        "12/22/2026",  # Libol
        "12/22/2026,23:59",  # SirsiDynix Unicorn
        "12/22/2026 11:59 PM",
        "12/22/2026 11:59pm",
        "December 22 2026 11:59 PM",  # Aleph 16
        "Dec 22, 2026",
        "22 Dec 2026",
        "22-DEC-2026",
        "22 december 2026 23:59",
    ],
)
def test_one_due_day_in_many_ways(text: str) -> None:
    assert read_due(text) == NIGHT


@pytest.mark.parametrize(
    ("text", "when"),
    [
        ("2026-12-22T23:59:00+08:00", NIGHT.replace(tzinfo=BEIJING)),
        ("2026-12-22T23:59:00+0800", NIGHT.replace(tzinfo=BEIJING)),
        ("2026-12-22T15:59:00Z", datetime(2026, 12, 22, 15, 59, tzinfo=UTC)),
        ("2026-12-22T15:59:00.000Z", datetime(2026, 12, 22, 15, 59, tzinfo=UTC)),
        ("20261222   Z155900", datetime(2026, 12, 22, 15, 59, tzinfo=UTC)),
        ("20261222T155900Z", datetime(2026, 12, 22, 15, 59, tzinfo=UTC)),
        ("2026-12-22T15:59:00-05:00", datetime(2026, 12, 22, 15, 59, tzinfo=timezone(timedelta(hours=-5)))),
        ("20261222    000000", datetime(2026, 12, 22)),  # Axiell FBS
        ("12/22/2026 12:30 AM", datetime(2026, 12, 22, 0, 30)),
        ("12/22/2026 12:30 PM", datetime(2026, 12, 22, 12, 30)),
        ("12/22/2026 1:30:15 p.m.", datetime(2026, 12, 22, 13, 30, 15)),
        ("2026-1-2", datetime(2026, 1, 2, 23, 59)),
        ("5/5/2026", datetime(2026, 5, 5, 23, 59)),
        ("13/12/2026", datetime(2026, 12, 13, 23, 59)),
        ("04.01.2027", datetime(2027, 1, 4, 23, 59)),
        ("20240229", datetime(2024, 2, 29, 23, 59)),
    ],
)
def test_times_and_zones_are_kept(text: str, when: datetime) -> None:
    due = read_due(text)
    assert (due, due and due.tzinfo is None) == (when, when.tzinfo is None)


@pytest.mark.parametrize(
    "text",
    [
        "04/01/2027",  # a French ILS means January, one in the U.S. April
        "1-2-2027",
        "12/11/2026 23:59",
        "22/12/26",
        "31/02/2026",
        "13/13/2026",
        "20260230",
        "20261322    000000",
        "2026-12-22 25:00",
        "2026-12-22 23:59+99:00",
        "2026-12-22 and more",
        "202612221",
        "2026-12-223",
        "2026-12/22",
        "Nivose 22 2026",
        "STAFF",
        "0000-00-00",
        "00000000    000000",
        "下个月",
        "",
        "  ",
        None,
    ],
)
def test_what_is_no_day_or_two_days_is_none(text: str | None) -> None:
    assert read_due(text) is None


@pytest.mark.parametrize(
    ("text", "when"),
    [
        ("20261122    075149", datetime(2026, 11, 22, 7, 51, 49)),
        ("20261122   Z075149", datetime(2026, 11, 22, 7, 51, 49, tzinfo=UTC)),
        ("20261122   P075149", datetime(2026, 11, 22, 7, 51, 49)),
        ("20261122\t075149", datetime(2026, 11, 22, 7, 51, 49)),
        ("20261122075149", datetime(2026, 11, 22, 7, 51, 49)),
        (" " * 18, None),
        ("20261122     075149", None),
        ("2026-11-22 07:51:4", None),
        ("20261122    256149", None),
    ],
)
def test_dates_at_their_fixed_place(text: str, when: datetime | None) -> None:
    read = read_date(text)
    assert (read, read and read.tzinfo) == (when, when and when.tzinfo)


MOMENTS = st.datetimes(datetime(1970, 1, 1), datetime(2999, 1, 1)).map(lambda at: at.replace(microsecond=0))


@given(MOMENTS, st.sampled_from([None, UTC, BEIJING]))
def test_what_is_written_is_read_back(when: datetime, zone: timezone | None) -> None:
    aware = when.replace(tzinfo=zone)
    assert read_date(write_date(aware)) == read_due(write_date(aware)) == aware


@given(st.dates(date(1970, 1, 1), date(2999, 1, 1)))
def test_no_day_is_read_as_another(day: date) -> None:
    for text in (f"{day:%d/%m/%Y}", f"{day:%m/%d/%Y}"):
        due = read_due(text)
        assert due is None or due.date() == day
        assert (due is None) is (day.day <= 12 and day.day != day.month)


@given(st.text(max_size=30))
def test_no_text_is_too_odd(text: str) -> None:
    due = read_due(text)
    assert due is None or due.year > 0
