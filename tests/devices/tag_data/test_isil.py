"""The samples are those of the reference page on tags, owners on tags in tests/captures/rfid.json, and two
Chinese library codes worked out in the tests of the open dp2 programs (DigitalPlatform/dp2, TestRfid2.cs)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devices.tag_data import isil
from devices.tag_data.content import BadTag

SAMPLES = [
    ("DE-Heu1", "21408e16bf1f"),
    ("US-InU-Mu", "acc09ebaa06f6b"),
    ("ZYLS", "d6593f"),
    ("FI-Mamk-M", "3240de05ab075b"),
    ("CN-110108-1-NLC", "1b81e110108a1ac7307f"),
    ("CN-120104-C-YBL", "1b81e120104ad1d6644c"),
    ("", ""),
]


@pytest.mark.parametrize(("text", "data"), SAMPLES)
def test_samples_both_ways(text, data):
    assert isil.decode(bytes.fromhex(data)) == text
    assert isil.encode(text) == bytes.fromhex(data)


@pytest.mark.parametrize("text", ["湛江", "A B", "a.b", "A_1"])
def test_characters_that_isil_coding_has_not(text):
    assert isil.encode(text) is None


def test_other_encoders_latch_where_this_one_shifts():
    """The same code after a latch, which dp2's tests name as the alternative."""
    assert isil.decode(bytes.fromhex("1b81e120104ac1832267")) == "CN-120104-C-YBL"


def test_digits_are_latched_where_more_of_them_follow():
    # 30 latches to digits (5 bits), then four bits each.
    assert isil.encode("440811") == bytes.fromhex("f220 40 8f".replace(" ", ""))


@pytest.mark.parametrize(
    "data",
    [
        "00ee",  # ends within a character
        "efbf00",  # shift, then another shift
    ],
)
def test_what_no_encoder_writes(data):
    with pytest.raises(BadTag):
        isil.decode(bytes.fromhex(data))


@given(st.text(alphabet="-:/AZaz059", max_size=30))
def test_library_codes_come_back(text):
    data = isil.encode(text)
    assert data is not None
    assert isil.decode(data) == text


@given(st.binary(max_size=30))
def test_any_bytes_are_text_or_refused(data):
    try:
        text = isil.decode(data)
    except BadTag:
        return
    assert isil.encode(text) is not None
