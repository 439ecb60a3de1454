"""The reader's PIN: dots for what was entered, and a number pad large enough for an unsteady finger."""

from pathlib import Path

from kivy.lang import Builder
from kivy.properties import ObjectProperty, StringProperty
from kivy.uix.boxlayout import BoxLayout
from kivy.uix.gridlayout import GridLayout

from kiosk.ui import theme
from kiosk.ui.screens.page import Page
from kiosk.ui.widgets import text, touch_button  # noqa: F401 - the rules below name their widgets
from kiosk.ui.widgets.band import shown
from kiosk.ui.widgets.drawing import Drawing
from kiosk.ui.widgets.surface import arrange, enough
from kiosk.ui.widgets.touch_button import Key
from kiosk.view_data import PinScreen

Builder.load_file(str(Path(__file__).with_suffix(".kv")))

ROWS_OF_DIGITS = 3
COLUMNS = 3


class Dots(BoxLayout):
    """One place for each figure, filled from the left."""

    def __init__(self, **properties: object) -> None:
        super().__init__(**properties)
        self._places: list[Drawing] = []

    def paint(self, entered: int, places: int) -> None:
        shown_places = enough(self._places, places, Drawing)
        for number, place in enumerate(shown_places):
            place.name = "sign.place_filled" if number < entered else "sign.place"
        arrange(self, shown_places)


class Keypad(GridLayout):
    """As on a telephone: 1 to 9, and below them erase, 0 and enter."""

    def __init__(self, **properties: object) -> None:
        super().__init__(cols=COLUMNS, **properties)
        self._keys: list[Key] = []

    def paint(self, screen: PinScreen) -> None:
        digits, last = screen.keys[: ROWS_OF_DIGITS * COLUMNS], screen.keys[ROWS_OF_DIGITS * COLUMNS :]
        buttons = [*digits, screen.erase, *last, screen.enter]
        keys = enough(self._keys, len(buttons), Key)
        for key, button in zip(keys, buttons, strict=True):
            key.paint(button)
        arrange(self, keys)


class PinPage(Page):
    title = StringProperty("")
    words = StringProperty("")
    sheet = ObjectProperty()
    column = ObjectProperty()
    place = ObjectProperty()
    question = ObjectProperty()
    title_text = ObjectProperty()
    text = ObjectProperty()
    dots = ObjectProperty()
    notice = ObjectProperty()
    keypad = ObjectProperty()
    buttons = ObjectProperty()

    def __init__(self, **properties: object) -> None:
        super().__init__(**properties)
        # the way back is out of the way of who types: below the keys, or on the other side
        if theme.PORTRAIT:
            arrange(self.column, [self.place])
            arrange(self.sheet, [self.column, self.keypad, self.buttons])

    def paint(self, screen: PinScreen) -> None:
        self.title, self.words = screen.title, screen.text
        self.dots.paint(screen.entered, screen.places)
        self.keypad.paint(screen)
        self.buttons.paint(screen.buttons)
        notice = shown(self.notice, screen.notice)
        arrange(self.question, [self.title_text, self.dots, self.text, *notice])
