"""The simulated 810 command by command, without a wire."""

import pytest

from devices.mmm_810 import protocol as mmm
from devices.mmm_810.protocol import Command, Decoder, Error, Frame, Reply
from hardware_sim.mmm_810 import Mmm810
from hardware_sim.world import Chip, World
from tests import vectors

VECTORS = [bytes.fromhex(each["hex"]) for each in vectors.load_rfid()["mmm_210_810"]]
UID = bytes.fromhex("E004000001234567")
BOOK = bytes.fromhex("04110001313330323039393939390000" + "00" * 96)


@pytest.fixture
def world() -> World:
    world = World(tags={"book": Chip(UID, bytearray(BOOK), dsfid=0x06, afi=0xDA)})
    world.put("book")
    return world


@pytest.fixture
def reader(world: World) -> Mmm810:
    return Mmm810(world)


def ask(reader: Mmm810, frame: Frame) -> Reply:
    (answer,) = Decoder().feed(reader.receive(frame.encode()))
    reply = Reply.of(answer)
    assert reply is not None
    return reply


def test_it_answers_as_real_ones_do(world: World, reader: Mmm810) -> None:
    assert reader.receive(bytes.fromhex("d500050400118c66")).hex(" ") == "d5 00 09 04 00 11 0a 05 00 02 72 50"
    assert reader.receive(VECTORS[1]) == VECTORS[8]
    other = bytes.fromhex("E007000001234567")
    world.tags["other"] = Chip(other, bytearray(112))
    world.put("other")
    assert reader.receive(VECTORS[3]) == VECTORS[9]
    assert world.tags["other"].afi == 0xD7


def test_an_inventory_with_and_without_dsfids_and_by_afi(reader: Mmm810) -> None:
    assert mmm.parse_inventory(ask(reader, mmm.inventory()).data) == (mmm.TagRecord(UID, 0x06),)
    assert mmm.parse_inventory(ask(reader, mmm.inventory(dsfid=False)).data) == (mmm.TagRecord(UID, None),)
    assert mmm.parse_inventory(ask(reader, mmm.inventory(afi=0xDA)).data) == (mmm.TagRecord(UID, 0x06),)
    assert mmm.parse_inventory(ask(reader, mmm.inventory(afi=0x07)).data) == ()


def test_a_captured_read_comes_back_in_the_captured_form(reader: Mmm810) -> None:
    reply = ask(reader, mmm.read_blocks(UID, 0, 4))
    assert reply.data.hex() == UID.hex() + "04" + "0000041100010100313330320200303939390300" + "39390000"


COMMANDS: dict[Command, tuple[bytes, str]] = {
    Command.READ_BLOCKS: (b"\x01\x01", "01 0100 31333032"),
    Command.WRITE_BLOCKS: (b"\x08\x02\x00abcdefgh", "0a"),
    Command.WRITE_BLOCK: (b"\x08abcd", ""),
    Command.WRITE_AND_LOCK_BLOCK: (b"\x08abcd", ""),
    Command.LOCK_BLOCK: (b"\x08", ""),
    Command.GET_AFI: (b"", "da"),
    Command.WRITE_AFI: (b"\xd7", ""),
    Command.LOCK_AFI: (b"", ""),
    Command.CHECK_EAS: (b"", "00"),
    Command.SET_EAS: (b"\x01", ""),
    Command.GET_DSFID: (b"", "06"),
    Command.WRITE_DSFID: (b"\x3e", ""),
    Command.LOCK_DSFID: (b"", ""),
    Command.TAG_INFORMATION: (b"\x0f", "0f 06 da 03 1b 0001"),
    Command.QUIET: (b"", ""),
}


@pytest.mark.parametrize("command", COMMANDS)
def test_each_command_to_a_tag(reader: Mmm810, command: Command) -> None:
    parameters, answer = COMMANDS[command]
    reply = ask(reader, mmm.tag_command(command, UID, parameters))
    assert (reply.error, reply.data.hex()) == (Error.OK, (UID + bytes.fromhex(answer)).hex())


def test_every_command_is_tried() -> None:
    assert COMMANDS.keys() | {Command.VERSION, Command.INVENTORY} == set(Command)


@pytest.mark.parametrize("command", COMMANDS)
def test_a_command_of_a_wrong_length_gets_no_answer(reader: Mmm810, command: Command) -> None:
    assert reader.receive(mmm.tag_command(command, UID, bytes(7)).encode()) == b""


def test_what_it_does_not_know_gets_no_answer(reader: Mmm810) -> None:
    assert reader.receive(Frame(0x77, UID).encode()) == b""
    assert reader.receive(VECTORS[1][:-1] + b"\x00") == b""


def test_a_tag_that_is_not_there(world: World, reader: Mmm810) -> None:
    world.lift("book")
    reply = ask(reader, mmm.tag_command(Command.GET_AFI, UID))
    assert (reply.error, reply.data) == (Error.TAG_SILENT, UID)


def test_a_torn_write_names_its_block(world: World, reader: Mmm810) -> None:
    world.chip("book").write_fails = 1
    reply = ask(reader, mmm.write_blocks(UID, 4, bytes(16)))
    assert (reply.error, reply.data) == (Error.TAG_SILENT, UID + b"\x06")


def test_the_surveillance_bit(reader: Mmm810) -> None:
    ask(reader, mmm.tag_command(Command.SET_EAS, UID, b"\x01"))
    assert ask(reader, mmm.tag_command(Command.CHECK_EAS, UID)).data == UID + b"\x01"


def test_half_a_frame_is_dropped_when_the_rest_does_not_come(reader: Mmm810) -> None:
    reader.tick(1.0)
    assert reader.receive(VECTORS[3][:6]) == b""
    assert reader.tick(2.0) == b""
    assert reader.receive(VECTORS[1]) == VECTORS[8]
