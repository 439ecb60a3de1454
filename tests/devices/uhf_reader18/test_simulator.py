"""The simulated UHFReader18 and its tags command by command, without a wire."""

import pytest

from devices.tag_data import uhf
from devices.uhf_reader18 import protocol as uhf18
from devices.uhf_reader18.protocol import Bank, Command, Decoder, Frame, Reply, Status, TagError, encode
from hardware_sim.uhf_reader18 import UhfReader18
from hardware_sim.world import Chip, World

TID = bytes.fromhex("E2003412013D03000BB58081")
CONTENT = bytes(range(12))
MEMORY = uhf.join(uhf.Banks(CONTENT, bytes(range(100, 116)), afi=0xC2))


@pytest.fixture
def world() -> World:
    world = World(tags={"book": Chip(TID, bytearray(MEMORY))})
    world.put("book")
    return world


@pytest.fixture
def reader(world: World) -> UhfReader18:
    return UhfReader18(world)


def ask(reader: UhfReader18, command: Frame | uhf18.TagCommand) -> tuple[int, bytes]:
    (frame,) = Decoder().feed(reader.receive(encode(command)))
    reply = Reply.of(frame)
    assert reply is not None
    return reply.status, reply.data


def test_it_says_what_a_real_one_says(reader: UhfReader18) -> None:
    question, answer = "04 ff 21 19 95", "0d 00 21 00 03 3f 09 03 4e 00 1e 0a 83 f0"
    assert reader.receive(bytes.fromhex(question)).hex(" ") == answer


def test_an_inventory_is_of_the_captured_form(world: World, reader: UhfReader18) -> None:
    content = bytes(10) + b"\x03\x13"
    world.chip("book").memory[:] = uhf.join(uhf.Banks(content, b"", afi=None))
    assert ask(reader, uhf18.INVENTORY) == (Status.INVENTORY_DONE, b"\x01\x0c" + content)
    world.lift("book")
    assert ask(reader, uhf18.INVENTORY) == (Status.NO_TAG, b"")


@pytest.mark.parametrize(
    "bank, first, words, data",
    [
        (Bank.EPC, 0, 8, MEMORY[:16]),
        (Bank.EPC, 2, 2, CONTENT[:4]),
        (Bank.TID, 0, 6, TID),
        (Bank.USER, 0, 8, MEMORY[16:]),
        (Bank.USER, 7, 1, MEMORY[-2:]),
        (Bank.RESERVED, 0, 4, bytes(8)),
    ],
)
def test_each_bank_is_read(reader: UhfReader18, bank: Bank, first: int, words: int, data: bytes) -> None:
    assert ask(reader, uhf18.Read(CONTENT, bank, first, words)) == (Status.OK, data)


REFUSED: dict[str, tuple[Frame | uhf18.TagCommand, tuple[int, bytes]]] = {
    "unknown command": (Frame(0x77), (Status.UNKNOWN_COMMAND, b"")),
    "too long": (Frame(Command.READER_INFORMATION, b"\x00"), (Status.WRONG_LENGTH, b"")),
    "too short": (Frame(Command.READ, b"\x00\x01"), (Status.WRONG_LENGTH, b"")),
    "nothing to read": (uhf18.Read(CONTENT, Bank.USER, 0, 0), (Status.PARAMETER, b"")),
    "too much to read": (uhf18.Read(CONTENT, Bank.USER, 0, 120), (Status.PARAMETER, b"")),
    "tag not there": (uhf18.Read(b"\x01\x02", Bank.USER, 0, 1), (Status.NO_TAG, b"")),
    "memory not there": (uhf18.Read(CONTENT, Bank.USER, 8, 1), (Status.TAG_ERROR, b"\x03")),
    "writing a TID": (uhf18.Write(CONTENT, Bank.TID, 0, b"ab"), (Status.TAG_ERROR, b"\x04")),
    "writing the CRC": (uhf18.Write(CONTENT, Bank.EPC, 0, b"ab"), (Status.TAG_ERROR, b"\x04")),
    "writing too far": (uhf18.Write(CONTENT, Bank.USER, 7, b"abcd"), (Status.TAG_ERROR, b"\x03")),
    "EAS without a password": (uhf18.ChangeEas(CONTENT, True), (Status.PASSWORD_NEEDED, b"")),
    "EAS it has not": (uhf18.ChangeEas(CONTENT, True, 1), (Status.NOT_SUPPORTED_BY_TAG, b"")),
    "EAS alarm": (Frame(Command.CHECK_EAS), (Status.NO_TAG, b"")),
}


@pytest.mark.parametrize("name", REFUSED)
def test_it_refuses_with_its_own_status(world: World, reader: UhfReader18, name: str) -> None:
    command, answer = REFUSED[name]
    assert ask(reader, command) == answer
    assert world.chip("book").memory == MEMORY


def test_the_chip_keeps_its_crc_and_the_world_sees_the_security_byte(
    world: World, reader: UhfReader18
) -> None:
    assert ask(reader, uhf18.Write(CONTENT, Bank.EPC, 1, b"\x35\x07")) == (Status.OK, b"")
    assert uhf.split(bytes(world.chip("book").memory)) == uhf.Banks(CONTENT, MEMORY[16:], 0x07)
    assert world.chip("book").afi == 0x07


def test_content_of_another_length_leaves_bank_11_alone(world: World, reader: UhfReader18) -> None:
    assert ask(reader, uhf18.WriteEpc(b"0123456789abcdef"))[0] == Status.OK
    assert uhf.split(bytes(world.chip("book").memory)) == uhf.Banks(b"0123456789abcdef", MEMORY[16:], 0xC2)
    assert ask(reader, uhf18.WriteEpc(b"xy"))[0] == Status.OK
    assert uhf.split(bytes(world.chip("book").memory)) == uhf.Banks(b"xy", MEMORY[16:], 0xC2)


def test_without_an_address_any_tag_is_meant(world: World, reader: UhfReader18) -> None:
    assert ask(reader, uhf18.Read(b"", Bank.TID, 0, 6)) == (Status.OK, TID)
    world.lift("book")
    assert ask(reader, uhf18.Read(b"", Bank.TID, 0, 6))[0] == Status.NO_TAG


def test_a_weak_tag(world: World, reader: UhfReader18) -> None:
    chip = world.chip("book")
    chip.read_fails = chip.write_fails = 1
    assert ask(reader, uhf18.Read(CONTENT, Bank.USER, 0, 1)) == (Status.POOR_COMMUNICATION, b"")
    assert ask(reader, uhf18.Write(CONTENT, Bank.USER, 0, b"abcd")) == (Status.POOR_COMMUNICATION, b"")
    assert chip.memory[16:20] == b"ab" + MEMORY[18:20]


def test_locked_words_stay_as_they_are(world: World, reader: UhfReader18) -> None:
    world.chip("book").locked_blocks = {4}
    refused = (Status.TAG_ERROR, bytes([TagError.LOCKED]))
    assert ask(reader, uhf18.Write(CONTENT, Bank.USER, 1, b"ab")) == refused
    assert ask(reader, uhf18.Write(CONTENT, Bank.USER, 2, b"ab")) == (Status.OK, b"")


def test_many_tags_come_in_several_answers(world: World, reader: UhfReader18) -> None:
    for number in range(40):
        content = number.to_bytes(12)
        world.tags[str(number)] = Chip(
            number.to_bytes(12), bytearray(uhf.join(uhf.Banks(content, b"", 0x07)))
        )
        world.put(str(number))
    frames = Decoder().feed(reader.receive(encode(uhf18.INVENTORY)))
    statuses = [frame.data[0] for frame in frames]
    assert statuses == [Status.MORE_FOLLOWS, Status.MORE_FOLLOWS, Status.INVENTORY_DONE]
    assert len([content for frame in frames for content in uhf18.parse_inventory(frame.data[1:])]) == 41


def test_a_bad_frame_or_another_address_gets_no_answer(reader: UhfReader18) -> None:
    assert reader.receive(bytes.fromhex("04 ff 21 19 96")) == b""
    reader.tick(1.0)
    assert reader.receive(b"\x20") == b""
    assert reader.tick(2.0) == b""
    assert reader.receive(Frame(Command.INVENTORY, address=7).encode()) == b""
    assert ask(reader, uhf18.READER_INFORMATION)[0] == Status.OK
