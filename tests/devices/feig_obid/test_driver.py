"""What only the FEIG driver has, over its simulator; the rest is in `tests/devices/test_tag_readers.py`."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from devices.errors import BadFrame
from devices.feig_obid.driver import FeigObid
from devices.feig_obid.protocol import BLINK, Frame
from hardware_sim.feig_obid import FeigObid as Reader
from hardware_sim.pty_link import PtyLink
from hardware_sim.world import World
from tests.devices.benches import WiredBench, one_book


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[WiredBench]:
    with one_book("feig_obid", tmp_path) as bench:
        yield bench


@pytest.fixture
def pad(bench: WiredBench) -> Iterator[FeigObid]:
    pad = FeigObid(bench.port)
    yield pad
    pad.close()


def test_it_tells_its_number_and_shows_itself(pad: FeigObid, link: PtyLink) -> None:
    assert pad.info.serial == "0C1A77D3"
    pad.identify()
    assert link.simulator.outputs == BLINK.parameters


def test_an_older_reader_does_not_know_its_number(link: PtyLink, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Reader, "_information", {})
    pad = FeigObid(str(link.path))
    assert (pad.info.serial, pad.info.firmware) == (None, "02.10")
    pad.close()


def test_blocks_of_eight_bytes_more_than_are_read_at_once(pad: FeigObid, world: World, uid: bytes) -> None:
    memory = bytes(i % 251 for i in range(64 * 8))
    world.chip("1").memory[:] = memory
    world.chip("1").block_size = 8
    assert pad.read_blocks(uid, 0, 64) == memory


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
