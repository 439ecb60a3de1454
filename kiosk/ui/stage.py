"""The whole window: header, one page, perhaps an overlay. Follows the finger and reports what it touched.

Pages and their widgets are made once and painted again and again: adding new ones leaks.
"""

import time
from collections.abc import Callable, Iterator
from pathlib import Path

from kivy.input.motionevent import MotionEvent
from kivy.lang import Builder
from kivy.properties import ObjectProperty
from kivy.uix.floatlayout import FloatLayout
from kivy.uix.widget import Widget

from kiosk.flow.touch import Touch
from kiosk.ui import theme
from kiosk.ui.hold import Hold
from kiosk.ui.overlay import Overlay
from kiosk.ui.screens.page import Page
from kiosk.ui.screens.pages import PAGES
from kiosk.ui.sight import Box, in_sight, is_in, lies_at, list_of, middle_of, seen_box_of
from kiosk.ui.widgets import header  # noqa: F401 - the rules below name its widgets
from kiosk.ui.widgets.surface import arrange
from kiosk.ui.widgets.touch_button import Pressable
from kiosk.view_data import ViewData

Builder.load_file(str(Path(__file__).with_suffix(".kv")))

# A shaky finger taps twice, and one on its way lands a moment after it was aimed: neither must fall on
# whatever has come to that place meanwhile.
DEAF_AFTER_CHANGE_S = 0.3

Places = list[tuple[str, Box]]
"""Each button by its target, in or out of use, and where it is seen."""


class Stage(FloatLayout):
    """Shows view data (`show`) and calls `on_touch` with the meaning of each button pressed and let go."""

    body = ObjectProperty()
    header = ObjectProperty()
    holder = ObjectProperty()

    def __init__(self, on_touch: Callable[[Touch], None]) -> None:
        super().__init__()
        self._report = on_touch
        self._overlay = Overlay()
        self._pages: dict[type, Page] = {kind: make() for kind, make in PAGES.items()}
        self._hold = Hold(self._held, on_touch)
        self._hears_from = 0.0
        self._before: list[tuple[float, Places]] = []
        self.view: ViewData | None = None

    def show(self, view: ViewData) -> None:
        """Paint `view` in place; the page changes when the kind of screen does."""
        theme.READING.large = view.large_type
        page = self._pages[type(view.screen)]
        if self.view and self.view != view:
            self._before = [*self._late(), (time.monotonic(), self._places())]
        self.header.paint(view.screen.header)
        page.paint(view.screen)
        if page.parent is None:
            page.enter()
        if view.overlay:
            self._overlay.paint(view.overlay)
        if self.view and _layers(self.view) != _layers(view):
            self._hears_from = time.monotonic() + DEAF_AFTER_CHANGE_S
        arrange(self.holder, [page])
        arrange(self, [self.body, self._overlay] if view.overlay else [self.body])
        self.view = view

    def _held(self, x: float, y: float) -> Touch | None:
        """What a long press at this place means; nothing while a question lies on top."""
        on_name = self.children[0] is self.body and lies_at(self.header.brand, x, y)
        return self.header.held if on_name else None

    def cover(self, widget: Widget) -> None:
        """Put `widget` in place of everything."""
        arrange(self, [widget])

    @property
    def deaf(self) -> bool:
        """Taps are not taken just now: the screen has only just changed."""
        return time.monotonic() < self._hears_from

    def targets(self) -> Iterator[Pressable]:
        """The buttons that a finger can press now: only on what lies on top."""
        return (button for button in self._pressable() if button.enabled)

    def _pressable(self) -> Iterator[Pressable]:
        """With those out of use."""
        top = self.children[0]
        return (widget for widget in top.walk() if isinstance(widget, Pressable) and in_sight(widget))

    # -- what has only just come to a place

    @property
    def settling(self) -> bool:
        """Some button has only just come to where it is."""
        return any(self._is_new_at(button, *middle_of(seen_box_of(button))) for button in self.targets())

    def _is_new_at(self, button: Pressable, x: float, y: float) -> bool:
        """A finger that aimed at this place saw something else there."""
        return any(
            not any(target == button.meaning.target and is_in(box, x, y) for target, box in places)
            for _, places in self._late()
        )

    def _late(self) -> list[tuple[float, Places]]:
        """What stood where before each change of the last moment."""
        since = time.monotonic() - DEAF_AFTER_CHANGE_S
        return [(changed, places) for changed, places in self._before if changed > since]

    def _places(self) -> Places:
        return [(button.meaning.target, seen_box_of(button)) for button in self._pressable()]

    # -- the finger

    def on_touch_down(self, touch: MotionEvent) -> bool:
        if self.deaf:
            return True
        self._hold.begin(touch)
        for button in self.targets():
            if lies_at(button, *touch.pos):
                if self._is_new_at(button, *touch.pos):
                    return True
                touch.ud[self] = (button, button.meaning)
                touch.grab(self)
                button.pressed = True
                # a finger on a button of a list may yet pull the list
                return list_of(button) is None or bool(super().on_touch_down(touch))
        return self.children[0] is not self.body or bool(super().on_touch_down(touch))

    def on_touch_move(self, touch: MotionEvent) -> bool:
        if touch.grab_current is not self:
            return bool(super().on_touch_move(touch))
        button, _ = touch.ud[self]
        rows = list_of(button)
        pulling = rows is not None and rows.pulled(touch)
        if pulling:
            touch.ungrab(self)
        button.pressed = not pulling and lies_at(button, *touch.pos)
        return True

    def on_touch_up(self, touch: MotionEvent) -> bool:
        self._hold.end()
        if touch.grab_current is not self:
            return bool(super().on_touch_up(touch))
        touch.ungrab(self)
        button, meaning = touch.ud.pop(self)
        button.pressed = False
        if self._still_means(button, meaning, touch):
            self._report(meaning)
        return True

    def _still_means(self, button: Pressable, meaning: Touch, touch: MotionEvent) -> bool:
        """The finger is still on the button, and it has not become another one meanwhile.

        What was seen when the finger came down counts: books that came since are not agreed to.
        """
        return (
            button in self.targets()
            and button.meaning.target == meaning.target
            and lies_at(button, *touch.pos)
        )


def _layers(view: ViewData) -> tuple[type, str | None]:
    """What lies on the stage; while it stays, only texts and rows change. Each question is one of its own."""
    return type(view.screen), view.overlay.text if view.overlay else None
