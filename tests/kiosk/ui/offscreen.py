"""The real window and stage in this process, without an X server: frames are drawn when a test asks.

Import it only after `kiosk.ui.environment.prepare`.
"""

import time
from collections.abc import Callable

from kivy.base import EventLoop, _runTouchApp_prepare
from kivy.clock import Clock
from kivy.core.window import Window
from kivy.graphics.texture import Texture

from kiosk.flow.touch import Action, Touch
from kiosk.ui.lockdown import lock
from kiosk.ui.look import screen_of, targets_of
from kiosk.ui.stage import Stage
from kiosk.ui.widgets.row_list import Arrow
from kiosk.view_data import ViewData


class Offscreen:
    def __init__(self) -> None:
        self.touched: list[Touch] = []
        lock()
        self.stage = Stage(self.touched.append)
        _runTouchApp_prepare(self.stage)
        self._finger: tuple[float, float] | None = None

    def show(self, view: ViewData) -> None:
        """Paint `view`, draw it, and wait until the screen takes taps."""
        self.stage.show(view)
        self.draw()
        self.until(lambda: not self.stage.deaf and not self.stage.settling)

    def draw(self, frames: int = 4) -> None:
        for _ in range(frames):
            EventLoop.idle()

    def lay_out(self, frames: int = 4) -> None:
        """As `draw`, without the pixels."""
        for _ in range(frames):
            Clock.tick()
            Clock.tick_draw()

    def until(self, condition: Callable[[], bool], deadline_s: float = 5.0) -> None:
        end = time.monotonic() + deadline_s
        while not condition():
            assert time.monotonic() < end, "the window never got there"
            EventLoop.idle()

    def picture(self) -> bytes:
        """Every pixel of the window."""
        texture: Texture = self.stage.export_as_image().texture
        return bytes(texture.pixels)

    def texts(self) -> list[str]:
        texts: list[str] = screen_of(self.stage)["texts"]
        return texts

    def where(self, action: Action, what: str = "") -> tuple[int, int]:
        x, y, _, _ = targets_of(self.stage)[Touch(action, what=what).target]
        return x, y

    def arrows(self) -> dict[str, Arrow]:
        """Those beside the list, by their sign; none beside a list that fits."""
        return {widget.sign: widget for widget in self.stage.walk() if isinstance(widget, Arrow)}

    def tap_arrow(self, sign: str) -> None:
        arrow = self.arrows()[sign]
        x, y = arrow.to_window(*arrow.center)
        self.tap(x, self.stage.height - y)
        self.draw()

    # -- the finger, in pixels from the top left

    def press(self, x: float, y: float) -> None:
        Window.dispatch("on_mouse_down", x, y, "left", [])
        self._finger = (x, y)
        self.draw(1)

    def slide(self, x: float, y: float) -> None:
        Window.dispatch("on_mouse_move", x, y, [])
        self._finger = (x, y)
        self.draw(1)

    def lift(self) -> None:
        if self._finger:
            Window.dispatch("on_mouse_up", *self._finger, "left", [])
            self._finger = None
            self.draw(1)

    def tap(self, x: float, y: float) -> None:
        self.press(x, y)
        self.lift()
