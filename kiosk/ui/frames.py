"""How often the screen's loop runs: as often as the eye wants it while something is drawn or touched, half as
often after a while of neither. At rest a finger is felt 67 ms later at most, and what is shown is painted so.

Kivy reads its limit of frames only once, while it is imported; its clock lets it be changed later.
"""

import time
from collections.abc import Callable

from kivy.clock import Clock
from kivy.core.window import Window

from kiosk.pace import Pace, Pacer
from kiosk.ui.environment import FRAMES_PER_S

RESTING_FRAMES_PER_S = 15
FRAME_PACE = Pace(1 / FRAMES_PER_S, 1 / RESTING_FRAMES_PER_S)


class Frames:
    """In the screen's thread."""

    def __init__(self, clock_s: Callable[[], float] = time.monotonic) -> None:
        self._pacer = Pacer(FRAME_PACE, clock_s)
        Window.bind(on_flip=self._stir, on_motion=self._stir)

    def pace(self) -> None:
        """To be called often, whether something happens or not."""
        Clock._max_fps = 1 / self._pacer.pause_s

    def _stir(self, *_: object) -> None:
        """Something was drawn or touched; nothing is said of whose touch it is."""
        self._pacer.stir()
        self.pace()
