"""How much of a tag is read at first, before and after tags of the library were seen."""

import pytest

from devices.first_read import SAMPLES, FirstRead
from devices.tag_data import Model, TagContent, Unreadable, decode, encode

DSFID_2, DSFID_3 = 0x06, 0x3E


def memory(owner: str | None = None, title: str = "", model: Model = Model.ISO_28560_2) -> bytes:
    elements: dict[int, object] = {17: title} if title else {}
    return encode(TagContent(model, "30000000000012", owner, elements=elements), 112)


def learned(first_read: FirstRead, tag: bytes, dsfid: int = DSFID_2, read: int = 32) -> int:
    first_read.learn(tag[:read], dsfid, decode(tag[:read], dsfid))
    return first_read.size(dsfid)


@pytest.mark.parametrize("dsfid, size", [(DSFID_2, 32), (DSFID_3, 36), (0x00, 36), (0xA5, 36)])
def test_a_stranger_is_read_as_far_as_most_tags_go(dsfid: int, size: int) -> None:
    assert FirstRead().size(dsfid) == size


def test_short_tags_of_a_library_are_read_no_further_than_they_go() -> None:
    tag = memory()
    size = learned(FirstRead(), tag)
    assert size < 32
    assert size % 4 == 0
    assert decode(tag[:size], DSFID_2) == decode(tag, DSFID_2)


def test_the_longest_of_the_last_tags_counts() -> None:
    first_read = FirstRead()
    long = learned(first_read, memory(owner="CN-524094"))
    assert learned(first_read, memory()) == long
    for _ in range(SAMPLES):
        short = learned(first_read, memory())
    assert short < long


def test_a_tag_with_a_title_is_read_in_two_pieces_still() -> None:
    assert learned(FirstRead(), memory(title="红楼梦 上册 程乙本 启功注释"), read=112) == 32


def test_nothing_is_learned_where_a_short_piece_could_mislead() -> None:
    first_read = FirstRead()
    assert learned(first_read, memory(model=Model.ISO_28560_3), DSFID_3, read=36) == 36
    assert learned(first_read, memory(), 0x00, read=36) == 36


def test_an_unreadable_tag_teaches_nothing() -> None:
    first_read = FirstRead()
    first_read.learn(bytes(32), DSFID_2, Unreadable("blank", blank=True))
    assert first_read.size(DSFID_2) == 32
