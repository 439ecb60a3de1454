"""Text that never overflows: broken by `typeset`, as high as its lines. Six sizes, as in the theme."""

from functools import cache
from pathlib import Path

from kivy.core.text import Label as Glyphs
from kivy.lang import Builder
from kivy.properties import BooleanProperty, NumericProperty, StringProperty
from kivy.uix.label import Label

from kiosk.ui.typeset import break_lines

Builder.load_file(str(Path(__file__).with_suffix(".kv")))


class Text(Label):
    """`words` in at most `most_lines` lines (0: as many as it takes).

    With `widest` the text is only as wide as its words, up to that; otherwise its holder sets the width.
    """

    words = StringProperty("")
    most_lines = NumericProperty(0)
    widest = NumericProperty(0)
    balanced = BooleanProperty(False)
    shortened = BooleanProperty(False)
    """Not all words are on the screen."""

    def __init__(self, **properties: object) -> None:
        super().__init__(**properties)
        for name in ("words", "width", "font_size", "bold", "most_lines", "widest"):
            self.fbind(name, self._break)
        self._break()

    def _break(self, *_: object) -> None:
        if self.widest:
            # one pixel to spare: a rounded sum must not break the line
            self.width = min(max(self._measure(self.words), self._drawn(self.words)) + 1, self.widest)
        lines = self._lines()
        self.shortened = "".join("".join(lines).split()) != "".join(self.words.split())
        self.text_size = (self.width, None)
        self.text = "\n".join(lines)

    def _lines(self) -> list[str]:
        """As broken by `typeset`, and so that Kivy breaks none of them once more.

        What it draws may be a little wider than the sum of its characters.
        """
        room = int(self.width)
        while True:
            lines = break_lines(self.words, room, self.most_lines, self._measure, self.balanced)
            excess = max(map(self._drawn, lines)) - int(self.width)
            if excess <= 0 or room <= self.font_size:
                return lines
            room -= excess

    def _measure(self, text: str) -> float:
        return sum(_advance(character, self.font_size, self.bold) for character in text)

    def _drawn(self, line: str) -> int:
        width: int = Glyphs(font_size=self.font_size, bold=self.bold).get_extents(line)[0]
        return width


@cache
def _advance(character: str, font_size: float, bold: bool) -> float:
    width: int = Glyphs(font_size=font_size, bold=bold).get_extents(character)[0]
    return width
