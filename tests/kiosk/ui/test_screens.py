"""Every sample, in both languages: all of it is on the screen, whole, and large enough to touch."""

import dataclasses
import subprocess
import sys
from collections.abc import Iterator
from enum import Enum
from typing import Any

import pytest

from kiosk.flow.touch import Touch
from kiosk.ui.environment import ScreenSettings
from kiosk.ui.look import screen_of, targets_of
from kiosk.view_data import (
    AccountScreen,
    Button,
    ReceiptScreen,
    Row,
    Screen,
    StackScreen,
    StaffScreen,
    ViewData,
)
from tests.kiosk.ui import fit
from tests.kiosk.ui.offscreen import Offscreen
from tests.kiosk.ui.samples import EVERY


def words_of(value: Any) -> Iterator[str]:
    """Every text in view data, whatever its shape; keys of rows are not for reading."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, tuple):
        for item in value:
            yield from words_of(item)
    elif dataclasses.is_dataclass(value) and not isinstance(value, Touch | Enum):
        for field in dataclasses.fields(value):
            if not (isinstance(value, Row) and field.name == "key"):
                yield from words_of(getattr(value, field.name))


def buttons_of(value: Any) -> Iterator[Button]:
    if isinstance(value, Button):
        yield value
    elif isinstance(value, tuple):
        for item in value:
            yield from buttons_of(item)
    elif dataclasses.is_dataclass(value) and not isinstance(value, Touch):
        for field in dataclasses.fields(value):
            yield from buttons_of(getattr(value, field.name))


def rows_of(screen: Screen) -> list[Row]:
    if isinstance(screen, AccountScreen | StaffScreen):
        return [row for section in screen.sections for row in section.rows]
    return list(getattr(screen, "rows", ()))


def stood_for(screen: Screen) -> set[str]:
    """Words that something else stands for: rows for "nothing here", the chosen tab for the title, a QR code
    for what is in it."""
    if isinstance(screen, ReceiptScreen):
        return {screen.code}
    if not isinstance(screen, AccountScreen | StackScreen):
        return set()
    unsaid = {screen.title} if screen.tabs else set()
    if isinstance(screen, StackScreen):
        unsaid |= {screen.empty} if screen.rows else set()
    else:
        unsaid |= {section.empty for section in screen.sections if section.rows}
        unsaid |= set() if rows_of(screen) else {section.heading for section in screen.sections}
    return unsaid - {tab.text for tab in screen.tabs}


@pytest.mark.parametrize("name", EVERY)
def test_everything_fits(window: Offscreen, name: str) -> None:
    window.show(EVERY[name])
    assert fit.faults(window.stage, ScreenSettings()) == []


@pytest.mark.parametrize("name", EVERY)
def test_every_word_is_on_the_screen(window: Offscreen, name: str) -> None:
    view = EVERY[name]
    window.show(view)
    shown = screen_of(window.stage)
    expected = {words for words in words_of(view) if words} - stood_for(view.screen)
    assert expected <= {*shown["texts"], *shown["out_of_sight"]}
    assert shown["name"] == view.screen.name
    assert shown["overlay"] == (view.overlay is not None)


@pytest.mark.parametrize("name", EVERY)
def test_the_buttons_in_use_are_the_targets(window: Offscreen, name: str) -> None:
    view: ViewData = EVERY[name]
    window.show(view)
    top = view.overlay or view.screen
    usable = {button.touch.target for button in buttons_of(top) if button.enabled}
    of_rows = {button.touch.target for row in rows_of(view.screen) for button in buttons_of(row)}
    targets = set(targets_of(window.stage))
    assert targets <= usable
    assert targets >= usable - of_rows, "only a row's button may be out of sight"


def test_no_button_moves_from_under_a_finger(window: Offscreen) -> None:
    """Whatever happens by itself: paper ends, a hint comes, a plug is pulled, a test is passed."""
    assert list(fit.moves(window)) == []


@pytest.mark.parametrize(
    ("size", "width_mm", "type_size"),
    [("1920x1080", 344, ""), ("1080x1920", 300, ""), ("800x1280", 136, ""), ("800x1280", 136, "large")],
    ids=str,
)
@pytest.mark.timeout(330)
def test_everything_fits_on_other_panels(size: str, width_mm: int, type_size: str) -> None:
    """In a process of its own: Kivy learns the size once."""
    command = [sys.executable, "-m", "tests.kiosk.ui.fit", size, str(width_mm), type_size]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
    assert (done.stdout.strip(), done.returncode) == ("", 0), done.stderr[-2000:]


def test_the_same_view_is_the_same_picture(window: Offscreen) -> None:
    """Pages are used again and again: nothing of what they showed before may remain."""
    window.show(EVERY["stack-3-zh"])
    first = window.picture()
    for name in (
        "stack-12-en",
        "result-mixed-en",
        "overlay-en",
        "overlay-fee-zh",
        "account-12-en",
        "pin-3-zh",
        "idle-both-zh",
        "stack-empty-en",
        "message-unknown-zh",
    ):
        window.show(EVERY[name])
        assert window.picture() != first
    window.show(EVERY["stack-3-zh"])
    assert window.picture() == first
