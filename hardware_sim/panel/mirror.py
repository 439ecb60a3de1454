"""A picture of the kiosk's screen, fresh about once a second while somebody looks and it changes.

The kiosk draws the picture itself (`kiosk.ui.automation`), so nothing is asked of it while nobody looks.
"""

import threading
from collections.abc import Callable
from pathlib import Path

from hardware_sim.screen import NotSeen, Screen

PAUSE_S = 0.5
AGAIN_EVERY = 8
"""Looks after which a picture is taken although no text changed: drawings move too."""


class Mirror:
    """`picture` is the last PNG, `number` grows with each new one, `name` is the screen that it shows."""

    def __init__(self, screen: Screen, file: Path, watched: Callable[[], bool]) -> None:
        """`file` is overwritten with each picture; `watched` tells whether anybody looks."""
        self.picture = b""
        self.number = 0
        self.name = ""
        self._screen = screen
        self._file = file
        self._watched = watched
        self._seen: object = None
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="mirror", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._stopping.set()
        self._thread.join()
        self._screen.close()

    def _run(self) -> None:
        looks = 0
        while not self._stopping.wait(PAUSE_S):
            if not self._watched():
                continue
            looks += 1
            try:
                self._look(anyway=looks % AGAIN_EVERY == 0)
            except (OSError, ValueError, NotSeen):
                # the kiosk is being started again, or its screen does not come to rest: next time
                self._screen.close()

    def _look(self, anyway: bool) -> None:
        shown = self._screen.shown()
        if shown == self._seen and not anyway:
            return
        self._screen.picture(self._file)
        picture = self._file.read_bytes()
        self._seen, self.name = shown, shown["name"]
        if picture != self.picture:
            self.picture = picture
            self.number += 1
