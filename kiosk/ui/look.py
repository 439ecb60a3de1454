"""What stands on the stage, in words and places: for automation and tests."""

from typing import Any

from kivy.core.window import Window
from kivy.uix.widget import Widget

from kiosk.ui.sight import in_sight, seen_box_of
from kiosk.ui.stage import Stage
from kiosk.ui.widgets.text import Text


def targets_of(stage: Stage) -> dict[str, list[int]]:
    """Each button that can be touched, by its target: middle from the top left, width, height, in pixels.

    Of a button at the edge of a list, only what is seen.
    """
    return {button.meaning.target: _place(button) for button in stage.targets()}


def _place(widget: Widget) -> list[int]:
    left, bottom, right, top = seen_box_of(widget)
    middle = (left + right) / 2, Window.height - (bottom + top) / 2
    return [round(number) for number in (*middle, right - left, top - bottom)]


def screen_of(stage: Stage) -> dict[str, Any]:
    """The screen's name and its texts; `out_of_sight` are those that only scrolling would bring into view."""
    seen: list[str] = []
    out_of_sight: list[str] = []
    for text in texts_of(stage):
        (seen if in_sight(text) else out_of_sight).append(text.words)
    return {
        "name": stage.view.screen.name if stage.view else "",
        "texts": seen,
        "out_of_sight": out_of_sight,
        "overlay": bool(stage.view and stage.view.overlay),
    }


def texts_of(stage: Stage) -> list[Text]:
    return [widget for widget in stage.walk() if isinstance(widget, Text) and widget.words]


def on_top(stage: Stage, widget: Widget) -> bool:
    """Not under an overlay."""
    return any(widget is other for other in stage.children[0].walk())
