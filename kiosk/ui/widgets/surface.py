"""Cards of paper, and the putting in place of what changes from view to view."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypeVar

from kivy.lang import Builder
from kivy.properties import ColorProperty, NumericProperty
from kivy.uix.boxlayout import BoxLayout
from kivy.uix.widget import Widget

from kiosk.ui import theme

Builder.load_file(str(Path(__file__).with_suffix(".kv")))

W = TypeVar("W", bound=Widget)


class Surface(BoxLayout):
    """A card with round corners and a thin edge."""

    fill = ColorProperty(theme.CARD)
    edge = ColorProperty(theme.CARD_EDGE)
    radius = NumericProperty(theme.RADIUS)


def arrange(box: Widget, wanted: Sequence[Widget]) -> None:
    """Make `wanted` the children of `box`, from the top or the left; touches nothing that is in place."""
    if box.children[::-1] == list(wanted):
        return
    box.clear_widgets()
    for widget in wanted:
        box.add_widget(widget)


def enough(made: list[W], count: int, make: Callable[[], W]) -> list[W]:
    """The first `count` of `made`, which grows as it must: widgets are used again, since new ones leak."""
    made.extend(make() for _ in range(count - len(made)))
    return made[:count]
