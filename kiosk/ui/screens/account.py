"""What the library has of the reader: loans that can be renewed, holds, fees, and the numbers that matter."""

from collections.abc import Sequence
from pathlib import Path

from kivy.lang import Builder
from kivy.properties import ObjectProperty, StringProperty
from kivy.uix.boxlayout import BoxLayout

from kiosk.ui.screens.book_list import TabbedPage
from kiosk.ui.widgets.surface import arrange, enough
from kiosk.view_data import AccountScreen, Button, Rank

Builder.load_file(str(Path(__file__).with_suffix(".kv")))


class Figure(BoxLayout):
    """A number and what it counts, as a line of a ledger."""

    value = StringProperty("")
    words = StringProperty("")


class AccountPage(TabbedPage):
    no_books_picture = StringProperty("picture.shelf")
    figures = ObjectProperty()
    wait = ObjectProperty()
    loud = ObjectProperty()
    others = ObjectProperty()

    def __init__(self, **properties: object) -> None:
        super().__init__(**properties)
        self._figures: list[Figure] = []

    def paint(self, screen: AccountScreen) -> None:
        self.paint_frame(screen)
        self._paint_figures(screen.figures)
        empty = next((section.empty for section in screen.sections), "")
        self.column.paint_sections(screen.sections, screen.notice, empty)

    def paint_buttons(self, buttons: Sequence[Button]) -> None:
        """The loudest has a line of its own, the others share one."""
        self.loud.paint([button for button in buttons if button.rank is Rank.PRIMARY])
        self.others.paint([button for button in buttons if button.rank is not Rank.PRIMARY])

    def _paint_figures(self, figures: tuple[tuple[str, str], ...]) -> None:
        """Before there are any, the hourglass."""
        lines = enough(self._figures, len(figures), Figure)
        for line, (value, words) in zip(lines, figures, strict=True):
            line.value, line.words = value, words
        arrange(self.figures, lines or [self.wait])
