"""Which model a tag bears, and how much of a tag to read."""

import pytest

from devices.tag_data import (
    Model,
    TagContent,
    Unreadable,
    bytes_needed,
    decode,
    dsfid_of,
    encode,
)
from tests import vectors

RFID = vectors.load_rfid()
MEMORIES = {
    vector["name"]: bytes.fromhex(vector["hex"])
    for vector in RFID["iso28560_2"] + RFID["iso28560_3"]
    if "28560-4" not in vector["name"]
}
TRUSTED = [name for name, memory in MEMORIES.items() if isinstance(decode(memory, 0), TagContent)]
CHIP_BYTES = 112


def read_as_a_driver_does(memory, dsfid, first, **wishes):
    """The first blocks, then as often more as `bytes_needed` says; what was read and in how many readings."""
    length, readings = first, 1
    while (needed := bytes_needed(memory[:length], dsfid, **wishes)) is not None and length < len(memory):
        assert needed > length
        length, readings = min(needed + -needed % 4, len(memory)), readings + 1
    return memory[:length], readings


def long_book():
    return encode(
        TagContent(Model.ISO_28560_2, "33191000105864", "CN-440811-ZJ", elements={17: "x" * 50}), CHIP_BYTES
    )


@pytest.mark.parametrize(
    ("model", "dsfid"),
    [
        (Model.ISO_28560_2, 0x06),
        (Model.ISO_28560_3, 0x3E),
        (Model.MMM, 0x00),
        (Model.ISO_28560_4, 0x06),
        (Model.GAOXIAO, 0x00),
    ],
)
def test_dsfid_of_a_written_tag(model, dsfid):
    assert dsfid_of(model) == dsfid


@pytest.mark.parametrize("memory", [bytes(112), b"\xff" * 32, b"\0"])
@pytest.mark.parametrize("dsfid", [None, 0x00, 0x06, 0x3E])
def test_blank_tags(memory, dsfid):
    assert decode(memory, dsfid) == Unreadable("空白标签 / blank tag", blank=True)


def test_nothing_read_is_not_blank():
    content = decode(b"")
    assert isinstance(content, Unreadable)
    assert not content.blank


def test_left_overs_after_an_empty_tag_are_not_blank():
    content = decode(b"\0\0\0\0\x11\x03\x0a\xa8\xae", 0x06)
    assert isinstance(content, Unreadable)
    assert not content.blank


def test_a_library_may_pin_the_model():
    memory = MEMORIES["ISO B.1 (lainuri)"]
    assert decode(memory, 0x06, [Model.ISO_28560_3]).model is Model.ISO_28560_3
    assert isinstance(decode(memory, 0x3E, [Model.ISO_28560_2]), Unreadable)


def test_a_reason_names_every_model_that_was_tried():
    reason = decode(b"\x7f" * 30 + b"\x01\x02", 0x00).reason
    assert all(model.value in reason for model in (Model.ISO_28560_2, Model.ISO_28560_3, Model.MMM))


@pytest.mark.parametrize("name", TRUSTED)
@pytest.mark.parametrize("dsfid", [0x00, None])
@pytest.mark.parametrize("first", [32, 36])
def test_first_blocks_are_enough_for_the_captured_tags(name, dsfid, first):
    memory = MEMORIES[name].ljust(CHIP_BYTES, b"\0")
    read, readings = read_as_a_driver_does(memory, dsfid, first)
    assert decode(read, dsfid) == decode(memory, dsfid)
    assert readings <= 2
    assert len(read) <= 52


def test_a_long_tag_is_read_to_its_end_and_no_further():
    memory = long_book()
    read, readings = read_as_a_driver_does(memory, 0x06, 32)
    assert decode(read, 0x06) == decode(memory, 0x06)
    assert readings == 3
    assert len(read) < CHIP_BYTES


def test_a_28560_3_tag_of_eight_blocks_needs_no_ninth():
    memory = MEMORIES["ISO B.1 truncated32"]
    assert bytes_needed(memory, 0x3E) is None
    assert bytes_needed(memory[:16], 0x3E) == 36


def test_a_torn_28560_3_tag_is_not_read_on_and_on():
    memory = bytearray(MEMORIES["ISO B.1 (lainuri)"].ljust(CHIP_BYTES, b"\0"))
    memory[5] ^= 1
    assert bytes_needed(bytes(memory[:32]), 0x3E) == 36
    assert bytes_needed(bytes(memory[:36]), 0x3E) is None


def test_extension_blocks_are_read_when_asked_for():
    memory = encode(TagContent(Model.ISO_28560_3, "1", elements={17: "t" * 40}), CHIP_BYTES)
    assert bytes_needed(memory[:36], 0x3E) is None
    read, _ = read_as_a_driver_does(memory, 0x3E, 36, extensions=True)
    assert decode(read, 0x3E).elements[17] == "t" * 40


def test_3m_needs_24_bytes():
    memory = encode(TagContent(Model.MMM, "200901010123"), 32)
    assert bytes_needed(memory[:16], 0x00) == 36  # it might still be a 28560-3 tag
    assert bytes_needed(memory[:16], 0x00, [Model.MMM]) == 24
    assert bytes_needed(memory, 0x00) is None


@pytest.mark.parametrize("models", [[Model.GAOXIAO], [Model.ISO_28560_4]])
def test_uhf_models_are_read_by_banks(models):
    assert bytes_needed(bytes(32), None, models) is None
