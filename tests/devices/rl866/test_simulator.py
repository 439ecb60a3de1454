"""The simulated RL866 command by command, without a wire."""

import pytest

from devices.rl866 import protocol as rl866
from devices.rl866.protocol import Access, Command, Decoder, Frame, Reply, Status, encode
from hardware_sim.rl866 import MOST_HANDLES, Rl866
from hardware_sim.world import Chip, World
from tests import vectors

VECTORS = [bytes.fromhex(each["hex"]) for each in vectors.load_rfid()["rl866"]]
UIDS = [bytes.fromhex(uid) for uid in ("E00401003F3827A7", "E00401003F382624", "E00401003F3825A4")]
BLOCK_12 = bytes.fromhex("36373800")


@pytest.fixture
def world() -> World:
    """The three tags that lay on the reader when the vectors were taken."""
    tags = {uid.hex(): Chip(uid, bytearray(112), dsfid=0x00, afi=0x00) for uid in UIDS}
    tags[UIDS[0].hex()].memory[48:52] = BLOCK_12
    world = World(tags=tags)
    world.put(*tags)
    return world


@pytest.fixture
def reader(world: World) -> Rl866:
    return Rl866(world)


def ask(reader: Rl866, request: rl866.Request) -> Reply:
    (frame,) = Decoder().feed(reader.receive(encode(request)))
    reply = Reply.of(frame)
    assert reply is not None
    return reply


def done(reader: Rl866, code: Access, parameters: bytes = b"", handle: int = 1) -> rl866.AccessResult:
    reply = ask(reader, rl866.access(handle, code, parameters))
    assert reply.status == Status.OK
    return rl866.parse_access(reply.data)


def answer_of(vector: int) -> Reply | None:
    (frame,) = Decoder().feed(VECTORS[vector])
    return Reply.of(frame)


def test_it_resynchronises_as_the_vectors_say(reader: Rl866) -> None:
    assert reader.receive(VECTORS[0]) == VECTORS[1]


CONVERSATION = [
    (rl866.read_configuration(1, 1), 6),
    (rl866.inventory(), 8),
    (rl866.connect(UIDS[0]), 10),
    (rl866.access(1, Access.READ_BLOCKS, b"\x00" + rl866.block_range(12, 1)), 12),
    (rl866.disconnect(1), 14),
]


def test_it_answers_as_the_vectors_say(reader: Rl866) -> None:
    """The order of the three tags is that of the slots they answer in."""
    for request, vector in CONVERSATION:
        assert ask(reader, request) == answer_of(vector)


def test_the_sequence_bit_comes_back(reader: Rl866) -> None:
    (frame,) = Decoder().feed(reader.receive(encode(rl866.inventory(), sequence=True)))
    assert frame.pcb == rl866.SEQUENCE


def test_a_bad_frame_and_another_address_get_no_answer(reader: Rl866) -> None:
    assert reader.receive(VECTORS[7][:-1] + b"\x00") == b""
    assert reader.receive(Frame(0, b"\x31\x00", address=9).encode()) == b""
    assert ask(reader, rl866.inventory()).status == Status.OK


def test_half_a_frame_is_dropped_when_the_rest_does_not_come(reader: Rl866) -> None:
    reader.tick(1.0)
    assert reader.receive(VECTORS[9][:6]) == b""
    assert reader.tick(2.0) == b""
    assert reader.receive(VECTORS[0]) == VECTORS[1]


REFUSED = {
    "fields too long": (rl866.Request(Command.INVENTORY, b"\x00\x00"), Status.MESSAGE_SIZE),
    "half a UID": (rl866.Request(Command.CONNECT, b"\x00\x01\x01\x09\x01\xa7"), Status.MESSAGE_SIZE),
    "an access without a code": (rl866.Request(Command.ACCESS, b"\x01\x00"), Status.MESSAGE_SIZE),
    "an access without an end": (rl866.Request(Command.ACCESS, b"\x01\x80"), Status.MESSAGE_SIZE),
    "not connected": (rl866.access(5, Access.SYSTEM_INFORMATION), Status.WRONG_HANDLE),
    "disconnecting what is not": (rl866.disconnect(5), Status.WRONG_HANDLE),
}


@pytest.mark.parametrize("name", REFUSED)
def test_it_refuses_with_its_own_status(reader: Rl866, name: str) -> None:
    request, status = REFUSED[name]
    assert ask(reader, request).status == status


def test_an_unknown_command(reader: Rl866) -> None:
    (frame,) = Decoder().feed(reader.receive(Frame(0, b"\x77").encode()))
    assert Reply.of(frame) == Reply(0x77, Status.UNKNOWN_COMMAND, b"")


def test_it_keeps_so_many_connections_and_no_more(reader: Rl866) -> None:
    for _ in range(MOST_HANDLES):
        assert ask(reader, rl866.connect(UIDS[0])).status == Status.OK
    assert ask(reader, rl866.connect(UIDS[1])).status == Status.NO_MEMORY
    assert ask(reader, rl866.disconnect(0)).status == Status.OK
    assert ask(reader, rl866.connect(UIDS[1])).status == Status.OK


ACCESSES: dict[Access, tuple[bytes, int | None]] = {
    Access.RESET: (b"", None),
    Access.SELECT: (b"", None),
    Access.READ_BLOCK: (b"\x00\x0c\x00", None),
    Access.WRITE_BLOCK: (b"\x01\x00abcd", None),
    Access.WRITE_BLOCKS: (rl866.block_range(2, 2) + b"abcdefgh", None),
    Access.LOCK_BLOCKS: (rl866.block_range(0, 2), None),
    Access.WRITE_AFI: (b"\xc2", None),
    Access.WRITE_DSFID: (b"\x06", None),
    Access.SYSTEM_INFORMATION: (b"\x00", Status.ARGUMENT_SIZE),
    Access.READ_BLOCKS: (b"\x00" + rl866.block_range(27, 2), Status.BLOCK_LOCKED),
    Access.EAS_OFF: (b"", None),
    Access.EAS_ALARM: (b"", Status.NO_TAG),
    Access.EAS_ON: (b"\x01", Status.ARGUMENT_SIZE),
}


@pytest.mark.parametrize("code", ACCESSES)
def test_each_access(reader: Rl866, code: Access) -> None:
    ask(reader, rl866.connect(UIDS[0]))
    parameters, error = ACCESSES[code]
    assert done(reader, code, parameters).error == error


def test_every_access_is_tried() -> None:
    assert ACCESSES.keys() == set(Access)


def test_what_is_read_and_written(world: World, reader: Rl866) -> None:
    chip = world.tags[UIDS[0].hex()]
    chip.locked_blocks.add(12)
    ask(reader, rl866.connect(UIDS[0]))
    assert done(reader, Access.READ_BLOCK, b"\x01\x0c\x00").data == b"\x01" + BLOCK_12
    done(reader, Access.WRITE_BLOCKS, rl866.block_range(0, 2) + b"abcdefgh")
    done(reader, Access.WRITE_AFI, b"\xc2")
    done(reader, Access.EAS_ON)
    assert (bytes(chip.memory[:8]), chip.afi, chip.eas) == (b"abcdefgh", 0xC2, True)
    assert done(reader, Access.EAS_ALARM).error is None


def test_many_tags_come_in_several_answers(world: World, reader: Rl866) -> None:
    world.tags = {str(n): Chip(n.to_bytes(8), bytearray(112)) for n in range(40)}
    world.pad = []
    world.put(*world.tags)
    parts = [rl866.parse_inventory(ask(reader, rl866.inventory(more=part > 0)).data) for part in range(3)]
    assert [(len(part.tags), part.more) for part in parts] == [(18, True), (18, True), (4, False)]
    assert len({tag.uid for part in parts for tag in part.tags}) == 40
