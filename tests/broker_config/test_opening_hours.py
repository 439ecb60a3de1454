"""One span of opening hours; whole days of them are in `tests/central/test_health_hours.py`."""

import pytest

from broker_config.opening_hours import BadHours, Span, span


def test_a_span() -> None:
    assert span("09:00-17:30") == Span(9 * 60, 17 * 60 + 30)
    assert span("18:00-24:00").end_min == 24 * 60


@pytest.mark.parametrize("text", ["9:00-17:30", "09:00", "17:30-09:00", "24:00-25:00", "09:00-09:00", "全天"])
def test_no_span(text: str) -> None:
    with pytest.raises(BadHours, match='expected an opening and a later closing time such as "09:00-17:30"'):
        span(text)
