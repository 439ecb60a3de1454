"""The books, one card each, under headings where there are any.

When more than fit, a rail with arrows: not everybody knows swiping.
"""

from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path

from kivy.effects.scroll import ScrollEffect
from kivy.graphics.texture import Texture
from kivy.input.motionevent import MotionEvent
from kivy.lang import Builder
from kivy.properties import BooleanProperty, ColorProperty, NumericProperty, ObjectProperty, StringProperty
from kivy.uix.anchorlayout import AnchorLayout
from kivy.uix.boxlayout import BoxLayout
from kivy.uix.scrollview import ScrollView
from kivy.uix.widget import Widget

from kiosk.ui import theme
from kiosk.ui.widgets import drawing, text, touch_button  # noqa: F401 - the rules below name their widgets
from kiosk.ui.widgets.surface import Surface, arrange, enough
from kiosk.ui.widgets.text import Text
from kiosk.view_data import Row, Section, Tone

Builder.load_file(str(Path(__file__).with_suffix(".kv")))

# A row that needs attention stands out whole; the others stay calm.
_LOUD = (Tone.WARN, Tone.BAD)

_FADE_STEPS = 32

MOST_FLIPS = 4
"""What overflows without the rail may fit beside it: after so many changes of mind it stays."""


class RowCard(Surface):
    """What holds for the book stands at the end of its row; where a button does, below the title."""

    title = StringProperty("")
    detail = StringProperty("")
    mark = StringProperty("")
    sign = StringProperty("")
    mark_ink = ColorProperty(theme.INK)
    sign_drawing = ObjectProperty()
    words = ObjectProperty()
    title_text = ObjectProperty()
    detail_text = ObjectProperty()
    mark_text = ObjectProperty()
    mark_below = ObjectProperty()
    button = ObjectProperty()

    def paint(self, row: Row) -> None:
        colours = theme.TONES[row.tone]
        self.title, self.detail, self.mark = row.title, row.detail, row.mark
        self.sign = "sign.book" if row.tone is Tone.NEUTRAL else f"sign.{row.tone.value}"
        self.mark_ink = colours.ink
        self.fill = colours.wash if row.tone in _LOUD else theme.CARD
        self.edge = colours.solid if row.tone in _LOUD else theme.CARD_EDGE
        if row.button:
            self.button.paint(row.button)
        self._arrange(row)

    def _arrange(self, row: Row) -> None:
        mark, end = (self.mark_below, self.button) if row.button else (None, self.mark_text)
        detail = self.detail_text if row.detail else None
        arrange(self.words, [line for line in (self.title_text, mark, detail) if line])
        arrange(self, [self.sign_drawing, self.words, end])


class SectionHeading(Text):
    """Above the rows that belong together."""


class EmptySection(Surface):
    """In place of a section's rows."""

    words = StringProperty("")


class Arrow(AnchorLayout):
    """Moves the list by most of a page. Not a `Touch`: it changes nothing but what is in sight."""

    sign = StringProperty("")
    enabled = BooleanProperty(True)
    move = NumericProperty(0)
    list_view = ObjectProperty()

    def on_touch_down(self, touch: MotionEvent) -> bool:
        if not self.collide_point(*touch.pos):
            return False
        if self.enabled:
            self.list_view.move(self.move)
        return True


class Rows(ScrollView):
    """The part of the cards in sight. It stops at its ends, and fades towards those that are not in sight."""

    effect_cls = ScrollEffect
    cards = ObjectProperty()
    fade = ObjectProperty()
    overflows = BooleanProperty(False)
    more_above = BooleanProperty(False)
    more_below = BooleanProperty(False)

    def __init__(self, **properties: object) -> None:
        self.fade = faded(theme.PAPER)
        self._above_px = 0.0
        super().__init__(**properties)

    def on_cards(self, *_: object) -> None:
        for widget, name in ((self.cards, "height"), (self, "height"), (self, "scroll_y")):
            widget.fbind(name, self._look)

    def on_height(self, *_: object) -> None:
        """What stands at the top stays there when the frame's lower edge moves."""
        if self.hidden_px > 1:
            self.go(1 - self._above_px / self.hidden_px)

    def on_scroll_y(self, *_: object) -> None:
        self._above_px = (1 - self.scroll_y) * max(0.0, self.hidden_px)

    def _look(self, *_: object) -> None:
        self.overflows = self.hidden_px > 1
        self.more_above = self.overflows and self.scroll_y < 0.999
        self.more_below = self.overflows and self.scroll_y > 0.001

    @property
    def hidden_px(self) -> float:
        height: float = self.cards.height - self.height if self.cards else 0.0
        return height

    def pulled(self, touch: MotionEvent) -> bool:
        """The finger has gone so far that it moves the list, and no longer means a button on it."""
        return bool(self.overflows and abs(touch.y - touch.oy) > self.scroll_distance)

    def go(self, scroll_y: float) -> None:
        """Be there at once (1 is the top), whatever a finger has set in motion."""
        there = min(1.0, max(0.0, scroll_y))
        self.effect_y.reset(-self.hidden_px * there)
        self.scroll_y = there

    def _bind_inactive_bar_color(self, *_: object) -> None:
        """There is no bar: Kivy would animate its colour for half a second after every change."""


class RowList(BoxLayout):
    """With `rail_always` its rows keep their width, and their buttons their places, when more rows come."""

    rail_always = BooleanProperty(False)
    view = ObjectProperty()
    rail = ObjectProperty()

    def __init__(self, **properties: object) -> None:
        super().__init__(**properties)
        self._cards: list[RowCard] = []
        self._headings: list[SectionHeading] = []
        self._empty: list[EmptySection] = []
        self._flips = 0
        self.view.fbind("overflows", self._show_rail)
        self.fbind("rail_always", self._show_rail)
        self._show_rail()

    def paint(self, sections: Sequence[Section]) -> None:
        rows = [row for section in sections for row in section.rows]
        cards = enough(self._cards, len(rows), RowCard)
        for card, row in zip(cards, rows, strict=True):
            card.paint(row)
        self._flips = 0
        arrange(self.view.cards, list(self._in_order(sections, iter(cards))))

    def _in_order(self, sections: Sequence[Section], cards: Iterator[RowCard]) -> Iterator[Widget]:
        """Each section's heading, then its cards, or what to say in their place."""
        headings = enough(self._headings, len(sections), SectionHeading)
        empties = enough(self._empty, len(sections), EmptySection)
        for section, heading, empty in zip(sections, headings, empties, strict=True):
            heading.words, empty.words = section.heading, section.empty
            if section.heading:
                yield heading
            if section.empty and not section.rows:
                yield empty
            yield from islice(cards, len(section.rows))

    def _show_rail(self, *_: object) -> None:
        self._flips += 1
        shown = self.view.overflows or self.rail_always or self._flips > MOST_FLIPS
        arrange(self, [self.view, self.rail] if shown else [self.view])

    def to_top(self) -> None:
        self.view.go(1)

    def move(self, pages: float) -> None:
        """Scroll by so many heights of what is in sight; downwards is negative."""
        if self.view.overflows:
            self.view.go(self.view.scroll_y + pages * self.view.height / self.view.hidden_px)


def faded(colour: theme.Colour) -> Texture:
    """From `colour` at the bottom to nothing at the top."""
    texture = Texture.create(size=(1, _FADE_STEPS), colorfmt="rgba")
    red, green, blue = (round(part * 255) for part in colour[:3])
    rows = (bytes((red, green, blue, 255 - 255 * step // (_FADE_STEPS - 1))) for step in range(_FADE_STEPS))
    texture.blit_buffer(b"".join(rows), colorfmt="rgba")
    return texture
