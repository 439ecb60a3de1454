"""Book tags as every pad should find them, and how each reader says what is wrong with one."""

from dataclasses import dataclass

from devices.feig_obid.protocol import Status as FeigStatus
from devices.kinds import TagSystem
from devices.mmm_810.protocol import Error as MmmError
from devices.rl866.protocol import Status as RlStatus
from devices.tag_data import Model, TagContent, encode, uhf
from devices.uhf_reader18.driver import NO_DSFID
from devices.uhf_reader18.protocol import Status as UhfStatus
from hardware_sim.rig import UHF_MODELS
from hardware_sim.world import SLIX, Chip, uid_of

BLOCK_SIZE = 4
TAGS = 20
"""More than any of the readers lists in one answer, or keeps connections to."""
HF_MEMORY = bytes(range(SLIX.block_count * BLOCK_SIZE))
HF_DSFID, HF_AFI = 0x06, 0x07
UHF_USER_BYTES = 64
UHF_AFI = 0xC2
"""As `devices.tag_data` writes a fresh tag."""


def tid(number: int) -> bytes:
    return bytes.fromhex("E2003412013D0300") + number.to_bytes(4)


def uhf_memory(item_id: str) -> bytearray:
    """An ISO tag with bank 11 of UHF_USER_BYTES."""
    content = TagContent(Model.ISO_28560_4, item_id, elements={6: "QA268"})
    bank_01 = 4 + len(uhf.split(encode(content, 512)).content)
    return bytearray(encode(content, bank_01 + UHF_USER_BYTES))


def hf_book(number: int) -> Chip:
    return Chip(uid_of(SLIX, number), bytearray(HF_MEMORY), HF_DSFID, HF_AFI)


def uhf_book(number: int) -> Chip:
    return Chip(tid(number), uhf_memory(f"AB{number:06}"), NO_DSFID, UHF_AFI)


def books(model: str) -> dict[str, Chip]:
    """TAGS of the kind that a reader of `model` reads."""
    book = uhf_book if model in UHF_MODELS else hf_book
    return {str(number): book(number) for number in range(TAGS)}


def system(chip: Chip) -> TagSystem:
    """What a reader tells of a tag of `books`."""
    return TagSystem(chip.uid, chip.dsfid, chip.afi, BLOCK_SIZE, -(-len(chip.memory) // BLOCK_SIZE))


@dataclass(frozen=True)
class Saying:
    """How a refusal of this reader is worded, and the status that it bears, where it bears one."""

    words: str
    status: int | None = None


@dataclass(frozen=True)
class Reader:
    """What one model tells of itself and of tags that cannot be had."""

    firmware: str | None
    gone: Saying
    """A security byte is written to a tag that was lifted."""
    weak: Saying
    """The same to a tag that takes no write."""
    locked: Saying
    """A locked block is written."""
    missing: Saying
    """Blocks are read that the tag has not."""


READERS: dict[str, Reader] = {
    "feig_obid": Reader(
        "02.10",
        gone=Saying("no such tag", FeigStatus.NO_TAG),
        weak=Saying("block 04h", FeigStatus.WRITE_ERROR),
        locked=Saying("the tag refuses, tag's error 12h"),
        missing=Saying("tag's error 10h"),
    ),
    "rl866": Reader(
        None,
        gone=Saying("no such tag", RlStatus.NO_TAG),
        weak=Saying("status 401h", RlStatus.AIR_WRITE),
        locked=Saying("the block is locked or does not exist"),
        missing=Saying("the block is locked or does not exist"),
    ),
    "mmm_810": Reader(
        "3.2.6",
        gone=Saying("over the air", MmmError.TAG_SILENT),
        weak=Saying("status 06h", MmmError.TAG_SILENT),
        locked=Saying("status 06h"),
        missing=Saying("read blocks 28 to 31"),
    ),
    "uhf_reader18": Reader(
        "3.63",
        gone=Saying("no such tag", UhfStatus.NO_TAG),
        weak=Saying("not answer well enough", UhfStatus.POOR_COMMUNICATION),
        locked=Saying("that memory is locked"),
        missing=Saying("it has no such memory"),
    ),
}
HF_READERS = tuple(model for model in READERS if model not in UHF_MODELS)
