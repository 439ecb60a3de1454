"""What the screens about books share: the rows on one side, a panel on the other.

The list stays where it is from the first look at the stack to the result; only the panel changes.
"""

from collections.abc import Sequence
from pathlib import Path

from kivy.lang import Builder
from kivy.properties import BooleanProperty, ObjectProperty, StringProperty
from kivy.uix.boxlayout import BoxLayout

from kiosk.ui.screens.page import Page
from kiosk.ui.widgets import drawing, text, touch_button  # noqa: F401 - the rules below name their widgets
from kiosk.ui.widgets.band import Band, shown
from kiosk.ui.widgets.row_list import RowList
from kiosk.ui.widgets.surface import Surface, arrange
from kiosk.view_data import AccountScreen, Button, Line, Row, Section, StackScreen

Builder.load_file(str(Path(__file__).with_suffix(".kv")))


class NoBooks(Surface):
    """Stands in place of the rows."""

    picture = StringProperty("")
    words = StringProperty("")


class BookColumn(BoxLayout):
    """The list's side: a heading if there is one, a notice, the rows or what to say in their place.

    `still`: rows that have buttons stay where they are; the notice comes and goes below them.
    """

    heading = ObjectProperty(None, allownone=True)
    still = BooleanProperty(False)
    no_books_picture = StringProperty("")

    def __init__(self, **properties: object) -> None:
        super().__init__(**properties)
        self._notice = Band()
        self._rows = RowList()
        self._no_books = NoBooks()

    def paint(self, rows: tuple[Row, ...], notice: Line | None, empty: str = "") -> None:
        self.paint_sections((Section("", rows),), notice, empty)

    def paint_sections(self, sections: Sequence[Section], notice: Line | None, empty: str = "") -> None:
        """`empty` is what to say when no section has any rows."""
        no_rows = not any(section.rows for section in sections)
        if no_rows:
            self._rows.to_top()
        self._rows.paint(sections)
        self._no_books.words, self._no_books.picture = empty, self.no_books_picture
        heading = [self.heading] if self.heading else []
        body = self._no_books if empty and no_rows else self._rows
        band = shown(self._notice, notice)
        arrange(self, [*heading, body, *band] if self.still else [*heading, *band, body])

    def on_still(self, *_: object) -> None:
        self._rows.rail_always = self.still

    def to_top(self) -> None:
        self._rows.to_top()


class BookPage(Page):
    """Column and panel, side by side; in portrait the panel is below."""

    column = ObjectProperty()

    def enter(self) -> None:
        self.column.to_top()


class TabbedPage(BookPage):
    """One side of what a reader can turn to: tabs above the rows, and the chosen one is the heading.

    Nobody signed in has no tabs; then the title stands there.
    """

    no_books_picture = StringProperty("picture.put_books")
    still = BooleanProperty(False)
    title = StringProperty("")
    title_text = ObjectProperty()
    tabs = ObjectProperty()
    buttons = ObjectProperty()

    def paint_frame(self, screen: StackScreen | AccountScreen) -> None:
        self.title = screen.title
        self.tabs.paint(screen.tabs)
        self.paint_buttons(screen.buttons)
        arrange(self.column.heading, [self.tabs if screen.tabs else self.title_text])

    def paint_buttons(self, buttons: Sequence[Button]) -> None:
        self.buttons.paint(buttons)


class Panel(Surface):
    """What it comes to, above; what to do, below. In portrait side by side."""
