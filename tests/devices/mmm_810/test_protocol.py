"""3M frames made by others come first: every vector, and a session of a real 810, with what they mean."""

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devices.mmm_810 import protocol as mmm
from devices.mmm_810.protocol import Command, Decoder, Error, Frame, Reply, Start
from tests import vectors
from tests.devices.rl866 import wires

VECTORS = [bytes.fromhex(each["hex"]) for each in vectors.load_rfid()["mmm_210_810"]]
UID_E007 = bytes.fromhex("E007000001234567")
UID_E004 = bytes.fromhex("E004000001234567")

COMMANDS: dict[str, Frame] = {
    "D6 00 05 FE 00 05 FA 40": mmm.inventory(dsfid=False),
    "D6 00 03 11 64 20": mmm.VERSION,
    "D6 00 0D 02 00 00 00 00 01 23 45 67 00 02 2D EF": mmm.read_blocks(
        bytes.fromhex("0000000001234567"), 0, 2
    ),
    "D6 00 0C 09 E0 07 00 00 01 23 45 67 D7 F4 F7": mmm.tag_command(Command.WRITE_AFI, UID_E007, b"\xd7"),
    "D6 00 0B 0A E0 07 00 00 01 23 45 67 11 CB": mmm.tag_command(Command.GET_AFI, UID_E007),
    "D6 00 0C 0C E0 04 00 00 01 23 45 67 01 55 49": mmm.tag_command(Command.SET_EAS, UID_E004, b"\x01"),
    "D6 00 0B 03 E0 04 00 00 01 23 45 67 0B 95": mmm.tag_command(Command.CHECK_EAS, UID_E004),
}
REPLIES: dict[str, tuple[Command, Callable[[bytes], object], object]] = {
    "D6 00 17 FE 00 00 05 02 00 00 00 00 00 AD 63 02 E0 07 00 00 00 60 00 AE 9B A5": (
        Command.INVENTORY,
        mmm.parse_inventory,
        (
            mmm.TagRecord(bytes.fromhex("0000000000AD6302"), None),
            mmm.TagRecord(bytes.fromhex("E0070000006000AE"), None),
        ),
    ),
    "D6 00 08 11 00 0A 03 02 06 35 17": (Command.VERSION, mmm.parse_version, mmm.Version(0x0A, "3.2.6")),
    "D6 00 0C 09 00 E0 07 00 00 01 23 45 67 83 E6": (
        Command.WRITE_AFI,
        lambda data: mmm.about(UID_E007, data),
        b"",
    ),
}

BOOK, CARD = bytes.fromhex("E004010031269117"), bytes.fromhex("E00401001F77FB98")
# what the host of a real 810 wrote: dpavlin/koha-rfid-3m810-js, tests/fixtures/live-capture.txt
HOST_OF_810: dict[str, Frame] = {
    "d5 00 05 04 00 11 8c 66": mmm.HARDWARE_VERSION,
    "d6 00 05 fe 00 05 fa 40": mmm.inventory(dsfid=False),
    "d6 00 0b 0a e0 04 01 00 31 26 91 17 ec 84": mmm.tag_command(Command.GET_AFI, BOOK),
    "d6 00 0d 02 e0 04 01 00 31 26 91 17 00 08 4e 9b": mmm.read_blocks(BOOK, 0, 8),
    "d6 00 0b 0a e0 04 01 00 1f 77 fb 98 94 e8": mmm.tag_command(Command.GET_AFI, CARD),
    "d6 00 0d 02 e0 04 01 00 1f 77 fb 98 00 08 62 41": mmm.read_blocks(CARD, 0, 8),
}
# what it answered, from the error byte on (the capture left the checksums out)
BLOCKS_OF_810 = (
    "00 e004010031269117 08 0000 04110001 0100 31333032 0200 30393939 0300 39390000 0400 00000000 "
    "0500 00000000 0600 00000000 0700 00000000"
)
INVENTORY_OF_810 = "00 00 05 02 e004010031269117 e00401001f77fb98"


def test_every_vector_is_used() -> None:
    assert {bytes.fromhex(each) for each in COMMANDS.keys() | REPLIES.keys()} == set(VECTORS)


@pytest.mark.parametrize("wire", [*COMMANDS, *HOST_OF_810])
def test_commands_are_encoded_as_others_do(wire: str) -> None:
    frame = (COMMANDS | HOST_OF_810)[wire]
    assert frame.encode() == bytes.fromhex(wire)
    assert Decoder().feed(bytes.fromhex(wire)) == [frame]


@pytest.mark.parametrize("wire", REPLIES)
def test_replies_mean_what_others_say(wire: str) -> None:
    command, parse, value = REPLIES[wire]
    (frame,) = Decoder().feed(bytes.fromhex(wire))
    reply = Reply.of(frame)
    assert reply is not None
    assert (reply.command, reply.error) == (command, Error.OK)
    assert parse(reply.data) == value
    assert frame.encode() == bytes.fromhex(wire)


def test_the_session_of_a_real_810() -> None:
    inventory = Reply.of(Frame(Command.INVENTORY, bytes.fromhex(INVENTORY_OF_810)))
    read = Reply.of(Frame(Command.READ_BLOCKS, bytes.fromhex(BLOCKS_OF_810)))
    assert inventory is not None
    assert read is not None
    assert [tag.uid for tag in mmm.parse_inventory(inventory.data)] == [BOOK, CARD]
    blocks = mmm.parse_blocks(mmm.about(BOOK, read.data))
    assert [block.number for block in blocks] == list(range(8))
    assert b"".join(block.data for block in blocks).hex().startswith("04110001313330323039393939390000")


def test_a_frame_of_the_hardware_is_no_reply() -> None:
    hardware = bytes.fromhex("d5 00 09 04 00 11 0a 05 00 02 72 50")  # Biblio::RFID, 3M810.pm
    (frame,) = Decoder().feed(hardware)
    assert frame == Frame(0x04, bytes.fromhex("00110a050002"), Start.HARDWARE)
    assert Reply.of(frame) is None


# -- contents --------------------------------------------------------------------------------------------


def test_an_inventory_with_dsfids() -> None:
    data = bytes.fromhex("00 07 01 3e") + BOOK
    assert mmm.parse_inventory(data) == (mmm.TagRecord(BOOK, 0x3E),)


def test_tag_information_counts_from_one() -> None:
    data = bytes.fromhex("0f 06 07 03 1b 0001")
    expected = mmm.TagInformation(0x06, 0x07, block_size=4, block_count=28, ic_reference=1)
    assert mmm.parse_tag_information(data) == expected


def test_another_tags_answer_is_refused() -> None:
    with pytest.raises(mmm.ProtocolError, match="another tag answered"):
        mmm.about(BOOK, CARD + b"\x07")


def test_a_block_that_could_not_be_read_is_not_believed() -> None:
    with pytest.raises(mmm.ProtocolError, match="no readable blocks"):
        mmm.parse_blocks(bytes.fromhex("01 00 06 00000000"))


PARSERS = [mmm.parse_version, mmm.parse_inventory, mmm.parse_blocks, mmm.parse_tag_information]


@pytest.mark.parametrize("parse", PARSERS, ids=lambda parse: parse.__name__)
@given(data=st.binary(max_size=40))
def test_any_content_is_understood_or_refused_in_words(parse: Callable[[bytes], object], data: bytes) -> None:
    try:
        assert parse(data) is not None
    except mmm.ProtocolError as error:
        assert "is no" in str(error)


# -- the decoder on bad wires ----------------------------------------------------------------------------


def test_the_decoder_stands_every_wire() -> None:
    wires.stands_everything(Decoder, VECTORS, ["00", "D6", "D6 00", "D5 FF FF", "11 22 33 44 55 66 77"])


def test_every_wrong_bit_is_told() -> None:
    """The start is not under the checksum, but no one bit makes a D5 of a D6."""
    wires.tells_every_wrong_bit(Decoder, VECTORS[0])


frames = st.builds(Frame, st.integers(0, 255), st.binary(max_size=300), st.sampled_from(Start))


@given(st.lists(frames, max_size=5), st.integers(1, 7))
def test_any_frames_in_any_pieces_come_back(sent: list[Frame], step: int) -> None:
    decoder = Decoder()
    wire = b"".join(frame.encode() for frame in sent)
    assert [frame for piece in wires.in_pieces(wire, step) for frame in decoder.feed(piece)] == sent


@given(st.binary(max_size=300))
def test_no_bytes_upset_the_decoder(noise: bytes) -> None:
    assert isinstance(wires.decoded(Decoder(), [noise]), list)
