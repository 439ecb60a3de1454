"""Chunks of lists as bytes: made by others first, then by anybody."""

import bz2
from base64 import b64decode
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broker_config.lists import (
    LARGEST_UNPACKED_BYTES,
    BadChanges,
    Changes,
    ListedItem,
    ListedReader,
    ListName,
    Lists,
    Position,
    pack,
    unpack,
)
from broker_config.messages import BadMessage, decode, encode

# Written by hand and packed by Debian's bzip2 1.0.8 and coreutils' base64, as
# printf '[["35240000000019"],[["35240000000027","35240000000035"],["三国演义","水浒传"]]]' | bzip2 | base64
ITEMS = (
    "QlpoOTFBWSZTWX3TPs4AABlaeQQAEAR+oAAKACAUCEAARmYHACAAVGPQAAANNBko00eQ1APUBeVtUTpXWUlDhSA5opQYGxcBHYMyTFwS"
    "IjroFwC+ABaI8P0vC7kinChIPumfZwA="
)
# … '[[],[["25240000010010"],[["74DB9DFB"]],["overdue"],[10],["2027-03-01"]]]'
READERS = (
    "QlpoOTFBWSZTWchpOjkAABtfgCAAEAZ+oBUAAAoGAJMAIABA1PQoNPIj1GIUAGI000aN3T1L8tNA999iLJC2RVD1i5YcVIWJmJSXBA8R"
    "0qpQk4zpcZ1+LuSKcKEhkNJ0cg=="
)
# … '[["25240000010010"],[]]'
REMOVED = "QlpoOTFBWSZTWTS0wd4AAAlaACAAEAR2AAAKIAAhpijTyhADBw06REh2+okvE/i7kinChIGlpg7w"


def test_chunks_that_others_packed() -> None:
    assert unpack(ListName.ITEMS, b64decode(ITEMS)) == Changes(
        removed=("35240000000019",),
        entries=(ListedItem("35240000000027", "三国演义"), ListedItem("35240000000035", "水浒传")),
    )
    assert unpack(ListName.READERS, b64decode(READERS)) == Changes(
        removed=(),
        entries=(ListedReader("25240000010010", ("74DB9DFB",), "overdue", 10, date(2027, 3, 1)),),
    )
    assert unpack(ListName.READERS, b64decode(REMOVED)) == Changes(("25240000010010",), ())


def test_a_message_written_by_hand() -> None:
    message = (
        '{"type": "lists/1", "list": "items", "at": "2026-11-22T03:04:05.678Z", "log": "00c0ffee", '
        f'"base": 9, "after": 3, "upto": 6, "changes": "{ITEMS}", "a field of tomorrow": 1}}'
    )
    lists = decode(Lists, message.encode())
    assert (lists.before, lists.position) == (position(9, 3), position(9, 6))
    assert (lists.before.whole, position(9, 9).whole) == (False, True)
    assert unpack(lists.list, lists.changes).removed == ("35240000000019",)


def test_a_column_of_tomorrow_is_ignored() -> None:
    changes = bz2.compress('[[],[["1"],["一"],["more"]]]'.encode())
    assert unpack(ListName.ITEMS, changes).entries == (ListedItem("1", "一"),)


def position(base: int, seq: int) -> Position:
    return Position(log="00c0ffee", base=base, seq=seq)


def test_a_chunk_must_lead_onwards_and_says_nothing_of_readers() -> None:
    lists = Lists(
        list=ListName.READERS, at="2026-11-22T03:04:05.678Z", log="00c0ffee", base=1, after=3, upto=4,
        changes=b64decode(READERS),
    )  # fmt: skip
    assert f"{lists} {lists!r}" == " ".join(["Lists(readers 3 to 4 of 00c0ffee from 1)"] * 2)
    with pytest.raises(BadMessage, match="upto: expected more than after"):
        decode(Lists, encode(lists).replace(b'"upto":4', b'"upto":3'))


def packed(text: str) -> bytes:
    return bz2.compress(text.encode())


@pytest.mark.parametrize(
    "changes",
    [
        b"",
        b"not bzip2",
        b64decode(ITEMS)[:-9],
        packed(""),
        packed("{}"),
        packed("[[],[],[]]"),
        packed('[[],[["1","2"],["一"]]]'),
        packed('[[],[["1"]]]'),
        packed('[[],[["1"],[""]]]'),
        packed('[[],[["25240000010010"],[5]]]'),
        packed('[[""],[]]'),
        packed("[" * 100_000),
        packed('[["' + "9" * 65 + '"],[]]'),
        bz2.compress(b" " * (LARGEST_UNPACKED_BYTES + 1)),
    ],
)
def test_what_cannot_be_read_is_one_sentence(changes: bytes) -> None:
    with pytest.raises(BadChanges) as caught:
        unpack(ListName.ITEMS, changes)
    assert str(caught.value).startswith("changes of the items cannot be read: ")
    assert "25240000010010" not in str(caught.value) and len(str(caught.value)) < 200


@given(st.binary(max_size=200), st.sampled_from(ListName))
def test_any_bytes_are_bad(changes: bytes, name: ListName) -> None:
    with pytest.raises(BadChanges):
        unpack(name, changes)


def test_a_bomb_is_not_unfolded() -> None:
    """A thousand million spaces are less than a kilobyte in bzip2."""
    changes = bz2.compress(b" " * 10**8)
    assert len(changes) < 1000
    with pytest.raises(BadChanges, match="longer than"):
        unpack(ListName.ITEMS, changes)


KEYS = st.text(min_size=1, max_size=64)
READERS_OF_ANY_KIND = st.builds(
    ListedReader,
    KEYS,
    st.lists(KEYS, max_size=3).map(tuple),
    st.none() | KEYS,
    st.none() | st.integers(0, 9999),
    st.none() | st.dates(),
)


@given(st.lists(KEYS), st.lists(READERS_OF_ANY_KIND))
def test_readers_of_any_kind_arrive(removed: list[str], readers: list[ListedReader]) -> None:
    assert unpack(ListName.READERS, pack(removed, readers)) == Changes(tuple(removed), tuple(readers))
