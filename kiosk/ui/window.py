"""The door to the screen: `run` opens the window and blocks the main thread until it is stopped.

Whoever runs it gets a handle that any thread may use. Frames are drawn only when something changed; how often
the loop looks for that is up to `frames.py`.
"""

import io
import logging
import signal
import threading
from collections.abc import Callable
from typing import TYPE_CHECKING

from kiosk.flow.touch import Touch
from kiosk.ui.environment import ScreenSettings, ScreenUnavailable, prepare
from kiosk.ui.heartbeat import Heartbeat
from kiosk.view_data import ViewData

if TYPE_CHECKING:
    from kiosk.ui.stage import Stage

__all__ = ["Handle", "ScreenSettings", "ScreenUnavailable", "run"]

log = logging.getLogger(__name__)

BEAT_EVERY_S = 0.1
TITLE = "书站 Shuzhan"


class Handle:
    """The running window, from any thread."""

    def __init__(
        self,
        wake: Callable[[], None],
        stop: Callable[[], None],
        picture: Callable[[Callable[[bytes], None]], None] = lambda taken: None,
    ) -> None:
        self._wake = wake
        self._stop = stop
        self._picture = picture
        self._lock = threading.Lock()
        self._next: ViewData | None = None
        self.heartbeat = Heartbeat()
        self.failure: str | None = None
        """What kind of error in the screen's own code put it out of service, and where."""

    def show(self, view: ViewData) -> None:
        """Paint `view` in the next frame; of several before that the latest wins."""
        with self._lock:
            self._next = view
        self._wake()

    def stop(self) -> None:
        """Close the window; `run` returns. May be called twice."""
        self._stop()

    def take_picture(self, taken: Callable[[bytes], None]) -> None:
        """`taken` is given the PNG of what is painted, in the main thread."""
        self._picture(taken)

    def heartbeat_age_s(self) -> float:
        return self.heartbeat.age_s()

    def take_stall_ms(self) -> int:
        """The longest time the screen stood still since last asked."""
        return self.heartbeat.take_stall_ms()

    @property
    def pending(self) -> bool:
        """A view waits to be painted."""
        return self._next is not None

    def take(self) -> ViewData | None:
        with self._lock:
            view, self._next = self._next, None
            return view


def run(
    initial: ViewData,
    screen: ScreenSettings,
    on_touch: Callable[[Touch], None],
    automation_port: int | None = None,
    on_start: Callable[[Handle], None] = lambda handle: None,
) -> None:
    """Show `initial`, call `on_start` with the handle, and block until stopped; once in a process.

    `on_touch` and `on_start` are called in this, the main thread, and must not wait. SIGTERM and SIGINT stop
    the window. Raises ScreenUnavailable when there is no display or no font.
    """
    prepare(screen)
    # Kivy opens its window while it is imported, with the settings it finds then
    _open_window()
    from kivy.base import runTouchApp

    from kiosk.ui.lockdown import lock
    from kiosk.ui.stage import Stage

    lock()
    stage = Stage(on_touch)
    stage.show(initial)
    handle = _connect(stage)
    automation = None
    if automation_port is not None:
        from kiosk.ui.automation import Automation

        automation = Automation(stage, automation_port, pending=lambda: handle.pending)
        log.info("screen: automation listens on 127.0.0.1:%d", automation.port)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda _number, _frame: handle.stop())
    try:
        on_start(handle)
        runTouchApp(stage)
    finally:
        if automation:
            automation.close()


def _connect(stage: "Stage") -> Handle:
    """The handle whose views `stage` paints, whose heart the loop beats, and who learns of failures."""
    from kivy.base import ExceptionManager, stopTouchApp
    from kivy.clock import Clock

    from kiosk.ui.frames import Frames
    from kiosk.ui.out_of_service import OutOfService, ShowOutOfService

    def paint(_: float) -> None:
        view = handle.take()
        if view is not None and handle.failure is None:
            stage.show(view)

    def fail(where: str) -> None:
        handle.failure = where
        stage.cover(last_screen)

    last_screen = OutOfService()
    handle = Handle(
        Clock.create_trigger(paint),
        stop=lambda: Clock.schedule_once(lambda _: stopTouchApp()),
        picture=lambda taken: Clock.schedule_once(lambda _: taken(png_of(stage))),
    )
    frames = Frames()

    def beat(_: float) -> None:
        handle.heartbeat.beat()
        frames.pace()

    Clock.schedule_interval(beat, BEAT_EVERY_S)
    ExceptionManager.add_handler(ShowOutOfService(fail))
    return handle


def png_of(stage: "Stage") -> bytes:
    out = io.BytesIO()
    stage.export_as_image().save(out, flipped=False, fmt="png")
    return out.getvalue()


def _open_window() -> None:
    from kivy.base import EventLoop
    from kivy.core.window import Window

    if Window is None:
        raise ScreenUnavailable("screen: no window can be opened; does the X server named by DISPLAY run?")
    EventLoop.ensure_window()
    Window.set_title(TITLE)
