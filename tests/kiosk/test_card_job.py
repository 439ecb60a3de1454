"""What a card reader does all day: arrivals told once, with what is wanted of the card, whole or not."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from devices.kinds import (
    CardRead,
    CardTapped,
    CardTechnology,
    CardUnread,
    IdNumber,
    NdefRead,
    NdefTexts,
    SectorBlock,
    SectorRead,
)
from devices.registry import open_device
from hardware_sim.registry import SimulatedDevice
from hardware_sim.sdt_idcard import Person, id_card
from hardware_sim.world import World
from kiosk.flow.events import Event
from kiosk.jobs import CARD_PACE, FORGET_CARD_AFTER, UNREAD_TRIES, CardJob
from tests.devices.pn532.cards import CLASSIC, KEY_A, KEY_B, NTAG, NUMBER, TEXT_RECORD, WRITTEN_CLASSIC

WANTED: dict[CardTechnology, CardRead] = {
    CardTechnology.MIFARE_CLASSIC: SectorRead(3, 1, KEY_A),
    CardTechnology.TYPE2: NdefRead(),
}
TOLD = CardTapped(CLASSIC.uid, CardTechnology.MIFARE_CLASSIC, SectorBlock(NUMBER.encode() + bytes(2)))
UNREAD = replace(TOLD, content=CardUnread.UNREADABLE)


class Bench:
    """A job on a real driver and wire, polled by hand."""

    def __init__(self, folder: Path, model: str) -> None:
        self.world = World()
        self.now_s = 1000.0
        self.device = SimulatedDevice(model, self.world, folder / "kiosk-card", folder)
        self.device.plug()
        self._reader: Any = open_device(model, str(self.device.link.path))
        self._job = CardJob(self._reader, WANTED.get, clock_s=lambda: self.now_s)
        self.told: list[Event] = []

    def poll(self, times: int = 1) -> list[Event]:
        """What was told by these polls."""
        self.told = []
        for _ in range(times):
            self._job.poll(self.told.append)
        return self.told

    @property
    def pause_s(self) -> float:
        return self._job.pause_s

    def close(self) -> None:
        self._reader.close()
        self.device.unplug()


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    bench = Bench(tmp_path, "pn532")
    yield bench
    bench.close()


@pytest.fixture
def id_bench(tmp_path: Path) -> Iterator[Bench]:
    bench = Bench(tmp_path, "sdt_idcard")
    yield bench
    bench.close()


def test_an_arrival_is_told_once_with_what_the_card_bears(bench: Bench) -> None:
    assert bench.poll(2) == []
    bench.world.card = WRITTEN_CLASSIC
    assert bench.poll(20) == [TOLD]


def test_a_card_that_comes_back_is_read_again(bench: Bench) -> None:
    bench.world.card = WRITTEN_CLASSIC
    bench.poll()
    bench.world.card = None
    assert bench.poll(FORGET_CARD_AFTER) == []
    bench.world.card = WRITTEN_CLASSIC
    assert bench.poll(3) == [TOLD]


def test_a_card_ends_the_rest(bench: Bench) -> None:
    bench.now_s += CARD_PACE.rests_after_s
    bench.poll()
    assert bench.pause_s == CARD_PACE.resting_s
    bench.world.card = WRITTEN_CLASSIC
    assert bench.poll() == [TOLD], "at rest, too, one look is enough"
    assert bench.pause_s == CARD_PACE.brisk_s


def test_another_kind_bears_something_else_and_a_third_nothing_that_is_wanted(bench: Bench) -> None:
    bench.world.card = replace(NTAG, ndef=TEXT_RECORD)
    assert bench.poll(2) == [CardTapped(NTAG.uid, CardTechnology.TYPE2, NdefTexts((NUMBER,)))]
    bench.world.card = replace(NTAG, uid=bytes.fromhex("04A1B2C3D4E5F6"), technology="type4a")
    (told,) = bench.poll(2)
    assert isinstance(told, CardTapped) and told.content is None


def test_a_card_pulled_in_mid_read_is_told_as_unread_and_no_half_number_is(bench: Bench) -> None:
    for after in range(3):
        bench.world.card = replace(WRITTEN_CLASSIC, pulled_after=after)
        assert bench.poll(3) == ([UNREAD] if after < FRAMES else [TOLD])
        bench.world.card = None
        assert bench.poll(FORGET_CARD_AFTER) == []


FRAMES = 2
"""Of a sector that is read: the key, and the block."""


def test_a_card_laid_back_after_a_hasty_tap_is_read(bench: Bench) -> None:
    """Before the reader had even forgotten it."""
    bench.world.card = replace(WRITTEN_CLASSIC, pulled_after=1)
    assert bench.poll() == [UNREAD]
    bench.world.card = WRITTEN_CLASSIC
    assert bench.poll(3) == [TOLD]


def test_a_card_with_another_key_is_told_once(bench: Bench) -> None:
    sector = replace(WRITTEN_CLASSIC.sectors[0], key_a=KEY_B)
    bench.world.card = replace(WRITTEN_CLASSIC, sectors=(sector,))
    assert bench.poll(10) == [replace(TOLD, content=CardUnread.WRONG_KEY)]


def test_a_card_that_can_never_be_read_is_told_once_and_left_alone_after_a_while(bench: Bench) -> None:
    commands: list[bytes] = []
    chip = bench.device.link.simulator
    exchange = chip._radio.exchange  # type: ignore[attr-defined]

    def dying(number: int, command: bytes) -> bytes:
        commands.append(command)
        return b"\x01" if command[:1] == b"\x30" else bytes(exchange(number, command))

    chip._radio.exchange = dying  # type: ignore[attr-defined]
    bench.world.card = WRITTEN_CLASSIC
    assert bench.poll(2 * UNREAD_TRIES) == [UNREAD]
    tried = len(commands)
    bench.poll(5)
    assert len(commands) == tried > UNREAD_TRIES


RESIDENT = id_card(Person("11010519491231002X"))
ID_TOLD = CardTapped(b"", CardTechnology.RESIDENT_ID, IdNumber("11010519491231002X"))
ID_UNREAD = replace(ID_TOLD, content=CardUnread.UNREADABLE)


def test_an_id_card_is_told_once_however_long_it_lies_there(id_bench: Bench) -> None:
    id_bench.world.card = RESIDENT
    assert id_bench.poll(30) == [ID_TOLD]
    id_bench.world.card = None
    assert id_bench.poll(2) == []
    id_bench.world.card = RESIDENT
    assert id_bench.poll(2) == [ID_TOLD]


def test_an_id_card_pulled_in_mid_read_and_laid_back(id_bench: Bench) -> None:
    id_bench.world.card = replace(RESIDENT, pulled_after=0)
    assert id_bench.poll(2) == [ID_UNREAD]
    id_bench.world.card = RESIDENT
    assert id_bench.poll(2) == [ID_TOLD]
