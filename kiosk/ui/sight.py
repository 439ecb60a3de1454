"""Where things are in the window, and what of them is in sight: a list shows only what lies in its frame."""

from kivy.uix.widget import Widget

from kiosk.ui.widgets.row_list import Rows

Box = tuple[float, float, float, float]
"""Left, bottom, right, top in the window, in pixels."""


def list_of(widget: Widget) -> Rows | None:
    """The list that `widget` scrolls with, if it is in one."""
    parent = widget.parent
    while parent is not None and parent is not parent.parent:
        if isinstance(parent, Rows):
            return parent
        parent = parent.parent
    return None


def box_of(widget: Widget) -> Box:
    x, y = widget.to_window(*widget.pos)
    return x, y, x + widget.width, y + widget.height


def seen_box_of(widget: Widget) -> Box:
    """The part of `box_of` that no list cuts off; nothing is left of what is scrolled away."""
    left, bottom, right, top = box_of(widget)
    rows = list_of(widget)
    if rows is not None:
        _, low, _, high = box_of(rows)
        bottom, top = max(bottom, low), min(top, high)
    return left, bottom, right, top


def in_sight(widget: Widget) -> bool:
    """Its middle is not scrolled away."""
    _, bottom, _, top = box_of(widget)
    _, low, _, high = seen_box_of(widget)
    return low <= (bottom + top) / 2 <= high


def lies_at(widget: Widget, x: float, y: float) -> bool:
    """A finger at (x, y) in the window is on what is seen of `widget`."""
    return is_in(seen_box_of(widget), x, y)


def is_in(box: Box, x: float, y: float) -> bool:
    left, bottom, right, top = box
    return left <= x <= right and bottom <= y <= top


def middle_of(box: Box) -> tuple[float, float]:
    left, bottom, right, top = box
    return (left + right) / 2, (bottom + top) / 2
