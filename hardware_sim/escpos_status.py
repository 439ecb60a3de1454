"""What the printer tells of itself: at once (DLE EOT n), in its turn (GS r n) and unasked (GS a n).

Bits from Epson's ESC/POS reference. Those of DLE EOT are `devices.escpos.protocol`'s.
"""

from enum import IntFlag

from devices.escpos.protocol import FINE, ErrorByte, OfflineByte, PaperByte, PrinterByte
from hardware_sim.world import Printer

PAPER, DRAWER = (1, 49), (2, 50)
"""What GS r n asks for, n as a number or as a digit."""


class Sensors(IntFlag):
    """GS r 1, and the third byte of an automatic status; each sensor shows twice."""

    NEAR_END = 0x03
    OUT = 0x0C


class Unasked(IntFlag):
    """The first byte of an automatic status; bit 4 tells it from the answer to GS r."""

    FIXED = 0x10
    OFFLINE = 0x08
    COVER_OPEN = 0x20


def at_once(printer: Printer, question: int) -> bytes:
    """DLE EOT n; nothing for an n that does not exist."""
    flags = {
        1: PrinterByte.OFFLINE * printer.stopped
        + PrinterByte.WAITING_FOR_RECOVERY * printer.waits_for_button,
        2: OfflineByte.COVER_OPEN * printer.cover_open
        + OfflineByte.PAPER_END * _out(printer)
        + OfflineByte.ERROR * (printer.cutter_jammed or printer.too_hot or printer.broken),
        3: _error(printer),
        4: PaperByte.NEAR_END * _near_end(printer) + PaperByte.OUT * _out(printer),
    }
    return bytes((FINE | flags[question],)) if question in flags else b""


def in_turn(printer: Printer, question: int) -> bytes:
    """GS r n: the paper, or a cash drawer that nobody opened."""
    if question in PAPER:
        return bytes((_sensors(printer),))
    return b"\0" if question in DRAWER else b""


def unasked(printer: Printer) -> bytes:
    """The four bytes of an automatic status: printer, error, paper, nothing."""
    about = Unasked.FIXED + Unasked.OFFLINE * printer.stopped + Unasked.COVER_OPEN * printer.cover_open
    waits = 0x01 * printer.waits_for_button
    return bytes((about, _error(printer) | waits, _sensors(printer), 0))


def _error(printer: Printer) -> int:
    """The same bits for DLE EOT 3 and an automatic status."""
    return (
        ErrorByte.CUTTER * printer.cutter_jammed
        + ErrorByte.RECOVERABLE * printer.too_hot
        + ErrorByte.UNRECOVERABLE * printer.broken
    )


def _sensors(printer: Printer) -> int:
    return Sensors.NEAR_END * _near_end(printer) + Sensors.OUT * _out(printer)


def _near_end(printer: Printer) -> bool:
    return printer.paper_mm <= printer.near_end_mm


def _out(printer: Printer) -> bool:
    return printer.paper_mm <= 0
