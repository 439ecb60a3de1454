"""Nobody gets out of the window, and no key changes anything."""

import pytest
from kivy.base import EventLoop
from kivy.config import Config
from kivy.core.window import Window

from tests.kiosk.ui.offscreen import Offscreen
from tests.kiosk.ui.samples import EVERY

ESCAPE, F1, F11, ENTER, SPACE, LETTER_E, LETTER_V = 27, 282, 292, 13, 32, 101, 118


@pytest.mark.parametrize(
    ("key", "modifiers"),
    [(ESCAPE, []), (F1, []), (F11, []), (ENTER, []), (SPACE, []), (LETTER_V, ["ctrl"]), (LETTER_E, ["ctrl"])],
)
def test_keys_do_nothing(window: Offscreen, key: int, modifiers: list[str]) -> None:
    window.show(EVERY["stack-3-zh"])
    before = window.picture()
    assert Window.dispatch("on_key_down", key, 0, "", modifiers)
    assert Window.dispatch("on_keyboard", key, 0, "", modifiers)
    assert Window.dispatch("on_key_up", key, 0)
    window.draw()
    assert window.picture() == before
    assert window.touched == []
    assert (EventLoop.status, EventLoop.quit) == ("started", False)


def test_pasted_and_typed_text_is_lost(window: Offscreen) -> None:
    window.show(EVERY["stack-3-zh"])
    before = window.picture()
    assert Window.dispatch("on_textinput", "9787020002207")
    window.draw()
    assert window.picture() == before


def test_a_close_request_is_not_heard(window: Offscreen) -> None:
    assert Window.dispatch("on_request_close", source="keyboard") is True
    window.draw()
    assert EventLoop.status == "started"


def test_nothing_is_loaded_that_could_open_a_way_out(window: Offscreen) -> None:
    assert Config.options("modules") == []
    assert Config.options("input") == ["mouse"]
    assert Config.getint("kivy", "exit_on_escape") == 0
