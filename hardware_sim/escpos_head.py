"""The printer's head: modes, the line being filled, and the rows that come of it.

Behaves as a GB 18030 model: Chinese mode is on after a reset and takes bytes from 81h in pairs, only
two-byte characters have glyphs, ESC ! sizes Latin, FS ! Chinese, GS ! both. Knows nothing of paper.
"""

from collections.abc import Callable
from dataclasses import replace

import qrcode
from qrcode.exceptions import DataOverflowError

from hardware_sim.escpos_modes import MODES, Modes
from hardware_sim.escpos_stream import Command
from hardware_sim.receipt_image import CELL_DOTS, DotRow, Feed, Glyph, Row, Strip, TextRow

TAB_CELLS = 8
NO_SUCH_CHARACTER = "□"
COLUMN_IMAGES = {0: (1, 2), 1: (1, 1), 32: (3, 2), 33: (3, 1)}
"""ESC * m: bytes and dots of a column; the 8-dot modes are stretched to the 24 dots of a line."""
STORE_RASTER, PRINT_STORED = 112, (2, 50)
"""Functions of GS ( L and GS 8 L."""


class Head:
    """Obeys commands; each row it prints goes to `emit` at once."""

    def __init__(self, width_dots: int, emit: Callable[[Row], None]) -> None:
        self._width_dots = width_dots
        self._emit = emit
        self._modes = Modes()
        self._line: list[Glyph | Strip] = []
        self._first_byte = b""
        self._symbol = _Symbol()
        self._stored: DotRow | None = None
        self._acts: dict[bytes, Callable[[bytes], None]] = {
            b"": self._hear_text,
            b"\x1bd": lambda data: self.feed(data[0] * self._modes.line_spacing_dots),
            b"\x1bJ": lambda data: self.feed(data[0]),
            b"\x1b*": self._column_image,
            b"\x1dv0": self._raster,
            b"\x1d(L": lambda data: self._graphics(data[2:]),
            b"\x1d8L": lambda data: self._graphics(data[4:]),
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

    def feed(self, dots: int) -> None:
        self.end_line()
        if dots:
            self._emit(Feed(dots))

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
            cells = sum(glyph.width_dots for glyph in self._line) // CELL_DOTS
            for _ in range(TAB_CELLS - cells % TAB_CELLS):
                self._set(" ", 1)

    def _set(self, character: str, cells: int) -> None:
        self._append(Glyph(character, cells, self._modes.latin if cells == 1 else self._modes.chinese))

    def _append(self, glyph: Glyph | Strip) -> None:
        """One more glyph; a full line is printed first."""
        if self._line and sum(g.width_dots for g in self._line) + glyph.width_dots > self._width_dots:
            self._line_feed()
        self._line.append(glyph)

    def _line_feed(self) -> None:
        self._emit(TextRow(tuple(self._line), self._modes.align, self._modes.line_spacing_dots))
        self._line.clear()

    # -- dots --------------------------------------------------------------------------------------------

    def _column_image(self, data: bytes) -> None:
        """ESC * m nL nH d…"""
        if data[0] in COLUMN_IMAGES and len(data) > 3:
            self._append(Strip(data[3:], *COLUMN_IMAGES[data[0]]))

    def _raster(self, data: bytes) -> None:
        """GS v 0 m xL xH yL yH d…; bit 0 of m doubles the width, bit 1 the height."""
        width_bytes = int.from_bytes(data[1:3], "little")
        self._print_dots(
            DotRow(
                width_bytes,
                data[5:],
                self._modes.align,
                across=1 + (data[0] & 1),
                down=1 + (data[0] >> 1 & 1),
            )
        )

    def _graphics(self, data: bytes) -> None:
        """`data` from m on: one function stores a picture (a bx by c xL xH yL yH d…), another prints it."""
        function, fields = int.from_bytes(data[1:2]), data[2:]
        if function == STORE_RASTER and len(fields) > 8:
            width_bytes = -(-int.from_bytes(fields[4:6], "little") // 8)
            across, down = (2 if times == 2 else 1 for times in fields[1:3])
            self._stored = DotRow(width_bytes, fields[8:], self._modes.align, across=across, down=down)
        elif function in PRINT_STORED and self._stored:
            self._print_dots(replace(self._stored, align=self._modes.align))
            self._stored = None

    def _two_dimensional(self, data: bytes) -> None:
        """GS ( k: functions of the QR code, cn 49; its size is that of a module in dots."""
        if self._symbol.obey(data[2:]):
            width_bytes, dots = self._symbol.dots()
            text = f"[QR {self._symbol.content.decode('utf-8', 'replace')}]"
            self._print_dots(DotRow(width_bytes, dots, self._modes.align, text))

    def _print_dots(self, row: DotRow) -> None:
        self.end_line()
        if row.dots:
            self._emit(row)


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
