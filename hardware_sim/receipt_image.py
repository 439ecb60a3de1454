"""What a thermal printer leaves on paper: rows of glyphs and dots, as a picture and as plain text.

Pure but for the font file. Widths are in dots, 8 to the millimetre (203 dpi), 12 to a half-width cell.
"""

import sys
from dataclasses import dataclass
from enum import Enum
from functools import lru_cache
from itertools import pairwise
from pathlib import Path

from PIL import Image, ImageDraw, ImageFilter, ImageFont

FONTS = Path(sys.prefix) / "share/shuzhan/fonts"
REGULAR, BOLD = FONTS / "sans-sc-regular.otf", FONTS / "sans-sc-bold.otf"

DOTS_PER_MM = 8
CELL_DOTS = 12
LINE_DOTS = 24
LATIN_FACE, CHINESE_FACE = (20, 19), (24, 21)
"""Size of the font and where its baseline lies in a line, in dots: nothing hangs out of the cell."""

INK, PAPER, TABLE = (44, 42, 46), (253, 252, 247), (214, 212, 207)
SIDE_DOTS, TOP_DOTS, TABLE_DOTS = 28, 36, 28


class Align(Enum):
    """Values of ESC a."""

    LEFT = 0
    CENTRE = 1
    RIGHT = 2


@dataclass(frozen=True)
class Style:
    """`width` and `height` are multiples of the normal size."""

    bold: bool = False
    underline: bool = False
    inverse: bool = False
    width: int = 1
    height: int = 1


@dataclass(frozen=True)
class Glyph:
    """One character; `cells` is 1 from the printer's Latin font, 2 from its Chinese one."""

    character: str
    cells: int
    style: Style

    @property
    def width_dots(self) -> int:
        return self.cells * CELL_DOTS * self.style.width

    @property
    def height_dots(self) -> int:
        return LINE_DOTS * self.style.height


@dataclass(frozen=True)
class Strip:
    """A bit image within a line, as high as the line: column after column, `depth` bytes each, most
    significant bit on top; a column is printed `across` dots wide."""

    data: bytes
    depth: int
    across: int

    character = ""

    @property
    def columns(self) -> int:
        return len(self.data) // self.depth

    @property
    def width_dots(self) -> int:
        return self.columns * self.across

    @property
    def height_dots(self) -> int:
        return LINE_DOTS


PICTURE = "[image]"


@dataclass(frozen=True)
class TextRow:
    glyphs: tuple[Glyph | Strip, ...]
    align: Align
    line_spacing_dots: int

    @property
    def width_dots(self) -> int:
        return sum(glyph.width_dots for glyph in self.glyphs)

    @property
    def height_dots(self) -> int:
        return max([self.line_spacing_dots, *(glyph.height_dots for glyph in self.glyphs)])

    @property
    def text(self) -> str:
        return PICTURE if self.is_picture else "".join(glyph.character for glyph in self.glyphs).rstrip()

    @property
    def is_picture(self) -> bool:
        return bool(self.glyphs) and all(isinstance(glyph, Strip) for glyph in self.glyphs)


@dataclass(frozen=True)
class DotRow:
    """A raster: rows of whole bytes, most significant bit left, 1 is black, each `across` × `down` large.
    `text` says what it shows."""

    width_bytes: int
    dots: bytes
    align: Align
    text: str = PICTURE
    across: int = 1
    down: int = 1

    is_picture = True

    @property
    def rows(self) -> int:
        return len(self.dots) // self.width_bytes if self.width_bytes else 0

    @property
    def width_dots(self) -> int:
        return self.width_bytes * 8 * self.across

    @property
    def height_dots(self) -> int:
        return self.rows * self.down


@dataclass(frozen=True)
class Feed:
    """Blank paper."""

    height_dots: int

    text = ""
    is_picture = False


Row = TextRow | DotRow | Feed


def plain_text(rows: list[Row]) -> str:
    """A line for each row of text and for each picture, in however many bands it came; no blank ends."""
    lines: list[str] = []
    for above, row in pairwise([Feed(0), *rows]):
        same_picture = row.is_picture and above.is_picture and above.text == row.text
        if not isinstance(row, Feed) and not same_picture:
            lines.append(row.text)
    return "\n".join(lines).strip("\n") + "\n"


def render(rows: list[Row], width_dots: int) -> Image.Image:
    """The receipt lying on a table."""
    height = TOP_DOTS + sum(row.height_dots for row in rows)
    paper = Image.new("RGB", (width_dots + 2 * SIDE_DOTS, height), PAPER)
    top = TOP_DOTS
    for row in rows:
        if not isinstance(row, Feed):
            _print(paper, row, _left(row, width_dots), top)
        top += row.height_dots
    return _on_table(paper)


def _left(row: TextRow | DotRow, width_dots: int) -> int:
    room = max(0, width_dots - row.width_dots)
    return SIDE_DOTS + {Align.LEFT: 0, Align.CENTRE: room // 2, Align.RIGHT: room}[row.align]


def _print(paper: Image.Image, row: TextRow | DotRow, left: int, top: int) -> None:
    if isinstance(row, DotRow):
        dots = Image.frombytes("1", (row.width_bytes * 8, row.rows), row.dots)
        paper.paste(INK, (left, top), dots.resize((row.width_dots, row.height_dots)))
        return
    for glyph in row.glyphs:
        mask = _strip_mask(glyph) if isinstance(glyph, Strip) else _mask(glyph)
        paper.paste(INK, (left, top + row.height_dots - glyph.height_dots), mask)
        left += glyph.width_dots


def _strip_mask(strip: Strip) -> Image.Image:
    columns = Image.frombytes("1", (8 * strip.depth, strip.columns), strip.data)
    return columns.transpose(Image.Transpose.TRANSPOSE).resize((strip.width_dots, strip.height_dots))


@lru_cache(maxsize=2048)
def _mask(glyph: Glyph) -> Image.Image:
    """Where the glyph is black. Latin letters wider than a cell are squeezed, as a printer's own are."""
    style = glyph.style
    size, baseline = LATIN_FACE if glyph.cells == 1 else CHINESE_FACE
    font = _font(style.bold, size * style.height)
    natural = glyph.cells * CELL_DOTS * style.height
    width = max(natural, round(font.getlength(glyph.character)))
    mask = Image.new("L", (width, glyph.height_dots))
    middle = (width / 2, baseline * style.height)
    ImageDraw.Draw(mask).text(middle, glyph.character, fill=255, font=font, anchor="ms")
    mask = mask.resize((glyph.width_dots, glyph.height_dots))
    if style.underline:
        mask.paste(255, (0, glyph.height_dots - 2, glyph.width_dots, glyph.height_dots))
    return mask.point(lambda value: 255 - value) if style.inverse else mask


@lru_cache(maxsize=16)
def _font(bold: bool, size: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(BOLD if bold else REGULAR, size)


def _on_table(paper: Image.Image) -> Image.Image:
    """With a soft shadow, so that the edges of the paper show."""
    size = (paper.width + 2 * TABLE_DOTS, paper.height + 2 * TABLE_DOTS)
    shadow = Image.new("L", size)
    shadow.paste(90, (TABLE_DOTS + 2, TABLE_DOTS + 5, size[0] - TABLE_DOTS, size[1] - TABLE_DOTS + 5))
    table = Image.new("RGB", size, TABLE)
    table.paste((0, 0, 0), (0, 0), shadow.filter(ImageFilter.GaussianBlur(7)))
    table.paste(paper, (TABLE_DOTS, TABLE_DOTS))
    return table
