"""Variants of two tags that others wrote (tests/captures/rfid.json); CRC reference from the Danish model.

The standard's example B.2, with extension blocks, is as Hypernova-Oy/lainuri's tests cite it.
"""

import pytest

from devices.crc import crc16
from devices.tag_data import Model, SetInfo, TagContent, Unreadable, decode, encode
from tests import vectors

DANISH = bytes.fromhex(
    next(v["hex"] for v in vectors.load_rfid()["iso28560_3"] if v["name"] == "ISO B.1 (lainuri)")
)
MAMK = bytes.fromhex(next(v["hex"] for v in vectors.load_rfid()["iso28560_3"] if v["name"] == "Mamk field"))

B_2 = bytes.fromhex(
    "110101 31303030303030313336000000000000 3615 444b373138353030 0000000000"
    "05010005 01"  # library: a book
    "22020071 426f67766f676e656e00 3132333435363738393000 00 61373839363536 63"  # acquisition
    "00"
)


def part_3(memory):
    return decode(memory, 0x3E)


def with_crc(memory, **bytes_at):
    changed = bytearray(memory[:34].ljust(34, b"\0"))
    for at, value in bytes_at.items():
        changed[int(at[1:])] = value
    changed[19:21] = crc16(bytes(changed[:19] + changed[21:34])).to_bytes(2, "little")
    return bytes(changed) + memory[34:]


def reversed_blocks(memory):
    return b"".join(memory[at : at + 4][::-1] for at in range(0, len(memory), 4))


def block(block_id, payload):
    body = bytes([len(payload) + 4]) + block_id.to_bytes(2, "little")
    check = 0
    for byte in body + payload:
        check ^= byte
    return body + bytes([check]) + payload


def book(**fields):
    return TagContent(Model.ISO_28560_3, "1000000056", **fields)


def test_crc_reference_value():
    assert crc16(b"RFID tag data model") == 0x1AEE


@pytest.mark.parametrize("memory", [DANISH[:32], DANISH + b"\0\0", MAMK[:100]], ids=["32", "36", "100"])
def test_reversed_blocks_are_put_right(memory):
    assert part_3(reversed_blocks(memory)) == part_3(memory)
    assert isinstance(part_3(memory), TagContent)


@pytest.mark.parametrize("at", [0, 1, 3, 12, 19, 20, 21, 30])
def test_one_wrong_bit_and_the_tag_is_not_believed(at):
    torn = bytearray(DANISH)
    torn[at] ^= 0x10
    assert isinstance(part_3(bytes(torn)), Unreadable)
    assert isinstance(decode(bytes(torn), 0x00), Unreadable)


@pytest.mark.parametrize("total", [1, 2, 3, 5])
@pytest.mark.parametrize("dsfid", [0x00, None])
def test_a_broken_tag_without_its_dsfid_never_passes_as_another_book(total, dsfid):
    """Its first bytes can look like a number under 28560-2, and the digits after it like a bitmap."""
    memory = encode(book(set_info=SetInfo(1, total), owner="DK718500"), 112)
    for bit in range(34 * 8):
        broken = bytearray(memory)
        broken[bit // 8] ^= 1 << bit % 8
        assert isinstance(decode(bytes(broken), dsfid), Unreadable), bit


def test_a_part_of_three_that_was_half_overwritten():
    torn = bytes.fromhex("110303373332313034343439300000000000001de2434e37313835303000000000000000")
    assert all(isinstance(decode(torn, dsfid), Unreadable) for dsfid in (0x00, 0x06, None))


def test_fewer_than_32_bytes_are_not_a_tag():
    assert "31 bytes" in part_3(DANISH[:31]).reason


@pytest.mark.parametrize(
    ("byte_0", "usage"),
    [(0x11, "10"), (0x21, "20"), (0x12, "20"), (0x81, "80"), (0x18, "80"), (0x10, "00"), (0x01, "00")],
)
def test_usage_and_version_in_either_nibble(byte_0, usage):
    assert part_3(with_crc(DANISH, _0=byte_0)).elements[5] == usage


def test_usage_is_unknown_where_no_nibble_is_version_1():
    content = part_3(with_crc(DANISH, _0=0x23))
    assert content.primary_item_id == "1000000056"
    assert 5 not in content.elements


@pytest.mark.parametrize(
    ("parts", "part", "set_info"),
    [
        (3, 2, SetInfo(2, 3)),
        (2, 3, SetInfo(2, 3)),
        (3, 0, SetInfo(0, 3)),
        (0, 0, None),
        (255, 255, SetInfo(255, 255)),
    ],
)
def test_parts_in_either_order(parts, part, set_info):
    assert part_3(with_crc(DANISH, _1=parts, _2=part)).set_info == set_info


def test_an_item_identifier_must_be_there_and_printable():
    assert "OID 1" in part_3(with_crc(DANISH, _3=0)).reason
    assert "printable" in part_3(with_crc(DANISH, _3=7)).reason


def test_old_tags_write_iso_8859_1():
    assert part_3(with_crc(DANISH, _3=0xD8)).primary_item_id == "Ø000000056"


def test_extension_blocks_become_elements():
    area = (
        block(3, b"I247.5\0\0\0Taiping\0")
        + b"\x01\x01"
        + block(101, b"xyz")
        + block(4, "红楼梦".encode() + b"\0")
    )
    content = part_3(DANISH + area + b"\0" + block(2, b"left over\0"))
    assert {oid: content.elements[oid] for oid in content.elements if oid > 5} == {
        6: "I247.5",
        24: "Taiping",
        17: "红楼梦",
    }


def test_the_standard_s_example_with_extension_blocks_both_ways():
    content = part_3(B_2)
    assert (content.primary_item_id, content.owner) == ("1000000136", "DK718500")
    assert {oid: content.elements[oid] for oid in content.elements if oid > 5} == {
        19: "1",
        9: "Bogvognen",
        18: "1234567890",
        21: "a789656c",
    }
    assert encode(content, len(B_2)) == B_2


def test_fields_after_the_media_format_are_text():
    content = part_3(DANISH + block(1, b"\x02S-1\0CN-440811"))
    assert [content.elements[oid] for oid in (19, 22, 23)] == ["2", "S-1", "CN-440811"]
    assert 19 not in part_3(DANISH + block(1, b"\0S-1\0")).elements


@pytest.mark.parametrize("media", ["0", "256", "BA", "01"])
def test_a_media_format_that_one_byte_cannot_hold(media):
    with pytest.raises(ValueError, match="OID 19"):
        encode(book(elements={19: media}), 112)


def test_extension_blocks_are_written_and_read_back():
    elements = {19: "1", 9: "S1", 20: "2", 6: "I247.5", 8: "m", 17: "红楼梦", 11: "CN-1", 25: "x"}
    content = part_3(encode(book(elements=elements), 112))
    assert {oid: content.elements[oid] for oid in elements} == elements


@pytest.mark.parametrize(
    "area",
    [block(4, b"Title\0")[:-1], b"\x03\x04\x00\x07", bytes([10, 4, 0, 0]) + b"Title\0"],
    ids=["cut off", "too short", "check"],
)
def test_a_bad_extension_block_costs_only_itself(area):
    content = part_3(DANISH + block(3, b"I247.5\0") + area)
    assert content.primary_item_id == "1000000056"
    assert content.elements[6] == "I247.5"
    assert 17 not in content.elements


def test_no_set_information_is_written_as_one_of_one():
    assert encode(book(), 36)[1:3] == b"\x01\x01"


def test_an_isil_loses_its_hyphen():
    assert encode(book(owner="DK-718500"), 34) == DANISH
    assert encode(book(owner="DK718500"), 32) == DANISH[:32]


@pytest.mark.parametrize(
    ("content", "size", "says"),
    [
        (TagContent(Model.ISO_28560_3, "1" * 17), 112, "16 bytes"),
        (book(owner="CN-4408110001000"), 112, "13 bytes"),
        (book(owner="CN12345678901"), 32, "34 bytes"),
        (book(elements={14: "x"}), 112, "OID 14"),
        (book(elements={5: "12"}), 112, "OID 5"),
        (book(elements={5: "x0"}), 112, "OID 5"),
        (book(elements={17: "a\0b"}), 112, "OID 17"),
        (book(elements={17: "x" * 252}), 400, "255"),
        (book(set_info=SetInfo(1, 256)), 112, "256"),
        (book(elements={17: "x" * 100}), 112, "112"),
    ],
)
def test_what_cannot_be_written(content, size, says):
    with pytest.raises(ValueError, match=says):
        encode(content, size)
