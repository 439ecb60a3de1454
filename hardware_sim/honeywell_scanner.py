"""A Honeywell scanner: triggers by SYN T CR, lets go by SYN U CR, tells whether Codabar is read."""

from hardware_sim.scanner_window import Ear, Window
from hardware_sim.world import World

SUFFIX = b"\r"


class HoneywellScanner:
    """Implements `hardware_sim.simulator.Simulator`."""

    def __init__(self, world: World, by_itself: bool = True) -> None:
        self.window = Window(world, by_itself)
        self._ear = Ear(
            {
                b"\x16T\r": self.window.trigger,
                b"\x16U\r": self.window.stop,
                b"\x16M\rcbrena?.": lambda: b"CBRENA1\x06.",
            }
        )

    def receive(self, data: bytes) -> bytes:
        return self._ear.hear(data)

    def tick(self, now: float) -> bytes:
        code = self.window.seen()
        return b"" if code is None else code.encode() + SUFFIX
