"""What every device model must stand, over its own simulator: one list of models, one list of bad wires.

A model enters these tests by its line in the registry; what using it means here is one function below.
"""

import fcntl
import importlib
import os
import subprocess
import sys
import termios
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from devices import registry
from devices.errors import BadFrame, DeviceLost
from devices.kinds import Device, IdNumber, Kind
from devices.port import Deadline
from hardware_sim import registry as simulated
from hardware_sim.faults import FAULTS
from hardware_sim.pty_link import LineSpeed
from hardware_sim.registry import SimulatedDevice
from hardware_sim.sdt_idcard import Person, id_card
from hardware_sim.world import Card, Chip, World

BOUND_S = 6.0
"""Longest that opening and using a silent device may take."""
ID_NUMBER = "11010519491231002X"
CARD, TAG, CODE = bytes.fromhex("04A1B2C3"), bytes.fromhex("E004010012345678"), "9787302511625"
NOISE = bytes.fromhex("00 FF 3A 81 C4 17 A5 02")


def use_tag_reader(reader: Any, world: World) -> None:
    assert [tag.uid for tag in reader.inventory()] == [TAG]
    assert reader.read_blocks(TAG, 0, 2) == bytes(range(8))


def use_card_reader(reader: Any, world: World) -> None:
    """The card is laid there anew: an ID card reader tells it only once."""
    with world.lock:
        resident = reader.info.model == "sdt_idcard"
        world.card = id_card(Person(ID_NUMBER)) if resident else Card(CARD)
    tapped = reader.sense()
    assert tapped.content == IdNumber(ID_NUMBER) if resident else tapped.uid == CARD


def use_scanner(scanner: Any, world: World) -> None:
    with world.lock:
        world.scans.append(CODE)
    assert scanner.read(timeout_s=2.0).text == CODE


def use_printer(printer: Any, world: World) -> None:
    assert printer.status().can_print


def use_counter(counter: Any, world: World) -> None:
    assert counter.read().entries == 7


USES: dict[Kind, Callable[[Any, World], None]] = {
    Kind.TAG_READER: use_tag_reader,
    Kind.CARD_READER: use_card_reader,
    Kind.SCANNER: use_scanner,
    Kind.RECEIPT_PRINTER: use_printer,
    Kind.DOOR_COUNTER: use_counter,
}

SENSELESS: dict[tuple[str, str], str] = {
    ("escpos", "noisy"): "its status is a single byte: which of several it is cannot be told",
    ("modbus_counter", "noisy"): "a frame begins with a pause: noise glued to it is a bad frame, and told",
    ("serial_scanner", "noise"): "a scanned line has no checksum: noise before it cannot be told from it",
    ("serial_scanner", "silence"): "it is never asked, so its silence means that nobody scans",
    ("serial_scanner", "speed"): "for the same reason; what it sends at a wrong speed is not simulated",
    ("honeywell_scanner", "noise"): "its codes are lines of text too",
    ("newland_scanner", "noise"): "its codes are lines of text too",
    ("gm65", "noise"): "its codes are lines of text too",
    ("wedge_scanner", "noise"): "the kernel hands over whole key events: there is no noise on that way",
    ("wedge_scanner", "silence"): "it is never asked, so its silence means that nobody scans",
    ("wedge_scanner", "speed"): "an event device has no speed",
}
"""Model and trial that do not go together, and why."""


ON_PINS = {"pulse_counter"}
WIRED = [model for model in registry.MODELS if model not in ON_PINS]
"""Beams are on pins: what they must stand is in `tests/devices/pulse_counter/test_driver.py`."""


def wait_until_unread(port: Path, size: int, timeout_s: float = 3.0) -> bool:
    """Whether so many bytes came to lie before the driver in time."""
    deadline = Deadline(timeout_s)
    terminal = os.open(port, os.O_RDONLY | os.O_NOCTTY | os.O_NONBLOCK)
    try:
        while not deadline.over:
            if fcntl.ioctl(terminal, termios.FIONREAD, bytes(4)) == size.to_bytes(4, sys.byteorder):
                return True
            time.sleep(0.001)
        return False
    finally:
        os.close(terminal)


def models(*trials: str) -> Any:
    able = [model for model in WIRED if not any((model, trial) in SENSELESS for trial in trials)]
    return pytest.mark.parametrize("model", able, indirect=True)


@dataclass
class Bench:
    """One simulated device, plugged in, and what is around it."""

    model: str
    world: World
    simulated: SimulatedDevice

    def open(self) -> Device:
        return registry.open_device(self.model, str(self.simulated.link.path))

    def use(self, device: Device) -> None:
        USES[registry.MODELS[self.model].kind](device, self.world)

    def open_and_use(self) -> None:
        device = self.open()
        try:
            self.use(device)
        finally:
            device.close()


@pytest.fixture
def model(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def bench(model: str, tmp_path: Path) -> Iterator[Bench]:
    world = World(tags={"book": Chip(TAG, bytearray(range(112)))}, card=Card(CARD))
    world.put("book")
    world.door.entries = 7
    device = SimulatedDevice(model, world, tmp_path / f"kiosk-{model.replace('_', '-')}", tmp_path)
    device.plug()
    yield Bench(model, world, device)
    device.unplug()


def test_every_model_has_a_simulator_of_the_same_name_and_a_pure_protocol() -> None:
    assert simulated.MODELS.keys() == set(WIRED)
    for model in registry.MODELS:
        pure = "protocol" if model in WIRED else "passage"
        assert importlib.import_module(f"devices.{model}.{pure}").__doc__
        assert importlib.import_module(f"hardware_sim.{model}").__doc__


def test_every_exception_is_still_one() -> None:
    assert {model for model, _ in SENSELESS} <= registry.MODELS.keys()


@models("info")
def test_it_says_what_it_is(bench: Bench) -> None:
    device = bench.open()
    entry = registry.MODELS[bench.model]
    path = str(bench.simulated.link.path)
    assert (device.info.kind, device.info.model, device.info.port) == (entry.kind, bench.model, path)
    device.close()
    device.close()


@models("lossless")
@pytest.mark.parametrize("fault", ["none", "byte_by_byte", "late"])
def test_it_works_over_a_wire_that_loses_nothing(bench: Bench, fault: str) -> None:
    bench.simulated.link.faults = FAULTS[fault]
    bench.open_and_use()
    assert bench.simulated.link.plugged


@models("noise", "noisy")
def test_it_works_over_a_wire_with_noise(bench: Bench) -> None:
    """Random bytes before every answer."""
    bench.simulated.link.faults = FAULTS["noisy"]
    bench.open_and_use()
    assert bench.simulated.link.plugged


@models("noise")
def test_it_works_after_noise(bench: Bench) -> None:
    device = bench.open()
    bench.use(device)
    bench.simulated.link.say(NOISE)
    assert wait_until_unread(bench.simulated.link.path, len(NOISE))
    bench.use(device)
    device.close()
    assert bench.simulated.link.plugged


@models("silence")
def test_silence_is_a_loss_within_a_bound(bench: Bench) -> None:
    device = bench.open()
    bench.simulated.link.faults = FAULTS["silent"]
    began = time.monotonic()
    with pytest.raises(DeviceLost, match=str(bench.simulated.link.path)):
        bench.use(device)
    device.close()
    with pytest.raises(DeviceLost, match=str(bench.simulated.link.path)):
        bench.open_and_use()
    assert time.monotonic() - began < BOUND_S


@models("unplugged")
def test_unplugged_is_a_loss_and_plugged_back_it_works_again(bench: Bench) -> None:
    device = bench.open()
    bench.use(device)
    bench.simulated.unplug()
    with pytest.raises(DeviceLost, match=str(bench.simulated.link.path)):
        bench.use(device)
    device.close()
    with pytest.raises(DeviceLost, match=str(bench.simulated.link.path)):
        bench.open()
    bench.simulated.plug()
    bench.open_and_use()
    assert bench.simulated.link.plugged


@models("speed")
def test_the_wrong_speed_is_a_loss_or_a_bad_frame(bench: Bench) -> None:
    bench.simulated.link.line = LineSpeed((1200,))
    with pytest.raises((DeviceLost, BadFrame), match=str(bench.simulated.link.path)):
        bench.open_and_use()


@models("taken")
def test_a_port_in_use_is_a_loss(bench: Bench) -> None:
    device = bench.open()
    with pytest.raises(DeviceLost, match=str(bench.simulated.link.path)):
        bench.open()
    bench.use(device)
    device.close()


def test_an_unknown_model_is_named_with_those_that_exist() -> None:
    with pytest.raises(
        registry.UnknownModel, match="no driver for 'abacus': choose one of escpos, feig_obid"
    ):
        registry.open_device("abacus", "kiosk-pad")


def test_the_registry_alone_imports_no_library_of_a_driver() -> None:
    program = (
        "import sys, devices.registry; print(sorted({'nfc', 'pymodbus', 'escpos'} & sys.modules.keys()))"
    )
    printed = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert printed.stdout.strip() == "[]"
