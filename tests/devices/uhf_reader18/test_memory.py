"""Bank 01 and bank 11 in one piece: where what lies, and the security byte of both library models."""

import pytest

from devices.tag_data import uhf
from devices.tag_data.content import BadTag
from devices.uhf_reader18.memory import (
    NO_SECURITY_BYTE,
    Span,
    content_size,
    security_byte,
    security_change,
    spans,
)
from devices.uhf_reader18.protocol import Bank
from tests import vectors

CONSORTIUM = [bytes.fromhex(each["epc"]) for each in vectors.load_rfid()["uhf"] if "epc" in each]
ISO_TAG = uhf.join(uhf.Banks(bytes.fromhex("054142433031"), b"\x06\x00", afi=0x07))[:-2]
GS1_TAG = uhf.join(uhf.Banks(bytes.fromhex("3008"), b"", afi=None))


@pytest.mark.parametrize(
    "start, end, expected",
    [
        (0, 8, [Span(Bank.EPC, 0, 4)]),
        (4, 16, [Span(Bank.EPC, 2, 6)]),
        (12, 20, [Span(Bank.EPC, 6, 2), Span(Bank.USER, 0, 2)]),
        (16, 24, [Span(Bank.USER, 0, 4)]),
        (20, 22, [Span(Bank.USER, 2, 1)]),
        (8, 8, []),
    ],
)
def test_spans_of_a_tag_with_96_bits_of_content(start: int, end: int, expected: list[Span]) -> None:
    assert spans(12, start, end) == expected


@pytest.mark.parametrize("bank_01", CONSORTIUM)
def test_the_vectors_are_in_the_library(bank_01: bytes) -> None:
    assert content_size(bank_01) == len(bank_01) - 4 == 12
    assert security_byte(bank_01) == 0x07


@pytest.mark.parametrize("bank_01", CONSORTIUM)
def test_a_consortium_tags_bit_is_set_on_loan_and_nothing_else_changes(bank_01: bytes) -> None:
    change = security_change(bank_01, 0xC2)
    assert (change.first, change.data) == (2, bytes([bank_01[4] | 0x80, bank_01[5]]))
    assert change.content == bytes([bank_01[4] | 0x80]) + bank_01[5:]
    on_loan = uhf.join(uhf.Banks(change.content, b"", afi=None))
    assert security_byte(on_loan) == 0xC2
    assert security_change(on_loan, 0x07).content == bank_01[4:]


def test_a_consortium_tag_has_room_for_a_bit_only() -> None:
    with pytest.raises(BadTag, match="can be 07h or C2h only"):
        security_change(CONSORTIUM[0], 0xDA)


def test_an_iso_tags_byte_is_in_the_control_word() -> None:
    assert security_byte(ISO_TAG) == 0x07
    change = security_change(ISO_TAG, 0xC2)
    assert (change.first, change.data) == (1, bytes([ISO_TAG[2], 0xC2]))
    assert change.content == ISO_TAG[4:]


def test_a_foreign_tag_has_none_and_gets_none() -> None:
    assert security_byte(GS1_TAG) == NO_SECURITY_BYTE
    with pytest.raises(BadTag):
        security_change(GS1_TAG, 0xC2)


def test_a_garbled_bank_is_not_believed() -> None:
    garbled = ISO_TAG[:-1] + b"\xff"
    assert security_byte(garbled) == NO_SECURITY_BYTE
    with pytest.raises(BadTag, match="CRC"):
        security_change(garbled, 0xC2)
