"""A scanner that poses as a keyboard: each code is typed, and Enter after it.

The kernel's side of it: whole key events, each followed by a mark. What a US keyboard does not have is left
out, as such scanners do.
"""

from devices.wedge_scanner.protocol import EV_SYN, Event, strokes
from hardware_sim.world import World


class WedgeScanner:
    """Implements `hardware_sim.simulator.Simulator`."""

    def __init__(self, world: World) -> None:
        self._world = world

    def receive(self, data: bytes) -> bytes:
        return b""

    def tick(self, now: float) -> bytes:
        """One code at a time, as a hand holds them there."""
        with self._world.lock:
            if not self._world.scans:
                return b""
            text = self._world.scans.popleft()
        return b"".join(typed(character) for character in text + "\n")


def typed(character: str) -> bytes:
    try:
        events = strokes(character)
    except ValueError:
        return b""
    mark = Event(EV_SYN, 0, 0).encode()
    return b"".join(event.encode() + mark for event in events)
