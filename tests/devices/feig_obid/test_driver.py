"""The FEIG driver against its simulator over a real terminal, on good wires and bad."""

import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from devices.errors import BadFrame, DeviceLost, DeviceRefused
from devices.feig_obid.driver import FeigObid
from devices.feig_obid.protocol import BLINK, Frame, Status
from devices.kinds import TagSighting, TagSystem
from devices.port import LineSettings
from hardware_sim.faults import FAULTS, GOOD_WIRE, Faults
from hardware_sim.feig_obid import FeigObid as Reader
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
    with PtyLink(Reader(world), tmp_path / "kiosk-pad", line=LineSpeed((38400,), "E")) as link:
        yield link


@pytest.fixture
def pad(link: PtyLink) -> Iterator[FeigObid]:
    pad = FeigObid(str(link.path))
    yield pad
    pad.close()


@pytest.fixture
def uid(world: World) -> bytes:
    return world.chip("1").uid


def test_it_says_who_it_is(pad: FeigObid, link: PtyLink) -> None:
    assert (pad.info.model, pad.info.firmware, pad.info.port) == ("feig_obid", "02.10", str(link.path))


def test_it_tells_its_number_and_shows_itself(pad: FeigObid, link: PtyLink) -> None:
    assert pad.info.serial == "0C1A77D3"
    pad.identify()
    assert link.simulator.outputs == BLINK.parameters


def test_an_older_reader_does_not_know_its_number(link: PtyLink, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Reader, "_information", {})
    pad = FeigObid(str(link.path))
    assert (pad.info.serial, pad.info.firmware) == (None, "02.10")
    pad.close()


def test_an_empty_pad(pad: FeigObid, world: World) -> None:
    world.lift("1")
    assert pad.inventory() == ()


def test_twenty_tags_come_in_several_answers_and_each_once(pad: FeigObid, world: World) -> None:
    world.put(*world.tags)
    expected = {TagSighting(each.uid, 0x06) for each in world.tags.values()}
    assert set(pad.inventory()) == expected
    assert len(pad.inventory()) == 20


def test_registers_and_memory(pad: FeigObid, uid: bytes) -> None:
    assert pad.system_info(uid) == TagSystem(uid, dsfid=0x06, afi=0x07, block_size=4, block_count=28)
    assert pad.read_blocks(uid, 0, 28) == MEMORY
    assert pad.read_blocks(uid, 3, 2) == MEMORY[12:20]


@pytest.mark.parametrize("block_size, blocks", [(4, 80), (8, 64)])
def test_memory_larger_than_the_reader_reads_at_once(
    pad: FeigObid, world: World, uid: bytes, block_size: int, blocks: int
) -> None:
    memory = bytes(i % 251 for i in range(blocks * block_size))
    world.chip("1").memory[:] = memory
    world.chip("1").block_size = block_size
    assert pad.read_blocks(uid, 0, blocks) == memory


def test_written_bytes_lie_in_memory_order(pad: FeigObid, world: World, uid: bytes) -> None:
    pad.write_blocks(uid, 2, bytes(range(200, 248)))
    assert world.chip("1").memory == MEMORY[:8] + bytes(range(200, 248)) + MEMORY[56:]


def test_half_a_block_is_not_written(pad: FeigObid, uid: bytes) -> None:
    with pytest.raises(ValueError, match="no whole blocks of 4"):
        pad.write_blocks(uid, 0, b"abcdef")


def test_both_security_bits(pad: FeigObid, world: World, uid: bytes) -> None:
    pad.write_afi(uid, 0xC2)
    pad.write_eas(uid, True)
    assert (world.chip("1").afi, world.chip("1").eas) == (0xC2, True)
    pad.write_eas(uid, False)
    assert not world.chip("1").eas


def test_a_tag_that_is_gone(pad: FeigObid, world: World, uid: bytes) -> None:
    world.lift("1")
    with pytest.raises(DeviceRefused, match=r"kiosk-pad: write AFI C2h of e0040100.*no such tag") as refusal:
        pad.write_afi(uid, 0xC2)
    assert refusal.value.status == Status.NO_TAG


def test_a_write_that_fails_twice_succeeds_and_one_that_fails_for_ever_is_refused(
    pad: FeigObid, world: World, uid: bytes
) -> None:
    world.chip("1").write_fails = 2
    pad.write_afi(uid, 0xC2)
    assert world.chip("1").afi == 0xC2
    world.chip("1").write_fails = 99
    with pytest.raises(DeviceRefused) as refusal:
        pad.write_afi(uid, 0x07)
    assert refusal.value.status == Status.WRITE_ERROR
    assert world.chip("1").write_fails == 96


def test_a_torn_write_names_the_block_it_stopped_at(pad: FeigObid, world: World, uid: bytes) -> None:
    world.chip("1").write_fails = 3
    with pytest.raises(DeviceRefused, match="block 04h"):
        pad.write_blocks(uid, 2, bytes(16))
    assert world.chip("1").memory == MEMORY[:8] + bytes(8) + MEMORY[16:]


def test_a_locked_block_is_refused_at_once(pad: FeigObid, world: World, uid: bytes) -> None:
    world.chip("1").locked_blocks = {2}
    with pytest.raises(DeviceRefused, match="the tag refuses, tag's error 12h"):
        pad.write_blocks(uid, 2, bytes(4))
    assert world.chip("1").memory == MEMORY


def test_blocks_that_do_not_exist(pad: FeigObid, uid: bytes) -> None:
    with pytest.raises(DeviceRefused, match="tag's error 10h"):
        pad.read_blocks(uid, 26, 4)


# -- bad wires -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["none", "byte_by_byte", "noisy", "late"])
def test_everything_works_over_a_wire_that_loses_nothing(
    link: PtyLink, world: World, uid: bytes, name: str
) -> None:
    link.faults = FAULTS[name]
    world.put(*world.tags)
    pad = FeigObid(str(link.path))
    assert len(pad.inventory()) == 20
    assert pad.read_blocks(uid, 0, 9) == MEMORY[:36]
    pad.write_afi(uid, 0xC2)
    assert world.chip("1").afi == 0xC2
    pad.close()


def test_silence_is_a_loss_within_a_bound(link: PtyLink, pad: FeigObid, uid: bytes) -> None:
    link.faults = FAULTS["silent"]
    began = time.monotonic()
    with pytest.raises(DeviceLost, match=r"inventory: no answer within .* check cable and power"):
        pad.inventory()
    assert time.monotonic() - began < 2.5


def test_garbled_answers_are_a_bad_frame_and_then_it_recovers(link: PtyLink, pad: FeigObid) -> None:
    link.faults = FAULTS["garbled"]
    with pytest.raises(BadFrame):
        pad.inventory()
    link.faults = GOOD_WIRE
    assert len(pad.inventory()) == 1


def test_an_answer_that_comes_too_late_is_never_taken_for_the_next_one(
    link: PtyLink, pad: FeigObid, world: World, uid: bytes
) -> None:
    """The answer to a read names neither tag nor block: believing an old one would be the wrong book."""
    world.chip("2").memory[:] = bytes(112)
    world.put("2")
    pad.system_info(uid)
    pad.system_info(world.chip("2").uid)
    link.faults = Faults(late_s=1.0)
    with pytest.raises((DeviceLost, BadFrame)):
        pad.read_blocks(uid, 0, 9)
    link.faults = GOOD_WIRE
    read = None
    while read is None:
        try:
            read = pad.read_blocks(world.chip("2").uid, 0, 9)
        except (DeviceLost, BadFrame):
            continue
    assert read == bytes(36)


def test_nothing_at_all_on_the_line(link: PtyLink) -> None:
    link.faults = replace(GOOD_WIRE, deaf=True)
    with pytest.raises(DeviceLost, match="identify: no answer"):
        FeigObid(str(link.path))


def test_the_wrong_speed(link: PtyLink) -> None:
    with pytest.raises(DeviceLost):
        FeigObid(str(link.path), line=LineSettings(9600, "E"))


def test_a_tag_that_answers_for_another_is_not_believed(link: PtyLink, pad: FeigObid, uid: bytes) -> None:
    class Liar:
        def receive(self, data: bytes) -> bytes:
            other = bytes.fromhex("E004010099999999")
            return Frame(0xB0, b"\x00\x06" + other + bytes.fromhex("07 03 1B 01"), address=0).encode()

        def tick(self, now: float) -> bytes:
            return b""

    link.simulator = Liar()
    with pytest.raises(BadFrame, match="e004010099999999 answered instead"):
        pad.system_info(uid)
