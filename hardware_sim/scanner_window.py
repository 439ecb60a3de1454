"""What every simulated scanner that takes orders has: a window that codes are held before, open or shut.

A code passes while the scanner may look and either triggers itself or was told to look.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from hardware_sim.world import World


@dataclass
class Window:
    world: World
    by_itself: bool = True
    """Presentation mode: no trigger is needed."""
    enabled: bool = True
    triggered: bool = False

    def seen(self) -> str | None:
        """The code held there, once; looking again needs another trigger."""
        if not self.enabled or not (self.by_itself or self.triggered):
            return None
        with self.world.lock:
            if not self.world.scans:
                return None
            self.triggered = False
            return self.world.scans.popleft()

    def trigger(self) -> None:
        self.triggered = True

    def stop(self) -> None:
        self.triggered = False

    def enable(self) -> None:
        self.enabled = True

    def disable(self) -> None:
        self.enabled = False


class Ear:
    """Cuts what the host sends into the commands of a table, whole as they are; all else is nothing."""

    def __init__(self, commands: Mapping[bytes, Callable[[], bytes | None]]) -> None:
        self._commands = commands
        self._heard = b""

    def hear(self, data: bytes) -> bytes:
        """What is answered."""
        answer = b""
        for byte in data:
            self._heard += bytes((byte,))
            while self._heard and not any(known.startswith(self._heard) for known in self._commands):
                self._heard = self._heard[1:]
            if self._heard in self._commands:
                answer += self._commands[self._heard]() or b""
                self._heard = b""
        return answer
