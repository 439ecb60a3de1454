"""What a finger can press. It only looks pressed: `stage` watches the finger and reports the touch."""

from collections.abc import Sequence
from pathlib import Path

from kivy.lang import Builder
from kivy.properties import BooleanProperty, ColorProperty, NumericProperty, ObjectProperty, StringProperty
from kivy.uix.anchorlayout import AnchorLayout
from kivy.uix.boxlayout import BoxLayout
from kivy.uix.widget import Widget

from kiosk.flow.touch import Touch
from kiosk.ui import theme
from kiosk.ui.widgets import drawing, surface, text  # noqa: F401 - the rules below name their widgets
from kiosk.view_data import Button, Rank

Builder.load_file(str(Path(__file__).with_suffix(".kv")))

Style = tuple[theme.Colour, theme.Colour, theme.Colour]
"""Fill, the lip below it, text."""

STYLES: dict[Rank, Style] = {
    Rank.PRIMARY: (theme.ACCENT, theme.ACCENT_DEEP, theme.WHITE),
    Rank.SECONDARY: (theme.ACCENT_WASH, theme.ACCENT_SOFT, theme.ACCENT_DEEP),
    Rank.QUIET: (theme.CARD, theme.CARD_EDGE, theme.INK),
}
DISABLED: Style = (theme.OFF, theme.OFF, theme.INK_OFF)
ON_HEADER: Style = (theme.ACCENT_DEEP, theme.ACCENT_SOFT, theme.WHITE)


class Pressable(AnchorLayout):
    """A flat plate with a lip; pressed, it sinks into it. `meaning` is the touch it stands for."""

    words = StringProperty("")
    note = StringProperty("")
    enabled = BooleanProperty(True)
    chosen = BooleanProperty(False)
    pressed = BooleanProperty(False)
    high = BooleanProperty(False)
    fill = ColorProperty(theme.CARD)
    lip = ColorProperty(theme.CARD_EDGE)
    ink = ColorProperty(theme.INK)
    meaning: Touch

    def paint(self, button: Button) -> None:
        self.meaning = button.touch
        self.words, self.note = button.text, button.note
        self.enabled = button.enabled
        self.chosen = button.chosen
        self.fill, self.lip, self.ink = self.style(button)

    def style(self, button: Button) -> Style:
        if not button.enabled:
            return DISABLED
        return STYLES[Rank.PRIMARY if button.chosen else button.rank]


class TouchButton(Pressable):
    """As high as its text asks, and at least so high that it is easily hit."""

    needed = NumericProperty(0)
    least_height = NumericProperty(0)
    """As high as those beside it."""


class Tab(Pressable):
    """One of several sides of a screen; the chosen one is filled and underlined."""


class RowButton(Pressable):
    """What can be done with one row alone; stands at its end."""


class Key(Pressable):
    """Of a number pad."""


class LanguageButton(Pressable):
    """Stands in the header band."""

    def style(self, button: Button) -> Style:
        return ON_HEADER if button.enabled else DISABLED


class Tile(Pressable):
    """A button as large as a card, with a drawing: the way into something."""

    def style(self, button: Button) -> Style:
        return STYLES[Rank.PRIMARY] if button.enabled else DISABLED


class ButtonGroup(BoxLayout):
    """Buttons side by side, or one below the other with the loudest on top; reused from view to view.

    Those side by side are equally high; where it `raises`, a loud one makes them higher. With `places` each
    keeps its place whatever others there are: the first at the left, the loud one at the right end.
    """

    button_class = ObjectProperty(TouchButton)
    least_height = NumericProperty(0)
    places = NumericProperty(0)
    raises = BooleanProperty(True)

    def __init__(self, **properties: object) -> None:
        super().__init__(**properties)
        self._made: list[Pressable] = []
        self._free: list[Widget] = []

    def paint(self, buttons: Sequence[Button]) -> None:
        side_by_side = self.orientation == "horizontal"
        loud = any(button.rank is Rank.PRIMARY for button in buttons)
        raised = self.raises and side_by_side and loud
        if not side_by_side:
            buttons = sorted(buttons, key=lambda button: list(Rank).index(button.rank))
        used = surface.enough(self._made, len(buttons), self._make)
        for widget, button in zip(used, buttons, strict=True):
            widget.paint(button)
            widget.high = raised or (button.rank is Rank.PRIMARY and not side_by_side)
        surface.arrange(self, self._placed(used, loud))
        self._level()

    def _make(self) -> Pressable:
        button: Pressable = self.button_class()
        if isinstance(button, TouchButton):
            button.fbind("needed", self._level)
        return button

    def _level(self, *_: object) -> None:
        """Side by side they are as high as the highest."""
        buttons = [widget for widget in self.children if isinstance(widget, TouchButton)]
        side_by_side = self.orientation == "horizontal"
        highest = max([self.least_height, *(button.needed for button in buttons if side_by_side)])
        for button in buttons:
            button.least_height = highest

    def _placed(self, used: list[Pressable], loud: bool) -> list[Widget]:
        free = surface.enough(self._free, max(0, self.places - len(used)), Widget)
        at_left = len(used) - 1 if loud else len(used)
        return [*used[:at_left], *free, *used[at_left:]]
