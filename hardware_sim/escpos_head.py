"""The printer's head: modes, the line being filled, and the rows that come of it.

Behaves as a GB 18030 model: Chinese mode is on after a reset and takes bytes from 81h in pairs, only
two-byte characters have glyphs, ESC ! sizes Latin, FS ! Chinese, GS ! both. Knows nothing of paper.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

import qrcode
from qrcode.exceptions import DataOverflowError

from hardware_sim.escpos_stream import Command
from hardware_sim.receipt_image import Align, DotRow, Feed, Glyph, Row, Style, TextRow

LINE_SPACING_DOTS = 30
TAB_CELLS = 8
NO_SUCH_CHARACTER = "□"
CODE_PAGES = {0: "cp437", 2: "cp850", 3: "cp860", 4: "cp863", 5: "cp865", 16: "cp1252", 17: "cp866"}
"""ESC t n; an n that this printer lacks is page 0."""

NORMAL = Style()


@dataclass(frozen=True)
class Modes:
    """What commands change and ESC @ puts back."""

    latin: Style = NORMAL
    chinese: Style = NORMAL
    chinese_on: bool = True
    align: Align = Align.LEFT
    line_spacing_dots: int = LINE_SPACING_DOTS
    code_page: str = CODE_PAGES[0]


def _both(modes: Modes, change: Callable[[Style], Style]) -> Modes:
    return replace(modes, latin=change(modes.latin), chinese=change(modes.chinese))


def _size(modes: Modes, data: bytes) -> Modes:
    """GS ! n: bits 4–6 width, 0–2 height, each the multiple less one."""
    width, height = (data[0] >> 4 & 7) + 1, (data[0] & 7) + 1
    return _both(modes, lambda style: replace(style, width=width, height=height))


def _bold(modes: Modes, data: bytes) -> Modes:
    return _both(modes, lambda style: replace(style, bold=bool(data[0] & 1)))


def _inverse(modes: Modes, data: bytes) -> Modes:
    return _both(modes, lambda style: replace(style, inverse=bool(data[0] & 1)))


def _underline(modes: Modes, data: bytes) -> Modes:
    """ESC - n: Latin only, as ESC !."""
    return replace(modes, latin=replace(modes.latin, underline=bool(data[0] & 3)))


def _latin_mode(modes: Modes, data: bytes) -> Modes:
    """ESC ! n: 08 bold, 10 double height, 20 double width, 80 underline."""
    n = data[0]
    style = replace(
        modes.latin,
        bold=bool(n & 0x08),
        underline=bool(n & 0x80),
        width=2 if n & 0x20 else 1,
        height=2 if n & 0x10 else 1,
    )
    return replace(modes, latin=style)


def _chinese_mode(modes: Modes, data: bytes) -> Modes:
    """FS ! n: 04 double width, 08 double height, 80 underline."""
    n = data[0]
    style = replace(
        modes.chinese, underline=bool(n & 0x80), width=2 if n & 0x04 else 1, height=2 if n & 0x08 else 1
    )
    return replace(modes, chinese=style)


def _align(modes: Modes, data: bytes) -> Modes:
    """ESC a n, n as a number or as a digit."""
    n = data[0] & 0x0F
    return replace(modes, align=Align(n)) if n in (0, 1, 2) else modes


MODES: dict[bytes, Callable[[Modes, bytes], Modes]] = {
    b"\x1b@": lambda _modes, _data: Modes(),
    b"\x1b!": _latin_mode,
    b"\x1c!": _chinese_mode,
    b"\x1d!": _size,
    b"\x1bE": _bold,
    b"\x1bG": _bold,
    b"\x1b-": _underline,
    b"\x1dB": _inverse,
    b"\x1ba": _align,
    b"\x1b2": lambda modes, _data: replace(modes, line_spacing_dots=LINE_SPACING_DOTS),
    b"\x1b3": lambda modes, data: replace(modes, line_spacing_dots=data[0]),
    b"\x1bt": lambda modes, data: replace(modes, code_page=CODE_PAGES.get(data[0], CODE_PAGES[0])),
    b"\x1c&": lambda modes, _data: replace(modes, chinese_on=True),
    b"\x1c.": lambda modes, _data: replace(modes, chinese_on=False),
}


class Head:
    """Obeys commands; each row it prints goes to `emit` at once."""

    def __init__(self, width_dots: int, emit: Callable[[Row], None]) -> None:
        self._width_dots = width_dots
        self._emit = emit
        self._modes = Modes()
        self._line: list[Glyph] = []
        self._first_byte = b""
        self._symbol = _Symbol()
        self._acts: dict[bytes, Callable[[bytes], None]] = {
            b"": self._hear_text,
            b"\x1bd": lambda data: self._feed(data[0] * self._modes.line_spacing_dots),
            b"\x1bJ": lambda data: self._feed(data[0]),
            b"\x1dv0": self._raster,
            b"\x1d(k": self._two_dimensional,
        }

    def obey(self, command: Command) -> bool:
        """False for a command this printer does not know."""
        if command.code:
            self._orphan()
        if command.code in MODES:
            self._modes = MODES[command.code](self._modes, command.data)
            if command.code == b"\x1b@":
                self._line.clear()
        elif command.code in self._acts:
            self._acts[command.code](command.data)
        return command.code in MODES or command.code in self._acts

    def end_line(self) -> None:
        """Print what is left in the line; nothing if it is empty."""
        if self._line:
            self._line_feed()

    # -- text --------------------------------------------------------------------------------------------

    def _hear_text(self, byte: bytes) -> None:
        code = byte[0]
        if self._first_byte and code >= 0x40:
            self._set(_chinese_character(self._first_byte + byte), 2)
            self._first_byte = b""
        elif code >= 0x81 and self._modes.chinese_on:
            self._first_byte = byte
        elif code >= 0x20:
            self._orphan()
            self._set(byte.decode(self._modes.code_page, "replace"), 1)
        else:
            self._orphan()
            self._control(code)

    def _orphan(self) -> None:
        """The first byte of a pair that never came, as of a four-byte character."""
        if self._first_byte:
            self._first_byte = b""
            self._set(NO_SUCH_CHARACTER, 2)

    def _control(self, code: int) -> None:
        """LF prints, HT jumps; CR and the rest do nothing."""
        if code == 0x0A:
            self._line_feed()
        elif code == 0x09:
            for _ in range(TAB_CELLS - sum(glyph.cells for glyph in self._line) % TAB_CELLS):
                self._set(" ", 1)

    def _set(self, character: str, cells: int) -> None:
        """One more glyph; a full line is printed first."""
        glyph = Glyph(character, cells, self._modes.latin if cells == 1 else self._modes.chinese)
        if sum(g.width_dots for g in self._line) + glyph.width_dots > self._width_dots:
            self._line_feed()
        self._line.append(glyph)

    def _line_feed(self) -> None:
        self._emit(TextRow(tuple(self._line), self._modes.align, self._modes.line_spacing_dots))
        self._line.clear()

    def _feed(self, dots: int) -> None:
        self.end_line()
        self._emit(Feed(dots))

    # -- dots --------------------------------------------------------------------------------------------

    def _raster(self, data: bytes) -> None:
        """GS v 0 m xL xH yL yH d…; m (enlarging) is not obeyed: our side never asks for it."""
        width_bytes = int.from_bytes(data[1:3], "little")
        self._print_dots(width_bytes, data[5:], "[image]")

    def _two_dimensional(self, data: bytes) -> None:
        """GS ( k: functions of the QR code, cn 49; its size is that of a module in dots."""
        if self._symbol.obey(data[2:]):
            width_bytes, dots = self._symbol.dots()
            self._print_dots(width_bytes, dots, f"[QR {self._symbol.content.decode('utf-8', 'replace')}]")

    def _print_dots(self, width_bytes: int, dots: bytes, text: str) -> None:
        self.end_line()
        if dots:
            self._emit(DotRow(width_bytes, dots, self._modes.align, text))


class _Symbol:
    """The QR code in the printer's memory (GS ( k, cn 49)."""

    _LEVELS = (
        qrcode.constants.ERROR_CORRECT_L,
        qrcode.constants.ERROR_CORRECT_M,
        qrcode.constants.ERROR_CORRECT_Q,
        qrcode.constants.ERROR_CORRECT_H,
    )

    def __init__(self) -> None:
        self.content = b""
        self._module_dots = 3
        self._level = self._LEVELS[0]

    def obey(self, data: bytes) -> bool:
        """`data` from cn on: `1C` size, `1E` error correction, `1P` content; True for `1Q`, print it."""
        head, arguments = data[:2], data[2:]
        if head == b"1C" and arguments and 1 <= arguments[0] <= 16:
            self._module_dots = arguments[0]
        elif head == b"1E" and arguments and 48 <= arguments[0] <= 51:
            self._level = self._LEVELS[arguments[0] - 48]
        elif head == b"1P":
            self.content = arguments[1:]
        return head == b"1Q" and bool(self.content)

    def dots(self) -> tuple[int, bytes]:
        """Width in bytes, and rows; without a quiet zone, as printers do it: the paper is the zone.

        Nothing when there is more content than a symbol can hold.
        """
        symbol = qrcode.QRCode(error_correction=self._level, box_size=1, border=0)
        symbol.add_data(self.content)
        try:
            symbol.make(fit=True)
        except (DataOverflowError, ValueError):  # the library says it in either way
            return 0, b""
        size = self._module_dots
        width_bytes = -(-len(symbol.get_matrix()) * size // 8)
        rows = bytearray()
        for modules in symbol.get_matrix():
            bits = "".join("1" * size if dark else "0" * size for dark in modules).ljust(width_bytes * 8, "0")
            rows += int(bits, 2).to_bytes(width_bytes, "big") * size
        return width_bytes, bytes(rows)


def _chinese_character(pair: bytes) -> str:
    try:
        return pair.decode("gb18030")
    except UnicodeDecodeError:
        return NO_SUCH_CHARACTER
