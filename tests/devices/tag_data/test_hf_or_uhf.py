"""Memory of which nobody knows whether it is an HF or a UHF tag's: the chip's own CRC decides."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devices.tag_data import Model, TagContent, Unreadable, decode, encode, uhf
from devices.tag_data.models import CODECS
from tests import vectors

RFID = vectors.load_rfid()
HF_MEMORIES = {
    vector["name"]: bytes.fromhex(vector["hex"]).ljust(112, b"\0")
    for vector in RFID["iso28560_2"] + RFID["iso28560_3"]
    if "28560-4" not in vector["name"]
}
TRUSTED = [name for name, memory in HF_MEMORIES.items() if isinstance(decode(memory, 0), TagContent)]
BOOK = encode(TagContent(Model.ISO_28560_2, "33191000105864", "CN-440811-ZJ"), 64)
PASSING_FOR_HF = {
    "11081907a42dc077da43": (Model.ISO_28560_2, Model.ISO_28560_4),
    "11081907a42dc0a8e0d1": (Model.ISO_28560_2, Model.ISO_28560_4),
    "11023000000300002a33491138410000": (Model.ISO_28560_2, Model.GAOXIAO),
    "64ff3000000300001e631408648c86d6": (Model.ISO_28560_3, Model.GAOXIAO),
}
"""Bank 01 of UHF tags, CRC and all, that happen to be a content of an HF model too: that one, and theirs."""


@pytest.mark.parametrize("bank_01", PASSING_FOR_HF)
def test_uhf_memory_never_passes_for_an_hf_model(bank_01):
    memory = bytes.fromhex(bank_01).ljust(64, b"\0")
    mistaken, true = PASSING_FOR_HF[bank_01]
    assert CODECS[mistaken].decode(memory).primary_item_id
    assert decode(memory).model is true
    assert decode(memory, None, [mistaken, true]).model is true
    refused = decode(memory, None, [mistaken])
    assert isinstance(refused, Unreadable)
    assert "a UHF tag" in refused.reason


@given(
    content=st.binary(min_size=2, max_size=24).filter(lambda data: len(data) % 2 == 0),
    user=st.one_of(st.just(BOOK), st.binary(max_size=64)),
    afi=st.sampled_from([None, 0x00, 0x07, 0xC2]),
)
def test_whatever_a_uhf_tag_bears_no_hf_model_is_found(content, user, afi):
    found = decode(uhf.join(uhf.Banks(content, user, afi)))
    assert isinstance(found, Unreadable) or found.model in (Model.GAOXIAO, Model.ISO_28560_4)


@pytest.mark.parametrize("name", TRUSTED)
def test_no_captured_hf_tag_is_taken_for_a_uhf_tag(name):
    assert decode(HF_MEMORIES[name]) == decode(HF_MEMORIES[name], 0)
