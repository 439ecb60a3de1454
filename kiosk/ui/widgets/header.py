"""The band on top of every screen: where we are, what time it is, who is signed in, the other language."""

from pathlib import Path

from kivy.lang import Builder
from kivy.properties import BooleanProperty, ObjectProperty, StringProperty
from kivy.uix.boxlayout import BoxLayout

from kiosk import view_data
from kiosk.flow.touch import Touch
from kiosk.ui import theme
from kiosk.ui.widgets import drawing, text, touch_button  # noqa: F401 - the rules below name their widgets
from kiosk.ui.widgets.surface import arrange

Builder.load_file(str(Path(__file__).with_suffix(".kv")))


class ReaderChip(BoxLayout):
    words = StringProperty("")


class Header(BoxLayout):
    """One line; in portrait, two."""

    place = StringProperty("")
    for_staff = BooleanProperty(False)
    clock = StringProperty("")
    date = StringProperty("")
    first = ObjectProperty()
    second = ObjectProperty()
    brand = ObjectProperty()
    chip = ObjectProperty()
    time = ObjectProperty()
    language = ObjectProperty()
    larger = ObjectProperty()
    staff = ObjectProperty()
    held: Touch | None = None
    """What a long press on the place's name means."""

    def paint(self, header: view_data.Header) -> None:
        self.place, self.clock, self.date = header.place, header.clock, header.date
        self.language.paint(header.language)
        if header.larger:
            self.larger.paint(header.larger)
        larger = [self.larger] if header.larger else []
        self.held = header.held
        if header.staff:
            self.staff.paint(header.staff)
        staff = [self.staff] if header.staff else []
        self.for_staff = bool(staff)
        self.chip.words = header.reader or ""
        chip = [self.chip] if header.reader else []
        if theme.PORTRAIT:
            arrange(self.first, [self.brand, *larger, self.language])
            arrange(self.second, [self.time, *chip, *staff])
        else:
            arrange(self.first, [self.brand, *chip, self.time, *staff, *larger, self.language])
