"""Weeks without a restart: painting view after view must not grow the process."""

import psutil
import pytest

from tests.kiosk.ui.offscreen import Offscreen
from tests.kiosk.ui.samples import EVERY

VIEWS = 2000
DRAWN_EVERY = 20
"""Drawing in software is slow, and is not what leaks."""
MOST_GROWTH_BYTES = 8_000_000
"""A leak of one page a view (190 kB) would be 380 MB."""


@pytest.mark.timeout(300)
def test_two_thousand_views_leave_no_trace(window: Offscreen) -> None:
    views = list(EVERY.values())

    def show(count: int) -> None:
        for number in range(count):
            window.stage.show(views[number % len(views)])
            window.lay_out(1)
            if number % DRAWN_EVERY == 0:
                window.draw(1)

    show(4 * len(views))
    process = psutil.Process()
    before = process.memory_info().rss
    show(VIEWS)
    assert process.memory_info().rss - before < MOST_GROWTH_BYTES
