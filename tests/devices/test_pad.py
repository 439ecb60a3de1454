"""The pad: presence as tables, reading over the simulated reader's wire."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from devices.errors import DeviceLost, DeviceRefused
from devices.feig_obid.driver import FeigObid
from devices.feig_obid.exchange import ATTEMPTS
from devices.kinds import TagsChanged, TagSighting
from devices.pad import READ_AGAIN_EVERY, Pad, Presence
from devices.tag_data import Model, TagContent, Unreadable, encode
from hardware_sim.faults import FAULTS
from hardware_sim.feig_obid import FeigObid as Reader
from hardware_sim.pty_link import LineSpeed, PtyLink
from hardware_sim.world import Chip, World

# -- presence -------------------------------------------------------------------------------------------

STORIES = {
    "a tag counts at its second sighting": "a: a:a",
    "a stray sighting is nobody": "a: : a: :",
    "sightings must be in a row": "a: : a: a:a",
    "gone at the third miss": "a: a:a :a :a :",
    "a tag at the edge stays": "a: a:a :a :a a:a :a :a",
    "one inventory that repeats a tag counts once": "aa: aa:a",
    "each tag has its own count": "a: ab:a ab:ab b:ab b:ab b:b",
    "back after it was gone, it arrives anew": "a: a:a :a :a : a: a:a",
    "in order of arrival": "b: ab:b ab:ba",
}
"""What each inventory saw, a colon, and who is present after it; a letter is a tag."""


def uids(letters: str) -> list[bytes]:
    return [letter.encode() for letter in letters]


@pytest.mark.parametrize("story", STORIES)
def test_presence(story: str) -> None:
    presence = Presence(sightings_in=2, misses_out=3)
    for step in STORIES[story].split():
        inventory, expected = step.split(":")
        presence.see(uids(inventory))
        assert presence.present == tuple(uids(expected)), (story, inventory)


@pytest.mark.parametrize("sightings_in", [1, 2, 5])
@pytest.mark.parametrize("misses_out", [1, 2, 4])
def test_presence_takes_exactly_as_many_as_it_is_told(sightings_in: int, misses_out: int) -> None:
    presence = Presence(sightings_in, misses_out)
    arriving = []
    for _ in range(sightings_in):
        presence.see([b"a"])
        arriving.append(bool(presence.present))
    leaving = []
    for _ in range(misses_out):
        presence.see([])
        leaving.append(bool(presence.present))
    assert arriving == [False] * (sightings_in - 1) + [True]
    assert leaving == [True] * (misses_out - 1) + [False]


# -- reading ---------------------------------------------------------------------------------------------


class OverheardReader(Reader):
    """The simulator, noting how much it was asked."""

    heard = 0

    def receive(self, data: bytes) -> bytes:
        self.heard += 1
        return super().receive(data)


def chip(number: int, content: TagContent | None, size: int = 112) -> Chip:
    memory = encode(content, size) if content else bytes(size)
    return Chip(bytes.fromhex("E0040100") + number.to_bytes(4), bytearray(memory))


SHORT = TagContent(Model.ISO_28560_2, "30000000000012")
LONG = TagContent(
    Model.ISO_28560_2, "30000000000020", owner="CN-524094", elements={17: "红楼梦 上册 程乙本 启功注释"}
)


@pytest.fixture
def world() -> World:
    tags = {
        "short": chip(1, SHORT),
        "long": chip(2, LONG),
        "blank": chip(3, None),
        "tiny": chip(4, SHORT, 32),
    }
    return World(tags=tags)


@pytest.fixture
def reader(world: World) -> OverheardReader:
    return OverheardReader(world)


@pytest.fixture
def link(reader: OverheardReader, tmp_path: Path) -> Iterator[PtyLink]:
    with PtyLink(reader, tmp_path / "kiosk-pad", line=LineSpeed((38400,), "E")) as link:
        yield link


@pytest.fixture
def pad(link: PtyLink) -> Iterator[Pad]:
    driver = FeigObid(str(link.path))
    yield Pad(driver)
    driver.close()


def polls(pad: Pad, times: int) -> list[TagsChanged | None]:
    return [pad.poll() for _ in range(times)]


def borne(changed: TagsChanged | None) -> list[str]:
    """Item ids, or why there is none."""
    assert changed is not None
    return [
        tag.content.primary_item_id if isinstance(tag.content, TagContent) else tag.content.reason
        for tag in changed.tags
    ]


def afis(changed: TagsChanged | None) -> list[int | None]:
    assert changed is not None
    return [tag.afi for tag in changed.tags]


def test_an_empty_pad_is_told_once_it_is_known_to_be_empty(pad: Pad) -> None:
    assert polls(pad, 5) == [None, None, TagsChanged(()), None, None]


def test_a_pad_is_at_rest_while_nothing_is_new_gone_or_owed(pad: Pad, world: World) -> None:
    polls(pad, 3)
    assert not pad.at_rest, "that nothing lies there is news"
    polls(pad, 1)
    assert pad.at_rest
    world.put("short")
    polls(pad, 1)
    assert not pad.at_rest
    polls(pad, 5)
    assert pad.at_rest
    world.lift("short")
    polls(pad, 1)
    assert not pad.at_rest, "missed once"
    polls(pad, 3)
    assert pad.at_rest


def test_a_book_is_told_as_soon_as_it_is_read_and_its_security_byte_follows(pad: Pad, world: World) -> None:
    world.put("short", "long")
    first, owes, second, third = pad.poll(), pad.owes, pad.poll(), pad.poll()
    assert borne(first) == borne(second) == ["30000000000012", "30000000000020"]
    assert [afis(first), owes, afis(second), pad.owes] == [[None, None], True, [0x07, 0x07], False]
    assert third is None


def test_a_book_that_cannot_be_read_is_told_at_its_second_sighting(pad: Pad, world: World) -> None:
    world.chip("short").read_fails = 99
    world.put("short")
    first, second = polls(pad, 2)
    assert first is None
    assert "读不到标签" in borne(second)[0]


def test_three_sightings_where_two_will_not_do(link: PtyLink, world: World) -> None:
    driver = FeigObid(str(link.path))
    world.put("short")
    first, second = polls(Pad(driver, sightings_in=3), 2)
    assert first is None
    assert borne(second) == ["30000000000012"]
    driver.close()


def test_a_security_byte_that_cannot_be_read_is_asked_for_again(pad: Pad, world: World) -> None:
    world.put("short")
    pad.poll()
    world.chip("short").garbled_answers = ATTEMPTS
    assert polls(pad, READ_AGAIN_EVERY) == [None] * READ_AGAIN_EVERY
    assert [afis(changed) for changed in polls(pad, 2) if changed] == [[0x07]]


def test_memory_that_speaks_for_another_model_than_the_register_is_not_believed(
    link: PtyLink, world: World
) -> None:
    """A reader may list tags without their DSFID."""

    class Forgetful(FeigObid):
        def inventory(self) -> tuple[TagSighting, ...]:
            return tuple(TagSighting(tag.uid, 0) for tag in super().inventory())

    world.chip("short").dsfid = 0x3E
    world.put("short")
    driver = Forgetful(str(link.path))
    first, second = polls(Pad(driver), 2)
    assert borne(first) == ["30000000000012"]
    assert "iso28560-3" in borne(second)[0]
    driver.close()


def test_a_long_tag_is_read_as_far_as_it_goes(pad: Pad, world: World) -> None:
    world.put("long")
    _, changed = polls(pad, 2)
    assert changed is not None
    content = changed.tags[0].content
    assert isinstance(content, TagContent)
    assert (content.primary_item_id, content.owner) == ("30000000000020", "CN-524094")
    assert content.elements[17] == LONG.elements[17]


def test_a_chip_smaller_than_the_first_read(pad: Pad, world: World) -> None:
    world.put("tiny")
    assert borne(polls(pad, 2)[-1]) == ["30000000000012"]


def test_a_blank_tag_among_books_is_shown_and_not_believed(pad: Pad, world: World) -> None:
    world.put("short", "blank")
    changed = polls(pad, 2)[-1]
    assert changed is not None
    book, blank = (tag.content for tag in changed.tags)
    assert isinstance(book, TagContent)
    assert isinstance(blank, Unreadable)
    assert blank.blank


def test_a_pinned_model_is_the_only_one_believed(link: PtyLink, world: World) -> None:
    driver = FeigObid(str(link.path))
    world.put("short")
    changed = polls(Pad(driver, models=[Model.ISO_28560_3]), 2)[-1]
    assert changed is not None
    assert isinstance(changed.tags[0].content, Unreadable)
    driver.close()


def test_a_pad_at_rest_costs_one_inventory_a_poll(pad: Pad, world: World, reader: OverheardReader) -> None:
    world.put("short", "long")
    polls(pad, 3)
    before = reader.heard
    polls(pad, 4)
    assert reader.heard - before == 4


def test_a_lifted_book_is_gone_at_the_third_miss(pad: Pad, world: World) -> None:
    world.put("short", "long")
    polls(pad, 2)
    world.lift("long")
    first, second, third = polls(pad, 3)
    assert (first, second) == (None, None)
    assert borne(third) == ["30000000000012"]


def test_a_book_that_comes_back_is_read_again(pad: Pad, world: World) -> None:
    world.put("short")
    polls(pad, 2)
    world.lift("short")
    polls(pad, 3)
    world.chip("short").afi = 0xC2
    world.put("short")
    changed = polls(pad, 2)[-1]
    assert changed is not None
    assert changed.tags[0].afi == 0xC2


def test_our_own_security_write_is_no_change_but_is_known(pad: Pad, world: World) -> None:
    world.put("short")
    polls(pad, 2)
    uid = world.chip("short").uid
    pad.write_afi(uid, 0xC2)
    assert world.chip("short").afi == 0xC2
    assert pad.read_afi(uid) == 0xC2
    assert polls(pad, 3) == [None] * 3
    world.put("long")
    changed = polls(pad, 2)[-1]
    assert changed is not None
    assert changed.tags[0].afi == 0xC2


def test_a_write_to_a_lifted_book_is_refused(pad: Pad, world: World) -> None:
    world.put("short")
    polls(pad, 2)
    world.lift("short")
    with pytest.raises(DeviceRefused, match="no such tag"):
        pad.write_afi(world.chip("short").uid, 0xC2)


def test_a_tag_that_cannot_be_read_is_shown_and_tried_again_while_it_lies_there(
    pad: Pad, world: World
) -> None:
    world.chip("long").read_fails = 2 * ATTEMPTS
    world.put("short", "long")
    changes = [changed for changed in polls(pad, 3 + 2 * READ_AGAIN_EVERY) if changed]
    told = [borne(changed) for changed in changes]
    assert {first for first, *_ in told} == {"30000000000012"}
    assert "读不到标签" in told[-2][1]
    assert told[-1][1] == "30000000000020"
    assert afis(changes[-1]) == [0x07, 0x07]


def test_forget_tells_everything_again(pad: Pad, world: World) -> None:
    world.put("short")
    before = [changed for changed in polls(pad, 3) if changed]
    pad.forget()
    assert [changed for changed in polls(pad, 3) if changed] == before
    assert borne(before[0]) == ["30000000000012"]


def test_a_silent_reader_is_the_callers_affair(pad: Pad, link: PtyLink) -> None:
    link.faults = FAULTS["silent"]
    with pytest.raises(DeviceLost):
        pad.poll()
