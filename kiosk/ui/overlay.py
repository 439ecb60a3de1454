"""The question on top of a screen: the screen dims, the seconds count down in large figures.

Where nothing happens by itself a question mark stands in their place.
"""

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
        self.title, self.words = overlay.title, overlay.text
        self.seconds = "" if overlay.seconds is None else str(overlay.seconds)
        self.buttons.paint(overlay.buttons)
