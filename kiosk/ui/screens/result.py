"""What became of each book, and the question about the receipt."""

from pathlib import Path

from kivy.lang import Builder
from kivy.properties import ColorProperty, ObjectProperty, StringProperty

from kiosk.ui import theme
from kiosk.ui.screens.book_list import BookPage
from kiosk.ui.widgets.surface import Surface
from kiosk.view_data import Rank, ResultScreen

Builder.load_file(str(Path(__file__).with_suffix(".kv")))


class Verdict(Surface):
    """The outcome in one look, above the books."""

    title = StringProperty("")
    summary = StringProperty("")
    sign = StringProperty("")
    ink = ColorProperty(theme.INK)

    def paint(self, screen: ResultScreen) -> None:
        colours = theme.TONES[screen.tone]
        self.title, self.summary = screen.title, screen.summary
        self.sign = f"sign.{screen.tone.value}"
        self.fill = self.edge = colours.wash
        self.ink = colours.ink


class ResultPage(BookPage):
    question = StringProperty("")
    verdict = ObjectProperty()
    choices = ObjectProperty()
    others = ObjectProperty()

    def paint(self, screen: ResultScreen) -> None:
        """What is asked stands large, one below the other; quiet buttons side by side beneath."""
        self.question = screen.question
        self.verdict.paint(screen)
        self.choices.paint([button for button in screen.buttons if button.rank is not Rank.QUIET])
        self.others.paint([button for button in screen.buttons if button.rank is Rank.QUIET])
        self.column.paint(screen.rows, screen.notice)
