"""The driver on gpiozero's mock pins, which move as the simulated door does: the conformance of a device that
has no wire. Time is a number that the test moves."""

from collections.abc import Iterator
from typing import Any

import pytest
from gpiozero import Device
from gpiozero.pins.mock import MockFactory

from devices import registry
from devices.errors import DeviceLost
from devices.kinds import DeviceInfo, DoorCounter, Kind
from devices.pulse_counter import driver
from hardware_sim.pulse_counter import PulseCounter as SimulatedDoor
from hardware_sim.world import World

PORT = "gpio:17,27"


class Door:
    """Pins, people and time."""

    def __init__(self, pins: MockFactory, broken_high: bool = True) -> None:
        self.world = World()
        self.now_ms = 1_000_000
        self.pins = [pins.pin(17), pins.pin(27)]
        self._broken_high = broken_high
        self.simulated = SimulatedDoor(self.world, self.set_beam)

    def set_beam(self, beam: int, broken: bool) -> None:
        pin = self.pins[beam]
        if broken == self._broken_high:
            pin.drive_high()
        else:
            pin.drive_low()

    def clear(self) -> None:
        for beam in (0, 1):
            self.set_beam(beam, False)

    def pass_time(self, counter: DoorCounter, until_ms: int, step_ms: int = 1) -> None:
        """Every millisecond the pins move; read every second, as the kiosk does."""
        while self.now_ms < until_ms:
            self.now_ms += step_ms
            self.simulated.tick(self.now_ms)
            if self.now_ms % 1000 < step_ms:
                counter.read()

    def walk(self, counter: DoorCounter, entries: int = 0, exits: int = 0) -> None:
        self.world.door.entries += entries
        self.world.door.exits += exits
        self.simulated.tick(self.now_ms)
        self.pass_time(counter, self.simulated.busy_until_ms())


@pytest.fixture
def pins(monkeypatch: pytest.MonkeyPatch) -> Iterator[MockFactory]:
    factory = MockFactory()
    monkeypatch.setattr(Device, "pin_factory", factory)
    yield factory
    factory.close()


@pytest.fixture
def door(pins: MockFactory, monkeypatch: pytest.MonkeyPatch) -> Door:
    door = Door(pins)
    monkeypatch.setattr(driver, "monotonic_ms", lambda: door.now_ms)
    return door


@pytest.fixture
def counter(door: Door) -> Iterator[DoorCounter]:
    counter: Any = registry.open_device("pulse_counter", PORT)
    door.clear()
    yield counter
    counter.close()


def test_it_says_what_it_is(counter: DoorCounter) -> None:
    assert counter.info == DeviceInfo(Kind.DOOR_COUNTER, "pulse_counter", PORT)


def test_people_walk_through_the_door(counter: DoorCounter, door: Door) -> None:
    door.walk(counter, entries=7, exits=3)
    count = counter.read()
    assert (count.entries, count.exits, count.passages, count.trouble) == (7, 3, 0, "")


def test_a_coat_before_a_beam_is_told_and_taken_away(counter: DoorCounter, door: Door) -> None:
    door.simulated.stuck.add(0)
    door.set_beam(0, True)
    door.pass_time(counter, door.now_ms + 61_000, step_ms=50)
    assert (
        counter.read().trouble == "beam A (outer) long broken: clean the sensor, look what stands before it"
    )
    door.walk(counter, entries=2, exits=1)
    count = counter.read()
    assert (count.entries, count.exits, count.passages) == (0, 0, 3)
    door.simulated.stuck.clear()
    door.set_beam(0, False)
    door.walk(counter, entries=1)
    count = counter.read()
    assert (count.entries, count.passages, count.trouble) == (1, 3, "")


@pytest.mark.parametrize(
    ("broken", "pull"), [("low", "up"), ("high", "down"), ("low", "none"), ("high", "none")]
)
def test_sensors_the_other_way_round(
    broken: str, pull: str, pins: MockFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    door = Door(pins, broken_high=broken == "high")
    monkeypatch.setattr(driver, "monotonic_ms", lambda: door.now_ms)
    counter: Any = registry.open_device("pulse_counter", PORT, broken=broken, pull=pull)
    door.clear()
    door.walk(counter, entries=2)
    assert counter.read().entries == 2
    counter.close()


def test_one_beam(door: Door) -> None:
    counter: Any = registry.open_device("pulse_counter", "gpio:17")
    door.clear()
    door.walk(counter, entries=3, exits=2)
    count = counter.read()
    assert (count.entries, count.exits, count.passages) == (0, 0, 5)
    counter.close()


def test_a_cut_wire_is_a_broken_beam(counter: DoorCounter, door: Door) -> None:
    """The pull-up takes the pin, so that a torn cable is told instead of counting nobody for ever."""
    door.pins[1].drive_high()
    door.pass_time(counter, door.now_ms + 61_000, step_ms=50)
    assert counter.read().trouble.startswith("beam B (inner) long broken")


def test_a_loose_wire_is_told(counter: DoorCounter, door: Door) -> None:
    for n in range(driver.MOST_EDGES + 2):
        door.set_beam(0, n % 2 == 0)
    assert counter.read().trouble.startswith("more edges than people make")


def test_every_run_counts_from_zero_and_has_a_name_of_its_own(counter: DoorCounter, door: Door) -> None:
    door.walk(counter, entries=2)
    first = counter.read()
    counter.close()
    again: Any = registry.open_device("pulse_counter", PORT)
    second = again.read()
    again.close()
    assert (first.entries, second.entries, first.forgets) == (2, 0, True)
    assert first.series != second.series


def test_closed_is_lost(counter: DoorCounter) -> None:
    counter.close()
    counter.close()
    with pytest.raises(DeviceLost, match=r"gpio:17,27: read: the pins are closed"):
        counter.read()


def test_taken_pins_are_lost(counter: DoorCounter) -> None:
    with pytest.raises(DeviceLost, match=r"gpio:17: open: .*check pin numbers and who else uses them"):
        registry.open_device("pulse_counter", "gpio:17")


@pytest.mark.parametrize("port", ["/dev/ttyUSB0", "gpio:17,17", "gpio:", "gpio:1,2,3", "gpio:99"])
def test_a_port_that_names_no_pins(port: str, pins: MockFactory) -> None:
    with pytest.raises(DeviceLost, match=f"{port}: open: .*(expected a port such as|check pin numbers)"):
        registry.open_device("pulse_counter", port)


@pytest.mark.parametrize("options", [{"spacing_mm": 0}, {"broken": "no"}, {"stuck_ms": 5}, {"bounce": 1}])
def test_options_that_make_no_sense(options: dict[str, Any]) -> None:
    with pytest.raises(registry.BadOption, match=next(iter(options))):
        registry.arguments("pulse_counter", options)
