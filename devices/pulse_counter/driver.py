"""Two light beams across the door (or one), on pins of the board.

    [[device]]
    model = "pulse_counter"
    port = "gpio:17,27"          # beam A (street), beam B (inside); "gpio:17" for one beam

Options: `spacing_mm` between the beams (80), `broken` is the level of a pin while its beam is broken ("high",
so that a cut wire is no open door), `pull` ("up"; "down", "none" for sensors that drive both levels), and the
measures of `passage.Rules`: `settle_ms` (10), `stuck_ms` (60000), `close_ms` (250), `long_mm` (700).
gpiozero watches the pins and does not debounce: every edge goes with its time to `passage.Judge`, when `read`
is called. With one beam, and while one of two is stuck, nobody knows who comes and who goes: those are
`passages`, and a stuck beam is `trouble`. Counts live as long as the opened device does: `series` tells.
On Raspberry Pi OS gpiozero finds its pins through the system's lgpio. Tried with gpiozero 2.0's mock pins; no
real door yet.
"""

import re
import time
import uuid
from collections import deque
from contextlib import suppress
from typing import Annotated, Literal

import msgspec
from gpiozero import DigitalInputDevice, GPIOZeroError

from devices.errors import DeviceLost
from devices.kinds import DeviceInfo, DoorCount, Kind
from devices.pulse_counter.passage import Judge, Rules

Positive = Annotated[int, msgspec.Meta(ge=1)]
StuckMs = Annotated[int, msgspec.Meta(ge=1000)]
MOST_EDGES = 4096
"""Kept between two reads; a day's visitors make fewer, a loose wire more."""
PULLS = {"up": True, "down": False, "none": None}
BEAM_NAMES = ("A (outer)", "B (inner)")
_PORT = re.compile(r"gpio:(\d{1,2})(?:,(\d{1,2}))?")


def monotonic_ms() -> int:
    return time.monotonic_ns() // 1_000_000


class PulseCounter:
    """Implements `devices.kinds.DoorCounter`."""

    def __init__(
        self,
        path: str,
        *,
        spacing_mm: Positive = 80,
        broken: Literal["high", "low"] = "high",
        pull: Literal["up", "down", "none"] = "up",
        settle_ms: Positive = 10,
        stuck_ms: StuckMs = 60_000,
        close_ms: Positive = 250,
        long_mm: Positive = 700,
    ) -> None:
        """Take the pins; DeviceLost when they cannot be had, or `path` names none."""
        self._path = path
        pins = _pins(path)
        self._edges: deque[tuple[int, bool, int]] = deque(maxlen=MOST_EDGES)
        self._series = uuid.uuid4().hex
        self._overrun = False
        self._high_is_broken = broken == "high"
        self._inputs: list[DigitalInputDevice] = []
        try:
            rules = Rules(
                beams=len(pins),
                spacing_mm=spacing_mm,
                settle_ms=settle_ms,
                stuck_ms=stuck_ms,
                close_ms=close_ms,
                long_mm=long_mm,
            )
            for beam, pin in enumerate(pins):
                self._watch(beam, pin, PULLS[pull])
        except (GPIOZeroError, OSError, ValueError, ImportError) as error:
            self.close()
            raise DeviceLost(path, "open", f"{error}; check pin numbers and who else uses them") from error
        self._judge = Judge(rules)

    @property
    def info(self) -> DeviceInfo:
        return DeviceInfo(Kind.DOOR_COUNTER, "pulse_counter", self._path)

    def read(self) -> DoorCount:
        """Judges what was seen since the last call, so it wants to be called every second or so; DeviceLost
        once it is closed."""
        if not self._inputs:
            raise DeviceLost(self._path, "read", "the pins are closed")
        self._overrun = self._overrun or len(self._edges) == MOST_EDGES
        now_ms = monotonic_ms()
        while self._edges:
            self._judge.feed(*self._edges.popleft())
        self._judge.tick(now_ms)
        totals = self._judge.totals
        return DoorCount(
            totals.entries,
            totals.exits,
            totals.undirected,
            totals.doubts,
            series=self._series,
            forgets=True,
            trouble=self._trouble(),
        )

    def close(self) -> None:
        for watched in self._inputs:
            with suppress(GPIOZeroError, OSError):
                watched.close()
        self._inputs = []

    def _watch(self, beam: int, pin: int, pull_up: bool | None) -> None:
        """gpiozero calls a pin active when it is at the other level than its pull."""
        active_state = None if pull_up is not None else True
        watched = DigitalInputDevice(pin, pull_up=pull_up, active_state=active_state)
        self._inputs.append(watched)
        active_is_high = pull_up is not True
        broken_when_active = active_is_high == self._high_is_broken
        if bool(watched.value) == broken_when_active:
            self._edges.append((beam, True, monotonic_ms()))
        watched.when_activated = lambda: self._saw(beam, broken_when_active)
        watched.when_deactivated = lambda: self._saw(beam, not broken_when_active)

    def _saw(self, beam: int, broken: bool) -> None:
        """In gpiozero's thread: only remembered here, judged by the one who reads."""
        self._edges.append((beam, broken, monotonic_ms()))

    def _trouble(self) -> str:
        stuck = [name for name, is_stuck in zip(BEAM_NAMES, self._judge.stuck, strict=True) if is_stuck]
        if stuck:
            return f"beam {' and '.join(stuck)} long broken: clean the sensor, look what stands before it"
        if self._overrun:
            return "more edges than people make: check the sensors' wires; some passages were not counted"
        return ""


def _pins(path: str) -> tuple[int, ...]:
    found = _PORT.fullmatch(path)
    if found is None or found[1] == found[2]:
        raise DeviceLost(
            path, "open", 'no pins: expected a port such as "gpio:17,27", or "gpio:17" for one beam'
        )
    return tuple(int(pin) for pin in found.groups() if pin is not None)
