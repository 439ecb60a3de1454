"""Counts how well a device answers, call by call: what staff look at before it fails for good."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from devices.errors import BadFrame, DeviceError, DeviceRefused


@dataclass
class Tally:
    """Since the kiosk started. `frames_bad`: answers that were not the protocol; `retries`: questions that
    had to be asked again; `losses`: times it went away."""

    frames_bad: int = 0
    retries: int = 0
    losses: int = 0
    last_success: datetime | None = None


class Watched:
    """A device whose every method counts. A refusal is an answer, too."""

    def __init__(self, device: Any, tally: Tally, now: Callable[[], datetime]) -> None:
        self._device, self._tally, self._now = device, tally, now

    def __getattr__(self, name: str) -> Any:
        value = getattr(self._device, name)
        return self._counting(value) if callable(value) else value

    def _counting(self, method: Callable[..., Any]) -> Callable[..., Any]:
        def call(*arguments: Any, **more: Any) -> Any:
            try:
                result = method(*arguments, **more)
            except DeviceRefused:
                self._tally.last_success = self._now()
                raise
            except DeviceError as error:
                self._tally.retries += 1
                self._tally.frames_bad += isinstance(error, BadFrame)
                raise
            self._tally.last_success = self._now()
            return result

        return call
