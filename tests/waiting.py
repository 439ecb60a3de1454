"""Waiting for a condition with a deadline, instead of sleeping for as long as it might take."""

import time
from collections.abc import Callable

LOOK_S = 0.01


def wait_for(condition: Callable[[], object], what: str, deadline_s: float = 20) -> None:
    """Return as soon as `condition` is true; fail with `what` when it is not in time."""
    end = time.monotonic() + deadline_s
    while not condition():
        assert time.monotonic() < end, f"not within {deadline_s} s: {what}"
        time.sleep(LOOK_S)
