"""What only the UHFReader18 driver has; the rest is in `tests/devices/test_tag_readers.py`."""

from collections.abc import Iterator
from pathlib import Path
from unittest.mock import patch

import pytest

from devices.errors import DeviceRefused
from devices.kinds import TagSystem
from devices.tag_data import Model, TagContent, decode, encode, uhf
from devices.uhf_reader18 import protocol as uhf18
from devices.uhf_reader18.driver import NO_DSFID, UhfReader18
from devices.uhf_reader18.protocol import Status
from hardware_sim.pty_link import LineSpeed, PtyLink
from hardware_sim.uhf_field import UhfTag
from hardware_sim.uhf_reader18 import UhfReader18 as Reader
from hardware_sim.world import Chip, World
from tests import vectors
from tests.devices.pads import tid, uhf_memory

CONSORTIUM = next(each for each in vectors.load_rfid()["uhf"] if "epc" in each)
CONSORTIUM_MEMORY = bytes.fromhex(CONSORTIUM["epc"] + CONSORTIUM["user"])


@pytest.fixture
def world() -> World:
    world = World(tags={str(n): Chip(tid(n), uhf_memory(f"AB{n:06}")) for n in range(30)})
    world.put("1")
    return world


@pytest.fixture
def link(world: World, tmp_path: Path) -> Iterator[PtyLink]:
    with PtyLink(Reader(world), tmp_path / "kiosk-pad", line=LineSpeed((57600,))) as link:
        yield link


@pytest.fixture
def pad(link: PtyLink) -> Iterator[UhfReader18]:
    pad = UhfReader18(str(link.path))
    yield pad
    pad.close()


def seen(pad: UhfReader18) -> list[bytes]:
    return [tag.uid for tag in pad.inventory()]


def whole(pad: UhfReader18, uid: bytes) -> bytes:
    return pad.read_blocks(uid, 0, pad.system_info(uid).block_count)


def test_thirty_tags_come_in_several_answers_and_each_once_by_its_tid(pad: UhfReader18, world: World) -> None:
    world.put(*world.tags)
    assert set(seen(pad)) == {tid(n) for n in range(30)}
    assert len(seen(pad)) == 30


def test_an_iso_tag_as_a_whole(pad: UhfReader18, world: World) -> None:
    memory = world.chip("1").memory
    blocks = -(-len(memory) // 4)
    assert pad.system_info(tid(1)) == TagSystem(tid(1), NO_DSFID, 0xC2, block_size=4, block_count=blocks)
    content = decode(whole(pad, tid(1)))
    assert isinstance(content, TagContent)
    assert (content.primary_item_id, content.elements[6]) == ("AB000001", "QA268")


def test_a_consortium_tag_as_a_whole(pad: UhfReader18, world: World) -> None:
    world.chip("1").memory[:] = CONSORTIUM_MEMORY
    assert pad.system_info(tid(1)).afi == 0x07
    assert whole(pad, tid(1)) == CONSORTIUM_MEMORY
    assert decode(whole(pad, tid(1))) == decode(CONSORTIUM_MEMORY)


def test_half_a_block_at_the_end_reads_as_zero_and_takes_nothing_else(pad: UhfReader18, world: World) -> None:
    chip = world.chip("1")
    chip.memory[:] = uhf.join(uhf.Banks(bytes(range(10)), bytes(range(100, 108)), afi=0xC2))
    assert len(chip.memory) == 22
    assert pad.system_info(tid(1)).block_count == 6
    assert whole(pad, tid(1)) == bytes(chip.memory) + bytes(2)
    pad.write_blocks(tid(1), 5, b"\x11\x22\0\0")
    assert chip.memory[20:] == b"\x11\x22"
    with pytest.raises(DeviceRefused, match="it has no such memory"):
        pad.write_blocks(tid(1), 5, b"\x11\x22\x33\x44")


def test_a_tag_without_bank_11(pad: UhfReader18, world: World) -> None:
    world.chip("1").memory[:] = uhf.join(uhf.Banks(bytes(range(14)), b"", afi=0xC2))
    assert pad.system_info(tid(1)).block_count == 5
    assert whole(pad, tid(1)) == bytes(world.chip("1").memory) + bytes(2)


def test_a_chip_model_is_asked_for_its_size_once(pad: UhfReader18, world: World, link: PtyLink) -> None:
    world.put("2")
    asked: list[bytes] = []

    class Counting(Reader):
        def receive(self, data: bytes) -> bytes:
            asked.append(data)
            return super().receive(data)

    pad.system_info(tid(1))
    link.simulator = Counting(world)
    pad.system_info(tid(2))
    assert len(asked) == 1


def test_bank_01_is_not_asked_for_twice_in_a_row_and_never_taken_for_a_later_one(
    pad: UhfReader18, world: World
) -> None:
    reads: list[uhf18.Bank] = []
    read = UhfTag.read

    def noted(tag: UhfTag, bank: uhf18.Bank, first: int, words: int, password: int = 0) -> bytes:
        reads.append(bank)
        return read(tag, bank, first, words, password)

    count = pad.system_info(tid(1)).block_count
    pad.system_info(tid(1))
    with patch.object(UhfTag, "read", noted):
        before = pad.read_blocks(tid(1), 0, count)
        assert reads == [uhf18.Bank.USER]
        pad.write_afi(tid(1), 0x07)
        after = pad.read_blocks(tid(1), 0, count)
    assert (before[3], after[3], reads[-2:]) == (0xC2, 0x07, [uhf18.Bank.EPC, uhf18.Bank.USER])


def test_what_was_read_before_says_nothing_of_a_tag_that_is_gone(pad: UhfReader18, world: World) -> None:
    count = pad.system_info(tid(1)).block_count
    world.lift("1")
    for blocks in (2, count):
        with pytest.raises(DeviceRefused, match="no such tag"):
            pad.read_blocks(tid(1), 0, blocks)


@pytest.mark.parametrize(("user_words", "questions"), [(32, 3), (4, 11), (0, 12)])
def test_the_usual_size_of_a_chip_is_found_with_two_questions(
    pad: UhfReader18, world: World, link: PtyLink, user_words: int, questions: int
) -> None:
    world.chip("1").memory[:] = uhf.join(uhf.Banks(bytes(range(14)), bytes(2 * user_words), afi=0xC2))
    assert seen(pad) == [tid(1)]
    asked: list[bytes] = []

    class Counting(Reader):
        def receive(self, data: bytes) -> bytes:
            asked.append(data)
            return super().receive(data)

    link.simulator = Counting(world)
    assert pad.system_info(tid(1)).memory_size == 18 + 2 * user_words
    assert len(asked) == questions


def test_the_uid_of_a_short_tid_and_of_none(pad: UhfReader18, world: World) -> None:
    world.chip("1").uid = tid(1)[:8]
    assert seen(pad) == [tid(1)[:8]]
    world.tags["2"].uid = tid(2)[:4]
    world.put("2")
    world.lift("1")
    assert seen(pad) == [uhf.split(bytes(world.chip("2").memory)).content]


def test_a_tag_whose_tid_cannot_be_read_is_left_out_until_it_can(pad: UhfReader18, world: World) -> None:
    world.chip("1").read_fails = 3
    assert seen(pad) == []
    assert seen(pad) == [tid(1)]


# -- writing ---------------------------------------------------------------------------------------------


def test_the_security_byte_of_an_iso_tag(pad: UhfReader18, world: World) -> None:
    pad.write_afi(tid(1), 0x07)
    assert pad.system_info(tid(1)).afi == 0x07
    assert (world.chip("1").afi, uhf.split(bytes(world.chip("1").memory)).afi) == (0x07, 0x07)
    content = decode(whole(pad, tid(1)))
    assert isinstance(content, TagContent)
    assert content.primary_item_id == "AB000001"


def test_the_security_bit_of_a_consortium_tag_does_not_change_who_it_is(
    pad: UhfReader18, world: World
) -> None:
    world.chip("1").memory[:] = CONSORTIUM_MEMORY
    assert seen(pad) == [tid(1)]
    pad.write_afi(tid(1), 0xC2)
    assert seen(pad) == [tid(1)]
    assert world.chip("1").memory[4] == CONSORTIUM_MEMORY[4] | 0x80
    assert pad.system_info(tid(1)).afi == 0xC2
    pad.write_afi(tid(1), 0x07)
    assert world.chip("1").memory == CONSORTIUM_MEMORY


def test_a_foreign_tag_has_no_security_byte(pad: UhfReader18, world: World) -> None:
    world.chip("1").memory[:] = uhf.join(uhf.Banks(bytes.fromhex("3008"), b"", afi=None))
    with pytest.raises(DeviceRefused, match="write AFI C2h of e2003412"):
        pad.write_afi(tid(1), 0xC2)


def test_a_whole_memory_is_written_and_the_tag_found_again(pad: UhfReader18, world: World) -> None:
    system = pad.system_info(tid(1))
    content = TagContent(Model.ISO_28560_4, "ZZ123456", elements={6: "TP312", 17: "ABC"})
    size = system.block_size * system.block_count
    pad.write_blocks(tid(1), 0, encode(content, size))
    assert seen(pad) == [tid(1)]
    written = decode(whole(pad, tid(1)))
    assert isinstance(written, TagContent)
    assert (written.primary_item_id, written.elements[6]) == ("ZZ123456", "TP312")


def test_bank_01_is_written_last(pad: UhfReader18, world: World) -> None:
    """A tag lifted before that still bears the name of its old book, and can be found by it."""
    before = bytes(world.chip("1").memory)
    system = pad.system_info(tid(1))
    world.chip("1").write_fails = 99
    new = encode(TagContent(Model.ISO_28560_4, "ZZ123456"), system.block_size * system.block_count)
    with pytest.raises(DeviceRefused, match="not answer well enough"):
        pad.write_blocks(tid(1), 0, new)
    border = 4 + len(uhf.split(before).content)
    assert world.chip("1").memory[:border] == before[:border]


def test_a_locked_block_is_refused_at_once(pad: UhfReader18, world: World) -> None:
    before = bytes(world.chip("1").memory)
    world.chip("1").locked_blocks = set(range(len(before) // 4))
    with pytest.raises(DeviceRefused, match=r"the tag refuses: that memory is locked \(04h\)"):
        pad.write_afi(tid(1), 0x07)
    assert world.chip("1").memory == before


def test_a_tag_without_eas_or_without_a_password(pad: UhfReader18, link: PtyLink) -> None:
    with pytest.raises(DeviceRefused, match="access password that is not zero") as refusal:
        pad.write_eas(tid(1), True)
    assert refusal.value.status == Status.PASSWORD_NEEDED
    pad.close()
    known = UhfReader18(str(link.path), access_password=0x1234)
    with pytest.raises(DeviceRefused, match="this kind of tag cannot do that"):
        known.write_eas(tid(1), True)
    known.close()


def test_what_a_uhf_tag_has_not(pad: UhfReader18, world: World) -> None:
    with pytest.raises(DeviceRefused, match="has no register for it"):
        pad.write_dsfid(tid(1), 0x06)
    with pytest.raises(DeviceRefused, match="locked by whole banks"):
        pad.lock_blocks(tid(1), 0, 4)


def test_a_tag_renamed_by_somebody_else_is_found_again(pad: UhfReader18, world: World) -> None:
    assert seen(pad) == [tid(1)]
    world.chip("1").memory[:] = uhf_memory("CC777777")
    content = decode(whole(pad, tid(1)))
    assert isinstance(content, TagContent)
    assert content.primary_item_id == "CC777777"


def test_blank_tags_without_a_name_are_reached_only_alone(pad: UhfReader18, world: World) -> None:
    """Without an address the reader takes any tag: the wrong book would be written."""
    world.chip("1").memory[:] = bytes(2) + b"\x01\xc2" + bytes(8)
    assert seen(pad) == [tid(1)]
    world.put("2")
    assert seen(pad) == [tid(1), tid(2)]
    with pytest.raises(DeviceRefused, match="only while it lies there alone"):
        pad.write_blocks(tid(1), 1, b"abcd")
    assert world.chip("2").memory == uhf_memory("AB000002")
