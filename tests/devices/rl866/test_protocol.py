"""RL866 frames made by others come first: every vector, both ways, with what it means."""

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devices.rl866 import protocol as rl866
from devices.rl866.protocol import Access, Command, Decoder, Frame, Reply, Status, encode
from tests import vectors
from tests.devices.rl866 import wires

VECTORS = [bytes.fromhex(each["hex"]) for each in vectors.load_rfid()["rl866"]]
UIDS = [bytes.fromhex(uid) for uid in ("E00401003F3827A7", "E00401003F382624", "E00401003F3825A4")]

REQUESTS: dict[str, tuple[rl866.Request, bool]] = {
    "fa 08 ff 00 01 81 0f 4d eb": (rl866.read_configuration(1, 15, rom=True), False),
    "fa 08 ff 00 01 01 01 ff 8e": (rl866.read_configuration(1, 1), False),
    "fa 08 ff 40 01 02 01 20 b2": (rl866.read_configuration(2, 1), True),
    "fa 08 ff 40 01 81 0f fa fd": (rl866.read_configuration(1, 15, rom=True), True),
    "fa 07 ff 40 31 00 8a 6c": (rl866.inventory(), True),
    "fa 13 ff 40 32 00 01 01 09 01 a7 27 38 3f 00 01 04 e0 a3 bf": (rl866.connect(UIDS[0]), True),
    "fa 0a ff 40 34 01 02 0a 00 99 7b": (rl866.access(1, Access.SYSTEM_INFORMATION), True),
    "fa 07 ff 00 33 01 c5 48": (rl866.disconnect(1), False),
}
FRAMES: dict[str, Frame] = {
    "fa 05 ff c0 42 39": rl866.RESYNCHRONISE,
    "fa 05 01 e0 58 fe": Frame(rl866.RESYNC_REPLY, address=1),
}
REPLIES: dict[str, tuple[Command, Callable[[bytes], object], object]] = {
    "fa 17 01 00 01 00 00 01 01 02 02 00 03 01 64 00 00 00 00 00 00 00 c0 95": (
        Command.READ_CONFIGURATION,
        bytes,
        bytes.fromhex("01 01020200030164 00000000000000"),
    ),
    "fa 33 01 00 31 00 00 00 03 00 03 0e 01 01 09 a7 27 38 3f 00 01 04 e0 00 0e 01 01 09 24 26 38 3f "
    "00 01 04 e0 00 0e 01 01 09 a4 25 38 3f 00 01 04 e0 00 97 ff": (
        Command.INVENTORY,
        rl866.parse_inventory,
        rl866.InventoryList(tuple(rl866.TagRecord(uid, 0x00, rl866.ICODE_SLI) for uid in UIDS), more=False),
    ),
    "fa 09 01 40 32 00 00 01 b2 93": (Command.CONNECT, rl866.parse_handle, 1),
    "fa 12 01 00 34 00 00 09 03 00 01 01 00 36 37 38 00 57 29": (
        Command.ACCESS,
        rl866.parse_access,
        rl866.AccessResult(Access.READ_BLOCKS, None, bytes.fromhex("0100 36373800")),
    ),
    "fa 08 01 00 33 00 00 a6 4b": (Command.DISCONNECT, bytes, b""),
}

# frames of a real RL866 in the tests of Lainuri (Hypernova-Oy/lainuri, 02-iblock_test.py), beyond the vectors
LAINURI_SYSTEM_INFORMATION = (
    "fa 1a 01 40 34 00 00 11 0a 00 01 0f a7 27 38 3f 00 01 04 e0 00 00 1b 03 01 20 e7"
)
LAINURI_WRITE = "fa 12 ff 40 34 01 0a 04 00 0c 00 01 00 36 37 38 00 a2 dd"


def test_every_vector_is_used() -> None:
    used = REQUESTS.keys() | FRAMES.keys() | REPLIES.keys()
    assert {bytes.fromhex(each) for each in used} == set(VECTORS)


@pytest.mark.parametrize("wire", REQUESTS)
def test_requests_are_encoded_as_others_do(wire: str) -> None:
    assert encode(*REQUESTS[wire]).hex(" ") == wire


@pytest.mark.parametrize("wire", FRAMES)
def test_frames_without_content(wire: str) -> None:
    assert FRAMES[wire].encode().hex(" ") == wire
    assert Decoder().feed(bytes.fromhex(wire)) == [FRAMES[wire]]


@pytest.mark.parametrize("wire", REPLIES)
def test_replies_mean_what_others_say(wire: str) -> None:
    command, parse, value = REPLIES[wire]
    (frame,) = Decoder().feed(bytes.fromhex(wire))
    reply = Reply.of(frame)
    assert reply is not None
    assert (reply.command, reply.status) == (command, Status.OK)
    assert parse(reply.data) == value
    assert reply.frame(frame.pcb, frame.address).encode().hex(" ") == wire


def test_a_system_information_of_28_blocks_of_four() -> None:
    (frame,) = Decoder().feed(bytes.fromhex(LAINURI_SYSTEM_INFORMATION))
    reply = Reply.of(frame)
    assert reply is not None
    result = rl866.parse_access(reply.data)
    expected = rl866.SystemInformation(UIDS[0], 0x00, 0x00, block_size=4, block_count=28, ic_reference=1)
    assert rl866.parse_system_information(result.data) == expected
    assert rl866.system_information_data(expected) == result.data
    assert result.encode() == reply.data


def test_a_write_of_one_block() -> None:
    parameters = rl866.block_range(12, 1) + bytes.fromhex("36373800")
    request = rl866.access(1, Access.WRITE_BLOCKS, parameters)
    assert encode(request, sequence=True).hex(" ") == LAINURI_WRITE


# -- contents --------------------------------------------------------------------------------------------


def test_a_list_that_goes_on_and_back_to_bytes() -> None:
    listed = rl866.InventoryList((rl866.TagRecord(UIDS[1], 0x3E, 0x07),), more=True)
    assert rl866.parse_inventory(rl866.inventory_data(listed, found=4)) == listed


def test_a_failed_access_says_why() -> None:
    failed = rl866.AccessResult(Access.WRITE_AFI, Status.NO_TAG)
    assert failed.encode() == bytes.fromhex("05 0600 00 2004")
    assert rl866.parse_access(failed.encode()) == failed


@pytest.mark.parametrize("value, encoded", [(0, "00"), (0x7F, "7f"), (0x80, "8100"), (300, "822c")])
def test_lengths_of_more_than_seven_bits(value: int, encoded: str) -> None:
    assert rl866.encode_ebv(value).hex() == encoded
    assert rl866.decode_ebv(bytes.fromhex(encoded) + b"rest") == (value, b"rest")


def test_blocks_are_believed_only_in_the_number_asked_for() -> None:
    data = bytes.fromhex("0200 0102030405060708")
    assert rl866.parse_blocks(2)(data) == bytes.fromhex("0102030405060708")
    with pytest.raises(rl866.ProtocolError, match="answer of 10 bytes is no 4 blocks"):
        rl866.parse_blocks(4)(data)


PARSERS = [
    rl866.parse_inventory,
    rl866.parse_handle,
    rl866.parse_access,
    rl866.parse_system_information,
    rl866.parse_blocks(3),
]


@pytest.mark.parametrize("parse", PARSERS, ids=lambda parse: parse.__name__)
@given(data=st.binary(max_size=40))
def test_any_content_is_understood_or_refused_in_words(parse: Callable[[bytes], object], data: bytes) -> None:
    try:
        assert parse(data) is not None
    except rl866.ProtocolError as error:
        assert "answer of" in str(error) or "a length without an end" in str(error)


def test_every_status_has_its_words() -> None:
    assert rl866.MEANINGS.keys() == set(Status)


# -- the decoder on bad wires ----------------------------------------------------------------------------


def test_the_decoder_stands_every_wire() -> None:
    wires.stands_everything(Decoder, VECTORS, ["00", "FA", "FA FF", "FA 05 FF", "11 22 33 44 55 66 77"])


def test_the_checksum_tells_every_wrong_bit() -> None:
    wires.tells_every_wrong_bit(Decoder, VECTORS[7])


frames = st.builds(Frame, st.integers(0, 255), st.binary(max_size=250), st.integers(0, 255))


@given(st.lists(frames, max_size=5), st.integers(1, 7))
def test_any_frames_in_any_pieces_come_back(sent: list[Frame], step: int) -> None:
    decoder = Decoder()
    wire = b"".join(frame.encode() for frame in sent)
    assert [frame for piece in wires.in_pieces(wire, step) for frame in decoder.feed(piece)] == sent


@given(st.binary(max_size=300))
def test_no_bytes_upset_the_decoder(noise: bytes) -> None:
    assert isinstance(wires.decoded(Decoder(), [noise]), list)
