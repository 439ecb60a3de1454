"""The pad over a UHF reader: both layouts of tags, their security values, and what must not be believed."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from devices.kinds import TagsChanged
from devices.pad import Pad
from devices.tag_data import Model, TagContent, Unreadable
from devices.uhf_reader18.driver import UhfReader18
from hardware_sim.world import AFI_IN_LIBRARY, AFI_ON_LOAN, Chip, World
from tests import vectors
from tests.devices.benches import WiredBench, one_book
from tests.devices.pads import tid

CONSORTIUM = next(each for each in vectors.load_rfid()["uhf"] if "epc" in each)
CONSORTIUM_MEMORY = bytes.fromhex(CONSORTIUM["epc"] + CONSORTIUM["user"])
PASSING_FOR_HF = bytes.fromhex("412419c206afdfbdd431").ljust(64, b"\0")
"""An ISO tag whose bank 01 begins like a tag of ISO 28560-2."""
ON_LOAN_BIT = 0x80
CONSORTIUM_TID, PASSING_TID = (
    bytes.fromhex(f"{chip} 2000 7777 0101 0001") for chip in ("E280 1105", "E280 6810")
)
"""Chips of other models: a reader takes all of one model to have as much memory."""


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[WiredBench]:
    with one_book("uhf_reader18", tmp_path) as bench:
        bench.world.tags["consortium"] = Chip(CONSORTIUM_TID, bytearray(CONSORTIUM_MEMORY))
        bench.world.tags["passing"] = Chip(PASSING_TID, bytearray(PASSING_FOR_HF))
        yield bench


@pytest.fixture
def world(bench: WiredBench) -> World:
    return bench.world


@pytest.fixture
def driver(bench: WiredBench) -> Iterator[UhfReader18]:
    driver = UhfReader18(bench.port)
    yield driver
    driver.close()


def told(pad: Pad, polls: int = 3) -> TagsChanged:
    """The last that so many looks told."""
    changed = [each for each in (pad.poll() for _ in range(polls)) if each]
    return changed[-1]


def test_both_layouts_among_each_other(driver: UhfReader18, world: World) -> None:
    world.put("consortium", "2")
    contents = {tag.uid: tag.content for tag in told(Pad(driver)).tags}
    models = {uid: content.model for uid, content in contents.items() if isinstance(content, TagContent)}
    iso, consortium = Model.ISO_28560_4, Model.GAOXIAO
    assert models == {tid(1): iso, tid(2): iso, CONSORTIUM_TID: consortium}


@pytest.mark.parametrize("label", ["1", "consortium"])
def test_the_security_value_is_written_and_read_back_and_is_no_news(
    driver: UhfReader18, world: World, label: str
) -> None:
    world.lift("1")
    world.put(label)
    pad, chip = Pad(driver), world.chip(label)
    before = told(pad).tags[0].content
    for afi in (AFI_ON_LOAN, AFI_IN_LIBRARY, AFI_ON_LOAN):
        pad.write_afi(chip.uid, afi)
        assert pad.read_afi(chip.uid) == afi
        shown = (
            chip.memory[4] & ON_LOAN_BIT == 0x80 if label == "consortium" else chip.memory[3] == AFI_ON_LOAN
        )
        assert shown == (afi == AFI_ON_LOAN)
    assert [pad.poll() for _ in range(3)] == [None] * 3
    world.lift(label)
    assert told(pad, polls=4).tags == ()
    world.put(label)
    (tag,) = told(pad).tags
    assert (tag.content, tag.afi) == (before, AFI_ON_LOAN)


def test_a_uhf_tag_never_passes_for_an_hf_book(driver: UhfReader18, world: World) -> None:
    world.lift("1")
    world.put("passing")
    for models in (None, [Model.ISO_28560_2, Model.ISO_28560_4]):
        (tag,) = told(Pad(driver, models)).tags
        assert isinstance(tag.content, TagContent) and tag.content.model is Model.ISO_28560_4
    (tag,) = told(Pad(driver, [Model.ISO_28560_2])).tags
    assert isinstance(tag.content, Unreadable) and "a UHF tag" in tag.content.reason


def test_a_tag_that_cannot_be_read_is_shown_and_tried_again(driver: UhfReader18, world: World) -> None:
    pad = Pad(driver)
    driver.inventory()
    world.chip("1").read_fails = 3
    first = told(pad, polls=2).tags[0].content
    assert isinstance(first, Unreadable) and "读不到标签" in first.reason
    later = told(pad, polls=8).tags[0].content
    assert isinstance(later, TagContent) and later.primary_item_id == "AB000001"
