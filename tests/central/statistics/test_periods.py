"""Months, years and their weeks."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from central.statistics.periods import WEEK, BadMonth, Month

MONTHS = st.builds(Month, st.integers(2020, 2100), st.integers(1, 12))


def test_a_year_has_its_months_in_order() -> None:
    month = Month(2026, 11)
    assert (str(month), str(month.next), str(month.next.next)) == ("2026-11", "2026-12", "2027-01")
    assert (str(Month(2027, 1).previous), str(month.year_before)) == ("2026-12", "2025-11")
    assert (Month(2028, 2).first, Month(2028, 2).after) == (date(2028, 2, 1), date(2028, 3, 1))
    assert len(Month(2028, 2).days()) == 29


def test_weeks_of_two_months_of_the_calendar() -> None:
    """As on any wall calendar: 28 September to 4 October 2026 has four of its days in October."""
    assert [day.isoformat() for day in Month(2026, 10).mondays()] == [
        "2026-09-28", "2026-10-05", "2026-10-12", "2026-10-19", "2026-10-26",
    ]  # fmt: skip
    assert [day.day for day in Month(2026, 11).mondays()] == [2, 9, 16, 23]


@given(MONTHS)
def test_every_week_belongs_to_one_month(month: Month) -> None:
    assert month.next.previous == month == Month.parse(str(month)) == Month.of(month.days()[-1])
    assert month.mondays()[-1] + WEEK == month.next.mondays()[0]
    for monday in month.mondays():
        days = [monday + timedelta(days=n) for n in range(7)]
        assert monday.weekday() == 0 and sum(month.first <= day < month.after for day in days) >= 4


@pytest.mark.parametrize(
    "text", ["", "2026", "2026-13", "2026-00", "1970-01", "9999-12", "２０２６-11", "2026-11-01"]
)
def test_what_is_no_month(text: str) -> None:
    with pytest.raises(BadMonth, match="expected a month such as 2026-11"):
        Month.parse(text)
