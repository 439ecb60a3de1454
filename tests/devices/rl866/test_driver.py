"""The RL866 driver against its simulator over a real terminal, on good wires and bad."""

import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from devices.errors import BadFrame, DeviceLost, DeviceRefused
from devices.kinds import TagSighting, TagSystem
from devices.port import LineSettings
from devices.rl866.driver import Rl866
from devices.rl866.protocol import Frame, Reply, Status
from hardware_sim.faults import FAULTS, GOOD_WIRE, Faults
from hardware_sim.pty_link import LineSpeed, PtyLink
from hardware_sim.rl866 import MOST_HANDLES
from hardware_sim.rl866 import Rl866 as Reader
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
def pad(link: PtyLink) -> Iterator[Rl866]:
    pad = Rl866(str(link.path))
    yield pad
    pad.close()


@pytest.fixture
def uid(world: World) -> bytes:
    return world.chip("1").uid


def test_it_says_what_it_is(pad: Rl866, link: PtyLink) -> None:
    assert (pad.info.model, pad.info.port) == ("rl866", str(link.path))


def test_an_empty_pad(pad: Rl866, world: World) -> None:
    world.lift("1")
    assert pad.inventory() == ()


def test_twenty_tags_come_in_two_answers_and_each_once(pad: Rl866, world: World) -> None:
    world.put(*world.tags)
    assert set(pad.inventory()) == {TagSighting(each.uid, 0x06) for each in world.tags.values()}
    assert len(pad.inventory()) == 20


def test_registers_and_memory(pad: Rl866, uid: bytes) -> None:
    assert pad.system_info(uid) == TagSystem(uid, dsfid=0x06, afi=0x07, block_size=4, block_count=28)
    assert pad.read_blocks(uid, 0, 28) == MEMORY
    assert pad.read_blocks(uid, 3, 2) == MEMORY[12:20]


@pytest.mark.parametrize("block_size, blocks", [(4, 80), (8, 64)])
def test_memory_larger_than_one_frame(
    pad: Rl866, world: World, uid: bytes, block_size: int, blocks: int
) -> None:
    memory = bytes(i % 251 for i in range(blocks * block_size))
    world.chip("1").memory[:] = memory
    world.chip("1").block_size = block_size
    assert pad.read_blocks(uid, 0, blocks) == memory


def test_written_bytes_lie_in_memory_order(pad: Rl866, world: World, uid: bytes) -> None:
    pad.write_blocks(uid, 2, bytes(range(200, 248)))
    assert world.chip("1").memory == MEMORY[:8] + bytes(range(200, 248)) + MEMORY[56:]


def test_half_a_block_is_not_written(pad: Rl866, uid: bytes) -> None:
    with pytest.raises(ValueError, match="no whole blocks of 4"):
        pad.write_blocks(uid, 0, b"abcdef")


def test_both_security_bits(pad: Rl866, world: World, uid: bytes) -> None:
    pad.write_afi(uid, 0xC2)
    pad.write_eas(uid, True)
    assert (world.chip("1").afi, world.chip("1").eas) == (0xC2, True)
    pad.write_eas(uid, False)
    assert not world.chip("1").eas


def test_more_tags_one_after_the_other_than_the_reader_has_connections(pad: Rl866, world: World) -> None:
    world.put(*world.tags)
    assert len(world.tags) > MOST_HANDLES
    read = {each.uid: pad.read_blocks(each.uid, 0, 1) for each in world.tags.values()}
    assert set(read.values()) == {MEMORY[:4]}


def test_a_tag_known_already_costs_one_question(pad: Rl866, world: World, link: PtyLink, uid: bytes) -> None:
    asked: list[bytes] = []

    class Counting(Reader):
        def receive(self, data: bytes) -> bytes:
            asked.append(data)
            return super().receive(data)

    link.simulator = Counting(world)
    pad.read_blocks(uid, 0, 8)
    pad.read_blocks(uid, 0, 8)
    pad.system_info(uid)
    assert len(asked) == 4


def test_a_handle_given_twice_stands_for_the_later_tag_only(
    pad: Rl866, world: World, link: PtyLink, uid: bytes
) -> None:
    """A reader that keeps one connection and calls it 1 each time: believing it of both is the wrong book."""

    class OneConnection(Reader):
        def _connect(self, fields: bytes) -> tuple[Status, bytes]:
            self._handles.clear()
            return super()._connect(fields)

    link.simulator = OneConnection(world)
    world.chip("2").memory[:] = bytes(112)
    world.put("2")
    other = world.chip("2").uid
    reads = [pad.read_blocks(each, 0, 8) for each in (uid, other, uid, other)]
    assert reads == [MEMORY[:32], bytes(32)] * 2


def test_a_dsfid_that_is_not_there_afterwards_is_told(
    pad: Rl866, world: World, link: PtyLink, uid: bytes
) -> None:
    class Other(Reader):
        def _write_dsfid(self, uid: bytes, parameters: bytes) -> bytes:
            return b""

    link.simulator = Other(world)
    with pytest.raises(BadFrame, match="the reader did something else"):
        pad.write_dsfid(uid, 0x3E)


def test_a_reader_that_forgot_its_connections_is_connected_anew(
    pad: Rl866, world: World, link: PtyLink, uid: bytes
) -> None:
    pad.system_info(uid)
    link.simulator = Reader(world)
    assert pad.read_blocks(uid, 0, 2) == MEMORY[:8]


def test_the_data_model_and_blocks_for_ever(pad: Rl866, world: World, uid: bytes) -> None:
    pad.write_dsfid(uid, 0x3E)
    pad.lock_blocks(uid, 2, 3)
    assert (world.chip("1").dsfid, world.chip("1").locked_blocks) == (0x3E, {2, 3, 4})
    with pytest.raises(DeviceRefused, match="the block is locked"):
        pad.lock_blocks(uid, 4, 1)


def test_a_tag_that_is_gone(pad: Rl866, world: World, uid: bytes) -> None:
    world.lift("1")
    with pytest.raises(DeviceRefused, match=r"kiosk-pad: write AFI C2h of e0040100.*no such tag") as refusal:
        pad.write_afi(uid, 0xC2)
    assert refusal.value.status == Status.NO_TAG


def test_a_write_that_fails_twice_succeeds_and_one_that_fails_for_ever_is_refused(
    pad: Rl866, world: World, uid: bytes
) -> None:
    world.chip("1").write_fails = 2
    pad.write_afi(uid, 0xC2)
    assert world.chip("1").afi == 0xC2
    world.chip("1").write_fails = 99
    with pytest.raises(DeviceRefused) as refusal:
        pad.write_afi(uid, 0x07)
    assert refusal.value.status == Status.AIR_WRITE
    assert world.chip("1").write_fails == 96


def test_a_torn_write_is_told(pad: Rl866, world: World, uid: bytes) -> None:
    world.chip("1").write_fails = 3
    with pytest.raises(DeviceRefused, match=r"write block 2 of .*\(status 401h\)"):
        pad.write_blocks(uid, 2, bytes(16))
    assert world.chip("1").memory == MEMORY[:8] + bytes(8) + MEMORY[16:]


def test_a_locked_block_is_refused_at_once(pad: Rl866, world: World, uid: bytes) -> None:
    world.chip("1").locked_blocks = {2}
    with pytest.raises(DeviceRefused, match="the block is locked or does not exist"):
        pad.write_blocks(uid, 2, bytes(4))
    assert world.chip("1").memory == MEMORY


def test_blocks_that_do_not_exist(pad: Rl866, uid: bytes) -> None:
    with pytest.raises(DeviceRefused, match="the block is locked or does not exist"):
        pad.read_blocks(uid, 26, 4)


def test_a_tag_that_answers_for_another_is_not_believed(pad: Rl866, world: World, uid: bytes) -> None:
    world.chip("1").misnamed_answers = 1
    with pytest.raises(BadFrame, match="answered instead"):
        pad.system_info(uid)


# -- bad wires -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["none", "byte_by_byte", "noisy", "late"])
def test_everything_works_over_a_wire_that_loses_nothing(
    link: PtyLink, world: World, uid: bytes, name: str
) -> None:
    link.faults = FAULTS[name]
    world.put(*world.tags)
    pad = Rl866(str(link.path))
    assert len(pad.inventory()) == 20
    assert pad.read_blocks(uid, 0, 9) == MEMORY[:36]
    pad.write_afi(uid, 0xC2)
    assert world.chip("1").afi == 0xC2
    pad.close()


def test_silence_is_a_loss_within_a_bound(link: PtyLink, pad: Rl866) -> None:
    link.faults = FAULTS["silent"]
    began = time.monotonic()
    with pytest.raises(DeviceLost, match=r"inventory: no answer within .* check cable and power"):
        pad.inventory()
    assert time.monotonic() - began < 2.5


def test_garbled_answers_are_a_bad_frame_and_then_it_recovers(link: PtyLink, pad: Rl866) -> None:
    link.faults = FAULTS["garbled"]
    with pytest.raises(BadFrame):
        pad.inventory()
    link.faults = GOOD_WIRE
    assert len(pad.inventory()) == 1


def test_an_answer_that_comes_too_late_is_never_taken_for_the_next_one(
    link: PtyLink, pad: Rl866, world: World, uid: bytes
) -> None:
    """The answer to a read names neither tag nor block: believing an old one would be the wrong book."""
    world.chip("2").memory[:] = bytes(112)
    world.put("2")
    pad.system_info(world.chip("2").uid)
    pad.system_info(uid)
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


def test_out_of_step_it_resynchronises(link: PtyLink, pad: Rl866, world: World) -> None:
    class Strict(Reader):
        """Answers nothing but a resynchronisation until it got one."""

        in_step = False

        def _answer(self, frame: Frame) -> bytes:
            if frame.inf and not self.in_step:
                return Reply(frame.inf[0], Status.SEQUENCE_ERROR, b"").frame(frame.pcb, 1).encode()
            self.in_step = True
            return super()._answer(frame)

    link.simulator = Strict(world)
    assert len(pad.inventory()) == 1


def test_nothing_at_all_on_the_line(link: PtyLink) -> None:
    link.faults = replace(GOOD_WIRE, deaf=True)
    with pytest.raises(DeviceLost, match="resynchronise: no answer"):
        Rl866(str(link.path))


def test_the_wrong_speed(link: PtyLink) -> None:
    with pytest.raises(DeviceLost):
        Rl866(str(link.path), line=LineSettings(9600, "E"))
