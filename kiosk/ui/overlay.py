"""The question on top of a screen: the screen dims, the seconds count down in large figures."""

from pathlib import Path

from kivy.lang import Builder
from kivy.properties import ObjectProperty, StringProperty
from kivy.uix.anchorlayout import AnchorLayout

from kiosk import view_data
from kiosk.ui.widgets import drawing, surface, text, touch_button  # noqa: F401 - the rules below name their widgets

Builder.load_file(str(Path(__file__).with_suffix(".kv")))


class Overlay(AnchorLayout):
    title = StringProperty("")
    words = StringProperty("")
    seconds = StringProperty("")
    buttons = ObjectProperty()

    def paint(self, overlay: view_data.Overlay) -> None:
        self.title, self.words, self.seconds = overlay.title, overlay.text, str(overlay.seconds)
        self.buttons.paint(overlay.buttons)
