"""UHF tags: the worked examples of ISO/TS 28560-4:2014 (pages 49 and 52), and the long number of the IPC's
standard for test letters (page 17), all as the dp2 project's tests quote them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devices.tag_data import Model, SetInfo, TagContent, Unreadable, decode, encode, uhf, uii
from devices.tag_data.content import BadTag

EXAMPLE_CONTROL_AND_UII = bytes.fromhex("45c2141cc04fc70badb5c6e2da1ded4dd319")
EXAMPLE_BANK_11 = bytes.fromhex("060201d0140204b34607441cb6e2e335d65308ab4d6c9dd556cdeb00")

WORDS = [
    ("CH-", "141c"),
    ("000", "c04f"),
    ("134", "c70b"),
    ("-1.", "adb5"),
    ("123", "c6e2"),
    ("456", "da1d"),
    ("78.", "ed4d"),
    ("31", "d319"),
]


def only_4(memory):
    return decode(memory, models=[Model.ISO_28560_4])


@pytest.mark.parametrize(
    ("text", "data"), [*WORDS, ("CH-000134-1.12345678.31", EXAMPLE_CONTROL_AND_UII[2:].hex())]
)
def test_three_characters_in_a_word(text, data):
    assert uii.encode(text).hex() == data
    assert uii.decode(bytes.fromhex(data)) == text


def test_a_long_number():
    assert uii.encode("B.A12312345678").hex() == "10e2" + "fb2102dddf7c4e"
    assert uii.decode(bytes.fromhex("10e2" + "fb2102dddf7c4e" + "00")) == "B.A12312345678"


@pytest.mark.parametrize(
    "text", ["1234/56789", "aaaaa", "1234中国56789", "AB.1234567890", "CN-0000001-ZG.000387624"]
)
def test_texts_that_the_peer_program_tests(text):
    assert uii.decode(uii.encode(text)) == text


@pytest.mark.parametrize(
    "data", ["ffff", "fafffa00", "14", "fb", "fb2102dddf7c", "fb01ffffffffff", "fc", "fcff", "fd4141", "fee4"]
)
def test_what_is_no_identifier(data):
    with pytest.raises(BadTag):
        uii.decode(bytes.fromhex(data))


@given(st.text(max_size=40))
def test_any_text_comes_back_or_is_refused(text):
    try:
        data = uii.encode(text)
    except ValueError:
        assert any(ord(character) > 0xFFFF or "\ud800" <= character <= "\udfff" for character in text)
        return
    assert uii.decode(data) == text


def test_both_banks_of_the_worked_examples():
    memory = uhf.join(uhf.Banks(EXAMPLE_CONTROL_AND_UII[2:], b"\x06\0", afi=0xC2))
    assert memory[2:20] == EXAMPLE_CONTROL_AND_UII
    content = decode(memory)
    assert (content.model, content.owner, content.primary_item_id) == (
        Model.ISO_28560_4,
        "CH-000134-1",
        "12345678.31",
    )


@pytest.mark.parametrize(
    "memory",
    [
        "e80000" + "00" * 29,  # an object of no meaning, and nothing else
        "c75e0f98f1f816ae71383d6be248007e4d48660d51ab7362",
        "0201c00661024142" + "00" * 8,  # OIDs 3 and 4 announced, 6 is there
    ],
)
def test_bank_11_alone_needs_more_than_objects_that_fit(memory):
    """Nothing else vouches for it: no CRC, no item identifier."""
    assert isinstance(decode(bytes.fromhex(memory)), Unreadable)
    assert isinstance(decode(bytes.fromhex(memory), models=[Model.ISO_28560_4]), Unreadable)


def test_bank_11_alone_bears_elements_but_no_item_identifier():
    content = decode(EXAMPLE_BANK_11)
    assert content == TagContent(
        model=Model.ISO_28560_4,
        primary_item_id="",
        owner="US-InU-Mu",
        set_info=SetInfo(part=3, total=12),
        elements={2: [3, 4, 6], 4: "1203", 6: "QA268.L55", 3: "US-InU-Mu"},
    )
    assert encode(content, len(EXAMPLE_BANK_11)) == EXAMPLE_BANK_11


@pytest.mark.parametrize("dsfid", [0x06, 0x3E, 0x00])
def test_an_hf_tag_never_passes_without_an_item_identifier(dsfid):
    assert isinstance(decode(EXAMPLE_BANK_11, dsfid), Unreadable)
    assert isinstance(decode(EXAMPLE_BANK_11[1:], dsfid), Unreadable)


def test_a_library_tag_needs_a_librarys_afi():
    elsewhere = uhf.join(uhf.Banks(uii.encode("ABC"), b"", afi=0xA1))
    assert "AFI" in only_4(elsewhere).reason
    assert only_4(uhf.join(uhf.Banks(uii.encode("ABC"), b"", afi=0x07))).primary_item_id == "ABC"


def test_one_wrong_bit_in_bank_01_and_the_tag_is_not_believed():
    memory = bytearray(encode(TagContent(Model.ISO_28560_4, "12345678", "CN-1", elements={6: "A"}), 64))
    memory[7] ^= 1
    assert isinstance(decode(bytes(memory)), Unreadable)


def test_banks_that_contradict_each_other():
    memory = uhf.join(uhf.Banks(uii.encode("ABC"), bytes.fromhex("0631020886"), afi=0xC2))
    assert only_4(memory).primary_item_id == "ABC"
    other = uhf.join(uhf.Banks(uii.encode("ABD"), bytes.fromhex("0631020886"), afi=0xC2))
    assert "different" in only_4(other).reason


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (TagContent(Model.ISO_28560_4, "12.34"), "full stop"),
        (TagContent(Model.ISO_28560_4, "1234", "CN.1"), "full stop"),
        (TagContent(Model.ISO_28560_4, "A" * 94), "62"),
        (TagContent(Model.ISO_28560_4, "\U00020000"), "bank 01"),
        (TagContent(Model.ISO_28560_4, "1234", elements={17: "x" * 60}), "the tag holds 32"),
    ],
)
def test_what_cannot_be_written(content, says):
    with pytest.raises(ValueError, match=says):
        encode(content, 32)
