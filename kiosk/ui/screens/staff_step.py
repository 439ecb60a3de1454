"""One step of seeing to a device: where in the walk it is, the part's picture, what to do now."""

from pathlib import Path

from kivy.lang import Builder
from kivy.properties import ColorProperty, ObjectProperty, StringProperty

from kiosk.ui import theme
from kiosk.ui.screens.message import MessagePage
from kiosk.ui.screens.page import Page
from kiosk.ui.widgets import drawing, text, touch_button  # noqa: F401 - the rules below name their widgets
from kiosk.ui.widgets.surface import Surface, arrange, enough
from kiosk.view_data import MessageScreen, StaffStepScreen

Builder.load_file(str(Path(__file__).with_suffix(".kv")))


PLACES = 3
"""For buttons; only what is not gone on from by itself has more."""


class Station(Surface):
    """One of the steps on the way: done, here, or still to come."""

    number = StringProperty("")
    words = StringProperty("")
    ink = ColorProperty(theme.INK_SOFT)


class StaffStepPage(Page):
    way = ObjectProperty()

    def __init__(self, **properties: object) -> None:
        super().__init__(**properties)
        self._stations: list[Station] = []
        self._message = MessagePage()
        # the walk goes on by itself: whoever is about to touch a button finds it where it was
        self._message.buttons.places = PLACES
        self._message.buttons.least_height = theme.BUTTON_HEIGHT_HIGH

    def paint(self, screen: StaffStepScreen) -> None:
        self._message.paint(
            MessageScreen(
                screen.header,
                screen.picture,
                screen.tone,
                screen.title,
                screen.text,
                screen.advice,
                screen.buttons,
            )
        )
        self._paint_way(screen)
        arrange(self, [*([self.way] if screen.steps else []), self._message])

    def _paint_way(self, screen: StaffStepScreen) -> None:
        stations = enough(self._stations, len(screen.steps), Station)
        for number, (station, words) in enumerate(zip(stations, screen.steps, strict=True)):
            station.number, station.words = str(number + 1), words
            here, done = number == screen.here, number < screen.here
            station.fill = theme.ACCENT if here else theme.ACCENT_WASH if done else theme.CARD
            station.edge = theme.ACCENT if here else theme.CARD_EDGE
            station.ink = theme.WHITE if here else theme.ACCENT_DEEP if done else theme.INK_SOFT
        arrange(self.way, stations)
