"""The sample tags bear what the catalogue says, as the tag codecs read it."""

import pytest

from devices.tag_data import Model, SetInfo, TagContent, Unreadable, decode
from hardware_sim.ils import card_for, chip_for, chips_for, load_catalogue, load_readers

ITEMS = load_catalogue()


def test_every_tag_is_read_as_its_item() -> None:
    read = 0
    for item in ITEMS:
        for chip in chips_for(item):
            content = decode(bytes(chip.memory), chip.dsfid)
            if item.tag_model is None:
                assert isinstance(content, Unreadable) and content.blank
                continue
            assert isinstance(content, TagContent)
            assert (content.primary_item_id, content.model) == (item.item_id, item.tag_model)
            assert chip.uid == item.tag_uids[read_part(chip.label) - 1]
            read += 1
    assert read > 300


def read_part(label: str) -> int:
    return int(label.partition("-")[2] or 1)


@pytest.mark.parametrize("model", [Model.ISO_28560_2, Model.ISO_28560_3])
def test_parts_of_a_set_say_which_they_are(model: Model) -> None:
    item = next(item for item in ITEMS if item.tag_model is model and len(item.tag_uids) == item.parts > 1)
    said = [decode(bytes(chip.memory), chip.dsfid) for chip in chips_for(item)]
    wanted = [SetInfo(part, item.parts) for part in range(1, item.parts + 1)]
    assert [content.set_info for content in said if isinstance(content, TagContent)] == wanted


def test_one_tag_for_a_whole_set_says_part_zero() -> None:
    item = next(item for item in ITEMS if item.parts > 1 and len(item.tag_uids) == 1 and item.tag_model)
    content = decode(bytes(chip_for(item).memory), chip_for(item).dsfid)
    assert isinstance(content, TagContent) and content.set_info == SetInfo(0, item.parts)


def test_the_security_byte_follows_the_loan() -> None:
    assert (chip_for(ITEMS[0]).afi, chip_for(ITEMS[0], on_loan=True).afi) == (0x07, 0xC2)


def test_an_item_without_a_tag_has_no_chip() -> None:
    item = next(item for item in ITEMS if not item.tag_uids)
    assert chips_for(item) == ()
    with pytest.raises(ValueError, match="none for part 1"):
        chip_for(item)


def test_a_readers_card() -> None:
    reader = load_readers()[0]
    assert (card_for(reader).uid, card_for(reader).label) == (reader.card_uid, reader.reader_id)
