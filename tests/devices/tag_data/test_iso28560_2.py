"""Objects beyond those of the captures: lengths, OIDs, order, padding and all that must be refused."""

import pytest

from devices.tag_data import Model, SetInfo, TagContent, Unreadable, decode, encode
from devices.tag_data.compaction import Compaction

ITEM = "11030aa8ae"
"""OID 1, integer 698542: from the capture "jingyuan1"."""


def part_2(hex_text):
    return decode(bytes.fromhex(hex_text), 0x06, [Model.ISO_28560_2])


def book(**fields):
    return TagContent(Model.ISO_28560_2, "698542", **fields)


def test_what_follows_the_end_is_a_left_over():
    assert part_2(ITEM + "00" + "fefefe").elements == {1: "698542"}


def test_the_end_of_memory_ends_the_data_too():
    assert part_2(ITEM).elements == {1: "698542"}


@pytest.mark.parametrize(("length", "digits"), [(127, "7f"), (128, "8100"), (300, "822c"), (16384, "818000")])
def test_lengths_in_base_128(length, digits):
    title = "é" * (length // 2) + "x" * (length % 2)  # UTF-8 of just that length
    memory = bytes.fromhex(ITEM + "7f02" + digits) + title.encode()
    assert part_2(memory.hex()).elements[17] == title
    assert memory[5:] in encode(book(elements={17: title}), 20000)


def test_relative_oids_below_15_and_escaped_ones_above():
    elements = {oid: f"e{oid}" for oid in (*range(6, 11), *range(12, 32))}
    content = decode(encode(book(elements=elements), 200), 0x06)
    assert {oid: content.elements[oid] for oid in elements} == elements
    assert content.elements[2] == sorted(elements)


def test_usage_is_one_raw_byte_whatever_compaction_its_supplier_chose():
    assert [part_2(ITEM + usage).elements[5] for usage in ("050110", "250110", "650110")] == ["10"] * 3
    assert "050110" in encode(book(elements={5: "10"}), 32).hex()


def test_bytes_without_a_meaning_are_hex_text():
    assert part_2(ITEM + "0602abcd").elements[6] == "ABCD"


def test_owner_as_isil_as_text_or_empty():
    assert part_2(ITEM + "0306" + "21408e16bf1f").owner == "DE-Heu1"
    assert part_2(ITEM + "6303" + b"ABC".hex()).owner == "ABC"
    assert part_2(ITEM + "0300").owner is None


def test_an_owner_outside_isil_coding_is_written_as_text():
    content = decode(encode(book(owner="麻章区图书馆"), 64), 0x06)
    assert content.owner == "麻章区图书馆"


def test_a_wrong_content_parameter_is_tolerated_and_put_right_on_writing():
    content = part_2(ITEM + "0201ff" + "060100")
    assert content.elements[2] == list(range(3, 11))
    assert decode(encode(content, 32), 0x06).elements[2] == [6]


def test_a_content_parameter_may_be_longer_than_it_need_be():
    assert part_2(ITEM + "0205" + "a000000800" + "060100").elements[2] == [3, 5, 31]


def test_item_identifier_and_owner_fill_whole_blocks_of_their_own():
    written = encode(book(owner="DE-Heu1", elements={6: "A1"}), 32)
    content = decode(written, 0x06)
    assert list(content.elements) == [1, 2, 6, 3]
    assert written[:8].hex() == "9102030aa8ae0000"
    # OIDs 2 and 6 end at byte 15, so 6 gets a pad count; the owner fills bytes 16 to 23 as it is.
    assert written[16:25].hex() == "0306" + "21408e16bf1f" + "00"


@pytest.mark.parametrize(
    ("digits", "set_info"),
    [
        ("1203", SetInfo(3, 12)),
        ("0201", SetInfo(1, 2)),
        ("302", SetInfo(2, 3)),  # an integer loses its leading zero
        ("120003", SetInfo(3, 120)),
        ("0300", SetInfo(0, 3)),  # one tag for all three parts
        ("0000", None),
    ],
)
def test_set_information(digits, set_info):
    memory = encode(book(elements={4: digits}), 32)
    assert decode(memory, 0x06).set_info == set_info


@pytest.mark.parametrize(
    ("what", "hex_text"),
    [
        ("no item identifier", "060100"),
        ("empty item identifier", "6100"),
        ("item identifier without compaction", "010411223344"),
        ("item identifier not printable", "61020141"),
        ("OID 0", ITEM + "1001"),
        ("OID 32", ITEM + "7f110141"),
        ("the same OID twice", ITEM + "660141" + "660142"),
        ("length past the end", ITEM + "661041"),
        ("padding past the end", ITEM + "e6100141"),
        ("nothing after the precursor", ITEM + "66"),
        ("a length without end", ITEM + "66ffffffffff7f"),
        ("part 3 of 2", ITEM + "1402" + "00cb"),
        ("set information in words", ITEM + "6402" + "4142"),
        ("an announced OID that does not exist", ITEM + "0204" + "a0000004"),
        ("decimal digit A", ITEM + "2402120a"),
    ],
)
def test_what_is_never_half_believed(what, hex_text):
    content = part_2(hex_text)
    assert isinstance(content, Unreadable), what
    assert not content.blank


@pytest.mark.parametrize("barcode", ["A02CFF9AS302839FB", "1B0123456789", "Q123"])
def test_a_plain_ascii_barcode_is_no_object(barcode):
    """Private layouts begin with one; A0 is 6-bit text of 48 bytes then, the zeros after it characters."""
    assert isinstance(decode(barcode.encode().ljust(112, b"\0"), 0x00), Unreadable)


def test_text_that_looks_like_empty_memory_is_written_another_way():
    written = encode(book(elements={6: "@@@@@@@@"}), 32)
    assert decode(written, 0x06).elements[6] == "@@@@@@@@"


def test_a_reason_tells_where_and_never_what_is_written():
    content = part_2("61084a6f686e20446f" + "01")
    assert "OID 1" in content.reason
    assert "John" not in content.reason
    assert "4a6f" not in content.reason


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (TagContent(Model.ISO_28560_2, ""), "missing"),
        (TagContent(Model.ISO_28560_2, "12\n3"), "printable"),
        (book(elements={32: "x"}), "OID 32"),
        (book(elements={6: 7}), "OID 6"),
        (book(elements={6: "\ud800"}), "OID 6"),
        (book(elements={1: "111"}), "OID 1"),
        (book(owner="CN-1", elements={3: "CN-2"}), "OID 3"),
        (book(set_info=SetInfo(1, 2), elements={4: "0202"}), "OID 4"),
        (book(set_info=SetInfo(3, 2)), "part 3 of 2"),
        (book(set_info=SetInfo(-1, 2)), "set information"),
        (book(set_info=SetInfo(1, 10**6)), "set information"),
        (book(elements={17: "x" * 40}), "the tag holds 32"),
    ],
)
def test_what_cannot_be_written(content, says):
    with pytest.raises(ValueError, match=says):
        encode(content, 32)


def test_every_compaction_code_is_read():
    """One tag with all eight; OIDs 12 to 19 in order of their code."""
    bodies = [
        "02abcd",
        "030aa8ae",
        "02010f",
        "020886",
        "060420f1cb3d20",
        "0762c99b46ad9bb8",
        "01e9",
        "03e9babb",
    ]
    objects = [
        f"{code:X}F{oid - 15:02X}{body}" if oid >= 15 else f"{code:X}{oid:X}{body}"
        for code, oid, body in zip(Compaction, range(12, 20), bodies, strict=True)
    ]
    content = part_2(ITEM + "".join(objects))
    assert [content.elements[oid] for oid in range(12, 20)] == [
        "ABCD",
        "698542",
        "010",
        "ABC",
        "ABC1234",
        "12345678",
        "é",
        "麻",
    ]
