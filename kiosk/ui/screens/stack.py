"""The books on the pad before anything is done; their number is what the reader is asked to agree to."""

from pathlib import Path

from kivy.lang import Builder
from kivy.properties import StringProperty

from kiosk.ui.screens.book_list import TabbedPage
from kiosk.view_data import StackScreen

Builder.load_file(str(Path(__file__).with_suffix(".kv")))


class StackPage(TabbedPage):
    count = StringProperty("")
    unit = StringProperty("")
    note = StringProperty("")

    def paint(self, screen: StackScreen) -> None:
        self.paint_frame(screen)
        self.count, self.unit, self.note = screen.count, screen.count_unit, screen.count_note
        self.column.paint(screen.rows, screen.notice, screen.empty)
