"""The pin on which a UPS says whether the mains is there (BCM number).

The UPS drives both levels itself: none of the board's resistors pulls at it. gpiozero finds the pins of the
board, as for `devices.pulse_counter`. Tried with its mock pins; no real UPS yet.
"""

from gpiozero import DigitalInputDevice, GPIOZeroError

from kiosk.mains import Unread


class MainsPin:
    """Taken at the first look, and again after every one that failed."""

    def __init__(self, pin: int, active_low: bool) -> None:
        self._pin, self._active_low = pin, active_low
        self._input: DigitalInputDevice | None = None

    def __call__(self) -> bool:
        """Unread when it cannot be had: no such pin, or another uses it."""
        try:
            if self._input is None:
                self._input = DigitalInputDevice(self._pin, pull_up=None, active_state=not self._active_low)
            return bool(self._input.value)
        except (GPIOZeroError, OSError, ValueError, ImportError) as error:
            self._input = None
            raise Unread(f"gpio {self._pin}: {error}") from error
