"""Nobody here: the invitation, how it goes, and a way in for those who bring books back."""

from pathlib import Path

from kivy.lang import Builder
from kivy.properties import ObjectProperty, StringProperty
from kivy.uix.boxlayout import BoxLayout

from kiosk.ui import theme
from kiosk.ui.screens.page import Page
from kiosk.ui.widgets import drawing, text, touch_button  # noqa: F401 - the rules below name their widgets
from kiosk.ui.widgets.band import shown
from kiosk.ui.widgets.surface import arrange, enough
from kiosk.view_data import IdleScreen

Builder.load_file(str(Path(__file__).with_suffix(".kv")))


class Step(BoxLayout):
    number = StringProperty("")
    words = StringProperty("")


class IdlePage(Page):
    headline = StringProperty("")
    main = ObjectProperty()
    invitation = ObjectProperty()
    bands = ObjectProperty()
    steps = ObjectProperty()
    pad = ObjectProperty()
    tiles = ObjectProperty()
    notice = ObjectProperty()

    def __init__(self, **properties: object) -> None:
        super().__init__(**properties)
        self._steps: list[Step] = []

    def paint(self, screen: IdleScreen) -> None:
        self.headline = screen.headline
        self._paint_steps(screen.steps)
        self.tiles.paint(screen.buttons)
        bands = [*shown(self.pad, screen.pad), *shown(self.notice, screen.notice)]
        arrange(self.bands, bands)
        # whoever wants large type stands here already: the invitation makes room for the steps
        invitation = [] if theme.READING.large else [self.invitation]
        arrange(self, [*invitation, self.main, *([self.bands] if bands else [])])

    def _paint_steps(self, steps: tuple[str, ...]) -> None:
        shown_steps = enough(self._steps, len(steps), Step)
        for number, (step, words) in enumerate(zip(shown_steps, steps, strict=True), start=1):
            step.number, step.words = str(number), words
        arrange(self.steps, shown_steps)
