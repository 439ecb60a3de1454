"""The example tag is the one of the reference page on tags."""

import pytest

from devices.tag_data import Model, SetInfo, TagContent, Unreadable, decode, encode

EXAMPLE = bytes.fromhex("0411000032303039303130313031323300000000ffffffff7fffffff00000000")


def test_the_example_tag():
    content = decode(EXAMPLE, 0x00)
    assert content == TagContent(
        Model.MMM, "200901010123", owner=None, set_info=SetInfo(1, 1), elements={1: "200901010123", 4: "0101"}
    )
    assert encode(content, 32)[:24] == EXAMPLE[:24]


def test_branch_and_library_share_one_word():
    library_7_of_branch_3 = (3 << 20 | 7).to_bytes(4, "little")
    content = decode(EXAMPLE[:20] + library_7_of_branch_3 + EXAMPLE[24:], 0x00)
    assert content.owner == "7/3"
    assert encode(content, 32)[20:24] == library_7_of_branch_3


@pytest.mark.parametrize(
    "memory",
    [
        b"\x05" + EXAMPLE[1:],
        EXAMPLE[:2] + b"\x01" + EXAMPLE[3:],
        EXAMPLE[:1] + b"\x32" + EXAMPLE[2:],  # part 3 of 2
        EXAMPLE[:4] + bytes(16) + EXAMPLE[20:],  # no barcode
        EXAMPLE[:4] + b"\xe9" + EXAMPLE[5:],
        EXAMPLE[:17] + b"7" + EXAMPLE[18:],  # NUL within the barcode
        EXAMPLE[:23],
    ],
)
def test_what_is_never_half_believed(memory):
    assert isinstance(decode(memory, 0x00), Unreadable)
    assert isinstance(decode(memory, models=[Model.MMM]), Unreadable)


def test_a_dsfid_of_iso_28560_excludes_it():
    assert isinstance(decode(EXAMPLE, 0x06), Unreadable)
    assert isinstance(decode(EXAMPLE, 0x3E), Unreadable)


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({"primary_item_id": "1" * 17}, "16 ASCII"),
        ({"primary_item_id": "书"}, "16 ASCII"),
        ({"owner": "CN-1"}, "LIBRARY/BRANCH"),
        ({"owner": "1048576/1"}, "LIBRARY/BRANCH"),
        ({"owner": "1/4096"}, "LIBRARY/BRANCH"),
        ({"owner": "0/0"}, "LIBRARY/BRANCH"),
        ({"set_info": SetInfo(1, 16)}, "15 parts"),
        ({"elements": {6: "x"}}, "OID 6"),
    ],
)
def test_what_cannot_be_written(fields, says):
    with pytest.raises(ValueError, match=says):
        encode(TagContent(**{"model": Model.MMM, "primary_item_id": "123", **fields}), 32)
