"""UHF books as the kiosk's pad sees them: over the real driver and a wire."""

from devices.kinds import TagsChanged
from devices.pad import Pad
from devices.tag_data import Model, TagContent
from devices.uhf_reader18.driver import UhfReader18
from hardware_sim.world import Chip, World
from tests.devices.uhf_reader18.test_driver import CONSORTIUM_MEMORY, link, pad, tid, world

__all__ = ["link", "pad", "world"]


def what_lies_there(reader: UhfReader18) -> TagsChanged:
    looked = Pad(reader)
    told = None
    for _ in range(6):
        told = looked.poll() or told
    assert told is not None
    return told


def test_an_iso_tag_is_a_book_with_its_security_byte(pad: UhfReader18) -> None:
    (tag,) = what_lies_there(pad).tags
    assert isinstance(tag.content, TagContent) and tag.content.model is Model.ISO_28560_4
    assert tag.content.primary_item_id == "AB000001" and tag.afi is not None


def test_a_tag_of_the_university_consortium_is_a_book(world: World, pad: UhfReader18) -> None:
    with world.lock:
        world.tags["consortium"] = Chip(tid(77), bytearray(CONSORTIUM_MEMORY))
        world.pad.clear()
    world.put("consortium")
    (tag,) = what_lies_there(pad).tags
    assert isinstance(tag.content, TagContent) and tag.content.model is Model.GAOXIAO
