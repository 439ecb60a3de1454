"""What the screen's pictures and signs look like: tables of shapes, no drawing.

Signs differ in outline as well as in colour, so that a reader who sees no colours can tell them apart.
"""

from kiosk.ui import theme
from kiosk.ui.shapes import Fill, Shape, Stroke, arc, box, disc, polygon, turned
from kiosk.view_data import Picture, Tone

Drawing = tuple[Shape, ...]

_ACCENT, _DEEP, _WHITE = theme.ACCENT, theme.ACCENT_DEEP, theme.WHITE


def _waves(x: float, y: float, radii: tuple[float, ...], start_deg: float, end_deg: float) -> Drawing:
    return tuple(Stroke(theme.ACCENT_SOFT, 2.4, arc(x, y, radius, start_deg, end_deg)) for radius in radii)


def _lying_book(x: float, y: float, width: float, cover: theme.Colour, deep: theme.Colour) -> Drawing:
    """A book lying flat, its spine to the left: 13 high."""
    leaves = tuple(
        Stroke(theme.PAGE_LINE, 0.5, ((x + 8, y + height), (x + width - 2.6, y + height)))
        for height in (4.6, 6.5, 8.4)
    )
    return (
        Fill(cover, box(x, y, width, 13, 2.6)),
        Fill(theme.PAGE, box(x + 5, y + 2.4, width - 5, 8.2, 0.8)),
        *leaves,
        Fill(deep, box(x, y, 5.6, 13, 2.4)),
        Fill(cover, box(x + 3.2, y, 4, 13, 0.6)),
    )


def _arrow_down(x: float, top: float, bottom: float, colour: theme.Colour) -> Drawing:
    return (
        Stroke(colour, 3.2, ((x, top), (x, bottom))),
        Stroke(colour, 3.2, ((x - 5.5, bottom + 5.5), (x, bottom), (x + 5.5, bottom + 5.5))),
    )


def _arrow_right(left: float, y: float, length: float, colour: theme.Colour) -> Drawing:
    """And its mirror: two plugs that are pushed together."""
    tip, back = left + length - 6, 100 - left - length + 6
    return (
        Stroke(colour, 3.2, ((left, y), (tip, y))),
        Stroke(colour, 3.2, ((tip - 5.5, y + 5.5), (tip, y), (tip - 5.5, y - 5.5))),
        Stroke(colour, 3.2, ((100 - left, y), (back, y))),
        Stroke(colour, 3.2, ((back + 5.5, y + 5.5), (back, y), (back + 5.5, y - 5.5))),
    )


_BARS = ((30, 3), (36, 1.6), (41, 3.6), (47, 1.6), (52, 2.6), (58, 1.6), (63, 3.6), (70, 2))


def _card() -> Drawing:
    """A reader card, a little turned, coming down on the card reader."""
    x, y, turn = 50.0, 74.0, 10.0

    def part(
        left: float, low: float, width: float, height: float, radius: float
    ) -> tuple[tuple[float, float], ...]:
        return turned(box(x + left, y + low, width, height, radius), x, y, turn)

    return (
        Fill(theme.CARD_EDGE, turned(box(x - 28, y - 19.5, 56, 37, 4.5), x, y, turn)),
        Fill(theme.SEAL, part(-28, -18, 56, 37, 4.5)),
        Fill(theme.SEAL_DEEP, part(-28, 4.5, 56, 6.5, 0)),
        Fill(theme.PAGE, part(-22, -11, 11, 10, 1.6)),
        Stroke(theme.PAGE, 1.8, turned(((x - 5, y - 3.5), (x + 20, y - 3.5)), x, y, turn)),
        Stroke(theme.PAGE, 1.8, turned(((x - 5, y - 9.5), (x + 12, y - 9.5)), x, y, turn)),
    )


_TAP_CARD: Drawing = (
    Fill(theme.CARD_EDGE, box(9, 3, 82, 8, 4)),
    Fill(_DEEP, box(14, 6, 72, 19, 5)),
    Fill(_ACCENT, box(14, 10, 72, 16, 5)),
    Fill(theme.SKY, box(22, 14.6, 44, 6.6, 3.3)),
    Fill(theme.OCHRE, disc(76, 18, 2.8)),
    *_waves(50, 22, (11, 18, 25), 50, 130),
    *_card(),
)

_BOOKS: Drawing = (
    *_lying_book(20, 22, 62, theme.SEAL, theme.SEAL_DEEP),
    *_lying_book(26, 35.4, 54, theme.OCHRE, theme.OCHRE_DEEP),
    *_lying_book(22, 48.8, 56, theme.ACCENT_SOFT, _ACCENT),
)

_PUT_BOOKS: Drawing = (
    Fill(theme.CARD_EDGE, box(4, 3, 92, 8, 4)),
    Fill(_DEEP, box(7, 6, 86, 14, 5)),
    Fill(theme.SLATE, box(7, 10, 86, 11.5, 5)),
    Fill(theme.SKY, box(38, 14.4, 24, 2.6, 1.3)),
    *_BOOKS,
    *_arrow_down(50, 92, 70, _ACCENT),
)

_PUT_BOOKS_ON_ACCENT: Drawing = (
    Fill(_DEEP, box(4, 3, 92, 9, 4.5)),
    Fill(theme.SKY, box(7, 9, 86, 12, 5)),
    Fill(_ACCENT, box(38, 13.6, 24, 2.6, 1.3)),
    *_lying_book(20, 22, 62, theme.SEAL, theme.SEAL_DEEP),
    *_lying_book(26, 35.4, 54, theme.OCHRE, theme.OCHRE_DEEP),
    *_lying_book(22, 48.8, 56, theme.SKY, theme.ACCENT_SOFT),
    *_arrow_down(50, 92, 70, _WHITE),
)

_DONE: Drawing = (
    Fill(theme.TONES[Tone.GOOD].wash, disc(50, 50, 47)),
    Fill(theme.TONES[Tone.GOOD].solid, disc(50, 50, 38)),
    Stroke(_WHITE, 8, ((32, 50), (45, 37), (69, 63))),
)

_SAND = theme.OCHRE
_WAIT: Drawing = (
    Fill(theme.CARD_EDGE, box(22, 3, 56, 6, 3)),
    Fill(theme.ACCENT_WASH, polygon((30, 84), (70, 84), (68, 68), (53, 51), (47, 51), (32, 68))),
    Fill(theme.ACCENT_WASH, polygon((30, 16), (70, 16), (68, 32), (53, 49), (47, 49), (32, 32))),
    Fill(_SAND, polygon((34.5, 67), (65.5, 67), (51.5, 52), (48.5, 52))),
    Fill(_SAND, polygon((31.5, 16), (68.5, 16), (66, 23), (50, 33), (34, 23))),
    Stroke(_SAND, 2, ((50, 52), (50, 32))),
    Stroke(_ACCENT, 3.4, ((30, 84), (32, 68), (47, 50), (32, 32), (30, 16))),
    Stroke(_ACCENT, 3.4, ((70, 84), (68, 68), (53, 50), (68, 32), (70, 16))),
    Fill(_ACCENT, box(20, 82, 60, 9, 4)),
    Fill(_ACCENT, box(20, 9, 60, 9, 4)),
)

_OCTAGON_DEG = 22.5
_STOP: Drawing = (
    Fill(theme.TONES[Tone.BAD].wash, turned(arc(50, 50, 48, 0, 315, steps=7), 50, 50, _OCTAGON_DEG)),
    Fill(theme.TONES[Tone.BAD].solid, turned(arc(50, 50, 41, 0, 315, steps=7), 50, 50, _OCTAGON_DEG)),
    Fill(_WHITE, box(27, 43.5, 46, 13, 2.5)),
)

_UNPLUGGED: Drawing = (
    Fill(theme.TONES[Tone.WARN].wash, disc(50, 50, 47)),
    Stroke(_DEEP, 4, ((2, 36), (10, 36), (16, 38), (20, 43), (24, 48), (28, 50))),
    Stroke(_DEEP, 4, ((98, 64), (90, 64), (84, 62), (80, 57), (76, 52), (72, 50))),
    Fill(_ACCENT, box(24, 39, 19, 22, 5)),
    Fill(_ACCENT, box(35, 37, 8, 26, 2)),
    Stroke(theme.SLATE, 3.4, ((44, 56), (50, 56))),
    Stroke(theme.SLATE, 3.4, ((44, 44), (50, 44))),
    Fill(theme.SEAL, box(61, 39, 17, 22, 5)),
    Fill(theme.SEAL, box(61, 37, 8, 26, 2)),
    Stroke(theme.OCHRE_DEEP, 2.6, ((56, 68), (56, 77))),
    Stroke(theme.OCHRE_DEEP, 2.6, ((49, 67), (45, 74))),
    Stroke(theme.OCHRE_DEEP, 2.6, ((63, 67), (67, 74))),
    Stroke(theme.OCHRE_DEEP, 2.6, ((56, 32), (56, 23))),
    Stroke(theme.OCHRE_DEEP, 2.6, ((49, 33), (45, 26))),
    Stroke(theme.OCHRE_DEEP, 2.6, ((63, 33), (67, 26))),
)

_RECEIPT: Drawing = (
    Fill(_DEEP, box(10, 66, 80, 26, 6)),
    Fill(_ACCENT, box(10, 70, 80, 24, 6)),
    Fill(_DEEP, box(22, 77, 56, 7, 3.5)),
    # the slip's torn edge is not convex: a sheet and its teeth
    Fill(theme.PAGE, box(28, 20, 44, 61, 0)),
    *(Fill(theme.PAGE, polygon((x, 20.5), (x + 5.5, 13), (x + 11, 20.5))) for x in (28, 39, 50, 61)),
    *(Stroke(theme.SLATE, 2.2, ((36, y), (x, y))) for y, x in ((68, 64), (59, 58), (50, 64), (41, 52))),
    Stroke(theme.SEAL, 3, ((36, 30), (64, 30))),
)


def _standing_book(
    x: float, width: float, height: float, cover: theme.Colour, deep: theme.Colour
) -> tuple[Fill, ...]:
    """A book on the shelf, its spine to us."""
    return (
        Fill(cover, box(x, 26, width, height, 1.8)),
        Fill(deep, box(x, 26 + height * 0.72, width, 4, 0)),
        Fill(deep, box(x, 31, width, 2.4, 0)),
    )


_LEANING = _standing_book(67, 11, 46, theme.SKY, theme.ACCENT_SOFT)
_SHELF: Drawing = (
    Fill(theme.CARD_EDGE, box(12, 10, 76, 8, 4)),
    Fill(_DEEP, box(8, 14, 84, 11, 3)),
    Fill(_ACCENT, box(8, 17, 84, 9, 3)),
    *_standing_book(17, 13, 52, theme.SEAL, theme.SEAL_DEEP),
    *_standing_book(31, 10, 44, theme.OCHRE, theme.OCHRE_DEEP),
    *_standing_book(42, 14, 48, theme.ACCENT_SOFT, _ACCENT),
    *(Fill(fill.colour, turned(fill.points, 67, 26, 14)) for fill in _LEANING),
)

_PLUG_IN: Drawing = (
    Fill(theme.TONES[Tone.GOOD].wash, disc(50, 50, 47)),
    Stroke(_DEEP, 4, ((2, 50), (26, 50))),
    Stroke(_DEEP, 4, ((98, 50), (74, 50))),
    Fill(_ACCENT, box(24, 39, 19, 22, 5)),
    Fill(_ACCENT, box(37, 36, 9, 28, 2)),
    Stroke(theme.SLATE, 3.4, ((46, 56), (54, 56))),
    Stroke(theme.SLATE, 3.4, ((46, 44), (54, 44))),
    Fill(theme.SEAL, box(57, 39, 19, 22, 5)),
    Fill(theme.SEAL, box(54, 36, 9, 28, 2)),
    *_arrow_right(12, 78, 38, _ACCENT),
)

_SCANNER: Drawing = (
    Fill(theme.CARD_EDGE, box(20, 3, 60, 7, 3.5)),
    Fill(_DEEP, box(41, 7, 18, 26, 5)),
    Fill(_DEEP, box(22, 27, 56, 24, 8)),
    Fill(_ACCENT, box(22, 31, 56, 22, 8)),
    Fill(theme.SKY, box(31, 36, 38, 11, 4)),
    Fill(theme.PAGE, box(24, 66, 52, 30, 2)),
    *(Stroke(theme.INK, width, ((x, 71), (x, 91))) for x, width in _BARS),
    Stroke(theme.SEAL, 2.2, ((50, 48), (28, 64))),
    Stroke(theme.SEAL, 2.2, ((50, 48), (72, 64))),
    Stroke(theme.SEAL, 2.6, ((20, 81), (80, 81))),
)

_DOOR: Drawing = (
    Fill(theme.CARD_EDGE, box(8, 3, 84, 7, 3.5)),
    Fill(_DEEP, box(18, 7, 64, 88, 4)),
    Fill(theme.PAGE, box(26, 7, 48, 80, 2)),
    Fill(theme.SEAL, box(19, 44, 6, 9, 2)),
    Fill(theme.SEAL, box(75, 44, 6, 9, 2)),
    Stroke(theme.SEAL, 1.8, ((27, 48.5), (73, 48.5))),
    Fill(_ACCENT, disc(50, 69, 7.5)),
    Stroke(_ACCENT, 9, ((50, 56), (50, 38))),
    Stroke(_ACCENT, 5.5, ((49, 38), (42, 13))),
    Stroke(_ACCENT, 5.5, ((51, 38), (59, 13))),
    Stroke(_ACCENT, 4.6, ((50, 55), (40, 42))),
    Stroke(_ACCENT, 4.6, ((50, 55), (61, 44))),
)

PICTURES: dict[Picture, Drawing] = {
    Picture.TAP_CARD: _TAP_CARD,
    Picture.PUT_BOOKS: _PUT_BOOKS,
    Picture.DONE: _DONE,
    Picture.WAIT: _WAIT,
    Picture.STOP: _STOP,
    Picture.UNPLUGGED: _UNPLUGGED,
    Picture.PLUG_IN: _PLUG_IN,
    Picture.SCANNER: _SCANNER,
    Picture.PRINTER: _RECEIPT,
    Picture.DOOR: _DOOR,
}


def _open_book(colour: theme.Colour, width: float) -> Drawing:
    return (
        Stroke(colour, width, ((50, 35), (40, 40), (26, 40), (26, 66), (40, 66), (50, 61), (50, 35))),
        Stroke(colour, width, ((50, 35), (60, 40), (74, 40), (74, 66), (60, 66), (50, 61))),
    )


def _sign(tone: Tone) -> Drawing:
    colours = theme.TONES[tone]
    solid, mark = colours.solid, colours.on_solid
    outlines = {
        Tone.WARN: (
            Stroke(solid, 16, ((50, 82), (14, 18), (86, 18), (50, 82))),
            Fill(solid, ((50, 82), (14, 18), (86, 18))),
        ),
        Tone.BAD: (Fill(solid, turned(arc(50, 50, 50, 0, 315, steps=7), 50, 50, _OCTAGON_DEG)),),
    }
    marks: dict[Tone, Drawing] = {
        Tone.NEUTRAL: (Fill(mark, disc(50, 73, 7)), Stroke(mark, 11, ((50, 53), (50, 26)))),
        Tone.BUSY: tuple(Fill(mark, disc(x, 50, 8)) for x in (26, 50, 74)),
        Tone.GOOD: (Stroke(mark, 11, ((27, 50), (43, 34), (73, 66))),),
        Tone.WARN: (Stroke(mark, 10, ((50, 62), (50, 40))), Fill(mark, disc(50, 23, 6))),
        Tone.BAD: (Stroke(mark, 11, ((33, 33), (67, 67))), Stroke(mark, 11, ((33, 67), (67, 33)))),
    }
    return (*outlines.get(tone, (Fill(solid, disc(50, 50, 49)),)), *marks[tone])


SIGNS: dict[Tone, Drawing] = {tone: _sign(tone) for tone in Tone}

BOOK_SIGN: Drawing = (Fill(theme.ACCENT_WASH, disc(50, 50, 49)), *_open_book(theme.ACCENT, 6))
SEAL_SIGN: Drawing = (
    Fill(theme.SEAL, box(2, 2, 96, 96, 14)),
    *(Stroke(theme.PAPER, 3, (*box(9, 9, 82, 82, 9), (91, 82))),),
    *_open_book(theme.PAPER, 6),
)
RING_SIGN: Drawing = (
    Fill(theme.TONES[Tone.WARN].solid, disc(50, 50, 50)),
    Fill(theme.CARD, disc(50, 50, 46)),
)
QUESTION_SIGN: Drawing = (
    *RING_SIGN,
    Stroke(_ACCENT, 7, (*arc(50, 60, 15, 160, -60), (50, 40))),
    Fill(_ACCENT, disc(50, 26, 5)),
)
PLACE_SIGN: Drawing = (Fill(theme.SLATE, disc(50, 50, 46)), Fill(theme.CARD, disc(50, 50, 39)))
PLACE_FILLED_SIGN: Drawing = (Fill(_ACCENT, disc(50, 50, 46)),)
READER_SIGN: Drawing = (
    Fill(theme.WHITE, disc(50, 70, 18)),
    Fill(theme.WHITE, (*arc(50, 14, 34, 0, 180), (16, 10), (84, 10))),
)
UP: Drawing = (Stroke(_ACCENT, 12, ((22, 36), (50, 64), (78, 36))),)
DOWN: Drawing = (Stroke(_ACCENT, 12, ((22, 64), (50, 36), (78, 64))),)

DRAWINGS: dict[str, Drawing] = {
    **{f"picture.{picture.value}": shapes for picture, shapes in PICTURES.items()},
    **{f"sign.{tone.value}": shapes for tone, shapes in SIGNS.items()},
    "picture.receipt": _RECEIPT,
    "picture.shelf": _SHELF,
    "picture.put_books_on_accent": _PUT_BOOKS_ON_ACCENT,
    "sign.book": BOOK_SIGN,
    "sign.seal": SEAL_SIGN,
    "sign.ring": RING_SIGN,
    "sign.question": QUESTION_SIGN,
    "sign.place": PLACE_SIGN,
    "sign.place_filled": PLACE_FILLED_SIGN,
    "sign.reader": READER_SIGN,
    "sign.up": UP,
    "sign.down": DOWN,
}
