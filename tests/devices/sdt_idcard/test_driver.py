"""The driver on the simulated reader."""

import gc
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from devices.errors import BadFrame, DeviceError, DeviceLost, DeviceRefused
from devices.kinds import CardTapped, CardTechnology, CardUnread, DeviceInfo, IdNumber, Kind, NdefRead
from devices.sdt_idcard.driver import SdtIdcard
from hardware_sim.faults import FAULTS, GOOD_WIRE
from hardware_sim.pty_link import LineSpeed
from hardware_sim.registry import SimulatedDevice
from hardware_sim.sdt_idcard import PHOTO, Person, id_card
from hardware_sim.world import Card, World
from tests.waiting import wait_for

SAMPLE = "11010519491231002X"
TOLD = CardTapped(b"", CardTechnology.RESIDENT_ID, IdNumber(SAMPLE))
UNREAD = CardTapped(b"", CardTechnology.RESIDENT_ID, CardUnread.UNREADABLE)
CARD = id_card(Person(SAMPLE))


@pytest.fixture
def world() -> World:
    return World()


@pytest.fixture
def device(world: World, tmp_path: Path) -> Iterator[SimulatedDevice]:
    device = SimulatedDevice("sdt_idcard", world, tmp_path / "kiosk-idcard", tmp_path)
    device.plug()
    yield device
    device.unplug()


@pytest.fixture
def reader(device: SimulatedDevice) -> Iterator[SdtIdcard]:
    reader = SdtIdcard(str(device.link.path))
    yield reader
    reader.close()


def test_it_says_what_it_is(reader: SdtIdcard, device: SimulatedDevice) -> None:
    serial = "05.03-20115839-0000004362-0000012345"
    assert reader.info == DeviceInfo(Kind.CARD_READER, "sdt_idcard", str(device.link.path), serial=serial)


def test_a_card_is_told_once_and_again_when_it_was_lifted(reader: SdtIdcard, world: World) -> None:
    assert reader.sense() is None
    world.card = CARD
    assert reader.sense() == TOLD
    assert reader.sense() is None, "it lies there still, and must be lifted first"
    world.card = None
    assert reader.sense() is None
    world.card = CARD
    assert reader.sense() == TOLD


@pytest.mark.parametrize(
    ("kind", "number"), [("J", "810000199408230021"), ("Y", "911124198108030024"), ("I", "CAN110081080510")]
)
def test_permits(reader: SdtIdcard, world: World, kind: str, number: str) -> None:
    world.card = id_card(Person(number, kind=kind))
    told = reader.sense()
    assert told is not None and told.content == IdNumber(number)


def test_another_kind_of_card_is_none(reader: SdtIdcard, world: World) -> None:
    world.card = Card(bytes.fromhex("04A1B2C3"))
    assert reader.sense() is None
    world.beside = CARD
    assert reader.sense() == TOLD, "an ID card and a reader card together"


def test_a_card_pulled_away_in_mid_read_is_told_as_that(reader: SdtIdcard, world: World) -> None:
    world.card = replace(CARD, pulled_after=1)
    assert reader.sense() == UNREAD
    world.card = CARD
    assert reader.sense() == TOLD


def test_a_checksum_that_stays_wrong_is_an_unread_card(
    reader: SdtIdcard, world: World, device: SimulatedDevice
) -> None:
    """Find and select answer well; what is read of the card does not."""
    world.card = id_card(Person(SAMPLE))
    honest = device.link.simulator.receive

    def spoilt(data: bytes) -> bytes:
        answer = honest(data)
        return answer[:-1] + bytes([answer[-1] ^ 1]) if len(answer) > 1000 else answer

    device.link.simulator.receive = spoilt  # type: ignore[method-assign]
    assert reader.sense() == UNREAD
    device.link.simulator.receive = honest  # type: ignore[method-assign]
    world.card = CARD
    assert reader.sense() == TOLD


@pytest.mark.parametrize("baud", [57_600, 38_400, 19_200, 9_600])
def test_a_reader_set_to_another_speed_is_found_and_brought_back(
    world: World, device: SimulatedDevice, baud: int
) -> None:
    device.link.simulator.baud = device.link.simulator._next_baud = baud  # type: ignore[attr-defined]
    device.link.line = LineSpeed((baud,))
    world.card = CARD
    reader = SdtIdcard(str(device.link.path))
    assert reader.sense() == TOLD
    wait_for(lambda: device.link.simulator.baud == 115_200, "the usual speed")  # type: ignore[attr-defined]
    reader.close()


def test_a_reader_that_takes_a_new_speed_only_after_power_on_is_used_as_it_is(
    world: World, device: SimulatedDevice
) -> None:
    device.link.line = LineSpeed((19_200,))  # whatever it was told
    device.link.simulator.on_baud = None  # type: ignore[attr-defined]
    world.card = CARD
    reader = SdtIdcard(str(device.link.path))
    assert reader.sense() == TOLD
    reader.close()


@pytest.mark.parametrize("fault", ["late", "byte_by_byte", "noisy"])
def test_bad_wires_that_can_be_read_are_read(world: World, device: SimulatedDevice, fault: str) -> None:
    device.link.faults = FAULTS[fault]
    world.card = CARD
    reader = SdtIdcard(str(device.link.path))
    assert reader.sense() == TOLD
    reader.close()


def test_garbled_answers_are_errors_and_never_another_number(
    world: World, device: SimulatedDevice, reader: SdtIdcard
) -> None:
    device.link.faults = FAULTS["garbled"]
    outcomes = set()
    for _ in range(10):
        world.card = replace(CARD)
        try:
            outcomes.add(reader.sense())
        except DeviceError as error:
            outcomes.add(type(error))  # type: ignore[arg-type]
    assert outcomes <= {None, TOLD, UNREAD, BadFrame, DeviceLost, DeviceRefused}
    assert BadFrame in outcomes
    device.link.faults = GOOD_WIRE
    world.card = replace(CARD)
    assert reader.sense() == TOLD


def test_it_reads_nothing_else(reader: SdtIdcard) -> None:
    with pytest.raises(DeviceRefused, match="nothing but the number"):
        reader.read(TOLD, NdefRead())


PLACE = """
import sys
from pathlib import Path
from hardware_sim.registry import SimulatedDevice
from hardware_sim.sdt_idcard import PHOTO, Person, id_card
from hardware_sim.world import World
link = Path(sys.argv[1])
device = SimulatedDevice("sdt_idcard", World(card=id_card(Person("11010519491231002X"))), link, link.parent)
device.plug()
print("ready", flush=True)
sys.stdin.read()
"""


def test_afterwards_no_object_of_the_process_holds_name_address_or_photo(tmp_path: Path) -> None:
    """The reader is simulated in another process: what it holds is not ours."""
    link = tmp_path / "kiosk-idcard"
    with subprocess.Popen(
        [sys.executable, "-c", PLACE, str(link)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as place:
        assert place.stdout is not None and place.stdin is not None
        assert place.stdout.readline() == b"ready\n"
        person = Person(SAMPLE)
        secrets = [words.encode("utf-16-le") for words in (person.name, person.address)] + [PHOTO[100:140]]
        reader = SdtIdcard(str(link))
        before = copies_in_memory(secrets)
        assert reader.sense() == TOLD
        assert copies_in_memory(secrets) == before
        leak = [b"what a leak would hold: " + secrets[1]]
        assert copies_in_memory(secrets) == before + len(leak)
        reader.close()
        place.stdin.close()


def copies_in_memory(secrets: list[bytes]) -> int:
    """In how many pieces of bytes of this process any of them stands; the tests' own cards are some."""
    return sum(any(secret in piece for secret in secrets) for piece in pieces_in_memory())


def pieces_in_memory() -> Iterator[bytes]:
    """Every piece of bytes that any object of this process refers to, once each."""
    seen: set[int] = set()
    for holder in gc.get_objects():
        for value in gc.get_referents(holder):
            if isinstance(value, bytes | bytearray) and id(value) not in seen:
                seen.add(id(value))
                yield bytes(value)
