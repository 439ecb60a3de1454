"""The printer's and the scanner's jobs on a wire: a doubt is told, and rubbish takes no scanner away."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from devices.errors import DeviceLost
from devices.escpos.driver import EscposPrinter
from devices.kinds import CodeScanned, ReceiptLine
from devices.serial_scanner.driver import SerialScanner
from hardware_sim.escpos import Escpos
from hardware_sim.faults import FAULTS
from hardware_sim.pty_link import PtyLink
from hardware_sim.serial_scanner import SerialScanner as SimulatedScanner
from hardware_sim.world import World
from kiosk.flow import events as ev
from kiosk.jobs import PrinterJob, PrintLines, ScannerJob
from kiosk.patience import FAILURES_BORNE
from tests.waiting import wait_for

LINES = (ReceiptLine("借书凭条"),)


class Muted(Escpos):
    """Prints everything; of its answers only the first `answers` arrive."""

    answers = 1_000_000

    def receive(self, data: bytes) -> bytes:
        answer = super().receive(data)[: self.answers]
        self.answers -= len(answer)
        return answer


@pytest.fixture
def simulator(tmp_path: Path) -> Muted:
    return Muted(World(), tmp_path)


@pytest.fixture
def link(simulator: Muted, tmp_path: Path) -> Iterator[PtyLink]:
    with PtyLink(simulator, tmp_path / "kiosk-printer") as link:
        yield link


@pytest.fixture
def printer(link: PtyLink) -> Iterator[PrinterJob]:
    driver = EscposPrinter(str(link.path))
    yield PrinterJob(driver)
    driver.close()


def test_a_printer_that_falls_silent_at_the_end_leaves_a_doubt_and_prints_nothing_by_itself(
    printer: PrinterJob, simulator: Muted, tmp_path: Path
) -> None:
    events: list[ev.Event] = []
    simulator.answers = 4
    printer.do(PrintLines(LINES), events.append)
    (failed,) = events
    assert isinstance(failed, ev.ReceiptFailed) and failed.doubtful
    wait_for(lambda: list(tmp_path.glob("*.png")), "it was printed all the same")
    simulator.answers = 1_000
    printer.poll(events.append)
    assert isinstance(events[-1], ev.PrinterChecked) and events[-1].status.can_print
    assert len(list(tmp_path.glob("*.png"))) == 1, "once"


def test_before_the_first_byte_there_is_no_doubt(printer: PrinterJob, link: PtyLink, tmp_path: Path) -> None:
    link.faults = FAULTS["silent"]
    with pytest.raises(Exception, match="nothing was printed"):
        printer.do(PrintLines(LINES, ev.PrintJob.SLIP), lambda event: None)
    assert not list(tmp_path.glob("*.png"))


def test_a_printer_is_lost_at_the_third_miss_only(printer: PrinterJob, link: PtyLink) -> None:
    events: list[ev.Event] = []
    link.faults = FAULTS["silent"]
    for _ in range(FAILURES_BORNE - 1):
        printer.poll(events.append)
    with pytest.raises(DeviceLost):
        printer.poll(events.append)
    assert events == []


@pytest.mark.parametrize("job", ev.PrintJob)
def test_the_answer_says_whose_paper_it_was(job: ev.PrintJob, printer: PrinterJob) -> None:
    events: list[ev.Event] = []
    printer.do(PrintLines(LINES, job), events.append)
    assert events[0] == ev.ReceiptPrinted(job)


@pytest.mark.parametrize(
    "rubbish", [b"8" * 4000 + b"\r", b"\x00\x01\x02\r", b"\xff\xfe\xff\r"], ids=["long", "control", "binary"]
)
def test_rubbish_from_a_scanner_is_told_and_the_next_code_is_read(rubbish: bytes, tmp_path: Path) -> None:
    events: list[ev.Event] = []
    with PtyLink(SimulatedScanner(World()), tmp_path / "kiosk-scanner") as link:
        driver = SerialScanner(str(link.path))
        job = ScannerJob(driver)
        link.say(rubbish)
        wait_for(lambda: job.poll(events.append) or events, "it is told")
        link.say(b"33191000105864\r")
        wait_for(lambda: job.poll(events.append) or len(events) > 1, "the next code")
        driver.close()
    assert isinstance(events[0], ev.CodeRejected) and events[1:] == [CodeScanned("33191000105864")]
