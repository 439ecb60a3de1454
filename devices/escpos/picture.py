"""What goes to the printer as dots: rows with characters that its font lacks, and QR codes.

Pure but for the font file. Pictures are as wide as the paper, in pure dots: nothing to dither.
"""

import sys
from pathlib import Path

import qrcode
from PIL import Image, ImageDraw, ImageFont
from qrcode.exceptions import DataOverflowError

from devices.escpos.protocol import DOTS_PER_CELL, Row, Symbol, cells

FONT = Path(sys.prefix) / "share/shuzhan/fonts/sans-sc-regular.otf"
LATIN_FACE, CHINESE_FACE = (20, 25), (24, 27)
"""Size of FONT that fills a cell, and where its baseline lies, in dots."""
ROW_DOTS = 30
"""As high as a row of text at ESC/POS's own spacing of 3.75 mm."""

QUIET_MODULES = 4
MODULE_DOTS_MOST, MODULE_DOTS_LEAST = 8, 3
"""A module of a QR code: 1 mm at most; phones do not read below 3/8 mm from paper."""
MOST_QR_BYTES = 300


class TooMuch(ValueError):
    """A QR code that would not fit on the paper, or could not be read from it."""


def row_picture(row: Row, columns: int) -> Image.Image:
    """The row on the printer's own grid of cells; OSError without FONT."""
    scale = 2 if row.title else 1
    cell = scale * DOTS_PER_CELL
    width = columns * DOTS_PER_CELL
    picture = Image.new("1", (width, scale * ROW_DOTS), 1)
    draw = ImageDraw.Draw(picture)
    left = (width - cell * cells(row.text)) // 2 if row.title else 0
    for character in row.text:
        taken = cell * cells(character)
        size, baseline = LATIN_FACE if taken == cell else CHINESE_FACE
        middle = (left + taken / 2, scale * baseline)
        draw.text(middle, character, fill=0, font=_fitting(character, scale * size, taken), anchor="ms")
        left += taken
    return picture


def _fitting(character: str, size: int, width_dots: int) -> ImageFont.FreeTypeFont:
    """FONT at `size`, or as much smaller as an M or W needs to stay in its cell."""
    font = ImageFont.truetype(FONT, size)
    natural = font.getlength(character)
    too_wide = 0 < width_dots < natural
    return font.font_variant(size=size * width_dots / natural) if too_wide else font


def module_dots(symbol: Symbol, columns: int) -> int:
    """How large the modules of `symbol` are on this paper; TooMuch when it does not fit."""
    return _module_dots(_modules(symbol), columns)


def symbol_picture(symbol: Symbol, columns: int) -> Image.Image:
    """In the middle of the paper, with its quiet zone above and below."""
    modules = _modules(symbol)
    dots = _module_dots(modules, columns)
    width, side = columns * DOTS_PER_CELL, (len(modules) + 2 * QUIET_MODULES) * dots
    picture = Image.new("1", (width, side), 1)
    draw = ImageDraw.Draw(picture)
    left, top = (width - side) // 2 + QUIET_MODULES * dots, QUIET_MODULES * dots
    for y, row in enumerate(modules):
        for x, dark in enumerate(row):
            if dark:
                corner = (left + x * dots, top + y * dots)
                draw.rectangle((*corner, corner[0] + dots - 1, corner[1] + dots - 1), fill=0)
    return picture


def _module_dots(modules: list[list[bool]], columns: int) -> int:
    dots = columns * DOTS_PER_CELL // (len(modules) + 2 * QUIET_MODULES)
    if dots < MODULE_DOTS_LEAST:
        raise TooMuch(f"a QR code of {len(modules)} modules is too wide for {columns} columns")
    return min(MODULE_DOTS_MOST, dots)


def _modules(symbol: Symbol) -> list[list[bool]]:
    content = symbol.content.encode()
    if not 0 < len(content) <= MOST_QR_BYTES:
        raise TooMuch(f"a QR code holds 1 to {MOST_QR_BYTES} bytes, not {len(content)}")
    code = qrcode.QRCode(error_correction=qrcode.constants.ERROR_CORRECT_M, border=0)
    code.add_data(content)
    try:
        code.make(fit=True)
    except (DataOverflowError, ValueError) as error:  # the library says it in either way
        raise TooMuch(str(error)) from error
    matrix: list[list[bool]] = code.get_matrix()
    return matrix
