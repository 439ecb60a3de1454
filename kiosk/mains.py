"""Looks whether the mains is there: a file of the kernel that says 1 or 0, or a pin of a UPS. And shuts down.

    [power]
    online = "/sys/class/power_supply/AC/online"     # or: gpio = 17, and active_low = true where 0 means good

Looked at on the control thread's own tick, so that nothing wakes for it. What cannot be read is taken for
good, and said once: a UPS that is broken must not close a library point. What follows from a cut is
`kiosk.flow.power`'s; pins are `mains_pin.py`'s. Tried with files and gpiozero's mock pins; no real UPS yet.
"""

import logging
import subprocess
from collections.abc import Callable, Sequence
from pathlib import Path

from kiosk.config_tables import Power
from kiosk.flow.events import MainsPower

log = logging.getLogger(__name__)

LOOK_S = 1.0
COMMAND_S = 30.0
"""A command that asks the service manager returns at once."""
Reading = Callable[[], bool]
"""Whether the mains is there; Unread with the reason where that cannot be told."""


class Unread(Exception):
    """Nobody can tell whether the mains is there; the message says why."""


class MainsFile:
    """`online` of the kernel's power supplies: 0 is gone, 1 and 2 are ways of being there."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def __call__(self) -> bool:
        try:
            text = self._path.read_text(encoding="ascii").strip()
        except (OSError, ValueError) as error:
            raise Unread(f"{self._path}: {error}") from error
        if not text.isdecimal():
            raise Unread(f"{self._path}: neither 0 nor 1")
        return int(text) != 0


class Mains:
    """`good` at any moment; `look` from time to time, for what is new."""

    def __init__(self, reading: Reading) -> None:
        self._reading = reading
        self._trouble = False
        self._told: bool | None = None
        self._next_s: float | None = None

    def good(self) -> bool:
        """Unknown is good."""
        try:
            good = self._reading()
        except Unread as error:
            if not self._trouble:
                log.warning("whether the mains is there cannot be read, it is taken for good: %s", error)
            self._trouble = True
            return True
        self._trouble = False
        return good

    def look(self, now_s: float) -> MainsPower | None:
        """Not more often than every LOOK_S; None while nothing changed."""
        if self._next_s is not None and now_s < self._next_s:
            return None
        self._next_s = now_s + LOOK_S
        good = self.good()
        if good == self._told:
            return None
        log.info("mains: %s", "there" if good else "gone")
        self._told = good
        return MainsPower(good)


def open_mains(power: Power | None) -> Mains | None:
    """None without a UPS."""
    if power is None:
        return None
    if power.gpio is None:
        return Mains(MainsFile(Path(power.online)))
    # a tenth of a second of start and some memory, only where there is a pin
    from kiosk.mains_pin import MainsPin

    return Mains(MainsPin(power.gpio, power.active_low))


def shut_down(command: Sequence[str], mains: Mains) -> bool:
    """Run `command`, which ends the board; False when it did not, or the mains has come back meanwhile: then
    the kiosk is to be started again."""
    if mains.good():
        log.warning("the mains is back: not shutting down, to be started again")
        return False
    log.warning("shutting down before the battery ends: %s", command[0])
    try:
        subprocess.run(command, check=True, timeout=COMMAND_S)
    except (OSError, subprocess.SubprocessError) as error:
        log.error("power.command: %s: %s; the kiosk is to be started again", command[0], error)
        return False
    return True
