"""Codes out of bytes. The numbers are those of the library's reference page and of ISO/IEC 15424."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devices.kinds import CodeScanned
from devices.serial_scanner.protocol import (
    IDLE_GAP_S,
    LONGEST_CODE,
    NOT_TEXT,
    TOO_LONG,
    UNKNOWN_ENCODING,
    Decoder,
    Rejected,
)

ITEM = CodeScanned("33191000105864")


@pytest.mark.parametrize("suffix", [b"\r", b"\n", b"\r\n"])
def test_a_suffix_ends_a_code_at_once(suffix):
    assert Decoder().feed(b"33191000105864" + suffix, 1.0) == [ITEM]


def test_silence_ends_a_code_without_a_suffix():
    decoder = Decoder()
    assert decoder.feed(b"33191000105864", 1.0) == []
    assert decoder.feed(b"", 1.0 + IDLE_GAP_S / 2) == []
    assert decoder.feed(b"", 1.0 + IDLE_GAP_S) == [ITEM]
    assert decoder.feed(b"", 9.0) == []


def test_a_code_after_silence_is_another_code():
    decoder = Decoder()
    decoder.feed(b"33191000105864", 1.0)
    assert decoder.feed(b"9787302511625\r", 2.0) == [ITEM, CodeScanned("9787302511625")]


def test_several_codes_at_once_keep_their_order():
    scanned = Decoder().feed(b"one\rtwo\r\nthree\n", 1.0)
    assert scanned == [CodeScanned("one"), CodeScanned("two"), CodeScanned("three")]


@pytest.mark.parametrize(
    ("prefix", "symbology"),
    [
        ("]A0", "code39"),
        ("]C0", "code128"),
        ("]E0", "ean"),
        ("]F0", "codabar"),
        ("]I0", "itf"),
        ("]Q3", "qr"),
        ("]X0", "other"),
    ],
)
def test_the_aim_prefix_becomes_the_symbology(prefix, symbology):
    scanned = Decoder().feed(f"{prefix}33191000105864\r".encode(), 1.0)
    assert scanned == [CodeScanned("33191000105864", symbology)]


@pytest.mark.parametrize("text", ["]", "]A", "]!0123", "x]A0"])
def test_what_only_resembles_an_aim_prefix_stays(text):
    assert Decoder().feed(text.encode() + b"\r", 1.0) == [CodeScanned(text)]


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030"])
def test_chinese_in_either_encoding(encoding):
    assert Decoder().feed("湛江麻章".encode(encoding) + b"\r", 1.0) == [CodeScanned("湛江麻章")]


def test_neither_encoding_is_rejected():
    assert Decoder().feed(b"\xff\xfe\xff\r", 1.0) == [UNKNOWN_ENCODING]


def test_the_longest_code_passes_and_one_more_character_drops_it_whole():
    longest = "书" * LONGEST_CODE
    decoder = Decoder()
    assert decoder.feed(b"]Q1" + longest.encode() + b"\r", 1.0) == [CodeScanned(longest, "qr")]
    assert decoder.feed((longest + "x\r").encode(), 1.0) == [TOO_LONG]
    assert decoder.feed(b"33191000105864\r", 1.0) == [ITEM]


def test_a_flood_is_told_of_once_and_held_nowhere():
    decoder = Decoder()
    results = [result for _ in range(1000) for result in decoder.feed(b"x" * 1024, 1.0)]
    assert results == [TOO_LONG]
    assert len(decoder._unfinished) == 0
    assert decoder.feed(b"tail of the flood\r33191000105864\r", 1.0) == [ITEM]


def test_silence_ends_a_flood_too():
    decoder = Decoder()
    decoder.feed(b"x" * 5000, 1.0)
    assert decoder.feed(b"33191000105864\r", 2.0) == [ITEM]


@given(st.binary(max_size=300), st.data())
def test_pieces_make_no_difference(sent, data):
    """Whole or in any pieces, without silence in between, the same codes come out."""
    whole, piecewise = Decoder(), Decoder()
    cuts = sorted(data.draw(st.lists(st.integers(0, len(sent)), max_size=8)))
    pieces = [sent[a:b] for a, b in zip([0, *cuts], [*cuts, len(sent)], strict=True)]
    results = [result for piece in pieces for result in piecewise.feed(piece, 1.0)]
    assert results == whole.feed(sent, 1.0)
    assert piecewise.feed(b"", 9.0) == whole.feed(b"", 9.0)


def test_the_rest_of_a_code_whose_first_half_lay_there_unread_is_not_torn_off():
    """The half came at some time in the last ten seconds: perhaps just now."""
    decoder = Decoder()
    decoder.feed(b"", 1.0)
    assert decoder.feed(b"3319100", 11.0, since=1.0) == []
    assert decoder.feed(b"0105864\r", 11.05) == [ITEM]


def test_a_half_that_nothing_follows_is_ended_by_silence_from_when_it_was_found():
    decoder = Decoder()
    assert decoder.feed(b"33191000105864", 11.0, since=1.0) == []
    assert decoder.feed(b"", 12.0) == [ITEM]


def test_a_megabyte_of_rubbish_is_one_sentence_and_the_next_code_is_read():
    rubbish = random.Random(7).randbytes(1_000_000)
    decoder = Decoder()
    results = [r for n in range(0, len(rubbish), 4096) for r in decoder.feed(rubbish[n : n + 4096], 1.0)]
    assert sum(isinstance(result, Rejected) for result in results) == 1
    assert decoder.feed(b"\r33191000105864\r", 1.0)[-1] == ITEM
    assert decoder.feed(b"\x00\r", 9.0) == [NOT_TEXT], "told of again after a silence"


@pytest.mark.parametrize("sent", [b"3319\x001000105864\r", b"\x1b[A\r", b"33\x7f\r"])
def test_control_characters_are_no_codes_text(sent):
    assert Decoder().feed(sent, 1.0) == [NOT_TEXT]


def test_separators_of_gs1_are():
    assert Decoder().feed(b"]C10107\x1d10A\r", 1.0) == [CodeScanned("0107\x1d10A", "code128")]


def test_what_some_scanners_put_around_a_code_is_taken_off():
    assert Decoder().feed(b"\x0233191000105864\x03\r33191000105864\t\r", 1.0) == [ITEM, ITEM]
