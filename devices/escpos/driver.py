"""A receipt printer: ESC/POS over a serial line, or a USB printer that shows up as one.

    [[device]]
    model = "escpos"
    port = "/dev/kiosk-printer"

Options: `baud` (19200, a common setting of Chinese 58 mm panel printers; the self-test page, feed button held
while switching on, tells), `columns` (32; 42 or 48 on 80 mm paper), `cut` ("part", "full", or "none" for a
printer without a cutter), `native_qr` (false: QR codes go as pictures) and `chinese_font` (false: the printer
has none, rows with Chinese go as pictures). python-escpos composes the commands, `protocol` the text,
`picture` what goes as dots. Not responsible for trying again: a receipt that failed half way may be on paper.
What a printer has taken in and not yet printed is the printer's: an end of the paper then is told by the next
status. Tried with this project's simulator and python-escpos 3.1; no model of a real printer yet.
"""

from dataclasses import dataclass
from typing import Literal

from escpos.capabilities import Profile
from escpos.constants import QR_ECLEVEL_M
from escpos.escpos import Escpos
from PIL import Image

from devices.errors import BadFrame, DeviceError, DeviceLost, DeviceRefused
from devices.escpos import picture, protocol
from devices.kinds import DeviceInfo, Kind, PrinterStatus, ReceiptLine
from devices.port import Deadline, LineSettings, Port

ANSWER_TIMEOUT_S = 0.5
CHUNK_BYTES = 256
"""So few that they leave within the port's write timeout at 9600 baud, even behind a full buffer."""

BAND_DOTS = 12
"""Images go in bands so high: short payloads, see `_rescue`."""

Cut = Literal["part", "full", "none"]


@dataclass(frozen=True)
class NativeSymbol:
    """A QR code that the printer makes itself."""

    content: str
    module_dots: int


_Ink = protocol.Row | NativeSymbol | Image.Image


class EscposPrinter:
    """Implements `devices.kinds.ReceiptPrinter` on paper `columns` cells wide: 32, 42 or 48."""

    def __init__(
        self,
        path: str,
        *,
        baud: int = 19200,
        columns: int = 32,
        cut: Cut = "part",
        native_qr: bool = True,
        chinese_font: bool = True,
    ) -> None:
        self._columns = columns
        self._native_qr, self._chinese_font = native_qr, chinese_font
        self._wire = _Wire(Port(path, LineSettings(baud)), columns, cut, chinese_font)
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
        inked = self._inked(lines)
        try:
            trouble = _in_the_way(self.status())
        except (DeviceLost, BadFrame) as error:
            raise self._refusal(f"{error.detail}; nothing was printed") from error
        if trouble:
            raise self._refusal(trouble)
        self._wire.print(inked)
        if trouble := _in_the_way(self.status()):
            raise DeviceError(self.info.port, "print receipt", f"it stopped before the end: {trouble}")

    def close(self) -> None:
        self._wire.close()

    def _inked(self, lines: tuple[ReceiptLine, ...]) -> list[_Ink]:
        """Rows as they are, or as pictures; all of them before the first byte is sent."""
        try:
            return [self._ink(row) for row in protocol.lay_out(lines, self._columns)]
        except OSError as error:
            raise self._refusal(f"{picture.FONT}: {error}; run set-up") from error
        except picture.TooMuch as error:
            raise self._refusal(str(error)) from error

    def _ink(self, row: protocol.Row | protocol.Symbol) -> _Ink:
        if isinstance(row, protocol.Symbol):
            if self._native_qr:
                return NativeSymbol(row.content, picture.module_dots(row, self._columns))
            return picture.symbol_picture(row, self._columns)
        if row.needs_image(self._chinese_font):
            return picture.row_picture(row, self._columns)
        return row

    def _refusal(self, reason: str) -> DeviceRefused:
        return DeviceRefused(self.info.port, "print receipt", reason)


def _in_the_way(status: PrinterStatus) -> str:
    """What keeps it from printing, in words for staff; empty when nothing does."""
    return "" if status.can_print or status.trouble is None else status.trouble.value


class _Wire(Escpos):  # type: ignore[misc]  # python-escpos ships no types
    """python-escpos writing to our port."""

    def __init__(self, port: Port, columns: int, cut: Cut, chinese_font: bool) -> None:
        self.port = port  # first: Escpos closes itself when collected
        self._command = ""
        self._sent = Deadline(0.0)
        self._cut_mode, self._chinese_font = cut, chinese_font
        super().__init__(profile=_profile(columns, cut))

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

    def print(self, inked: list[_Ink]) -> None:
        self._command = "print receipt"
        self.hw("INIT")
        for ink in inked:
            if isinstance(ink, Image.Image):
                self.image(ink, fragment_height=BAND_DOTS)
            elif isinstance(ink, NativeSymbol):
                self._native_symbol(ink)
            else:
                self._text_row(ink)
        # a receipt left hanging does not fall on the floor; without a cutter it is fed to the tear bar
        self.cut("FULL" if self._cut_mode == "full" else "PART")

    def _native_symbol(self, symbol: NativeSymbol) -> None:
        """The printer leaves no quiet zone above and below its own symbols."""
        quiet = protocol.FEED_DOTS + bytes((picture.QUIET_MODULES * symbol.module_dots,))
        self.set(align="center")
        self._raw(quiet)
        self.qr(symbol.content, ec=QR_ECLEVEL_M, size=symbol.module_dots, native=True)
        self._raw(quiet)

    def _text_row(self, row: protocol.Row) -> None:
        size = 2 if row.title else 1
        self.set(align="center" if row.title else "left", custom_size=True, width=size, height=size)
        if self._chinese_font:
            self._raw(protocol.CHINESE_DOUBLE if row.title else protocol.CHINESE_NORMAL)
            self._raw(protocol.encode_text(row.text) + protocol.LINE_FEED)
        else:
            self._raw(row.text.encode("ascii") + protocol.LINE_FEED)

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


def _profile(columns: int, cut: Cut) -> Profile:
    """A printer that cuts as it can, and whose width python-escpos knows: else it prints a warning."""
    features = {"paperFullCut": cut == "full", "paperPartCut": cut == "part"}
    profile = Profile(columns=columns, features=features)
    width = {"pixels": columns * protocol.DOTS_PER_CELL}
    profile.profile_data = {**profile.profile_data, "media": {"width": width}}
    return profile
