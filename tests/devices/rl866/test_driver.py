"""What only the RL866 driver has, over its simulator; the rest is in `tests/devices/test_tag_readers.py`."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from devices.errors import BadFrame
from devices.rl866.driver import Rl866
from devices.rl866.protocol import Frame, Reply, Status
from hardware_sim.pty_link import PtyLink
from hardware_sim.rl866 import MOST_HANDLES
from hardware_sim.rl866 import Rl866 as Reader
from hardware_sim.world import World
from tests.devices.benches import WiredBench, one_book
from tests.devices.pads import HF_MEMORY


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[WiredBench]:
    with one_book("rl866", tmp_path) as bench:
        yield bench


@pytest.fixture
def pad(bench: WiredBench) -> Iterator[Rl866]:
    pad = Rl866(bench.port)
    yield pad
    pad.close()


def test_blocks_of_eight_bytes_more_than_are_read_at_once(pad: Rl866, world: World, uid: bytes) -> None:
    memory = bytes(i % 251 for i in range(64 * 8))
    world.chip("1").memory[:] = memory
    world.chip("1").block_size = 8
    assert pad.read_blocks(uid, 0, 64) == memory


def test_more_tags_one_after_the_other_than_the_reader_has_connections(pad: Rl866, world: World) -> None:
    world.put(*world.tags)
    assert len(world.tags) > MOST_HANDLES
    read = {each.uid: pad.read_blocks(each.uid, 0, 1) for each in world.tags.values()}
    assert set(read.values()) == {HF_MEMORY[:4]}


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
    assert reads == [HF_MEMORY[:32], bytes(32)] * 2


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
    assert pad.read_blocks(uid, 0, 2) == HF_MEMORY[:8]


def test_a_tag_that_answers_for_another_is_not_believed(pad: Rl866, world: World, uid: bytes) -> None:
    world.chip("1").misnamed_answers = 1
    with pytest.raises(BadFrame, match="answered instead"):
        pad.system_info(uid)


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
