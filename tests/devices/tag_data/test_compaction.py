"""The samples are those of the reference page on tags: worked examples of ISO/IEC 15962 and ISO 28560-2."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devices.tag_data.compaction import Compaction, compact, expand
from devices.tag_data.content import BadTag

SAMPLES = [
    ("999999", Compaction.INTEGER, "0f423f"),
    ("010", Compaction.NUMERIC, "010f"),
    ("ABC", Compaction.BIT5, "0886"),
    ("AHQZ", Compaction.BIT5, "0a23a0"),
    ("ABC123456", Compaction.BIT6, "0420f1cb3d35da"),
    ("ABC1234", Compaction.BIT6, "0420f1cb3d20"),
]


@pytest.mark.parametrize(("text", "compaction", "data"), SAMPLES)
def test_samples_both_ways(text, compaction, data):
    assert compact(text) == (compaction, bytes.fromhex(data))
    assert expand(compaction, bytes.fromhex(data)) == text


def test_the_7_bit_sample():
    """12345678 is an integer to an encoder; the sample shows the code all the same."""
    assert expand(Compaction.BIT7, bytes.fromhex("62c99b46ad9bb8")) == "12345678"


@pytest.mark.parametrize(
    ("text", "compaction"),
    [
        ("5", Compaction.NUMERIC),
        ("10", Compaction.INTEGER),
        ("9" * 19, Compaction.INTEGER),
        ("1" + "0" * 19, Compaction.NUMERIC),
        ("QA268.L55", Compaction.BIT6),
        ("Lib01", Compaction.BIT7),
        ("ABC ", Compaction.BIT7),  # in 6-bit code the space would be taken for padding
        ("麻章", Compaction.UTF8),
        ("é", Compaction.UTF8),
    ],
)
def test_the_encoder_chooses(text, compaction):
    chosen, data = compact(text)
    assert chosen is compaction
    assert expand(chosen, data) == text


def test_codes_no_encoder_of_ours_writes():
    assert expand(Compaction.ISO_8859_1, b"01001643\xe9") == "01001643é"
    assert expand(Compaction.APPLICATION_DEFINED, b"\x0a\xbc") == "0ABC"


@pytest.mark.parametrize(
    ("compaction", "data"),
    [
        (Compaction.INTEGER, ""),
        (Compaction.INTEGER, "09"),  # one digit
        (Compaction.INTEGER, "000f423f"),  # not minimal
        (Compaction.INTEGER, "8ac7230489e80000"),  # 20 digits
        (Compaction.NUMERIC, "0a"),
        (Compaction.NUMERIC, "f1"),
        (Compaction.NUMERIC, "ff"),
        (Compaction.BIT5, "0887"),  # padding is not zero
        (Compaction.BIT5, "0000"),  # 00000 is no character
        (Compaction.BIT6, "0420f1cb3d35d9"),  # padding is not the start of 100000
        (Compaction.BIT7, "62c8"),
        (Compaction.UTF8, "e9ba"),
    ],
)
def test_what_no_encoder_writes(compaction, data):
    with pytest.raises(BadTag):
        expand(compaction, bytes.fromhex(data))


@given(st.text())
def test_any_text_comes_back(text):
    assert expand(*compact(text)) == text


@given(st.text(alphabet="ABC_^ @019~\x7f"))
def test_texts_that_look_like_padding_come_back(text):
    assert expand(*compact(text)) == text


@given(st.sampled_from(Compaction), st.binary(max_size=40))
def test_any_bytes_are_text_or_refused(compaction, data):
    try:
        text = expand(compaction, data)
    except BadTag:
        return
    assert isinstance(text, str)
