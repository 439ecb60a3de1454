"""When a device that fails counts as gone. Pure."""

from collections.abc import Callable
from typing import TypeVar

from devices.errors import DeviceError

T = TypeVar("T")
FAILURES_BORNE = 3
"""Failures in a row before a device counts as gone."""


class Patience:
    """Bears a few failures in a row before it lets one through: a board that was busy elsewhere, a printer in
    the middle of a cut, noise on a line are no lost device."""

    def __init__(self) -> None:
        self._failures = 0

    def ask(self, question: Callable[[], T]) -> T | None:
        """The answer; None for a failure that is borne."""
        try:
            answer = question()
        except DeviceError:
            self._failures += 1
            if self._failures >= FAILURES_BORNE:
                raise
            return None
        self._failures = 0
        return answer
