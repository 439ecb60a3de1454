"""Every colour, size and distance of the screen; nothing else in `kiosk.ui` holds one.

Sizes are given in millimetres of the designed panel and come out in pixels. Colours are paper, ink, one
accent (deep teal) and a seal's vermilion for drawings; text on its surface has a contrast of 7:1 or more.
"""

from dataclasses import dataclass

from kivy.config import Config
from kivy.event import EventDispatcher
from kivy.metrics import mm
from kivy.properties import AliasProperty, BooleanProperty

from kiosk.view_data import Tone

PORTRAIT = Config.getint("graphics", "width") < Config.getint("graphics", "height")

Colour = tuple[float, float, float, float]


def _colour(code: str, alpha: float = 1.0) -> Colour:
    red, green, blue = (int(code[i : i + 2], 16) / 255 for i in (1, 3, 5))
    return red, green, blue, alpha


# -- surfaces and inks
PAPER = _colour("#F6F1E7")
CARD = _colour("#FFFDF9")
CARD_EDGE = _colour("#E3D9C6")
INK = _colour("#1D2A30")
INK_SOFT = _colour("#44525A")
INK_OFF = _colour("#5E6669")
OFF = _colour("#E9E3D6")
ACCENT = _colour("#0F4F52")
ACCENT_DEEP = _colour("#093739")
ACCENT_SOFT = _colour("#2A6E70")
ACCENT_WASH = _colour("#DDEBE7")
WHITE = _colour("#FFFFFF")
NOTHING = _colour("#FFFFFF", 0)
BACKDROP = _colour("#0B1517", 0.72)

# -- only in drawings
SEAL = _colour("#B5382A")
SEAL_DEEP = _colour("#8C281D")
OCHRE = _colour("#DDA544")
OCHRE_DEEP = _colour("#B07A1E")
SKY = _colour("#8DB9B5")
PAGE = _colour("#F3E9D2")
PAGE_LINE = _colour("#D9C9A6")
SLATE = _colour("#56666D")


@dataclass(frozen=True)
class ToneColours:
    """`ink` for text on CARD or on `wash`; `solid` fills the sign, `on_solid` draws its mark."""

    ink: Colour
    wash: Colour
    solid: Colour
    on_solid: Colour = WHITE


TONES = {
    Tone.NEUTRAL: ToneColours(_colour("#2F3F47"), _colour("#EDE7DA"), _colour("#4C5D66")),
    Tone.BUSY: ToneColours(_colour("#1D3C73"), _colour("#E4EAF6"), _colour("#2F5597")),
    Tone.GOOD: ToneColours(_colour("#12502B"), _colour("#DFF0E2"), _colour("#1E7A43")),
    Tone.WARN: ToneColours(_colour("#5F3C00"), _colour("#FCEBC3"), _colour("#F0AE2B"), _colour("#3D2600")),
    Tone.BAD: ToneColours(_colour("#861A16"), _colour("#FBE3DF"), _colour("#B3261E")),
}

# -- type: every further size costs 2.5 MB of glyphs
SMALL = mm(4.2)
BODY = mm(5.2)
LEAD = mm(6.6)
HEADLINE = mm(9.6)
INVITATION = mm(14)
"""Read from the door, three metres away."""
NUMERAL = mm(33)


class Reading(EventDispatcher):
    """The sizes of what is read closely; large, each is the next of those above and costs no new glyphs."""

    large = BooleanProperty(False)
    small = AliasProperty(lambda self: BODY if self.large else SMALL, bind=["large"])
    body = AliasProperty(lambda self: LEAD if self.large else BODY, bind=["large"])


READING = Reading()

# -- the font's line, in parts of its size; figures stand low in it, FIGURE_RAISE puts them in the middle
ASCENT = 1.16
DESCENT = 0.288
FIGURE_RAISE = 0.12

# -- distances
HAIR = mm(0.35)
TIGHT = mm(1.5)
GAP = mm(3.5)
MARGIN = mm(6)
INSET = mm(5)
LIP = mm(0.9)

# -- radii
RADIUS = mm(3.5)
RADIUS_SMALL = mm(2.5)

# -- parts
HEADER_HEIGHT = mm(20)
HEADER_SECOND_LINE = mm(13)
CHIP_HEIGHT = mm(11)
SEAL_SIZE = mm(12)
LANGUAGE_WIDTH = mm(34)
LARGER_WIDTH = mm(24)
TARGET_LEAST = mm(15)
BUTTON_HEIGHT = mm(17)
BUTTON_HEIGHT_HIGH = mm(22)
TAB_HEIGHT = mm(16)
TAB_AIR = mm(10)
SIGN_SIZE = mm(9)
SIGN_SIZE_BAND = mm(8)
SIGN_SIZE_VERDICT = mm(18)
ROW_LEAST = mm(19)
MARK_WIDTH = mm(40)
ROW_BUTTON_WIDTH = mm(26)
ROW_BUTTON_HEIGHT = mm(16)
PULL_LEAST = mm(4)
HUG_WIDEST = mm(60)
RAIL_WIDTH = mm(15)
PANEL_WIDTH = mm(72)
TILES_WIDTH = mm(64)
TILES_HEIGHT_PORTRAIT = mm(38)
PANEL_HEIGHT_PORTRAIT = mm(76)
STEP_SIZE = mm(11)
BAR_HEIGHT = mm(5)
STEP_PICTURE = mm(56)
STEP_PICTURE_SMALL = mm(30)
KEYPAD_WIDTH = mm(94)
KEYPAD_HEIGHT_MOST = mm(104)
PIN_QUESTION_HEIGHT = mm(64)
DOT_SIZE = mm(10)
FADE_HEIGHT = mm(7)
PICTURE_LEAST = mm(12)
EMPTY_PICTURE = mm(40)
MESSAGE_PICTURE = mm(60)
DIALOG_WIDTH = mm(172)
DIALOG_WIDTH_PORTRAIT = mm(118)
RING_SIZE = mm(58)
NUMERAL_HEIGHT = mm(34)
FAINT = 0.3

_NUMERAL_LINE = (ASCENT + DESCENT + FIGURE_RAISE) * NUMERAL
NUMERAL_BASELINE = (NUMERAL_HEIGHT - _NUMERAL_LINE) / 2 + (DESCENT + FIGURE_RAISE) * NUMERAL
"""Above the bottom of a numeral's box, for the unit beside it."""
