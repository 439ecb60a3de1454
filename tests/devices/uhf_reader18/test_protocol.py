"""UHFReader18 frames made by others come first, then what this family asks and answers."""

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devices.uhf_reader18 import protocol as uhf18
from devices.uhf_reader18.protocol import Bank, Command, Decoder, Frame, Reply, Status, TagError, encode
from devices.uhf_reader18.status import TAG_ERROR_MEANINGS
from tests.devices.rl866 import wires

# questions: the reference page; published with the readers' SDK, and with address 0
QUESTIONS: dict[str, Frame] = {
    "04 ff 21 19 95": uhf18.READER_INFORMATION,
    "04 ff 01 1b b4": uhf18.INVENTORY,
    "04 00 21 d9 6a": Frame(Command.READER_INFORMATION, address=0),
    "04 00 01 db 4b": Frame(Command.INVENTORY, address=0),
}
# answers of real readers: the first observed at one of type 09h, the others in wabson/chafon-rfid's tests
INFORMATION = "0d 00 21 00 03 3f 09 03 4e 00 1e 0a 83 f0"
ONE_TAG = "13 00 01 03 01 0c 00 00 00 00 00 00 00 00 00 00 03 13 3f 39"
TWO_TAGS = (
    "20 00 01 03 02 0c 00 00 00 00 00 00 00 00 00 00 03 13 0c 00 00 00 00 00 00 00 00 00 00 03 14 9a c9"
)
LATER_READER = "11 00 21 00 00 16 0c 03 4e 00 1e 0a 01 00 00 00 e6 51"
EPC_313, EPC_314 = bytes(10) + b"\x03\x13", bytes(10) + b"\x03\x14"


def reply_in(wire: str) -> Reply:
    (frame,) = Decoder().feed(bytes.fromhex(wire))
    assert frame.address == 0
    assert frame.encode() == bytes.fromhex(wire)
    reply = Reply.of(frame)
    assert reply is not None
    return reply


@pytest.mark.parametrize("wire", QUESTIONS)
def test_questions_are_encoded_as_others_do(wire: str) -> None:
    assert encode(QUESTIONS[wire]).hex(" ") == wire


def test_reader_information_of_a_real_reader() -> None:
    reply = reply_in(INFORMATION)
    assert (reply.command, reply.status) == (Command.READER_INFORMATION, Status.OK)
    expected = uhf18.ReaderInformation("3.63", reader_type=0x09, power_dbm=30, scan_time_s=1.0)
    assert uhf18.parse_reader_information(reply.data) == expected


def test_reader_information_of_a_later_reader_tells_more() -> None:
    assert uhf18.parse_reader_information(reply_in(LATER_READER).data).reader_type == 0x0C


@pytest.mark.parametrize("wire, contents", [(ONE_TAG, (EPC_313,)), (TWO_TAGS, (EPC_313, EPC_314))])
def test_inventories_of_real_readers(wire: str, contents: tuple[bytes, ...]) -> None:
    reply = reply_in(wire)
    assert (reply.command, reply.status) == (Command.INVENTORY, Status.MORE_FOLLOWS)
    assert uhf18.parse_inventory(reply.data) == contents


# -- commands to tags, field by field as the manual has them ---------------------------------------------

EPC = bytes.fromhex("E2000016")
COMMANDS: dict[str, uhf18.TagCommand] = {
    "02 02E2000016 02 00 06 00000000": uhf18.Read(EPC, Bank.TID, 0, 6),
    "02 00 03 10 20 12345678": uhf18.Read(b"", Bank.USER, 16, 32, 0x12345678),
    "03 01 02E2000016 01 01 31C2 00000000": uhf18.Write(EPC, Bank.EPC, 1, b"\x31\xc2"),
    "04 02 00000000 AABBCCDD": uhf18.WriteEpc(bytes.fromhex("AABBCCDD")),
    "0C 02E2000016 000000FF 01": uhf18.ChangeEas(EPC, True, 0xFF),
}


@pytest.mark.parametrize("content", COMMANDS)
def test_commands_to_tags_both_ways(content: str) -> None:
    wanted = bytes.fromhex(content)
    frame = COMMANDS[content].frame()
    assert bytes([frame.command]) + frame.data == wanted
    assert uhf18.parse_command(frame) == COMMANDS[content]


def test_a_password_is_not_printed() -> None:
    assert "305419896" not in repr(uhf18.Read(EPC, Bank.USER, 0, 1, 0x12345678))


@given(st.sampled_from(Command), st.binary(max_size=60))
def test_any_command_is_understood_or_refused_in_words(command: Command, data: bytes) -> None:
    try:
        assert uhf18.parse_command(Frame(command, data)).frame().command == command
    except uhf18.ProtocolError as error:
        assert "bytes are no" in str(error) or "no command" in str(error)


PARSERS = [uhf18.parse_inventory, uhf18.parse_reader_information]


@pytest.mark.parametrize("parse", PARSERS, ids=lambda parse: parse.__name__)
@given(data=st.binary(max_size=60))
def test_any_content_is_understood_or_refused_in_words(parse: Callable[[bytes], object], data: bytes) -> None:
    try:
        assert parse(data) is not None
    except uhf18.ProtocolError as error:
        assert "bytes are no" in str(error)


def test_a_refusal_says_what_the_tag_said() -> None:
    refusal = Reply(Command.READ, Status.TAG_ERROR, bytes([TagError.NO_SUCH_MEMORY]))
    assert refusal.meaning == "the tag refuses: it has no such memory (03h)"
    assert Reply(Command.READ, 0x77, b"").meaning == "unknown status"


def test_every_status_has_its_words() -> None:
    assert uhf18.MEANINGS.keys() == set(Status)
    assert TAG_ERROR_MEANINGS.keys() == set(TagError)


# -- the decoder on bad wires ----------------------------------------------------------------------------


def test_the_decoder_stands_every_wire() -> None:
    frames = [bytes.fromhex(wire) for wire in (*QUESTIONS, INFORMATION, ONE_TAG, TWO_TAGS)]
    wires.stands_everything(Decoder, frames, ["00", "FF", "04 00", "05 00 01 FB", "11 22 33 44 55 66 77"])


def test_the_checksum_tells_every_wrong_bit() -> None:
    wires.tells_every_wrong_bit(Decoder, bytes.fromhex(ONE_TAG))


frames = st.builds(Frame, st.integers(0, 255), st.binary(max_size=250), st.integers(0, 255))


@given(st.lists(frames, max_size=5), st.integers(1, 7))
def test_any_frames_in_any_pieces_come_back(sent: list[Frame], step: int) -> None:
    decoder = Decoder()
    wire = b"".join(frame.encode() for frame in sent)
    assert [frame for piece in wires.in_pieces(wire, step) for frame in decoder.feed(piece)] == sent


@given(st.binary(max_size=300))
def test_no_bytes_upset_the_decoder(noise: bytes) -> None:
    assert isinstance(wires.decoded(Decoder(), [noise]), list)
