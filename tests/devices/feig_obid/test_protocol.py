"""FEIG frames made by others come first: every vector, both ways, with what it means."""

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devices.feig_obid import protocol as feig
from devices.feig_obid.protocol import Decoder, Frame, Reply, encode
from tests import vectors

VECTORS = {each["name"]: bytes.fromhex(each["hex"]) for each in vectors.load_rfid()["feig_obid"]}
UID = bytes.fromhex("E004010012345678")
UID_ANNEX_F = bytes.fromhex("E00700000147677E")
BLOCKS_ANNEX_F = bytes.fromhex("01020304 11121314 21222324")

COMMANDS: dict[str, feig.Command] = {
    "annexF write 4B x3": feig.write_blocks(UID_ANNEX_F, 0, 4, BLOCKS_ANNEX_F),
    "Amarok std 0x65": feig.SOFTWARE_VERSION,
    "baud detect req": feig.BAUD_DETECT,
    "cpu reset": feig.CPU_RESET,
    "get sw ver req": feig.SOFTWARE_VERSION,
    "get reader info mode0": feig.READER_INFO,
    "rf reset req": feig.RF_RESET,
    "rf off": feig.RF_OFF,
    "rf on": feig.RF_ON,
    "inventory req": feig.Inventory(),
    "inventory more": feig.Inventory(more=True),
    "stay quiet": feig.TagCommand(feig.Iso.STAY_QUIET, UID),
    "select": feig.TagCommand(feig.Iso.SELECT, UID),
    "reset to ready": feig.TagCommand(feig.Iso.RESET_TO_READY, UID),
    "read 8 blk addr": feig.read_blocks(UID, 0, 8),
    "read 28 blk addr sec": feig.read_blocks(UID, 0, 28, security=True),
    "get sysinfo req": feig.TagCommand(feig.Iso.SYSTEM_INFORMATION, UID),
    "write AFI 07": feig.TagCommand(feig.Iso.WRITE_AFI, UID, b"\x07"),
    "write AFI C2": feig.TagCommand(feig.Iso.WRITE_AFI, UID, b"\xc2"),
    "write DSFID 06": feig.TagCommand(feig.Iso.WRITE_DSFID, UID, b"\x06"),
    "lock blk 0-1": feig.TagCommand(feig.Iso.LOCK_BLOCKS, UID, bytes([0, 2])),
    "get sec status 0..27": feig.TagCommand(feig.Iso.BLOCK_SECURITY, UID, bytes([0, 28])),
    "set EAS": feig.EasCommand(feig.Eas.SET, UID),
    "reset EAS": feig.EasCommand(feig.Eas.RESET, UID),
    "eas alarm": feig.EasCommand(feig.Eas.ALARM, UID),
}
FRAMES: dict[str, Frame] = {
    "Amarok std 0x80": Frame(feig.Control.READ_CONFIGURATION, b"\x07", address=0x12),
    "Amarok adv 0x80": Frame(feig.Control.READ_CONFIGURATION, b"\x07", address=0x12, advanced=True),
    "Amarok adv 0x65": Frame(feig.Control.SOFTWARE_VERSION, advanced=True),
}
REPLIES: dict[str, tuple[int, feig.Status, Callable[[bytes], object], object]] = {
    "annexF read resp 4B": (
        feig.Control.ISO_HOST,
        feig.Status.OK,
        feig.parse_blocks,
        tuple(feig.Block(0, BLOCKS_ANNEX_F[i : i + 4]) for i in (0, 4, 8)),
    ),
    "baud detect rsp": (feig.Control.BAUD_DETECT, feig.Status.OK, bytes, b""),
    "get sw ver rsp (SW 02.10? hw 0x40 type 76 TR 0008)": (
        feig.Control.SOFTWARE_VERSION,
        feig.Status.OK,
        feig.parse_software_version,
        feig.SoftwareVersion("02.10", hardware_type=0x40, reader_type=76),
    ),
    "rf reset rsp": (feig.Control.RF_RESET, feig.Status.OK, bytes, b""),
    "inventory rsp none": (feig.Control.ISO_HOST, feig.Status.NO_TAG, bytes, b""),
    "inventory rsp 1": (
        feig.Control.ISO_HOST,
        feig.Status.OK,
        feig.parse_inventory,
        (feig.TagRecord(0x06, UID),),
    ),
    "get sysinfo rsp": (
        feig.Control.ISO_HOST,
        feig.Status.OK,
        feig.parse_system_information,
        feig.SystemInformation(0x06, UID, 0x07, block_size=4, block_count=28, ic_reference=1),
    ),
    "ok rsp B0": (feig.Control.ISO_HOST, feig.Status.OK, bytes, b""),
    "B1 ok": (feig.Control.ISO_CUSTOM, feig.Status.OK, bytes, b""),
    "B1 no tag (EAS off)": (feig.Control.ISO_CUSTOM, feig.Status.NO_TAG, bytes, b""),
}


def test_every_vector_is_used() -> None:
    assert COMMANDS.keys() | FRAMES.keys() | REPLIES.keys() == VECTORS.keys()


@pytest.mark.parametrize("name", COMMANDS)
def test_commands_are_encoded_as_others_do(name: str) -> None:
    assert encode(COMMANDS[name]).hex(" ") == VECTORS[name].hex(" ")


@pytest.mark.parametrize("name", FRAMES)
def test_frames_with_an_address_or_of_the_advanced_kind(name: str) -> None:
    assert FRAMES[name].encode().hex(" ") == VECTORS[name].hex(" ")
    assert Decoder().feed(VECTORS[name]) == [FRAMES[name]]


@pytest.mark.parametrize("name", REPLIES)
def test_replies_mean_what_others_say(name: str) -> None:
    control, status, parse, value = REPLIES[name]
    (frame,) = Decoder().feed(VECTORS[name])
    reply = Reply.of(frame)
    assert reply is not None
    assert (reply.control, reply.status) == (control, status)
    assert parse(reply.data) == value
    assert frame.encode() == VECTORS[name]


# -- the decoder on bad wires ----------------------------------------------------------------------------

ALL = b"".join(VECTORS.values())


def test_all_vectors_in_one_piece() -> None:
    assert [frame.encode() for frame in Decoder().feed(ALL)] == list(VECTORS.values())


def test_all_vectors_byte_by_byte() -> None:
    decoder = Decoder()
    frames = [frame for byte in ALL for frame in decoder.feed(bytes([byte]))]
    assert [frame.encode() for frame in frames] == list(VECTORS.values())
    assert not decoder.pending


@pytest.mark.parametrize("name", VECTORS)
@pytest.mark.parametrize("garbage", ["00", "FF", "02 00", "02 FF FF", "06 00 B0 00", "11 22 33 44 55 66 77"])
def test_a_frame_behind_garbage_is_found_once_the_line_is_quiet(name: str, garbage: str) -> None:
    decoder = Decoder()
    frames = decoder.feed(bytes.fromhex(garbage) + VECTORS[name]) + decoder.end_of_burst()
    assert VECTORS[name] in [frame.encode() for frame in frames]
    assert not decoder.pending


@pytest.mark.parametrize("name", VECTORS)
def test_a_truncated_frame_is_nothing(name: str) -> None:
    for size in range(len(VECTORS[name])):
        decoder = Decoder()
        assert decoder.feed(VECTORS[name][:size]) == []
        assert decoder.end_of_burst() == []


@pytest.mark.parametrize("bit", range(8 * 17))
def test_one_wrong_bit_makes_it_nothing(bit: int) -> None:
    good = VECTORS["inventory rsp 1"]
    bad = bytearray(good)
    bad[bit // 8] ^= 1 << bit % 8
    decoder = Decoder()
    assert decoder.feed(bytes(bad)) + decoder.end_of_burst() == []


frames = st.builds(
    Frame, st.integers(0, 255), st.binary(max_size=200), st.integers(0, 255), advanced=st.booleans()
)


@given(st.lists(frames, max_size=5), st.integers(1, 7))
def test_any_frames_in_any_pieces_come_back(sent: list[Frame], step: int) -> None:
    wire = b"".join(frame.encode() for frame in sent)
    decoder = Decoder()
    assert [f for i in range(0, len(wire), step) for f in decoder.feed(wire[i : i + step])] == sent


@given(st.binary(max_size=300))
def test_no_bytes_upset_the_decoder(noise: bytes) -> None:
    decoder = Decoder()
    decoder.feed(noise)
    decoder.end_of_burst()
    assert not decoder.pending


# -- contents that are not what they should be ---------------------------------------------------------

PARSERS = [
    feig.parse_software_version,
    feig.parse_inventory,
    feig.parse_blocks,
    feig.parse_system_information,
]


@pytest.mark.parametrize("parse", PARSERS, ids=lambda parse: parse.__name__)
@given(data=st.binary(max_size=40))
def test_any_content_is_understood_or_refused_in_words(parse: Callable[[bytes], object], data: bytes) -> None:
    try:
        assert parse(data) is not None
    except feig.ProtocolError as error:
        assert "answer is no" in str(error)


@pytest.mark.parametrize(
    "size, count, expected",
    [(0x03, 0x1B, (4, 28)), (0x04, 0x1C, (4, 28)), (0x07, 0xFF, (8, 256)), (0x03, 0x4F, (4, 80))],
)
def test_sizes_are_read_with_or_without_minus_one(size: int, count: int, expected: tuple[int, int]) -> None:
    system = feig.parse_system_information(b"\x06" + UID + bytes([0x07, size, count, 0x01]))
    assert (system.block_size, system.block_count) == expected


def test_an_inventory_of_another_kind_of_tag_is_refused() -> None:
    with pytest.raises(feig.ProtocolError, match="ISO 15693"):
        feig.parse_inventory(bytes([1, 0x04, 0x00]) + UID)


def test_a_status_says_which_block_or_which_error_of_the_tag() -> None:
    assert Reply(0xB0, feig.Status.WRITE_ERROR, b"\x05").meaning == "the tag did not take the data, block 05h"
    assert Reply(0xB0, feig.Status.ISO_ERROR, b"\x12").meaning == "the tag refuses, tag's error 12h"
    assert Reply(0xB0, 0x42, b"").meaning == "unknown status"


def test_every_status_has_its_words() -> None:
    assert feig.MEANINGS.keys() == set(feig.Status)


def test_the_readers_own_number_and_its_lamps() -> None:
    """Lengths and layout as in FEIG's system manual H60301-3e: 5.5 (an answer of 22 bytes, the number in its
    bytes 5 to 8) and 5.8 (a command of 13 bytes: OS, OSF and OS-time, two bytes each, and two of zero)."""
    answer = Frame(feig.Control.READER_INFO, bytes.fromhex("00 0C1A77D3") + bytes(12), address=0).encode()
    assert (len(answer), answer[4:8].hex()) == (22, "0c1a77d3")
    assert feig.parse_device_id(bytes.fromhex("0C1A77D3") + bytes(12)) == "0C1A77D3"
    with pytest.raises(feig.ProtocolError):
        feig.parse_device_id(bytes.fromhex("0C1A77D3"))
    command = encode(feig.BLINK)
    assert (len(command), command[2:11].hex()) == (13, "71003f002a00320000")
