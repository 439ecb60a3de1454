"""One thing to know: what happened, to what, and what to do next."""

from pathlib import Path

from kivy.lang import Builder
from kivy.properties import ColorProperty, ObjectProperty, StringProperty

from kiosk.ui import theme
from kiosk.ui.screens.page import Page
from kiosk.ui.widgets import drawing, text, touch_button  # noqa: F401 - the rules below name their widgets
from kiosk.ui.widgets.band import shown
from kiosk.ui.widgets.surface import arrange
from kiosk.view_data import Line, MessageScreen

Builder.load_file(str(Path(__file__).with_suffix(".kv")))


class MessagePage(Page):
    picture = StringProperty("")
    title = StringProperty("")
    words = StringProperty("")
    ink = ColorProperty(theme.INK)
    column = ObjectProperty()
    place = ObjectProperty()
    message = ObjectProperty()
    title_text = ObjectProperty()
    text = ObjectProperty()
    advice = ObjectProperty()
    buttons = ObjectProperty()

    def paint(self, screen: MessageScreen) -> None:
        self.picture = f"picture.{screen.picture.value}"
        self.title, self.words = screen.title, screen.text
        self.ink = theme.TONES[screen.tone].ink
        self.buttons.paint(screen.buttons)
        advice = shown(self.advice, Line(screen.advice) if screen.advice else None)
        arrange(self.message, [self.title_text, self.text, *advice])
        arrange(self.column, [self.place, *([self.buttons] if screen.buttons else [])])
