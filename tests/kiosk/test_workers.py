"""The threads that run the devices, over real wires with the simulators at their ends."""

import logging
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from devices import registry
from devices.kinds import (
    CardTapped,
    CodeScanned,
    DeviceInfo,
    Kind,
    PaperState,
    PrinterStatus,
    ReceiptLine,
    TagsChanged,
)
from hardware_sim.place import SimulatedPlace
from hardware_sim.world import AFI_ON_LOAN
from kiosk import jobs, workers
from kiosk.flow import events as ev
from kiosk.flow.effects import ReadAfi, WriteAfi
from kiosk.jobs import PrintLines
from kiosk.workers import DeviceWorker
from tests.kiosk.place import READERS, WIRES, place
from tests.waiting import wait_for

BOOK = "警世通言"


class Bench:
    """One worker on its wire, and what it told."""

    def __init__(self, here: SimulatedPlace, model: str, opener: Any = None) -> None:
        self.device = here.devices[WIRES[model]]
        self.events: list[ev.Event] = []
        path = str(here.folder / WIRES[model])
        kind = registry.MODELS[model].kind
        opener = opener or (lambda: registry.MODELS[model].open(path))
        self.worker = DeviceWorker(kind, model, path, opener, self.events.append)
        self.worker.start()

    def told(self, cls: type) -> list:
        return [event for event in self.events if isinstance(event, cls)]

    def wait_for(self, cls: type, count: int = 1) -> Any:
        """The event of that class that makes them `count`."""
        wait_for(lambda: len(self.told(cls)) >= count, f"{count} {cls.__name__}; told was {self.events[-5:]}")
        return self.told(cls)[count - 1]

    def close(self) -> None:
        self.worker.stop()
        self.worker.join(timeout=5)
        assert not self.worker.is_alive()


@pytest.fixture
def here(tmp_path: Path) -> Iterator[SimulatedPlace]:
    with place(tmp_path / "wires") as started:
        yield started


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workers, "REOPEN_S", 0.1)
    monkeypatch.setattr(jobs.PrinterJob, "pause_s", 0.1)
    monkeypatch.setattr(jobs.CounterJob, "pause_s", 0.1)


@pytest.fixture
def bench(request: pytest.FixtureRequest, here: SimulatedPlace) -> Iterator[Bench]:
    """`request.param` is the model."""
    made = Bench(here, request.param)
    yield made
    made.close()


def on(model: str) -> Any:
    return pytest.mark.parametrize("bench", [model], indirect=True, ids=[model])


# -- away and back ---------------------------------------------------------------------------------------

ANSWERING = [model for model in WIRES if registry.MODELS[model].answers is not None]


@pytest.mark.parametrize("bench", ANSWERING, indirect=True)
def test_unplugged_and_plugged_back_without_a_restart(bench: Bench) -> None:
    up = bench.wait_for(ev.DeviceUp)
    bench.device.unplug()
    down = bench.wait_for(ev.DeviceDown)
    assert (down.kind, down.model) == (up.info.kind, up.info.model) and down.reason
    bench.device.plug()
    assert bench.wait_for(ev.DeviceUp, 2).info == up.info


@on("feig_obid")
def test_a_device_that_stays_away_is_told_again_but_logged_once(
    bench: Bench, caplog: pytest.LogCaptureFixture
) -> None:
    bench.wait_for(ev.DeviceUp)
    bench.device.unplug()
    bench.wait_for(ev.DeviceDown, 4)
    reasons = {down.reason for down in bench.told(ev.DeviceDown)}
    logged = [record for record in caplog.records if record.levelno == logging.WARNING]
    assert len(logged) == len(reasons) <= 2


@on("feig_obid")
def test_a_command_while_the_pad_is_away_is_answered_with_failure(bench: Bench) -> None:
    bench.wait_for(ev.DeviceUp)
    bench.device.unplug()
    bench.wait_for(ev.DeviceDown)
    bench.worker.put(WriteAfi(7, bytes(8), AFI_ON_LOAN))
    bench.worker.put(ReadAfi(8, bytes(8)))
    bench.wait_for(ev.TagActFailed, 2)
    assert [failed.op_id for failed in bench.told(ev.TagActFailed)] == [7, 8]


@on("escpos")
def test_a_receipt_for_a_printer_that_is_away_fails(bench: Bench) -> None:
    bench.wait_for(ev.PrinterChecked)
    bench.device.unplug()
    bench.wait_for(ev.DeviceDown)
    bench.worker.put(PrintLines((ReceiptLine("借阅凭条"),)))
    assert bench.wait_for(ev.ReceiptFailed).reason


# -- jobs ------------------------------------------------------------------------------------------------


@on("feig_obid")
def test_the_pad_tells_its_books_and_switches_their_tags(bench: Bench, here: SimulatedPlace) -> None:
    assert bench.wait_for(TagsChanged).tags == (), "an empty pad is told too"
    here.world.put(BOOK)
    [tag] = bench.wait_for(TagsChanged, 2).tags
    bench.worker.put(WriteAfi(1, tag.uid, AFI_ON_LOAN))
    bench.worker.put(ReadAfi(1, tag.uid))
    assert bench.wait_for(ev.AfiWritten) == ev.AfiWritten(1, tag.uid, AFI_ON_LOAN)
    assert bench.wait_for(ev.AfiRead) == ev.AfiRead(1, tag.uid, AFI_ON_LOAN)
    assert here.world.chip(BOOK).afi == AFI_ON_LOAN
    here.world.lift(BOOK)
    wait_for(lambda: bench.told(TagsChanged)[-1].tags == (), "the book is gone")


@on("feig_obid")
def test_a_tag_that_is_not_there_fails_and_the_pad_lives_on(bench: Bench, here: SimulatedPlace) -> None:
    bench.wait_for(TagsChanged)
    bench.worker.put(WriteAfi(1, bytes.fromhex("E004015000000BAD"), AFI_ON_LOAN))
    assert bench.wait_for(ev.TagActFailed).op_id == 1
    here.world.put(BOOK)
    wait_for(lambda: len(bench.told(TagsChanged)[-1].tags) == 1, "the next book")
    assert bench.told(ev.DeviceDown) == []


@on("pn532")
def test_a_card_that_lies_there_is_told_once_and_again_when_it_comes_back(
    bench: Bench, here: SimulatedPlace
) -> None:
    bench.wait_for(ev.DeviceUp)
    here.world.card = here.world.cards["李示范"]
    assert bench.wait_for(CardTapped).uid == READERS["李示范"].card_uid
    wait_for_looks(bench, 5)
    assert len(bench.told(CardTapped)) == 1
    here.world.card = here.world.cards["张样例"]
    assert bench.wait_for(CardTapped, 2).uid == READERS["张样例"].card_uid, "another card is another arrival"
    here.world.card = None
    wait_for_looks(bench, 4)
    here.world.card = here.world.cards["张样例"]
    assert bench.wait_for(CardTapped, 3).uid == READERS["张样例"].card_uid


def wait_for_looks(bench: Bench, count: int) -> None:
    """Until the worker has looked at its device so often."""
    beats: set[float] = set()
    wait_for(lambda: beats.add(bench.worker.beat_s) or len(beats) > count, f"{count} more looks")


@on("serial_scanner")
def test_a_code_is_told_as_it_was_scanned(bench: Bench, here: SimulatedPlace) -> None:
    bench.wait_for(ev.DeviceUp)
    here.world.scans.append("25240000010028")
    assert bench.wait_for(CodeScanned).text == "25240000010028"


@on("escpos")
def test_a_receipt_is_printed_or_says_why_not(bench: Bench, here: SimulatedPlace) -> None:
    bench.wait_for(ev.PrinterChecked)
    lines = PrintLines((ReceiptLine("借阅凭条"), ReceiptLine("应还", "2026-12-22")))
    bench.worker.put(lines)
    bench.wait_for(ev.ReceiptPrinted)
    wait_for(lambda: len(here.receipts()) == 1, "a receipt")
    here.world.printer.paper_mm = 0
    bench.worker.put(lines)
    failed = bench.events.index(bench.wait_for(ev.ReceiptFailed))
    checked = [event for event in bench.events[:failed] if isinstance(event, ev.PrinterChecked)]
    assert checked[-1].status.paper is PaperState.OUT, "why is known before the failure is shown"
    assert len(here.receipts()) == 1


@on("modbus_counter")
def test_the_door_is_counted(bench: Bench, here: SimulatedPlace) -> None:
    before = bench.wait_for(ev.DoorCounted).count.entries
    here.world.door.entries += 3
    wait_for(lambda: bench.told(ev.DoorCounted)[-1].count.entries == before + 3, "three people")


# -- a driver with a fault of its own --------------------------------------------------------------------


class OddPrinter:
    """A driver that fails as no driver may. It stands in for a bug, not for a device."""

    info = DeviceInfo(Kind.RECEIPT_PRINTER, "odd", "nowhere")
    opened = closed = 0

    def __init__(self) -> None:
        type(self).opened += 1

    def status(self) -> Any:
        raise KeyError("25240000010028")

    def print_receipt(self, lines: tuple[ReceiptLine, ...]) -> None:
        raise KeyError("25240000010028")

    def close(self) -> None:
        type(self).closed += 1


class OddAtPrinting(OddPrinter):
    opened = closed = 0

    def status(self) -> Any:
        return PrinterStatus(PaperState.OK)


def test_a_driver_that_raises_something_odd_is_reopened_and_closed_each_time(here: SimulatedPlace) -> None:
    bench = Bench(here, "escpos", OddPrinter)
    bench.wait_for(ev.DeviceDown, 3)
    bench.close()
    assert OddPrinter.opened == OddPrinter.closed >= 3


def test_opening_that_raises_something_odd_does_not_end_the_thread(here: SimulatedPlace) -> None:
    def odd() -> Any:
        raise KeyError("25240000010028")

    bench = Bench(here, "escpos", odd)
    bench.wait_for(ev.DeviceDown, 2)
    bench.close()


def test_a_command_that_a_driver_breaks_on_is_answered_all_the_same(here: SimulatedPlace) -> None:
    bench = Bench(here, "escpos", OddAtPrinting)
    bench.wait_for(ev.PrinterChecked)
    bench.worker.put(PrintLines(()))
    bench.wait_for(ev.ReceiptFailed)
    bench.close()


def test_what_an_odd_error_says_is_not_logged(here: SimulatedPlace, caplog: pytest.LogCaptureFixture) -> None:
    bench = Bench(here, "escpos", OddPrinter)
    bench.wait_for(ev.DeviceDown, 2)
    bench.close()
    assert "25240000010028" not in caplog.text and caplog.records


def test_stopping_is_quick_wherever_the_worker_is(
    here: SimulatedPlace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workers, "REOPEN_S", 60.0)
    bench = Bench(here, "feig_obid")
    bench.wait_for(ev.DeviceUp)
    bench.device.unplug()
    bench.wait_for(ev.DeviceDown)
    began_s = time.monotonic()
    bench.close()
    assert time.monotonic() - began_s < 2
