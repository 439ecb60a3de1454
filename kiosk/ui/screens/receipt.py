"""The receipt as a code for a telephone: the code on one side, what to do with it on the other."""

from pathlib import Path

from kivy.lang import Builder
from kivy.properties import ObjectProperty, StringProperty

from kiosk.ui.screens.page import Page
from kiosk.ui.widgets import qr_code, text, touch_button  # noqa: F401 - the rules below name their widgets
from kiosk.ui.widgets.band import shown
from kiosk.ui.widgets.surface import arrange
from kiosk.view_data import Line, ReceiptScreen

Builder.load_file(str(Path(__file__).with_suffix(".kv")))


class ReceiptPage(Page):
    code = StringProperty("")
    title = StringProperty("")
    words = StringProperty("")
    message = ObjectProperty()
    title_text = ObjectProperty()
    text = ObjectProperty()
    advice = ObjectProperty()
    buttons = ObjectProperty()

    def paint(self, screen: ReceiptScreen) -> None:
        self.code = screen.code
        self.title, self.words = screen.title, screen.text
        self.buttons.paint(screen.buttons)
        advice = shown(self.advice, Line(screen.advice))
        arrange(self.message, [self.title_text, self.text, *advice])
