"""What only the 3M 810 driver has, over its simulator; the rest is in `tests/devices/test_tag_readers.py`."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from devices.errors import BadFrame, DeviceRefused
from devices.mmm_810.driver import Mmm810
from devices.mmm_810.protocol import Frame
from hardware_sim.pty_link import PtyLink
from hardware_sim.world import World
from tests.devices.benches import WiredBench, one_book


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[WiredBench]:
    with one_book("mmm_810", tmp_path) as bench:
        yield bench


@pytest.fixture
def pad(bench: WiredBench) -> Iterator[Mmm810]:
    pad = Mmm810(bench.port)
    yield pad
    pad.close()


def test_a_tag_of_larger_blocks_than_the_reader_handles(pad: Mmm810, world: World, uid: bytes) -> None:
    world.chip("1").block_size = 8
    with pytest.raises(DeviceRefused, match="blocks of 8 bytes, the reader handles blocks of 4 only"):
        pad.system_info(uid)


def test_a_tag_that_answers_for_another_is_not_believed(link: PtyLink, pad: Mmm810, uid: bytes) -> None:
    class Liar:
        def receive(self, data: bytes) -> bytes:
            return Frame(0x09, b"\x00" + bytes.fromhex("E004010099999999")).encode()

        def tick(self, now: float) -> bytes:
            return b""

    link.simulator = Liar()
    with pytest.raises(BadFrame, match="another tag answered"):
        pad.write_afi(uid, 0xC2)
