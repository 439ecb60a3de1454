"""What stands on the stage, in words and places: for automation and tests."""

from typing import Any

from kivy.core.window import Window
from kivy.uix.widget import Widget

from kiosk.ui.stage import Stage
from kiosk.ui.widgets.row_list import Rows
from kiosk.ui.widgets.text import Text


def targets_of(stage: Stage) -> dict[str, list[int]]:
    """Each button that can be touched, by its action: middle from the top left, width, height, in pixels."""
    return {button.meaning.action.value: _place(button) for button in stage.targets()}


def _place(widget: Widget) -> list[int]:
    x, y = widget.to_window(widget.x + widget.width / 2, widget.y + widget.height / 2)
    return [round(number) for number in (x, Window.height - y, widget.width, widget.height)]


def screen_of(stage: Stage) -> dict[str, Any]:
    """The screen's name and its texts; `out_of_sight` are those that only scrolling would bring into view."""
    seen: list[str] = []
    out_of_sight: list[str] = []
    for text in texts_of(stage):
        (seen if _in_sight(text) else out_of_sight).append(text.words)
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


def _in_sight(text: Text) -> bool:
    """Not scrolled away: its middle is within the list it belongs to."""
    parent = text.parent
    while parent is not None and parent is not Window:
        if isinstance(parent, Rows):
            _, middle = text.to_window(*text.center)
            _, low = parent.to_window(*parent.pos)
            return bool(low <= middle <= low + parent.height)
        parent = parent.parent
    return True
