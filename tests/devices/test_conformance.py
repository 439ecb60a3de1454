"""What every device model must stand, over its own simulator: one list of models, one list of trials.

A model enters these tests by its line in the registry; what using it means, and what it is spared, is in the
tables of `benches.py`. What only book-tag readers must stand is in `test_tag_readers.py`.
"""

import fcntl
import importlib
import importlib.util
import os
import subprocess
import sys
import termios
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest
from gpiozero import Device as GpioDevice
from gpiozero.pins.mock import MockFactory

from devices import registry
from devices.errors import BadFrame, DeviceLost
from devices.kinds import Kind
from devices.pulse_counter import driver as pulse_counter
from hardware_sim import registry as simulated
from hardware_sim.faults import FAULTS
from hardware_sim.pty_link import LineSpeed
from tests.devices.benches import (
    MAY_SPOIL_ONE,
    ON_PINS,
    PATIENCE_S,
    SPARED,
    USES,
    WIRES,
    Bench,
    PinBench,
    Trial,
    WiredBench,
    able,
    answer_of,
    opened,
    used_once,
)
from tests.devices.pads import READERS
from tests.devices.pulse_counter.test_driver import Door as PinDoor
from tests.waiting import wait_for

NOISE = bytes.fromhex("00 FF 3A 81 C4 17 A5 02")
MOST_QUESTIONS = 16
"""To a device that does not answer, before it is given up: opening and using it."""


def models(trial: Trial) -> Any:
    return pytest.mark.parametrize("model", able(trial), indirect=True)


@pytest.fixture
def model(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def bench(model: str, request: pytest.FixtureRequest) -> Bench:
    found: Bench = request.getfixturevalue("pin_bench" if model in ON_PINS else "wired")
    return found


@pytest.fixture
def wired(model: str, tmp_path: Path) -> Iterator[WiredBench]:
    bench = WiredBench.plugged(model, tmp_path)
    yield bench
    bench.simulated.unplug()


@pytest.fixture
def pin_bench(model: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[PinBench]:
    factory = MockFactory()
    monkeypatch.setattr(GpioDevice, "pin_factory", factory)
    door = PinDoor(factory)
    monkeypatch.setattr(pulse_counter, "monotonic_ms", lambda: door.now_ms)
    yield PinBench(model, door)
    factory.close()


def be_patient(monkeypatch: pytest.MonkeyPatch) -> None:
    for wait, seconds in PATIENCE_S.items():
        monkeypatch.setattr(wait, seconds)


@pytest.fixture
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    be_patient(monkeypatch)


must_answer = pytest.mark.usefixtures("patient")


# -- the list of models ----------------------------------------------------------------------------------


def without_simulator(models: Iterable[str]) -> list[str]:
    """Those that nobody can plug in here, or that have no pure half."""
    return [
        model
        for model in models
        if not importlib.util.find_spec(f"hardware_sim.{model}")
        or (model in simulated.MODELS) == (model in ON_PINS)
        or not (_pure("protocol", model) or (model in ON_PINS and _pure("passage", model)))
    ]


def _pure(part: str, model: str) -> bool:
    try:
        return importlib.import_module(f"devices.{model}.{part}").__doc__ is not None
    except ModuleNotFoundError:
        return False


def test_every_model_has_a_simulator_of_the_same_name_and_a_pure_half() -> None:
    assert without_simulator(registry.MODELS) == []
    assert without_simulator([*registry.MODELS, "abacus"]) == ["abacus"]
    assert simulated.MODELS.keys() <= registry.MODELS.keys()


def test_every_kind_has_a_use_and_every_tag_reader_its_own_words() -> None:
    assert USES.keys() == set(Kind)
    pads = {model for model, entry in registry.MODELS.items() if entry.kind is Kind.TAG_READER}
    assert READERS.keys() == pads


def test_the_exceptions_are_of_models_that_exist_and_nobody_is_spared_the_good_wire() -> None:
    assert {model for model, _ in SPARED} <= registry.MODELS.keys()
    assert able(Trial.WHOLE) == able(Trial.TAKEN) == list(registry.MODELS)
    assert all(SPARED.values())


# -- the trials ------------------------------------------------------------------------------------------


@must_answer
@models(Trial.WHOLE)
def test_it_says_what_it_is_and_can_be_closed_twice(bench: Bench) -> None:
    device = opened(bench)
    told = (device.info.kind, device.info.model, device.info.port)
    device.close()
    device.close()
    assert told == (registry.MODELS[bench.model].kind, bench.model, bench.port)


@must_answer
@pytest.mark.parametrize(
    ("model", "trial"), [(model, trial) for trial in WIRES for model in able(trial)], indirect=["model"]
)
def test_it_answers_over_a_wire_that_loses_nothing(bench: Bench, trial: Trial) -> None:
    if isinstance(bench, WiredBench):
        bench.simulated.link.faults = FAULTS[trial.value]
    assert used_once(bench) == answer_of(bench.model)


@must_answer
@models(Trial.AFTER_NOISE)
def test_it_answers_after_noise(wired: WiredBench) -> None:
    device = opened(wired)
    assert wired.use(device) == answer_of(wired.model)
    wired.simulated.link.say(NOISE)
    wait_for(lambda: unread(wired.simulated.link.path) == len(NOISE), "the noise lies before the driver")
    if wired.model in MAY_SPOIL_ONE:
        with pytest.raises(BadFrame, match=wired.port):
            wired.use(device)
    assert wired.use(device) == answer_of(wired.model)
    device.close()


def unread(port: Path) -> int:
    """Bytes that came and that the driver has not fetched yet."""
    terminal = os.open(port, os.O_RDONLY | os.O_NOCTTY | os.O_NONBLOCK)
    try:
        return int.from_bytes(fcntl.ioctl(terminal, termios.FIONREAD, bytes(4)), sys.byteorder)
    finally:
        os.close(terminal)


@models(Trial.SILENCE)
def test_silence_is_a_loss_after_a_few_questions(wired: WiredBench, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as meanwhile:
        be_patient(meanwhile)
        device = opened(wired)
    wired.simulated.link.faults = FAULTS["silent"]
    wired.listen()
    with pytest.raises(DeviceLost, match=f"{wired.port}: .*no answer"):
        wired.use(device)
    device.close()
    with pytest.raises(DeviceLost, match=f"{wired.port}: .*no answer"):
        used_once(wired)
    assert 1 <= wired.questions <= MOST_QUESTIONS


@must_answer
@models(Trial.REPLUG)
def test_unplugged_is_a_loss_and_plugged_back_it_works_again(wired: WiredBench) -> None:
    device = opened(wired)
    assert wired.use(device) == answer_of(wired.model)
    wired.simulated.unplug()
    with pytest.raises(DeviceLost, match=wired.port):
        wired.use(device)
    device.close()
    with pytest.raises(DeviceLost, match=wired.port):
        opened(wired)
    wired.simulated.plug()
    assert used_once(wired) == answer_of(wired.model)


@models(Trial.WRONG_SPEED)
def test_the_wrong_speed_is_a_loss_or_a_bad_frame(wired: WiredBench) -> None:
    wired.simulated.link.line = LineSpeed((1200,))
    with pytest.raises((DeviceLost, BadFrame), match=wired.port):
        used_once(wired)


@must_answer
@models(Trial.TAKEN)
def test_a_port_in_use_is_a_loss(bench: Bench) -> None:
    device = opened(bench)
    with pytest.raises(DeviceLost, match=bench.port):
        opened(bench)
    assert bench.use(device) == answer_of(bench.model)
    device.close()


# -- the registry ----------------------------------------------------------------------------------------


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
