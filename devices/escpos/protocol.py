"""ESC/POS as far as receipts need it: rows from lines, bytes from text, status from its four bytes.

Pure. Leaves commands (initialise, size, image, cut) to python-escpos and drawing to the driver. Text is our
own affair because python-escpos sends Chinese without choosing the Chinese mode, and `：` alone as `?`.
Commands from Epson's ESC/POS reference; the Chinese ones (FS &, FS ., FS !) from GB 18030 models' manuals.
"""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import IntFlag
from itertools import groupby

from devices.kinds import Emphasis, PaperState, PrinterFault, PrinterStatus, ReceiptLine

# -- status ----------------------------------------------------------------------------------------------

ASK_STATUS = b"\x10\x04"
"""DLE EOT, followed by one of `QUESTIONS`; obeyed at once, whatever else is waiting to be printed."""

QUESTIONS = (1, 2, 3, 4)
FINE = 0x12
_FIXED_BITS = 0x93


class PrinterByte(IntFlag):
    """Answer to question 1."""

    OFFLINE = 0x08
    WAITING_FOR_RECOVERY = 0x20


class OfflineByte(IntFlag):
    """Answer to question 2: why it is offline."""

    COVER_OPEN = 0x04
    PAPER_END = 0x20
    ERROR = 0x40


class ErrorByte(IntFlag):
    """Answer to question 3: which error."""

    CUTTER = 0x08
    UNRECOVERABLE = 0x20
    RECOVERABLE = 0x40


class PaperByte(IntFlag):
    """Answer to question 4; each sensor shows twice."""

    NEAR_END = 0x0C
    OUT = 0x60


def is_status(byte: int) -> bool:
    """Bits 0 and 7 are always off, 1 and 4 always on; whatever else is no answer to DLE EOT."""
    return byte & _FIXED_BITS == FINE


def decode_status(answers: tuple[int, int, int, int]) -> PrinterStatus:
    """`answers` to `QUESTIONS`, in their order."""
    printer, offline, error, paper = answers
    return PrinterStatus(
        paper=_paper_state(offline, paper),
        cover_open=bool(offline & OfflineByte.COVER_OPEN),
        cutter_error=bool(error & ErrorByte.CUTTER),
        offline=bool(printer & PrinterByte.OFFLINE),
        fault=_fault(printer, offline, error),
    )


def _fault(printer: int, offline: int, error: int) -> PrinterFault:
    """The worst of what is told. Question 2 says only that there is an error: the cutter's, or else of a kind
    that question 3 names."""
    if error & ErrorByte.UNRECOVERABLE:
        return PrinterFault.UNRECOVERABLE
    if printer & PrinterByte.WAITING_FOR_RECOVERY:
        return PrinterFault.WAITING
    told = error & ErrorByte.RECOVERABLE or (offline & OfflineByte.ERROR and not error & ErrorByte.CUTTER)
    return PrinterFault.RECOVERABLE if told else PrinterFault.NONE


def _paper_state(offline: int, paper: int) -> PaperState:
    if paper & PaperByte.OUT or offline & OfflineByte.PAPER_END:
        return PaperState.OUT
    return PaperState.NEAR_END if paper & PaperByte.NEAR_END else PaperState.OK


# -- rows ------------------------------------------------------------------------------------------------

DOTS_PER_CELL = 12
"""A half-width character; 汉字 take two. 32 columns are the 384 dots of 58 mm paper, 48 the 576 of 80 mm."""

_CLEAN = dict.fromkeys((*range(0x20), *range(0x7F, 0xA1)), " ") | {ord("¥"): "￥"}
"""No control character of a title or a message may reach the printer as a command. ¥ is not in GBK, ￥ is."""

_OPENING, _CLOSING = "《（“‘【「『〈", "，。、；：？！）》”’】」』〉…"
_PIECE = re.compile(rf"[{_OPENING}]*(?:[!-~]+|.)[{_CLOSING}]*")
"""What stays together when a line is broken: a word or one character, with its punctuation."""


@dataclass(frozen=True)
class Row:
    """One row of paper. A title is centred and double size, so that half the columns hold it."""

    text: str
    title: bool = False

    def needs_image(self, chinese_font: bool = True) -> bool:
        """Whether the printer's own font lacks one of the characters."""
        return not (all(map(_in_printer, self.text)) if chinese_font else self.text.isascii())


@dataclass(frozen=True)
class Symbol:
    """A QR code in the middle of the paper."""

    content: str


def lay_out(lines: tuple[ReceiptLine, ...], columns: int) -> tuple[Row | Symbol, ...]:
    """What `lines` take on paper `columns` cells wide (32, 42 or 48)."""
    return tuple(row for line in lines for row in _rows(line, columns))


def plain_text(lines: tuple[ReceiptLine, ...], columns: int) -> str:
    """The same paper as text, for people who preview a template."""
    rows = lay_out(lines, columns)
    return "\n".join(_as_text(row, columns).rstrip() for row in rows) + "\n"


def _as_text(row: Row | Symbol, columns: int) -> str:
    if isinstance(row, Symbol):
        return _centred(f"[QR {row.content}]", columns)
    return _centred(row.text, columns) if row.title else row.text


def cells(text: str) -> int:
    """How many cells `text` is wide: whatever the printer takes from its Chinese font has two."""
    return sum(map(_cells_of, text))


def _rows(line: ReceiptLine, columns: int) -> Sequence[Row | Symbol]:
    left, right = line.left.translate(_CLEAN), line.right.translate(_CLEAN)
    both = f"{left} {right}".strip()
    match line.emphasis:
        case Emphasis.RULE:
            return [Row("-" * columns)]
        case Emphasis.QR:
            return [Symbol(line.left)]
        case Emphasis.TITLE:
            return [Row(text, title=True) for text in _wrap(both, columns // 2)]
        case Emphasis.CENTRED:
            return [Row(_centred(text, columns)) for text in _wrap(both, columns)]
    return [Row(text) for text in _two_sided(left, right, columns)]


def _centred(text: str, columns: int) -> str:
    return " " * ((columns - cells(text)) // 2) + text


def _two_sided(left: str, right: str, columns: int) -> list[str]:
    """`right` stands at the margin of the last row of `left`, or below it where there is no room."""
    rows = _wrap(left, columns)
    if not right:
        return rows
    gap = columns - cells(rows[-1]) - cells(right)
    if gap > 0 or (gap == 0 and not rows[-1]):
        return [*rows[:-1], rows[-1] + " " * gap + right]
    return [*rows, *(" " * (columns - cells(row)) + row for row in _wrap(right, columns))]


def _wrap(text: str, columns: int) -> list[str]:
    """Rows of at most `columns` cells; at least one."""
    rows, row = [], ""
    for piece in _pieces(text, columns):
        if row and cells(row + piece) > columns:
            rows.append(row.rstrip())
            row = piece.lstrip()
        else:
            row += piece
    return [*rows, row.rstrip()]


def _pieces(text: str, columns: int) -> Iterator[str]:
    """What may not be broken, except where it is wider than the paper."""
    for piece in _PIECE.findall(text):
        yield from (piece,) if cells(piece) <= columns else piece


def _cells_of(character: str) -> int:
    if character.isascii():
        return 1
    if unicodedata.category(character) in ("Mn", "Me", "Cf"):
        return 0
    wide = _in_printer(character) or unicodedata.east_asian_width(character) in "WF"
    return 2 if wide else 1


def _in_printer(character: str) -> bool:
    """Whether the two bytes of GBK, which every GB 18030 printer has glyphs for, are enough."""
    try:
        return bool(character.encode("gbk"))
    except UnicodeEncodeError:
        return False


# -- bytes -----------------------------------------------------------------------------------------------

CHINESE_ON, CHINESE_OFF = b"\x1c&", b"\x1c."
CHINESE_NORMAL, CHINESE_DOUBLE = b"\x1c!\x00", b"\x1c!\x0c"
"""FS ! 0Ch: double width and height. Older models obey it where they apply GS ! to Latin letters only."""

LINE_FEED = b"\n"
FEED_DOTS = b"\x1bJ"
"""ESC J n: print what is in the line, and feed n dots."""


def encode_text(text: str) -> bytes:
    """`text` (no `needs_image`) as a printer with a Chinese font wants it: each script in its own mode, no
    line end.

    The last byte of the two is never below 40h, so no character contains a command.
    """
    return b"".join(
        (CHINESE_OFF if ascii_only else CHINESE_ON) + "".join(run).encode("gb18030")
        for ascii_only, run in groupby(text, str.isascii)
    )
