"""A barcode scanner in presentation mode: what is held before it goes over the wire as text and a CR.

It takes no commands. `world.scans` may hold an AIM prefix as part of the text.
"""

from hardware_sim.world import World

SUFFIX = b"\r"


class SerialScanner:
    def __init__(self, world: World) -> None:
        self._world = world

    def receive(self, data: bytes) -> bytes:
        return b""

    def tick(self, now: float) -> bytes:
        """One code at a time, as a hand holds them there."""
        with self._world.lock:
            if not self._world.scans:
                return b""
            return self._world.scans.popleft().encode() + SUFFIX
