from datetime import time

import pytest

from kiosk.opening_hours import parse_span


def test_a_span() -> None:
    assert parse_span("09:00-17:30") == (time(9), time(17, 30))


@pytest.mark.parametrize("text", ["9:00-17:30", "09:00", "17:30-09:00", "24:00-25:00", "09:00-09:00", "全天"])
def test_no_span(text: str) -> None:
    with pytest.raises(
        ValueError, match='expected an opening and a later closing time such as "09:00-17:30"'
    ):
        parse_span(text)
