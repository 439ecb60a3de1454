"""The last screen: something in the screen's own code failed.

Logs what kind of error and where (never its text, which may quote a reader's data), tells it to whoever
watches, and covers everything. It stays until the kiosk is started again; failing even at this ends the
window, so that the service manager does that.
"""

import logging
from collections.abc import Callable
from pathlib import Path

from kivy.base import ExceptionHandler, ExceptionManager
from kivy.lang import Builder
from kivy.uix.anchorlayout import AnchorLayout

from kiosk.ui.widgets import drawing, text  # noqa: F401 - the rules below name their widgets
from kiosk.whereabouts import whereabouts

Builder.load_file(str(Path(__file__).with_suffix(".kv")))

log = logging.getLogger(__name__)


class OutOfService(AnchorLayout):
    """Made at the start, when all still works; takes no data."""

    def on_touch_down(self, _: object) -> bool:
        return True


class ShowOutOfService(ExceptionHandler):
    def __init__(self, show: Callable[[str], None]) -> None:
        """`show` covers the screen and is told what failed and where."""
        super().__init__()
        self._show = show
        self._failed = False

    def handle_exception(self, exception: BaseException) -> int:
        if self._failed or not isinstance(exception, Exception):
            return int(ExceptionManager.RAISE)
        self._failed = True
        where = whereabouts(exception)
        log.critical("screen: %s; showing out of service until restart", where)
        self._show(where)
        return int(ExceptionManager.PASS)
