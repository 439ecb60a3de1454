"""A receipt printer: ESC/POS over a serial line, or a USB printer that shows up as one.

    [[device]]
    model = "escpos"
    port = "/dev/kiosk-printer"

Options: `baud` (19200, a common setting of Chinese 58 mm panel printers; the self-test page, feed button held
while switching on, tells) and `columns` (32; 42 or 48 on 80 mm paper). python-escpos composes the commands,
`protocol` the text; a row with characters beyond GBK goes as an image. Not responsible for trying again: a
receipt that failed half way may be on paper.
Tried with this project's simulator and python-escpos 3.1; no model of a real printer yet.
"""

import sys
from pathlib import Path

from escpos.capabilities import Profile
from escpos.escpos import Escpos
from PIL import Image, ImageDraw, ImageFont

from devices.errors import BadFrame, DeviceError, DeviceLost, DeviceRefused
from devices.escpos import protocol
from devices.kinds import DeviceInfo, Kind, PrinterStatus, ReceiptLine
from devices.port import Deadline, LineSettings, Port

ANSWER_TIMEOUT_S = 0.5
CHUNK_BYTES = 256
"""So few that they leave within the port's write timeout at 9600 baud, even behind a full buffer."""

FONT = Path(sys.prefix) / "share/shuzhan/fonts/sans-sc-regular.otf"
LATIN_FACE, CHINESE_FACE = (20, 25), (24, 27)
"""Of pictures: size of FONT that fills a cell, and where its baseline lies, in dots."""
IMAGE_ROW_DOTS = 30
"""As high as a row of text at ESC/POS's own spacing of 3.75 mm."""
BAND_DOTS = 12
"""Images go in bands so high: short payloads, see `_rescue`."""

_Ink = protocol.Row | Image.Image


class EscposPrinter:
    """Implements `devices.kinds.ReceiptPrinter` on paper `columns` cells wide: 32, 42 or 48."""

    def __init__(self, path: str, baud: int = 19200, columns: int = 32) -> None:
        self._columns = columns
        self._wire = _Wire(Port(path, LineSettings(baud)), columns)
        self._wire.send(_rescue(columns), "open")

    @property
    def info(self) -> DeviceInfo:
        return DeviceInfo(Kind.RECEIPT_PRINTER, "escpos", self._wire.port.path)

    def status(self) -> PrinterStatus:
        """DeviceLost when the printer is silent, BadFrame when what it says is no status."""
        first, second, third, fourth = map(self._wire.ask, protocol.QUESTIONS)
        return protocol.decode_status((first, second, third, fourth))

    def print_receipt(self, lines: tuple[ReceiptLine, ...]) -> None:
        """Print and cut, then ask again: a roll may end on the way (DeviceError: part of it is on paper)."""
        rows = self._inked(lines)
        if reason := protocol.why_it_cannot_print(self.status()):
            raise DeviceRefused(self.info.port, "print receipt", reason)
        self._wire.print(rows)
        if reason := protocol.why_it_cannot_print(self.status()):
            raise DeviceError(self.info.port, "print receipt", f"it stopped before the end: {reason}")

    def close(self) -> None:
        self._wire.close()

    def _inked(self, lines: tuple[ReceiptLine, ...]) -> list[_Ink]:
        """Rows as they are, or as pictures; all of them before the first byte is sent."""
        rows = protocol.lay_out(lines, self._columns)
        try:
            return [_picture(row, self._columns) if row.needs_image else row for row in rows]
        except OSError as error:
            raise DeviceRefused(self.info.port, "print receipt", f"{FONT}: {error}; run set-up") from error


class _Wire(Escpos):  # type: ignore[misc]  # python-escpos ships no types
    """python-escpos writing to our port."""

    def __init__(self, port: Port, columns: int) -> None:
        self.port = port  # first: Escpos closes itself when collected
        self._command = ""
        self._sent = Deadline(0.0)
        super().__init__(profile=_profile(columns))

    def ask(self, question: int) -> int:
        """One status byte. python-escpos would wait for sixteen, and take silence for enough paper."""
        command = f"status {question}"
        self.port.discard_input()
        self.send(protocol.ASK_STATUS + bytes((question,)), command)
        answer = self._read()
        if not answer:
            raise DeviceLost(self.port.path, command, "no answer; check power, cable and baud")
        if len(answer) > 1 or not protocol.is_status(answer[0]):
            raise BadFrame(self.port.path, command, f"{answer.hex(' ')} is no status byte")
        return answer[0]

    def print(self, rows: list[_Ink]) -> None:
        self._command = "print receipt"
        self.hw("INIT")
        for row in rows:
            if isinstance(row, Image.Image):
                self.image(row, fragment_height=BAND_DOTS)
            else:
                self._text_row(row)
        self.cut("PART")  # a receipt left hanging does not fall on the floor

    def _text_row(self, row: protocol.Row) -> None:
        size = 2 if row.title else 1
        self.set(align="center" if row.title else "left", custom_size=True, width=size, height=size)
        self._raw(protocol.CHINESE_DOUBLE if row.title else protocol.CHINESE_NORMAL)
        self._raw(protocol.encode_text(row.text) + protocol.LINE_FEED)

    def send(self, data: bytes, command: str) -> None:
        self._command = command
        self._raw(data)

    def _raw(self, msg: bytes) -> None:
        """Write, and remember when the line, ten bits to a byte, will have carried it to the printer."""
        for start in range(0, len(msg), CHUNK_BYTES):
            self.port.write(msg[start : start + CHUNK_BYTES], self._command)
        self._sent = Deadline(self._sent.left_s + len(msg) * 10 / self.port.line.baud)

    def _read(self) -> bytes:
        return self.port.read(self._sent.left_s + ANSWER_TIMEOUT_S, self._command)

    def close(self) -> None:
        self.port.close()


def _rescue(columns: int) -> bytes:
    """The longest payload we send, in NULs.

    A printer left in the middle of an image by a kiosk that died takes everything, questions too, for the
    rest of that image. NULs end it, and mean nothing to a printer that waits for none.
    """
    return bytes(columns * protocol.DOTS_PER_CELL // 8 * BAND_DOTS)


def _profile(columns: int) -> Profile:
    """A printer that cuts, and whose width python-escpos knows: not knowing, it prints a warning."""
    profile = Profile(columns=columns, features={"paperFullCut": True, "paperPartCut": True})
    width = {"pixels": columns * protocol.DOTS_PER_CELL}
    profile.profile_data = {**profile.profile_data, "media": {"width": width}}
    return profile


# -- rows beyond the printer's font ----------------------------------------------------------------------


def _picture(row: protocol.Row, columns: int) -> Image.Image:
    """The row on the printer's own grid of cells, black on white, in pure dots: nothing to dither."""
    scale = 2 if row.title else 1
    cell = scale * protocol.DOTS_PER_CELL
    width = columns * protocol.DOTS_PER_CELL
    picture = Image.new("1", (width, scale * IMAGE_ROW_DOTS), 1)
    draw = ImageDraw.Draw(picture)
    left = (width - cell * protocol.cells(row.text)) // 2 if row.title else 0
    for character in row.text:
        taken = cell * protocol.cells(character)
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
