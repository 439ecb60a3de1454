"""The driver on a wire, with the simulated counter at its other end."""

import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from devices import registry
from devices.errors import BadFrame, DeviceError, DeviceLost, DeviceRefused
from devices.kinds import DeviceInfo, DoorCount, DoorCounter, Kind
from devices.modbus_counter.driver import ModbusCounter
from devices.modbus_counter.protocol import ReadFunction, RegisterMap, WordOrder
from hardware_sim.faults import FAULTS, Faults
from hardware_sim.modbus_counter import ModbusCounter as SimulatedCounter
from hardware_sim.pty_link import LineSpeed, PtyLink
from hardware_sim.world import Door, World


@pytest.fixture
def world() -> World:
    return World(door=Door(entries=100_000, exits=42))


@pytest.fixture
def link(world: World, tmp_path: Path) -> Iterator[PtyLink]:
    line = LineSpeed((9600,))
    with PtyLink(SimulatedCounter(world), tmp_path / "kiosk-counter", line=line) as link:
        yield link


@pytest.fixture
def counter(link: PtyLink) -> Iterator[DoorCounter]:
    counter = ModbusCounter(str(link.path))
    yield counter
    counter.close()


def test_it_says_what_it_is(counter: DoorCounter, link: PtyLink) -> None:
    assert counter.info == DeviceInfo(Kind.DOOR_COUNTER, "modbus_counter", str(link.path))


def test_people_walk_through_the_door(counter: DoorCounter, world: World) -> None:
    assert counter.read() == DoorCount(100_000, 42)
    world.door.entries += 3
    world.door.exits += 1
    assert counter.read() == DoorCount(100_003, 43)


@pytest.mark.parametrize("function", ReadFunction)
def test_another_vendor(function: ReadFunction, world: World, tmp_path: Path) -> None:
    vendor = RegisterMap(0x0105, 0x0101, function, WordOrder.LOW_FIRST)
    simulated = SimulatedCounter(world, device_id=9, register_map=RegisterMap(0x0105, 0x0103))
    with PtyLink(simulated, tmp_path / "pty") as link:
        wrong = ModbusCounter(str(link.path), 19200, 9, vendor)
        with pytest.raises(DeviceRefused, match=r"read counters: no such registers \(status 02h\)"):
            wrong.read()
        wrong.close()
        link.simulator = SimulatedCounter(world, device_id=9, register_map=vendor)
        right = ModbusCounter(str(link.path), 19200, 9, vendor)
        assert right.read() == DoorCount(100_000, 42)
        right.close()


@pytest.mark.parametrize("fault", ["late", "byte_by_byte"])
def test_a_slow_wire_is_a_good_wire(fault: str, counter: DoorCounter, link: PtyLink) -> None:
    link.faults = FAULTS[fault]
    assert counter.read() == DoorCount(100_000, 42)


@pytest.mark.parametrize("fault", ["silent", "deaf"])
def test_silence(fault: str, counter: DoorCounter, link: PtyLink) -> None:
    link.faults = FAULTS[fault]
    with pytest.raises(DeviceLost, match="read counters: no answer"):
        counter.read()
    link.faults = FAULTS["none"]
    assert counter.read() == DoorCount(100_000, 42)


def test_another_number_on_the_line_is_silence(link: PtyLink) -> None:
    other = ModbusCounter(str(link.path), device_id=2)
    with pytest.raises(DeviceLost, match="no answer; check power, wires, device_id"):
        other.read()
    other.close()


def test_the_wrong_speed_is_silence(link: PtyLink) -> None:
    fast = ModbusCounter(str(link.path), baud=19200)
    with pytest.raises(DeviceLost, match="no answer"):
        fast.read()
    fast.close()


def test_a_garbled_answer(counter: DoorCounter, link: PtyLink) -> None:
    link.faults = FAULTS["garbled"]
    with pytest.raises(BadFrame, match="read counters: noise"):
        counter.read()
    link.faults = FAULTS["none"]
    assert counter.read() == DoorCount(100_000, 42)


@pytest.mark.parametrize("seed", range(3))
def test_noise_never_becomes_people(seed: int, counter: DoorCounter, link: PtyLink) -> None:
    """Either the answer is found behind the noise or the error says noise."""
    link.faults = Faults(noise_bytes=7, garbled=True, seed=seed)
    with pytest.raises(BadFrame):
        counter.read()
    link.faults = Faults(noise_bytes=1, seed=seed)
    try:
        assert counter.read() == DoorCount(100_000, 42)
    except DeviceError as error:
        assert isinstance(error, BadFrame)


def test_unplugged_and_plugged_back(counter: DoorCounter, link: PtyLink) -> None:
    link.unplug()
    with pytest.raises(DeviceLost, match="read counters: the line is gone"):
        counter.read()
    with pytest.raises(DeviceLost, match="open: it does not exist or is in use"):
        ModbusCounter(str(link.path))
    link.plug()
    with pytest.raises(DeviceLost, match="the port is closed"):
        counter.read()
    again = ModbusCounter(str(link.path))
    assert again.read() == DoorCount(100_000, 42)
    again.close()
    again.close()


def test_pymodbus_logs_nothing(counter: DoorCounter, link: PtyLink, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        link.faults = FAULTS["garbled"]
        with pytest.raises(BadFrame):
            counter.read()
        link.unplug()
        with pytest.raises(DeviceLost):
            counter.read()
    assert caplog.records == []


def test_a_counter_of_everybody_in_one_small_register(world: World, tmp_path: Path) -> None:
    options = {"register_map": {"passages_address": 20, "width": "u16", "function": 3, "forgets": True}}
    taken = registry.arguments("modbus_counter", options)
    simulated = SimulatedCounter(world, register_map=taken["register_map"])
    with PtyLink(simulated, tmp_path / "pty") as link:
        counter: Any = registry.open_device("modbus_counter", str(link.path), **taken)
        told = DoorCount(0, 0, passages=(100_000 + 42) % 65_536, modulus=65_536, forgets=True)
        assert counter.read() == told
        counter.close()


WRONG_OPTIONS: dict[str, dict[str, Any]] = {
    "device_id: expected `int` <= 247": {"device_id": 248},
    "register_map.entries: unknown key, expected one of: entries_address": {"register_map": {"entries": 1}},
    "register_map: register map: entries at 0 and exits at 1 must be 2 to 123 registers apart": {
        "register_map": {"exits_address": 1}
    },
    "register_map: register map: a u32 counter at 65535 goes beyond register 65535": {
        "register_map": {"passages_address": 65_535}
    },
    "register_map: invalid enum value 'u8'": {"register_map": {"width": "u8"}},
    "register_map: invalid enum value 6": {"register_map": {"function": 6}},
    "register_map: expected `int` >= 0": {"register_map": {"entries_address": -1}},
}


@pytest.mark.parametrize(("sentence", "options"), WRONG_OPTIONS.items(), ids=WRONG_OPTIONS)
def test_a_map_that_makes_no_sense_is_one_sentence(sentence: str, options: dict[str, Any]) -> None:
    with pytest.raises(registry.BadOption) as caught:
        registry.arguments("modbus_counter", options)
    assert str(caught.value).startswith(sentence)
    assert "\n" not in str(caught.value)
