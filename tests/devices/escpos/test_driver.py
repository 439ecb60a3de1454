"""The driver on a wire, with the simulated printer at its other end."""

import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from devices.errors import BadFrame, DeviceError, DeviceLost, DeviceRefused
from devices.escpos import picture
from devices.escpos.driver import Cut, EscposPrinter
from devices.kinds import (
    DeviceInfo,
    Emphasis,
    Kind,
    PaperState,
    PrinterFault,
    PrinterStatus,
    PrinterTrouble,
    ReceiptLine,
    ReceiptPrinter,
)
from devices.port import LineSettings, Port
from hardware_sim.escpos import Escpos
from hardware_sim.faults import FAULTS, Faults
from hardware_sim.pty_link import PtyLink
from hardware_sim.simulator import Simulator
from hardware_sim.world import Printer, World
from tests.waiting import wait_for

RECEIPT = (
    ReceiptLine("借书凭条", emphasis=Emphasis.TITLE),
    ReceiptLine("读者 Reader", "张*三"),
    ReceiptLine(emphasis=Emphasis.RULE),
    ReceiptLine("《三体》：地球往事", "2022-07-31"),
    ReceiptLine("逾期费 Fine", "¥0.50"),
    ReceiptLine(),
    ReceiptLine("谢谢 Thank you"),
)
ON_PAPER = """\
借书凭条
读者 Reader                张*三
--------------------------------
《三体》：地球往事    2022-07-31
逾期费 Fine               ￥0.50

谢谢 Thank you
"""


@pytest.fixture
def world() -> World:
    return World()


@pytest.fixture
def link(world: World, tmp_path: Path) -> Iterator[PtyLink]:
    with PtyLink(Escpos(world, tmp_path), tmp_path / "kiosk-printer") as link:
        yield link


@pytest.fixture
def printer(link: PtyLink) -> Iterator[ReceiptPrinter]:
    printer = EscposPrinter(str(link.path))
    yield printer
    printer.close()


def receipts(folder: Path, wanted: int) -> list[str]:
    """The texts of all receipts given out, as soon as there are `wanted`."""
    wait_for(lambda: len(list(folder.glob("receipt-*.png"))) >= wanted, f"{wanted} receipts")
    return [path.with_suffix(".txt").read_text("utf-8") for path in sorted(folder.glob("receipt-*.png"))]


def test_it_says_what_it_is(printer: ReceiptPrinter, link: PtyLink) -> None:
    assert printer.info == DeviceInfo(Kind.RECEIPT_PRINTER, "escpos", str(link.path))


def test_a_receipt(printer: ReceiptPrinter, tmp_path: Path) -> None:
    printer.print_receipt(RECEIPT)
    printer.print_receipt((ReceiptLine("2"),))
    assert receipts(tmp_path, 2) == [ON_PAPER, "2\n"]


def test_nothing_it_sends_is_unknown_to_the_printer(printer: ReceiptPrinter, link: PtyLink) -> None:
    printer.print_receipt((*RECEIPT, ReceiptLine("𠮷野家")))
    assert isinstance(link.simulator, Escpos)
    assert link.simulator.unknown == []


@pytest.mark.parametrize("columns", [32, 42, 48])
def test_rarer_characters_come_as_a_picture(
    columns: int, world: World, link: PtyLink, tmp_path: Path
) -> None:
    link.simulator = Escpos(world, tmp_path, columns)
    printer = EscposPrinter(str(link.path), columns=columns)
    title = ReceiptLine("𠮷", emphasis=Emphasis.TITLE)
    printer.print_receipt((title, ReceiptLine("一"), ReceiptLine("㐂 WWW", "é"), ReceiptLine("二")))
    printer.close()
    assert receipts(tmp_path, 1) == ["[image]\n一\n[image]\n二\n"]


def test_a_title_cannot_command_the_printer(printer: ReceiptPrinter, tmp_path: Path) -> None:
    printer.print_receipt((ReceiptLine("三\x1dV\x00体\x1b@"), ReceiptLine("2")))
    assert receipts(tmp_path, 1) == ["三 V 体 @\n2\n"]


STATES: dict[str, tuple[Callable[[World], None], PrinterStatus, PrinterTrouble]] = {
    "out of paper": (
        lambda world: setattr(world.printer, "paper_mm", 0.0),
        PrinterStatus(PaperState.OUT, offline=True),
        PrinterTrouble.PAPER_OUT,
    ),
    "cover open": (
        lambda world: setattr(world.printer, "cover_open", True),
        PrinterStatus(PaperState.OK, cover_open=True, offline=True),
        PrinterTrouble.COVER_OPEN,
    ),
    "cutter jammed": (
        lambda world: setattr(world.printer, "cutter_jammed", True),
        PrinterStatus(PaperState.OK, cutter_error=True, offline=True),
        PrinterTrouble.CUTTER,
    ),
    "too hot": (
        lambda world: setattr(world.printer, "too_hot", True),
        PrinterStatus(PaperState.OK, offline=True, fault=PrinterFault.RECOVERABLE),
        PrinterTrouble.RECOVERABLE,
    ),
    "waits for its button": (
        lambda world: setattr(world.printer, "waits_for_button", True),
        PrinterStatus(PaperState.OK, offline=True, fault=PrinterFault.WAITING),
        PrinterTrouble.WAITING,
    ),
    "broken": (
        lambda world: setattr(world.printer, "broken", True),
        PrinterStatus(PaperState.OK, offline=True, fault=PrinterFault.UNRECOVERABLE),
        PrinterTrouble.UNRECOVERABLE,
    ),
    "offline": (
        lambda world: setattr(world.printer, "switched_offline", True),
        PrinterStatus(PaperState.OK, offline=True),
        PrinterTrouble.OFFLINE,
    ),
}


@pytest.mark.parametrize("state", STATES)
def test_refused_with_nothing_printed(
    state: str, printer: ReceiptPrinter, world: World, link: PtyLink, tmp_path: Path
) -> None:
    happen, status, trouble = STATES[state]
    happen(world)
    assert printer.status() == status
    with pytest.raises(DeviceRefused) as refusal:
        printer.print_receipt(RECEIPT)
    assert str(refusal.value) == f"{link.path}: print receipt: {trouble.value}"
    world.printer = Printer()
    printer.print_receipt((ReceiptLine("后来"),))
    assert receipts(tmp_path, 1) == ["后来\n"]


def test_near_the_end_it_still_prints(printer: ReceiptPrinter, world: World, tmp_path: Path) -> None:
    world.printer.paper_mm = world.printer.near_end_mm
    assert printer.status() == PrinterStatus(PaperState.NEAR_END)
    printer.print_receipt(RECEIPT)
    assert receipts(tmp_path, 1) == [ON_PAPER]


def test_a_roll_that_ends_on_the_way(printer: ReceiptPrinter, world: World, tmp_path: Path) -> None:
    world.printer.paper_mm = 10.0
    with pytest.raises(
        DeviceError, match=r"print receipt: it stopped before the end: .* out of paper"
    ) as stop:
        printer.print_receipt(RECEIPT)
    assert not isinstance(stop.value, DeviceRefused), "some of it is on paper"
    assert not list(tmp_path.glob("*.png"))
    world.printer.paper_mm = 30_000.0
    assert receipts(tmp_path, 1) == [ON_PAPER], "the printer kept the rest"


@pytest.mark.parametrize("fault", ["late", "byte_by_byte"])
def test_a_slow_wire_is_a_good_wire(
    fault: str, printer: ReceiptPrinter, link: PtyLink, tmp_path: Path
) -> None:
    link.faults = FAULTS[fault]
    printer.print_receipt(RECEIPT)
    assert receipts(tmp_path, 1) == [ON_PAPER]


@pytest.mark.parametrize("fault", ["silent", "deaf"])
def test_silence_is_no_status(fault: str, printer: ReceiptPrinter, link: PtyLink) -> None:
    link.faults = FAULTS[fault]
    with pytest.raises(DeviceLost, match="status 1: no answer"):
        printer.status()


def test_noise_is_no_status(printer: ReceiptPrinter, link: PtyLink) -> None:
    link.faults = Faults(noise_bytes=3)
    with pytest.raises(BadFrame, match=r"status 1: .* is no status byte"):
        printer.status()
    link.faults = FAULTS["none"]
    assert printer.status().can_print


def test_bytes_that_came_before_the_question_answer_nothing(printer: ReceiptPrinter, link: PtyLink) -> None:
    link.say(b"\x7e\x7e\x7e")
    assert printer.status() == PrinterStatus(PaperState.OK)


def test_unplugged_and_plugged_back(printer: ReceiptPrinter, link: PtyLink, tmp_path: Path) -> None:
    link.unplug()
    with pytest.raises(DeviceRefused, match="nothing was printed"):
        printer.print_receipt(RECEIPT)
    with pytest.raises(DeviceLost, match="open"):
        EscposPrinter(str(link.path))
    link.plug()
    again = EscposPrinter(str(link.path))
    again.print_receipt(RECEIPT)
    again.close()
    again.close()
    assert receipts(tmp_path, 1) == [ON_PAPER]


def test_a_printer_left_in_the_middle_of_an_image(link: PtyLink, tmp_path: Path) -> None:
    """The kiosk died, the printer did not: it would swallow everything for the rest of the image."""
    dying = Port(str(link.path), LineSettings(19200))
    dying.write(b"\x1b@\x1dv0\x00" + bytes((48, 0, 12, 0)) + bytes(100), "print receipt")
    dying.close()
    printer = EscposPrinter(str(link.path))
    printer.print_receipt(RECEIPT)
    printer.close()
    assert receipts(tmp_path, 1)[0].endswith(ON_PAPER)


def test_without_its_font_it_refuses_before_printing(
    printer: ReceiptPrinter, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(picture, "FONT", tmp_path / "missing.otf")
    with pytest.raises(DeviceRefused, match=r"missing\.otf: .*; run set-up"):
        printer.print_receipt((ReceiptLine("一"), ReceiptLine("𠮷")))
    printer.print_receipt((ReceiptLine("二"),))
    assert receipts(tmp_path, 1) == ["二\n"]


@pytest.mark.parametrize("fault", ["silent", "deaf"])
def test_a_printer_that_says_nothing_prints_nothing(
    fault: str, printer: ReceiptPrinter, link: PtyLink, tmp_path: Path
) -> None:
    link.faults = FAULTS[fault]
    with pytest.raises(DeviceRefused, match="nothing was printed"):
        printer.print_receipt(RECEIPT)
    link.faults = FAULTS["none"]
    printer.print_receipt((ReceiptLine("后来"),))
    assert receipts(tmp_path, 1) == ["后来\n"]


def test_silent_after_the_last_byte_it_is_in_doubt(
    printer: ReceiptPrinter, world: World, link: PtyLink, tmp_path: Path
) -> None:
    """The answers to the first four questions come, and no more: the receipt is printed all the same."""
    link.simulator = Mute(link.simulator, after=4)
    with pytest.raises(DeviceLost) as doubt:
        printer.print_receipt(RECEIPT)
    assert not isinstance(doubt.value, DeviceRefused), "it may be on paper"
    assert receipts(tmp_path, 1) == [ON_PAPER]


class Mute:
    """A printer whose answers no longer arrive after so many."""

    def __init__(self, printer: Simulator, after: int) -> None:
        self._printer, self._left = printer, after

    def receive(self, data: bytes) -> bytes:
        answer = self._printer.receive(data)[: self._left]
        self._left -= len(answer)
        return answer

    def tick(self, now: float) -> bytes:
        return self._printer.tick(now)


QR = ReceiptLine("https://lib.example.cn/my", emphasis=Emphasis.QR)


@pytest.mark.parametrize("columns", [32, 42, 48])
@pytest.mark.parametrize("native", [True, False])
def test_a_qr_code_of_the_printers_own_or_as_a_picture(
    native: bool, columns: int, world: World, link: PtyLink, tmp_path: Path
) -> None:
    link.simulator = Escpos(world, tmp_path, columns)
    printer = EscposPrinter(str(link.path), columns=columns, native_qr=native)
    printer.print_receipt((ReceiptLine("一"), QR, ReceiptLine("二")))
    printer.close()
    shown = f"[QR {QR.left}]" if native else "[image]"
    assert receipts(tmp_path, 1) == [f"一\n{shown}\n二\n"]
    assert qr_in(tmp_path / "receipt-001.png") == QR.left


def qr_in(file: Path) -> str:
    """As Debian's zbar reads the picture of the paper."""
    command = ["zbarimg", "--quiet", "--raw", "-Sbinary", str(file)]
    return subprocess.run(command, capture_output=True, check=True).stdout.decode()


@pytest.mark.parametrize("content", ["", "长" * 200])
def test_a_qr_code_that_nobody_could_read_is_refused_before_printing(
    content: str, printer: ReceiptPrinter, tmp_path: Path
) -> None:
    with pytest.raises(DeviceRefused, match="QR code"):
        printer.print_receipt((ReceiptLine("一"), ReceiptLine(content, emphasis=Emphasis.QR)))
    printer.print_receipt((ReceiptLine("二"),))
    assert receipts(tmp_path, 1) == ["二\n"]


def test_without_a_chinese_font_chinese_goes_as_pictures(link: PtyLink, tmp_path: Path) -> None:
    printer = EscposPrinter(str(link.path), chinese_font=False)
    printer.print_receipt((ReceiptLine("书名"), ReceiptLine("ISBN", "1")))
    printer.close()
    assert receipts(tmp_path, 1) == ["[image]\nISBN" + " " * 27 + "1\n"]


def test_without_a_cutter_it_feeds_to_the_tear_bar(world: World, link: PtyLink, tmp_path: Path) -> None:
    link.simulator = simulator = Escpos(world, tmp_path, cutter=False)
    printer = EscposPrinter(str(link.path), cut="none")
    before = world.printer.paper_mm
    printer.print_receipt((ReceiptLine("一"),))
    printer.close()
    assert simulator.unknown == [] and not list(tmp_path.glob("*.png"))
    assert before - world.printer.paper_mm > 20, "past the bar"
    simulator.tear()
    assert receipts(tmp_path, 1) == ["一\n"]


@pytest.mark.parametrize(("cut", "command"), [("full", b"\x1dV\x00"), ("part", b"\x1dV\x01")])
def test_it_cuts_as_it_is_told(cut: Cut, command: bytes, world: World, tmp_path: Path) -> None:
    heard = Heard(Escpos(world, tmp_path))
    with PtyLink(heard, tmp_path / "kiosk-printer") as link:
        printer = EscposPrinter(str(link.path), cut=cut)
        printer.print_receipt((ReceiptLine("一"),))
        printer.close()
    assert command in heard.data


class Heard:
    """A printer, and everything that was sent to it."""

    def __init__(self, printer: Simulator) -> None:
        self._printer = printer
        self.data = b""

    def receive(self, data: bytes) -> bytes:
        self.data += data
        return self._printer.receive(data)

    def tick(self, now: float) -> bytes:
        return self._printer.tick(now)
