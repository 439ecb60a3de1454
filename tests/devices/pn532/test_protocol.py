"""Frames. The bytes are those of NXP UM0701-02, of nfcpy 1.0.4's and of libnfc 1.8.0's own messages."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devices.pn532.protocol import (
    CHIP_TO_HOST,
    HOST_TO_CHIP,
    SYNTAX_ERROR,
    WAKE_UP,
    Damaged,
    Decoder,
    Frame,
    Signal,
    encode,
)

GET_FIRMWARE = Frame(HOST_TO_CHIP, b"\x02")
OTHERS_BYTES = {
    "0000FF00FF00": Signal.ACK,
    "0000FFFF0000": Signal.NACK,
    "0000FF01FF7F8100": SYNTAX_ERROR,
    "0000FF02FED4022A00": GET_FIRMWARE,
    "0000FF06FAD50332010607E800": Frame(CHIP_TO_HOST, b"\x03\x32\x01\x06\x07"),
    "0000FF05FBD4140100001700": Frame(HOST_TO_CHIP, b"\x14\x01\x00\x00"),
    "0000FF02FED5151600": Frame(CHIP_TO_HOST, b"\x15"),
    "0000FF03FDD410071500": Frame(HOST_TO_CHIP, b"\x10\x07"),
    "0000FF09F7D400006C69626E6663BE00": Frame(HOST_TO_CHIP, b"\x00\x00libnfc"),
}


@pytest.mark.parametrize(("wire", "frame"), OTHERS_BYTES.items())
def test_bytes_of_others(wire, frame):
    assert Decoder().feed(bytes.fromhex(wire)) == [frame]
    assert encode(frame) == bytes.fromhex(wire)


def test_nfcpys_line_test_is_an_extended_frame():
    """265 bytes, LEN 0109h: the head as nfcpy makes it, and the checksum that makes the sum zero."""
    data = b"\x00\x00" + bytes(n & 0xFF for n in range(262))
    wire = encode(Frame(HOST_TO_CHIP, data))
    assert wire.startswith(bytes.fromhex("0000FFFFFF0109F6D40000000102"))
    assert sum(wire[8:-1]) & 0xFF == 0
    assert Decoder().feed(wire) == [Frame(HOST_TO_CHIP, data)]


def test_254_bytes_are_the_most_for_a_normal_frame():
    """nfcpy reads a length byte FF as the mark of an extended frame."""
    assert encode(Frame(CHIP_TO_HOST, bytes(253)))[3:5] == b"\xfe\x02"
    assert encode(Frame(CHIP_TO_HOST, bytes(254)))[3:8] == b"\xff\xff\x00\xff\x01"


def test_266_bytes_fit_no_frame():
    with pytest.raises(ValueError, match="266 bytes do not fit"):
        encode(Frame(CHIP_TO_HOST, bytes(265)))


@pytest.mark.parametrize("ahead", [WAKE_UP, bytes.fromhex("5555000000000000"), b"\x12\x34\xff\x56"])
def test_wake_up_bytes_and_noise_ahead_are_no_part_of_it(ahead):
    assert Decoder().feed(ahead + encode(GET_FIRMWARE)) == [GET_FIRMWARE]


def test_byte_by_byte():
    decoder = Decoder()
    sent = Signal.ACK.value + encode(GET_FIRMWARE)
    items = [item for byte in sent for item in decoder.feed(bytes([byte]))]
    assert items == [Signal.ACK, GET_FIRMWARE]


@pytest.mark.parametrize(
    ("wire", "reason"),
    [
        ("0000FF02FDD4022A00", "length"),
        ("0000FF02FED4022B00", "checksum"),
        ("0000FF000000", "length"),
        ("0000FFFFFF010AF5", "length"),  # a byte more than the longest frame
        ("0000FFFFFFFFFF02", "length"),  # 65535 bytes that would never come
    ],
)
def test_damaged_frames_say_why_and_cost_no_other(wire, reason):
    damaged, good = Decoder().feed(bytes.fromhex(wire) + encode(GET_FIRMWARE))
    assert isinstance(damaged, Damaged)
    assert reason in damaged.reason
    assert good == GET_FIRMWARE


def test_truncated_frames_wait_for_more():
    decoder = Decoder()
    assert decoder.feed(encode(GET_FIRMWARE)[:-3]) == []
    assert decoder.feed(encode(GET_FIRMWARE)[-3:]) == [GET_FIRMWARE]


@given(st.binary(max_size=600), st.integers(1, 40))
def test_noise_never_breaks_it_nor_fills_memory(noise, piece):
    decoder = Decoder()
    for i in range(0, len(noise), piece):
        decoder.feed(noise[i : i + piece])
    assert len(decoder._buffer) < 300
    decoder.feed(bytes(300))  # whatever frame the noise began is over now
    assert decoder.feed(encode(GET_FIRMWARE)) == [GET_FIRMWARE]


@given(st.sampled_from((HOST_TO_CHIP, CHIP_TO_HOST)), st.binary(max_size=264))
def test_there_and_back(tfi, data):
    assert Decoder().feed(encode(Frame(tfi, data))) == [Frame(tfi, data)]
