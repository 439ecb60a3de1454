"""How long the screen's loop stood still: the measure behind "the screen hangs". Any thread may ask."""

import threading
import time
from collections.abc import Callable


class Heartbeat:
    """`beat` is called by the loop, often; the rest tells how well it kept time."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._last = clock()
        self._longest_s = 0.0

    def beat(self) -> None:
        with self._lock:
            now = self._clock()
            self._longest_s = max(self._longest_s, now - self._last)
            self._last = now

    def age_s(self) -> float:
        """Seconds since the last beat."""
        with self._lock:
            return self._clock() - self._last

    def take_stall_ms(self) -> int:
        """The longest gap between beats since last asked, one still going on included."""
        with self._lock:
            longest_s = max(self._longest_s, self._clock() - self._last)
            self._longest_s = 0.0
            return round(longest_s * 1000)
