"""What every book-tag reader must stand besides `test_conformance.py`: tags that go wrong, and stale answers.

One suite for all four over their own simulators; what only one of them has is in its `test_driver.py`.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from devices.errors import BadFrame, DeviceLost, DeviceRefused
from devices.kinds import TagReader
from devices.tag_data import uhf
from hardware_sim.faults import FAULTS, GOOD_WIRE, Faults
from hardware_sim.rig import UHF_MODELS
from hardware_sim.world import AFI_IN_LIBRARY, AFI_ON_LOAN, Chip, World
from tests.devices.benches import WiredBench, one_book, opened
from tests.devices.pads import (
    BLOCK_SIZE,
    HF_AFI,
    HF_DSFID,
    HF_MEMORY,
    HF_READERS,
    READERS,
    TAGS,
    system,
)
from tests.waiting import wait_for

ATTEMPTS = 3
LATE_S = 1.5
"""Nearly twice as long as a driver waits for an answer."""
hf_only = pytest.mark.parametrize("model", HF_READERS, indirect=True)


@pytest.fixture(params=READERS)
def model(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def bench(model: str, tmp_path: Path) -> Iterator[WiredBench]:
    with one_book(model, tmp_path) as bench:
        yield bench


@pytest.fixture
def world(bench: WiredBench) -> World:
    return bench.world


@pytest.fixture
def chip(world: World) -> Chip:
    return world.chip("1")


@pytest.fixture
def pad(bench: WiredBench) -> Iterator[TagReader]:
    pad: Any = opened(bench)
    yield pad
    pad.close()


def first_free_block(chip: Chip) -> int:
    """A block that neither registers nor a UHF tag's bank 01 lie in."""
    border = 4 + len(uhf.split(bytes(chip.memory)).content) if chip.dsfid != HF_DSFID else 2 * BLOCK_SIZE
    return -(-border // BLOCK_SIZE)


# -- what is there ---------------------------------------------------------------------------------------


def test_it_tells_its_firmware_where_it_can(pad: TagReader, model: str) -> None:
    assert pad.info.firmware == READERS[model].firmware


def test_an_empty_pad(pad: TagReader, world: World) -> None:
    world.lift("1")
    assert pad.inventory() == ()


def test_many_tags_come_in_several_answers_and_each_once(pad: TagReader, world: World) -> None:
    world.put(*world.tags)
    there = {(chip.uid, chip.dsfid) for chip in world.tags.values()}
    for _ in range(2):
        seen = [(tag.uid, tag.dsfid) for tag in pad.inventory()]
        assert (set(seen), len(seen)) == (there, TAGS)


def test_registers_and_memory(pad: TagReader, chip: Chip) -> None:
    memory = bytes(chip.memory)
    told = pad.system_info(chip.uid)
    assert told == system(chip)
    assert pad.read_blocks(chip.uid, 0, told.block_count).ljust(len(memory), b"\0")[: len(memory)] == memory
    assert pad.read_blocks(chip.uid, 3, 2) == memory[12:20]


@hf_only
def test_memory_larger_than_is_read_at_once(pad: TagReader, chip: Chip) -> None:
    memory = bytes(i % 251 for i in range(80 * BLOCK_SIZE))
    chip.memory[:] = memory
    assert pad.read_blocks(chip.uid, 0, 80) == memory


def test_blocks_that_do_not_exist(pad: TagReader, chip: Chip, model: str) -> None:
    count = pad.system_info(chip.uid).block_count
    with pytest.raises(DeviceRefused, match=READERS[model].missing.words):
        pad.read_blocks(chip.uid, count, 4)


# -- writing ---------------------------------------------------------------------------------------------


def test_written_bytes_lie_in_memory_order(pad: TagReader, chip: Chip) -> None:
    before, data = bytes(chip.memory), bytes(range(200, 248))
    first = first_free_block(chip)
    at = first * BLOCK_SIZE
    pad.write_blocks(chip.uid, first, data)
    assert chip.memory == before[:at] + data + before[at + len(data) :]


def test_half_a_block_is_not_written(pad: TagReader, chip: Chip) -> None:
    before = bytes(chip.memory)
    with pytest.raises(ValueError, match="no whole blocks of 4"):
        pad.write_blocks(chip.uid, 0, b"abcdef")
    assert chip.memory == before


def test_the_security_byte_is_written_and_read_back(pad: TagReader, chip: Chip) -> None:
    for afi in (AFI_ON_LOAN, AFI_IN_LIBRARY, AFI_ON_LOAN):
        pad.write_afi(chip.uid, afi)
        assert (pad.system_info(chip.uid).afi, chip.afi) == (afi, afi)


@hf_only
def test_the_other_security_bit(pad: TagReader, chip: Chip) -> None:
    pad.write_eas(chip.uid, True)
    assert (chip.eas, chip.afi) == (True, HF_AFI)
    pad.write_eas(chip.uid, False)
    assert not chip.eas


@hf_only
def test_the_data_model_and_blocks_for_ever(pad: TagReader, chip: Chip) -> None:
    pad.write_dsfid(chip.uid, 0x3E)
    pad.lock_blocks(chip.uid, 2, 3)
    assert (chip.dsfid, chip.locked_blocks) == (0x3E, {2, 3, 4})
    with pytest.raises(DeviceRefused, match=r"lock blocks? 4"):
        pad.lock_blocks(chip.uid, 4, 1)


def test_a_tag_that_is_gone(pad: TagReader, world: World, chip: Chip, model: str) -> None:
    pad.inventory()
    world.lift("1")
    gone = READERS[model].gone
    refused = f"write AFI C2h of {chip.uid[:4].hex()}.*{gone.words}"
    with pytest.raises(DeviceRefused, match=refused) as refusal:
        pad.write_afi(chip.uid, AFI_ON_LOAN)
    assert refusal.value.status == gone.status


def test_a_write_that_fails_twice_succeeds_and_one_that_fails_for_ever_is_refused(
    pad: TagReader, chip: Chip, model: str
) -> None:
    chip.write_fails = ATTEMPTS - 1
    pad.write_afi(chip.uid, AFI_ON_LOAN)
    assert chip.afi == AFI_ON_LOAN
    chip.write_fails = 99
    with pytest.raises(DeviceRefused) as refusal:
        pad.write_afi(chip.uid, AFI_IN_LIBRARY)
    assert (refusal.value.status, chip.write_fails) == (READERS[model].weak.status, 99 - ATTEMPTS)


@hf_only
def test_a_torn_write_names_where_it_stopped(pad: TagReader, chip: Chip, model: str) -> None:
    chip.write_fails = ATTEMPTS
    with pytest.raises(DeviceRefused, match=f"write block 2 of .*{READERS[model].weak.words}"):
        pad.write_blocks(chip.uid, 2, bytes(16))
    assert chip.memory == HF_MEMORY[:8] + bytes(8) + HF_MEMORY[16:]


def test_a_locked_block_is_refused(pad: TagReader, chip: Chip, model: str) -> None:
    before, first = bytes(chip.memory), first_free_block(chip)
    chip.locked_blocks = {first}
    with pytest.raises(DeviceRefused, match=f"write block {first} of .*{READERS[model].locked.words}"):
        pad.write_blocks(chip.uid, first, bytes(4))
    assert chip.memory == before


# -- answers that cannot be believed ----------------------------------------------------------------------


def test_garbled_answers_are_a_bad_frame_and_then_it_recovers(bench: WiredBench, pad: TagReader) -> None:
    bench.simulated.link.faults = FAULTS["garbled"]
    with pytest.raises(BadFrame):
        pad.inventory()
    bench.simulated.link.faults = GOOD_WIRE
    assert len(pad.inventory()) == 1


def test_an_answer_that_comes_too_late_is_never_taken_for_the_next_one(
    bench: WiredBench, pad: TagReader, world: World, chip: Chip
) -> None:
    """The answer to a read names neither tag nor block: believing an old one would be the wrong book."""
    other = world.chip("2")
    if bench.model not in UHF_MODELS:
        other.memory[:] = bytes(len(other.memory))
    world.put("2")
    assert {tag.uid for tag in pad.inventory()} == {chip.uid, other.uid}
    for each in (chip, other):
        pad.system_info(each.uid)
    bench.simulated.link.faults = Faults(late_s=LATE_S)
    with pytest.raises((DeviceLost, BadFrame)):
        pad.read_blocks(chip.uid, 0, 5)
    bench.simulated.link.faults = GOOD_WIRE
    read: list[bytes] = []

    def believed() -> list[bytes]:
        try:
            read.append(pad.read_blocks(other.uid, 0, 5))
        except (DeviceLost, BadFrame):
            read.clear()
        return read

    wait_for(believed, "a read that the driver believes", deadline_s=60)
    assert read == [bytes(other.memory[:20])] != [bytes(chip.memory[:20])]
