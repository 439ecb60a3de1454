"""The sample library's tags and cards as things: what lies on the pad or is held to the card reader."""

from devices.tag_data import SetInfo, TagContent, dsfid_of, encode
from hardware_sim.ils.catalogue import CatalogueItem, SampleReader
from hardware_sim.world import AFI_IN_LIBRARY, AFI_ON_LOAN, Card, Chip

OWNER = "CN-524094"
"""The sample library's ISIL."""
MEMORY_SIZE = 28 * 4


def chip_for(item: CatalogueItem, part: int = 1, on_loan: bool = False) -> Chip:
    """The tag on `part` (from 1) of an item. ValueError when that part bears none."""
    if not 1 <= part <= len(item.tag_uids):
        raise ValueError(f"item {item.item_id} has {len(item.tag_uids)} tags, none for part {part}")
    return Chip(
        uid=item.tag_uids[part - 1],
        memory=bytearray(_memory(item, part)),
        dsfid=dsfid_of(item.tag_model) if item.tag_model else 0,
        afi=AFI_ON_LOAN if on_loan else AFI_IN_LIBRARY,
        label=item.item_id if part == 1 else f"{item.item_id}-{part}",
    )


def chips_for(item: CatalogueItem, on_loan: bool = False) -> tuple[Chip, ...]:
    """All its tags: one, one on each part, or none."""
    return tuple(chip_for(item, part, on_loan) for part in range(1, len(item.tag_uids) + 1))


def card_for(reader: SampleReader) -> Card:
    return Card(reader.card_uid, reader.technology, label=reader.reader_id)


def _memory(item: CatalogueItem, part: int) -> bytes:
    if item.tag_model is None:
        return bytes(MEMORY_SIZE)
    content = TagContent(item.tag_model, item.item_id, OWNER, _set_info(item, part))
    return encode(content, MEMORY_SIZE)


def _set_info(item: CatalogueItem, part: int) -> SetInfo | None:
    """Part 0 where one tag stands for all parts."""
    if item.parts == 1:
        return None
    return SetInfo(part if len(item.tag_uids) == item.parts else 0, item.parts)
