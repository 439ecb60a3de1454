"""Beyond the captures: both banks written anew, and bytes that are not believed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devices.tag_data import Model, SetInfo, TagContent, Unreadable, decode, encode, uhf
from devices.tag_data.content import BadTag
from devices.tag_data.gaoxiao_id import IdCode, decode_id, encode_id


def tag(head="00030000", item_id="054142433031", user=""):
    content = bytes.fromhex(head + item_id).ljust(12, b"\0")
    return uhf.join(uhf.Banks(content, bytes.fromhex(user), afi=None))


def book(item_id="ABC01", **fields):
    return TagContent(Model.GAOXIAO, item_id, **fields)


@pytest.mark.parametrize(
    ("item_id", "code"),
    [
        ("ABC01", IdCode.BITS_96),
        ("abc.-/0", IdCode.BITS_96),
        ("ABC0123x", IdCode.BITS_96),
        ("abc0123x", IdCode.BITS_128),
        ("ABCDEFGHIJKLM*", IdCode.BITS_128),
        ("abcdefghijklm*", IdCode.PLAIN),
    ],
)
def test_the_first_code_that_can_say_it(item_id, code):
    assert encode_id(item_id)[0] is code
    assert decode(encode(book(item_id), 32)).primary_item_id == item_id


@given(st.sampled_from(IdCode), st.binary(max_size=16))
def test_any_bytes_are_an_identifier_or_refused(code, data):
    try:
        item_id = decode_id(code, data)
    except BadTag:
        return
    assert item_id.isascii()


def test_every_element_and_the_content_parameter():
    elements = {
        5: "0102",
        6: "I247.5",
        11: "90001",
        12: "t",
        14: "b",
        15: "临",
        16: "s",
        24: "f",
        26: "9787",
        31: "",
    }
    content = decode(encode(book(owner="10248", set_info=SetInfo(2, 300), elements=elements), 100))
    assert {oid: content.elements[oid] for oid in elements} == elements
    assert (content.owner, content.set_info) == ("10248", SetInfo(2, 300))
    # Bits of OIDs 3, 4, 5, 6, 11, 12, 14, 15 and 16, 24, 26, 31.
    assert encode(book(owner="10248", set_info=SetInfo(2, 300), elements=elements), 100)[6:8].hex() == "87ff"


@pytest.mark.parametrize(
    "memory",
    [
        tag(head="00c30000"),  # an item identifier code nobody defined
        tag(item_id="0f" + "41" * 8),  # 15 characters
        tag(item_id="00"),
        tag(item_id="05e142433031"),  # not ASCII
        tag(item_id="0807414243303130"),  # packed characters outside A–Z, 0–9
        tag(user="0c0428"),  # cut off
        tag(user="0c0228080c022808"),  # twice
        tag(user="0c03280800"),  # an institution of three bytes
        tag(user="10040001000200"),  # part 2 of 1
        tag(user="1802ffff"),  # not UTF-8
        tag()[:-1],
        uhf.join(uhf.Banks(bytes.fromhex("00030000"), b"", afi=None)),
        uhf.join(uhf.Banks(bytes.fromhex("00030000054142433031"), b"", afi=0xC2)),
    ],
)
def test_what_is_never_half_believed(memory):
    assert isinstance(decode(memory, models=[Model.GAOXIAO]), Unreadable)


FACTORY = "E2003412F1446A7149324D41"
"""A chip's own number as factories leave it in bank 01; read as this model it would be the book "D"."""


@pytest.mark.parametrize("user", [b"", bytes(8)])
def test_a_tag_as_from_the_factory_is_blank(user):
    content = decode(uhf.join(uhf.Banks(bytes.fromhex(FACTORY), user, afi=None)))
    assert isinstance(content, Unreadable)
    assert content.blank


def test_a_chip_s_own_number_is_no_book_whatever_bank_11_bears():
    content = decode(uhf.join(uhf.Banks(bytes.fromhex(FACTORY), b"\x0c\x02\x28\x08", afi=None)))
    assert isinstance(content, Unreadable)
    assert not content.blank


def test_what_follows_a_short_identifier_is_no_left_over():
    """Bank 01 is as long as its control word says: more than filling up means another trade's code."""
    assert isinstance(decode(tag(item_id="0141424344454647")), Unreadable)


def test_bank_11_lists_its_elements_as_the_samples_do():
    """Owner 10248 and part 1 of 1: the bytes of the first sample in tests/captures/rfid.json."""
    written = encode(TagContent(Model.GAOXIAO, "32103179", "10248", SetInfo(1, 1)), 28)
    assert written[16:].hex().upper() == "0C0228081004000100010000"


def test_one_wrong_bit_in_bank_01_and_the_tag_is_not_believed():
    torn = bytearray(tag())
    torn[9] ^= 1
    assert isinstance(decode(bytes(torn)), Unreadable)


def test_elements_outside_the_model_are_hex_text():
    assert decode(tag(user="2002abcd")).elements[8] == "ABCD"


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (book("1" * 15), "14 ASCII"),
        (book("书"), "14 ASCII"),
        (book(owner="CN-1"), "five digits"),
        (book(owner="61234"), "five digits"),
        (book(owner="99999"), "too large"),
        (book(elements={5: "1"}), "OID 5"),
        (book(elements={17: "x"}), "OID 17"),
        (book(set_info=SetInfo(1, 70000)), "70000"),
        (book(elements={6: "x" * 1024}), "1023"),
    ],
)
def test_what_cannot_be_written(content, says):
    with pytest.raises(ValueError, match=says):
        encode(content, 2000)
