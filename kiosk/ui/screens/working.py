"""Operations under way: how many of how many are done."""

from pathlib import Path

from kivy.lang import Builder
from kivy.properties import NumericProperty, StringProperty
from kivy.uix.widget import Widget

from kiosk.ui.screens.book_list import BookPage
from kiosk.view_data import WorkingScreen

Builder.load_file(str(Path(__file__).with_suffix(".kv")))


class Progress(Widget):
    """Filled from the left by `part`, 0 to 1."""

    part = NumericProperty(0)


class WorkingPage(BookPage):
    title = StringProperty("")
    done = NumericProperty(0)
    total = NumericProperty(0)

    def paint(self, screen: WorkingScreen) -> None:
        self.title = screen.title
        self.done, self.total = screen.done, screen.total
        self.column.paint(screen.rows, screen.notice)
