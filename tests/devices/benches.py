"""One device of any model, simulated and within reach: how to use it, what it must answer, what it is spared.

A wired one lies behind a pseudo-terminal that misbehaves on demand; beams are on gpiozero's mock pins.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path
from typing import Any, Protocol

from devices import registry
from devices.kinds import Device, DoorCounter, IdNumber, Kind, PaperState, PrinterStatus
from hardware_sim.registry import SimulatedDevice
from hardware_sim.sdt_idcard import Person, id_card
from hardware_sim.world import AFI_IN_LIBRARY, AFI_ON_LOAN, Card, Door, World
from tests.devices.pads import TAGS, books
from tests.devices.pulse_counter.test_driver import PORT
from tests.devices.pulse_counter.test_driver import Door as PinDoor

# -- what each kind is used for, and must answer -------------------------------------------------------------

ID_NUMBER = "11010519491231002X"
CARD_UID = bytes.fromhex("04A1B2C3")
CODE = "9787302511625"
ENTRIES, EXITS = 7, 3
SCAN_WAIT_S, SCAN_WAITS = 2.0, 10
"""After a wait without a code a scanner is asked whether it is there."""


def use_tag_reader(reader: Any, world: World) -> object:
    """Who is there, what one of them bears, and its security byte written and read back."""
    uids = {tag.uid for tag in reader.inventory()}
    chip = world.chip("1")
    memory = reader.read_blocks(chip.uid, 0, 2)
    afis = []
    for afi in (AFI_ON_LOAN, AFI_IN_LIBRARY):
        reader.write_afi(chip.uid, afi)
        afis.append((reader.system_info(chip.uid).afi, chip.afi))
    with world.lock:
        there = {each.uid for each in world.tags.values()}
        return len(uids & there), uids - there, memory[4:8] == chip.memory[4:8], afis


def use_card_reader(reader: Any, world: World) -> object:
    """The card is laid there anew: an ID card reader tells it only once."""
    with world.lock:
        world.card = id_card(Person(ID_NUMBER)) if reader.info.model == "sdt_idcard" else Card(CARD_UID)
    tapped = reader.sense()
    return tapped.uid, tapped.content


def use_scanner(scanner: Any, world: World) -> object:
    with world.lock:
        world.scans.append(CODE)
    waits = (scanner.read(timeout_s=SCAN_WAIT_S) for _ in range(SCAN_WAITS))
    return next(code.text for code in waits if code)


def use_printer(printer: Any, world: World) -> object:
    return printer.status()


def use_counter(counter: Any, world: World) -> object:
    count = counter.read()
    return count.entries, count.exits


@dataclass(frozen=True)
class Use:
    act: Callable[[Any, World], object]
    answer: object


USES: dict[Kind, Use] = {
    Kind.TAG_READER: Use(
        use_tag_reader,
        (TAGS, set(), True, [(AFI_ON_LOAN, AFI_ON_LOAN), (AFI_IN_LIBRARY, AFI_IN_LIBRARY)]),
    ),
    Kind.CARD_READER: Use(use_card_reader, (CARD_UID, None)),
    Kind.SCANNER: Use(use_scanner, CODE),
    Kind.RECEIPT_PRINTER: Use(use_printer, PrinterStatus(PaperState.OK)),
    Kind.DOOR_COUNTER: Use(use_counter, (ENTRIES, EXITS)),
}
OTHER_ANSWERS: dict[str, object] = {"sdt_idcard": (b"", IdNumber(ID_NUMBER))}
"""Of models that tell something else than their kind does."""


def answer_of(model: str) -> object:
    return OTHER_ANSWERS.get(model, USES[registry.MODELS[model].kind].answer)


# -- what each model must stand --------------------------------------------------------------------------


class Trial(Enum):
    """What befalls a device. The first four are wires that lose nothing (`hardware_sim.faults.FAULTS`)."""

    WHOLE = "none"
    BYTE_BY_BYTE = "byte_by_byte"
    NOISY = "noisy"
    LATE = "late"
    AFTER_NOISE = "after_noise"
    SILENCE = "silent"
    REPLUG = "replug"
    WRONG_SPEED = "wrong_speed"
    TAKEN = "taken"
    """Somebody else has its port open."""


WIRES = (Trial.WHOLE, Trial.BYTE_BY_BYTE, Trial.NOISY, Trial.LATE)

_NO_CHECKSUM = "a scanned line has no checksum: noise glued to it cannot be told from it"
_NO_BYTES = "a beam is a level on a pin: there are no bytes"
SPARED: dict[tuple[str, Trial], str] = {
    ("escpos", Trial.NOISY): "its status is a single byte: which of several it is cannot be told",
    (
        "modbus_counter",
        Trial.NOISY,
    ): "a frame begins with a pause: noise glued to it makes a bad frame",
    ("serial_scanner", Trial.NOISY): _NO_CHECKSUM,
    ("serial_scanner", Trial.SILENCE): "it is never asked, so its silence means that nobody scans",
    ("serial_scanner", Trial.WRONG_SPEED): "never asked, and what it sends at a wrong speed is not simulated",
    ("honeywell_scanner", Trial.NOISY): _NO_CHECKSUM,
    ("newland_scanner", Trial.NOISY): _NO_CHECKSUM,
    ("gm65", Trial.NOISY): _NO_CHECKSUM,
    ("wedge_scanner", Trial.NOISY): "the kernel hands over whole key events: there is no noise on that way",
    ("wedge_scanner", Trial.AFTER_NOISE): "the same",
    ("wedge_scanner", Trial.SILENCE): "it is never asked, so its silence means that nobody scans",
    ("wedge_scanner", Trial.WRONG_SPEED): "an event device has no speed",
    ("pulse_counter", Trial.BYTE_BY_BYTE): _NO_BYTES,
    ("pulse_counter", Trial.NOISY): _NO_BYTES,
    ("pulse_counter", Trial.LATE): _NO_BYTES,
    ("pulse_counter", Trial.AFTER_NOISE): _NO_BYTES,
    ("pulse_counter", Trial.SILENCE): "an unbroken beam is silent for as long as nobody comes",
    (
        "pulse_counter",
        Trial.REPLUG,
    ): "a cut cable is a broken beam, and told: see its test_driver",
    ("pulse_counter", Trial.WRONG_SPEED): "a pin has no speed",
}
"""Model and trial that do not go together, and why: the only exceptions there are."""

MAY_SPOIL_ONE = frozenset({"serial_scanner", "honeywell_scanner", "newland_scanner", "gm65"})
"""Text without a checksum: what was noise on the line may take one code with it, and no more."""

PATIENCE_S: dict[str, float] = {
    "devices.escpos.driver.ANSWER_TIMEOUT_S": 5.0,
    "devices.modbus_counter.driver.ANSWER_TIMEOUT_S": 5.0,
    "devices.pn532.wire._SHORTEST_WAIT_S": 5.0,
    "devices.sdt_idcard.driver._ANSWER_S": 5.0,
    "devices.serial_scanner.commanded.ANSWER_S": 5.0,
    "devices.serial_scanner.protocol.IDLE_GAP_S": 5.0,
    "devices.wedge_scanner.protocol.IDLE_GAP_S": 5.0,
    "devices.zebra_ssi.driver.ANSWER_S": 5.0,
}
"""Waits of drivers that ask only once, longer where an answer is expected: a simulated device is a thread
of this very process, and stands still while the machine does something else. Silence meets the true waits."""

ON_PINS = {"pulse_counter": "two beams on the board's own pins"}
"""Models without a wire, and why: their simulator moves pins instead of answering bytes."""


def able(trial: Trial) -> list[str]:
    return [model for model in registry.MODELS if (model, trial) not in SPARED]


# -- within reach ----------------------------------------------------------------------------------------


class Bench(Protocol):
    """One simulated device of `model`, switched on."""

    model: str
    port: str

    def use(self, device: Device) -> object:
        """What it answers when used as its kind is."""


def opened(bench: Bench) -> Device:
    return registry.open_device(bench.model, bench.port)


def used_once(bench: Bench) -> object:
    """Opened, used and closed."""
    device = opened(bench)
    try:
        return bench.use(device)
    finally:
        device.close()


def world_for(model: str) -> World:
    world = World(tags=books(model), card=Card(CARD_UID), door=Door(ENTRIES, EXITS))
    world.put(*world.tags)
    return world


@dataclass
class WiredBench:
    model: str
    world: World
    simulated: SimulatedDevice
    questions: int = field(default=0, init=False)
    """Heard by the device since `listen`."""

    @classmethod
    def plugged(cls, model: str, folder: Path) -> "WiredBench":
        world = world_for(model)
        device = SimulatedDevice(model, world, folder / f"kiosk-{model.replace('_', '-')}", folder)
        device.plug()
        return cls(model, world, device)

    @property
    def port(self) -> str:
        return str(self.simulated.link.path)

    def use(self, device: Device) -> object:
        return USES[registry.MODELS[self.model].kind].act(device, self.world)

    def listen(self) -> None:
        """Count from now on what reaches the device."""
        simulator = self.simulated.link.simulator
        receive = simulator.receive

        def counted(data: bytes) -> bytes:
            self.questions += 1
            return receive(data)

        simulator.receive = counted  # type: ignore[method-assign]


@contextmanager
def one_book(model: str, folder: Path) -> Iterator[WiredBench]:
    """A pad with the tag "1" on it, and TAGS of them at hand."""
    bench = WiredBench.plugged(model, folder)
    bench.world.lift(*bench.world.tags)
    bench.world.put("1")
    yield bench
    bench.simulated.unplug()


@dataclass
class PinBench:
    model: str
    door: PinDoor
    port: str = PORT

    def use(self, device: Any) -> object:
        """So many come and go through beams that nobody else broke."""
        counter: DoorCounter = device
        self.door.clear()
        before = counter.read()
        self.door.walk(counter, ENTRIES, EXITS)
        after = counter.read()
        return after.entries - before.entries, after.exits - before.exits
