"""Frames from a counter vendor's manual and from pymodbus; CRC check value from catalogues of CRCs."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pymodbus.framer import FramerRTU
from pymodbus.pdu import DecodePDU
from pymodbus.pdu.register_message import ReadHoldingRegistersRequest, WriteMultipleRegistersRequest

from devices.crc import crc16_modbus
from devices.kinds import DoorCount
from devices.modbus_counter.protocol import (
    DEFAULT,
    Decoder,
    ExceptionCode,
    ReadFunction,
    RegisterMap,
    Request,
    Width,
    WordOrder,
    exception_reply,
    read_reply,
    read_request,
)

QUESTION = bytes.fromhex("01 04 00 00 00 04 F1 C9")
ANSWER = bytes.fromhex("01 04 08 00 01 86 A0 00 00 00 2A 2A AD")
"""A vendor's sample: 100000 people came in, 42 went out."""


def test_the_vendors_sample() -> None:
    assert read_request(1, DEFAULT) == QUESTION
    assert read_reply(1, 4, [0x0001, 0x86A0, 0x0000, 0x002A]) == ANSWER
    assert DEFAULT.decode([0x0001, 0x86A0, 0x0000, 0x002A]) == DoorCount(entries=100_000, exits=42)


def test_crc() -> None:
    assert crc16_modbus(b"123456789") == 0x4B37, "the check value of CRC-16/MODBUS in every catalogue"


def test_an_exception() -> None:
    assert exception_reply(0x0A, 1, ExceptionCode.ILLEGAL_DATA_ADDRESS) == bytes.fromhex("0A 81 02 B0 53")


MAPS = {
    "low word first": (RegisterMap(word_order=WordOrder.LOW_FIRST), [0x86A0, 1, 42, 0]),
    "exits before entries": (RegisterMap(entries_address=12, exits_address=10), [0, 42, 1, 0x86A0]),
    "a gap between": (RegisterMap(exits_address=3), [1, 0x86A0, 0, 0, 42]),
}


@pytest.mark.parametrize(("register_map", "registers"), MAPS.values(), ids=MAPS)
def test_vendors_register_maps(register_map: RegisterMap, registers: list[int]) -> None:
    assert register_map.count == len(registers)
    assert register_map.decode(registers) == DoorCount(100_000, 42)
    assert register_map.encode(100_000, 42) == registers


@pytest.mark.parametrize("exits_address", [0, 1, 124])
def test_counters_that_overlap_or_lie_too_far_apart(exits_address: int) -> None:
    with pytest.raises(ValueError, match="must be 2 to 123 registers apart"):
        RegisterMap(entries_address=0, exits_address=exits_address)


def test_a_question_for_holding_registers() -> None:
    framer = FramerRTU(DecodePDU(False))
    theirs = framer.buildFrame(ReadHoldingRegistersRequest(dev_id=7, address=0x6B, count=5))
    ours = RegisterMap(entries_address=0x6B, exits_address=0x6E, function=ReadFunction.HOLDING_REGISTERS)
    assert read_request(7, ours) == theirs


# -- the decoder -----------------------------------------------------------------------------------------

ASKED = Request(1, 4, bytes.fromhex("00 00 00 04"))


def test_whole_and_byte_by_byte() -> None:
    assert Decoder().feed(QUESTION) == [ASKED]
    decoder = Decoder()
    assert [request for byte in QUESTION for request in decoder.feed(bytes((byte,)))] == [ASKED]


@pytest.mark.parametrize("noise", ["ff", "01 10", "01 04", "01 04 00 00 00 04 f1 c8", "00" * 300])
def test_after_noise(noise: str) -> None:
    assert Decoder().feed(bytes.fromhex(noise) + QUESTION) == [ASKED]


def test_a_frame_with_a_wrong_crc_is_none() -> None:
    assert Decoder().feed(QUESTION[:-1] + b"\x00") == []


def test_truncated_it_waits_for_the_rest() -> None:
    decoder = Decoder()
    assert decoder.feed(QUESTION[:5]) == []
    assert decoder.feed(QUESTION[5:] + QUESTION) == [ASKED, ASKED]


def test_a_frame_of_variable_length() -> None:
    theirs = FramerRTU(DecodePDU(False)).buildFrame(
        WriteMultipleRegistersRequest(dev_id=1, address=0, registers=[1, 2])
    )
    assert Decoder().feed(theirs + QUESTION) == [Request(1, 16, theirs[2:-2]), ASKED]


NUMBERS = st.integers(0, 2**32 - 1)
REGISTER_MAPS = st.builds(
    RegisterMap,
    entries_address=st.integers(0, 50),
    exits_address=st.integers(60, 100),
    function=st.sampled_from(ReadFunction),
    word_order=st.sampled_from(WordOrder),
    width=st.sampled_from(Width),
    passages_address=st.none() | st.integers(0, 1000),
)


@given(REGISTER_MAPS, NUMBERS, NUMBERS)
def test_what_any_map_shows_is_what_was_counted(register_map: RegisterMap, entries: int, exits: int) -> None:
    modulus = register_map.width.modulus
    count = register_map.decode(register_map.encode(entries, exits))
    if register_map.passages_address is None:
        assert (count.entries, count.exits, count.passages) == (entries % modulus, exits % modulus, 0)
    else:
        assert (count.entries, count.exits, count.passages) == (0, 0, (entries + exits) % modulus)
    assert count.modulus == modulus


@given(st.binary(max_size=300))
def test_rubbish_does_not_break_it(rubbish: bytes) -> None:
    decoder = Decoder()
    decoder.feed(rubbish)
    assert decoder.feed(bytes(300) + QUESTION)[-1] == ASKED
