"""The samples are those of the reference page on tags, and owners on tags in tests/captures/rfid.json."""

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
    ("", ""),
]


@pytest.mark.parametrize(("text", "data"), SAMPLES)
def test_samples_both_ways(text, data):
    assert isil.decode(bytes.fromhex(data)) == text
    assert isil.encode(text) == bytes.fromhex(data)


@pytest.mark.parametrize("text", ["湛江", "A B", "a.b", "A_1"])
def test_characters_that_isil_coding_has_not(text):
    assert isil.encode(text) is None


def test_digits_are_latched_where_that_is_shorter():
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
