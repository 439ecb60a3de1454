"""Tags that others wrote (tests/captures/rfid.json): each decodes as stated, canonical ones encode back."""

import pytest

from devices.tag_data import Model, SetInfo, TagContent, Unreadable, decode, encode
from devices.tag_data.gaoxiao_id import IdCode, decode_id, encode_id_as
from tests import vectors

RFID = vectors.load_rfid()
PART_2 = {vector["name"]: vector for vector in RFID["iso28560_2"]}
PART_3 = {vector["name"]: vector for vector in RFID["iso28560_3"]}
BANK_11 = "28560-4 MB11 (skip DSFID)"
REJECTED = [name for name, vector in PART_2.items() if "expect" in vector]
TRUSTED = [name for name in PART_2 if name not in REJECTED]
VALID_PART_3 = [name for name, vector in PART_3.items() if vector["decoded"]["crc_ok"]]
BANKS = [vector for vector in RFID["uhf"] if "epc" in vector]
ITEM_IDS = [vector for vector in RFID["uhf"] if "pii" in vector]


def memory_of(vector):
    return bytes.fromhex(vector["hex"])


def stated(vector):
    return {element["oid"]: element["value"] for element in vector["elements"]}


@pytest.mark.parametrize("name", TRUSTED)
def test_28560_2_elements(name):
    content = decode(memory_of(PART_2[name]))
    assert isinstance(content, TagContent)
    assert dict(content.elements) == stated(PART_2[name])
    assert content.primary_item_id == stated(PART_2[name]).get(1, "")
    assert content.owner == (stated(PART_2[name]).get(3) or None)


@pytest.mark.parametrize("name", [name for name in TRUSTED if name != BANK_11])
def test_28560_2_is_found_whatever_the_dsfid_register_says(name):
    contents = [decode(memory_of(PART_2[name]), dsfid) for dsfid in (0x06, 0x00, None)]
    assert [content.model for content in contents] == [Model.ISO_28560_2] * 3


@pytest.mark.parametrize("dsfid", [0x06, 0x00, 0x3E, None])
@pytest.mark.parametrize("name", REJECTED)
def test_28560_2_never_half_believed(name, dsfid):
    content = decode(memory_of(PART_2[name]), dsfid)
    assert isinstance(content, Unreadable)
    assert not content.blank
    assert all(isinstance(decode(memory_of(PART_2[name]), dsfid, [model]), Unreadable) for model in Model)


@pytest.mark.parametrize("name", ["GB35660.2/28560-2 annex full", BANK_11])
def test_28560_2_canonical_objects_encode_back(name):
    memory = memory_of(PART_2[name])
    written = encode(decode(memory), 64)
    skipped_dsfid = b"\x06" if name == BANK_11 else b""
    assert written == (skipped_dsfid + memory).ljust(64, b"\0")


def test_28560_2_set_information_says_total_then_part():
    content = decode(memory_of(PART_2["GB35660.2/28560-2 annex full"]))
    assert content.set_info == SetInfo(part=3, total=12)


@pytest.mark.parametrize("dsfid", [0x3E, 0x00, 0x06, None])
@pytest.mark.parametrize("name", VALID_PART_3)
def test_28560_3_fields(name, dsfid):
    content = decode(memory_of(PART_3[name]), dsfid)
    decoded = PART_3[name]["decoded"]
    assert content.model is Model.ISO_28560_3
    assert content.primary_item_id == decoded["primary_item_id"]
    assert content.owner == decoded["owner"]
    assert content.set_info == SetInfo(decoded["part_number"], decoded["parts_in_item"])
    assert content.elements[5] == f"{decoded['byte0_high_nibble']:X}0"


@pytest.mark.parametrize("name", VALID_PART_3)
def test_28560_3_encodes_back(name):
    """All but the local extension block (id 101) of the Mamk tag, which means nothing elsewhere."""
    memory = memory_of(PART_3[name])
    basic = memory[:34].ljust(len(memory), b"\0")
    assert encode(decode(memory), len(memory)) == basic


@pytest.mark.parametrize("name", [name for name in PART_3 if name not in VALID_PART_3])
def test_28560_3_all_zero_is_blank(name):
    content = decode(memory_of(PART_3[name]), 0x3E)
    assert isinstance(content, Unreadable)
    assert content.blank


@pytest.mark.parametrize(
    ("vector", "item_id", "owner", "set_info"),
    [
        (BANKS[0], "32103179", "10248", SetInfo(1, 1)),
        (BANKS[1], "32103177", "10248", SetInfo(1, 1)),
        (BANKS[2], "01557071", "55700", SetInfo(1, 1)),
        (BANKS[3], "000055377", None, None),
    ],
)
def test_university_consortium_banks(vector, item_id, owner, set_info):
    """What the four samples mean was computed by hand from the layout; the chips' CRCs vouch for bank 01."""
    content = decode(bytes.fromhex(vector["epc"] + vector["user"]))
    assert content.model is Model.GAOXIAO
    assert (content.primary_item_id, content.owner, content.set_info) == (item_id, owner, set_info)


def test_university_consortium_bank_11_encodes_back():
    vector = BANKS[0]
    written = encode(decode(bytes.fromhex(vector["epc"] + vector["user"])), 28)
    assert written[16:].hex().upper() == vector["user"]
    # Byte 4 of bank 01 differs: sorting bits that the sample's supplier sets are not kept.
    assert written[5:16].hex().upper() == vector["epc"][10:]


@pytest.mark.parametrize("vector", ITEM_IDS, ids=lambda vector: f"{vector['name']}-{vector['pii']}")
def test_university_consortium_item_identifiers(vector):
    code = {"gaoxiao96": IdCode.BITS_96, "gaoxiao128": IdCode.BITS_128}[vector["name"]]
    assert decode_id(code, memory_of(vector)) == vector["pii"]
    assert encode_id_as(code, vector["pii"]) == memory_of(vector)
