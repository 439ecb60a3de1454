"""What became of each book, and the question about the receipt."""

from pathlib import Path

from kivy.lang import Builder
from kivy.properties import ColorProperty, ObjectProperty, StringProperty

from kiosk.ui import theme
from kiosk.ui.screens.book_list import BookPage
from kiosk.ui.widgets.surface import Surface
from kiosk.view_data import ResultScreen

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
    picture = StringProperty("")
    verdict = ObjectProperty()
    ways = ObjectProperty()
    others = ObjectProperty()

    def paint(self, screen: ResultScreen) -> None:
        """The ways to a receipt stand large, one below the other; the others side by side beneath."""
        self.question = screen.question
        self.picture = "picture.receipt" if screen.ways else "picture.put_books"
        self.verdict.paint(screen)
        self.ways.paint(screen.ways)
        self.others.paint(screen.buttons)
        self.column.paint(screen.rows, screen.notice)
