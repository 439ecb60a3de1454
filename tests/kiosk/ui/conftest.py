"""One window for all tests of the screen, in this process and without an X server.

Kivy opens its window while it is imported, so that this must come before any test module. The environment
is put back at once: the processes that other tests start must not inherit it.
"""

import os
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from kiosk.ui.environment import ScreenSettings, prepare

if TYPE_CHECKING:
    from tests.kiosk.ui.offscreen import Offscreen

_before = dict(os.environ)
os.environ["SDL_VIDEODRIVER"] = "offscreen"
prepare(ScreenSettings())
from kivy.config import Config  # noqa: E402

Config.set("graphics", "maxfps", "0")  # no waiting for the next frame
import kivy.core.window  # noqa: E402

assert kivy.core.window.Window is not None
os.environ.clear()
os.environ.update(_before)


@pytest.fixture(scope="session")
def _opened() -> "Offscreen":
    from tests.kiosk.ui.offscreen import Offscreen

    return Offscreen()


@pytest.fixture
def window(_opened: "Offscreen") -> Iterator["Offscreen"]:
    """The window, with nothing touched yet."""
    _opened.touched.clear()
    yield _opened
    _opened.lift()
