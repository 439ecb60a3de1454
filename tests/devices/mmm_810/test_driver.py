"""The 3M 810 driver against its simulator over a real terminal, on good wires and bad."""

import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from devices.errors import BadFrame, DeviceLost, DeviceRefused
from devices.kinds import TagSighting, TagSystem
from devices.mmm_810.driver import Mmm810
from devices.mmm_810.protocol import Error, Frame
from devices.port import LineSettings
from hardware_sim.faults import FAULTS, GOOD_WIRE, Faults
from hardware_sim.mmm_810 import Mmm810 as Reader
from hardware_sim.pty_link import LineSpeed, PtyLink
from hardware_sim.world import Chip, World

MEMORY = bytes(range(112))


def chip(number: int) -> Chip:
    return Chip(uid=bytes.fromhex("E0040100") + number.to_bytes(4), memory=bytearray(MEMORY))


@pytest.fixture
def world() -> World:
    world = World(tags={str(number): chip(number) for number in range(20)})
    world.put("1")
    return world


@pytest.fixture
def link(world: World, tmp_path: Path) -> Iterator[PtyLink]:
    with PtyLink(Reader(world), tmp_path / "kiosk-pad", line=LineSpeed((19200,))) as link:
        yield link


@pytest.fixture
def pad(link: PtyLink) -> Iterator[Mmm810]:
    pad = Mmm810(str(link.path))
    yield pad
    pad.close()


@pytest.fixture
def uid(world: World) -> bytes:
    return world.chip("1").uid


def test_it_says_who_it_is(pad: Mmm810, link: PtyLink) -> None:
    assert (pad.info.model, pad.info.firmware, pad.info.port) == ("mmm_810", "3.2.6", str(link.path))


def test_an_empty_pad(pad: Mmm810, world: World) -> None:
    world.lift("1")
    assert pad.inventory() == ()


def test_twenty_tags_each_once(pad: Mmm810, world: World) -> None:
    world.put(*world.tags)
    assert set(pad.inventory()) == {TagSighting(each.uid, 0x06) for each in world.tags.values()}
    assert len(pad.inventory()) == 20


def test_registers_and_memory(pad: Mmm810, uid: bytes) -> None:
    assert pad.system_info(uid) == TagSystem(uid, dsfid=0x06, afi=0x07, block_size=4, block_count=28)
    assert pad.read_blocks(uid, 0, 28) == MEMORY
    assert pad.read_blocks(uid, 3, 2) == MEMORY[12:20]


def test_memory_larger_than_is_read_at_once(pad: Mmm810, world: World, uid: bytes) -> None:
    memory = bytes(i % 251 for i in range(320))
    world.chip("1").memory[:] = memory
    assert pad.read_blocks(uid, 0, 80) == memory


def test_a_tag_of_larger_blocks_than_the_reader_handles(pad: Mmm810, world: World, uid: bytes) -> None:
    world.chip("1").block_size = 8
    with pytest.raises(DeviceRefused, match="blocks of 8 bytes, the reader handles blocks of 4 only"):
        pad.system_info(uid)


def test_written_bytes_lie_in_memory_order(pad: Mmm810, world: World, uid: bytes) -> None:
    pad.write_blocks(uid, 2, bytes(range(200, 248)))
    assert world.chip("1").memory == MEMORY[:8] + bytes(range(200, 248)) + MEMORY[56:]


def test_half_a_block_is_not_written(pad: Mmm810, uid: bytes) -> None:
    with pytest.raises(ValueError, match="no whole blocks of 4"):
        pad.write_blocks(uid, 0, b"abcdef")


def test_both_security_bits(pad: Mmm810, world: World, uid: bytes) -> None:
    pad.write_afi(uid, 0xC2)
    pad.write_eas(uid, True)
    assert (world.chip("1").afi, world.chip("1").eas) == (0xC2, True)
    pad.write_eas(uid, False)
    assert not world.chip("1").eas


def test_the_data_model_and_blocks_for_ever(pad: Mmm810, world: World, uid: bytes) -> None:
    pad.write_dsfid(uid, 0x3E)
    pad.lock_blocks(uid, 2, 3)
    assert (world.chip("1").dsfid, world.chip("1").locked_blocks) == (0x3E, {2, 3, 4})
    with pytest.raises(DeviceRefused, match="lock block 4"):
        pad.lock_blocks(uid, 4, 1)


def test_a_tag_that_is_gone(pad: Mmm810, world: World, uid: bytes) -> None:
    world.lift("1")
    with pytest.raises(DeviceRefused, match=r"kiosk-pad: write AFI C2h of e0040100.*over the air") as refusal:
        pad.write_afi(uid, 0xC2)
    assert refusal.value.status == Error.TAG_SILENT


def test_a_write_that_fails_twice_succeeds_and_one_that_fails_for_ever_is_refused(
    pad: Mmm810, world: World, uid: bytes
) -> None:
    world.chip("1").write_fails = 2
    pad.write_afi(uid, 0xC2)
    assert world.chip("1").afi == 0xC2
    world.chip("1").write_fails = 99
    with pytest.raises(DeviceRefused) as refusal:
        pad.write_afi(uid, 0x07)
    assert refusal.value.status == Error.TAG_SILENT
    assert world.chip("1").write_fails == 96


def test_a_torn_write_is_told(pad: Mmm810, world: World, uid: bytes) -> None:
    world.chip("1").write_fails = 3
    with pytest.raises(DeviceRefused, match=r"write block 2 of .*\(status 06h\)"):
        pad.write_blocks(uid, 2, bytes(16))
    assert world.chip("1").memory == MEMORY[:8] + bytes(8) + MEMORY[16:]


def test_a_locked_block_is_refused(pad: Mmm810, world: World, uid: bytes) -> None:
    world.chip("1").locked_blocks = {2}
    with pytest.raises(DeviceRefused, match="write block 2"):
        pad.write_blocks(uid, 2, bytes(4))
    assert world.chip("1").memory == MEMORY


def test_blocks_that_do_not_exist(pad: Mmm810, uid: bytes) -> None:
    with pytest.raises(DeviceRefused, match="read blocks 26 to 29"):
        pad.read_blocks(uid, 26, 4)


# -- bad wires -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["none", "byte_by_byte", "noisy", "late"])
def test_everything_works_over_a_wire_that_loses_nothing(
    link: PtyLink, world: World, uid: bytes, name: str
) -> None:
    link.faults = FAULTS[name]
    world.put(*world.tags)
    pad = Mmm810(str(link.path))
    assert len(pad.inventory()) == 20
    assert pad.read_blocks(uid, 0, 9) == MEMORY[:36]
    pad.write_afi(uid, 0xC2)
    assert world.chip("1").afi == 0xC2
    pad.close()


def test_silence_is_a_loss_within_a_bound(link: PtyLink, pad: Mmm810) -> None:
    link.faults = FAULTS["silent"]
    began = time.monotonic()
    with pytest.raises(DeviceLost, match=r"inventory: no answer within .* check cable and power"):
        pad.inventory()
    assert time.monotonic() - began < 2.5


def test_garbled_answers_are_a_bad_frame_and_then_it_recovers(link: PtyLink, pad: Mmm810) -> None:
    link.faults = FAULTS["garbled"]
    with pytest.raises(BadFrame):
        pad.inventory()
    link.faults = GOOD_WIRE
    assert len(pad.inventory()) == 1


def test_an_answer_that_comes_too_late_is_never_taken_for_the_next_one(
    link: PtyLink, pad: Mmm810, world: World, uid: bytes
) -> None:
    link.faults = Faults(late_s=1.0)
    with pytest.raises((DeviceLost, BadFrame)):
        pad.inventory()
    world.lift("1")
    link.faults = GOOD_WIRE
    seen = None
    while seen is None:
        try:
            seen = pad.inventory()
        except (DeviceLost, BadFrame):
            continue
    assert seen == ()


def test_a_tag_that_answers_for_another_is_not_believed(link: PtyLink, pad: Mmm810, uid: bytes) -> None:
    class Liar:
        def receive(self, data: bytes) -> bytes:
            return Frame(0x09, b"\x00" + bytes.fromhex("E004010099999999")).encode()

        def tick(self, now: float) -> bytes:
            return b""

    link.simulator = Liar()
    with pytest.raises(BadFrame, match="another tag answered"):
        pad.write_afi(uid, 0xC2)


def test_nothing_at_all_on_the_line(link: PtyLink) -> None:
    link.faults = replace(GOOD_WIRE, deaf=True)
    with pytest.raises(DeviceLost, match="identify: no answer"):
        Mmm810(str(link.path))


def test_the_wrong_speed(link: PtyLink) -> None:
    with pytest.raises(DeviceLost):
        Mmm810(str(link.path), line=LineSettings(9600))
