"""A short message across the screen, in its tone's colours and with its sign."""

from pathlib import Path

from kivy.lang import Builder
from kivy.properties import BooleanProperty, ColorProperty, StringProperty

from kiosk.ui import theme
from kiosk.ui.widgets import drawing, text  # noqa: F401 - the rules below name their widgets
from kiosk.ui.widgets.surface import Surface
from kiosk.view_data import Line

Builder.load_file(str(Path(__file__).with_suffix(".kv")))


class Band(Surface):
    words = StringProperty("")
    sign = StringProperty("")
    ink = ColorProperty(theme.INK)
    grows = BooleanProperty(True)
    """In large type, as what is read closely does."""

    def paint(self, line: Line) -> None:
        colours = theme.TONES[line.tone]
        self.words = line.text
        self.sign = f"sign.{line.tone.value}"
        self.fill = self.edge = colours.wash
        self.ink = colours.ink


def shown(band: Band, line: Line | None) -> list[Band]:
    """`band` painted with `line` as what to arrange: nothing when there is no line."""
    if line is None:
        return []
    band.paint(line)
    return [band]
