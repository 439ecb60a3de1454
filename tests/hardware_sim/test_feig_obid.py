"""The simulated FEIG reader line by line of the command set, without a wire."""

import pytest

from devices.feig_obid import protocol as feig
from devices.feig_obid.protocol import Decoder, Eas, Frame, Iso, Reply, Status, encode
from hardware_sim.feig_obid import FeigObid
from hardware_sim.world import Chip, World
from tests import vectors

VECTORS = {each["name"]: bytes.fromhex(each["hex"]) for each in vectors.load_rfid()["feig_obid"]}
UID = bytes.fromhex("E004010012345678")


@pytest.fixture
def world() -> World:
    world = World(tags={"book": Chip(UID, bytearray(range(112)))})
    world.put("book")
    return world


@pytest.fixture
def reader(world: World) -> FeigObid:
    return FeigObid(world)


def ask(reader: FeigObid, command: feig.Command | Frame) -> Reply:
    wire = command.encode() if isinstance(command, Frame) else encode(command)
    (frame,) = Decoder().feed(reader.receive(wire))
    reply = Reply.of(frame)
    assert reply is not None
    return reply


CONVERSATIONS = [
    ("baud detect req", "baud detect rsp"),
    ("get sw ver req", "get sw ver rsp (SW 02.10? hw 0x40 type 76 TR 0008)"),
    ("rf reset req", "rf reset rsp"),
    ("inventory req", "inventory rsp 1"),
    ("get sysinfo req", "get sysinfo rsp"),
    ("stay quiet", "ok rsp B0"),
    ("select", "ok rsp B0"),
    ("reset to ready", "ok rsp B0"),
    ("write AFI 07", "ok rsp B0"),
    ("write AFI C2", "ok rsp B0"),
    ("write DSFID 06", "ok rsp B0"),
    ("lock blk 0-1", "ok rsp B0"),
    ("set EAS", "B1 ok"),
    ("reset EAS", "B1 ok"),
    ("eas alarm", "B1 no tag (EAS off)"),
]


@pytest.mark.parametrize("question, answer", CONVERSATIONS)
def test_it_answers_as_the_vectors_say(reader: FeigObid, question: str, answer: str) -> None:
    assert reader.receive(VECTORS[question]).hex(" ") == VECTORS[answer].hex(" ")


def test_the_write_and_the_read_of_annex_f(world: World, reader: FeigObid) -> None:
    world.tags["annex F"] = Chip(bytes.fromhex("E00700000147677E"), bytearray(112))
    world.put("annex F")
    assert reader.receive(VECTORS["annexF write 4B x3"]) == VECTORS["ok rsp B0"]
    question = encode(feig.read_blocks(bytes.fromhex("E00700000147677E"), 0, 3))
    assert reader.receive(question).hex(" ") == VECTORS["annexF read resp 4B"].hex(" ")


def test_an_empty_pad(world: World, reader: FeigObid) -> None:
    world.lift("book")
    assert reader.receive(VECTORS["inventory req"]) == VECTORS["inventory rsp none"]


def test_a_bad_frame_gets_no_answer_and_the_next_good_one_does(reader: FeigObid) -> None:
    bad = VECTORS["inventory req"][:-1] + b"\x00"
    reader.tick(1.0)
    assert reader.receive(bad) == b""
    assert reader.tick(1.2) == b""
    assert reader.receive(VECTORS["inventory req"]) == VECTORS["inventory rsp 1"]


def test_half_a_frame_is_dropped_when_the_rest_does_not_come(reader: FeigObid) -> None:
    reader.tick(1.0)
    assert reader.receive(VECTORS["write AFI C2"][:6]) == b""
    assert reader.tick(2.0) == b""
    assert reader.receive(VECTORS["inventory req"]) == VECTORS["inventory rsp 1"]


def test_an_advanced_frame_is_answered_by_one(reader: FeigObid) -> None:
    (frame,) = Decoder().feed(reader.receive(VECTORS["Amarok adv 0x65"]))
    assert frame.advanced
    assert frame.data[0] == Status.OK


def test_a_frame_for_another_address_is_not_its_affair(reader: FeigObid) -> None:
    assert reader.receive(VECTORS["Amarok std 0x80"]) == b""


REFUSED = {
    "unknown command": (Frame(0x42), Status.UNKNOWN_COMMAND),
    "unknown ISO command": (Frame(0xB0, b"\x77\x00"), Status.NOT_AVAILABLE),
    "unknown manufacturer": (Frame(0xB1, bytes([0x16, 0xA2, 1]) + UID), Status.NOT_AVAILABLE),
    "too long": (Frame(0x65, b"\x00"), Status.LENGTH_ERROR),
    "too short": (Frame(0xB0, b"\x23\x01" + UID + b"\x00"), Status.LENGTH_ERROR),
    "half a UID": (Frame(0xB0, b"\x2b\x01" + UID[:4]), Status.LENGTH_ERROR),
    "no such page": (feig.read_configuration(99), Status.ADDRESS_ERROR),
    "no such information": (Frame(0x66, b"\x55"), Status.PARAMETER_RANGE),
    "tag not there": (feig.TagCommand(Iso.SYSTEM_INFORMATION, bytes(8)), Status.NO_TAG),
    "block not there": (feig.read_blocks(UID, 28, 1), Status.ISO_ERROR),
    "more blocks than it reads at once": (feig.read_blocks(UID, 0, 33), Status.PARAMETER_RANGE),
    "no blocks": (feig.read_blocks(UID, 0, 0), Status.PARAMETER_RANGE),
    "blocks of another size": (feig.write_blocks(UID, 0, 8, bytes(8)), Status.WRONG_TYPE),
    "blocks of no size": (Frame(0xB0, b"\x24\x01" + UID + b"\x00\x01\x00"), Status.WRONG_TYPE),
}


@pytest.mark.parametrize("name", REFUSED)
def test_it_refuses_with_its_own_status(reader: FeigObid, name: str) -> None:
    command, status = REFUSED[name]
    assert ask(reader, command).status == status


def test_many_tags_come_in_several_answers(world: World, reader: FeigObid) -> None:
    world.tags = {str(n): Chip(n.to_bytes(8), bytearray(112)) for n in range(20)}
    world.pad = []
    world.put(*world.tags)
    replies = [ask(reader, feig.Inventory(more=part > 0)) for part in range(4)]
    statuses = [Status.MORE_DATA, Status.MORE_DATA, Status.OK, Status.NO_TAG]
    assert [reply.status for reply in replies] == statuses
    seen = [tag.uid for reply in replies[:3] for tag in feig.parse_inventory(reply.data)]
    assert sorted(seen) == [chip.uid for chip in world.chips_on_pad()]


def test_a_quieted_tag_is_hidden_until_the_field_is_reset(reader: FeigObid) -> None:
    ask(reader, feig.TagCommand(Iso.STAY_QUIET, UID))
    assert ask(reader, feig.Inventory()).status == Status.NO_TAG
    ask(reader, feig.RF_RESET)
    assert ask(reader, feig.Inventory()).status == Status.OK


def test_without_a_field_there_is_no_tag(reader: FeigObid) -> None:
    ask(reader, feig.RF_OFF)
    assert ask(reader, feig.Inventory()).status == Status.NO_TAG
    ask(reader, feig.RF_ON)
    assert ask(reader, feig.Inventory()).status == Status.OK


def test_a_selected_tag_needs_no_address(reader: FeigObid) -> None:
    not_addressed = Frame(0xB0, b"\x23\x02\x00\x01")
    assert ask(reader, not_addressed).status == Status.NO_TAG
    ask(reader, feig.TagCommand(Iso.SELECT, UID))
    assert feig.parse_blocks(ask(reader, not_addressed).data) == (feig.Block(0, bytes(range(4))),)


def test_locked_blocks_say_so_and_stay_as_they_are(world: World, reader: FeigObid) -> None:
    ask(reader, feig.TagCommand(Iso.LOCK_BLOCKS, UID, bytes([1, 2])))
    states = feig.parse_blocks(ask(reader, feig.read_blocks(UID, 0, 4, security=True)).data)
    assert [block.security for block in states] == [0, 1, 1, 0]
    assert ask(reader, feig.TagCommand(Iso.BLOCK_SECURITY, UID, bytes([0, 4]))).data == bytes([4, 0, 1, 1, 0])
    assert ask(reader, feig.write_blocks(UID, 1, 4, bytes(4))).status == Status.ISO_ERROR
    assert world.chip("book").memory == bytes(range(112))


def test_the_alarm_sounds_only_while_eas_is_on(reader: FeigObid) -> None:
    ask(reader, feig.EasCommand(Eas.SET, UID))
    assert ask(reader, feig.EasCommand(Eas.ALARM, UID)).status == Status.OK


def test_configuration_pages_keep_what_is_written(reader: FeigObid) -> None:
    page = bytes(range(14))
    assert ask(reader, Frame(0x81, b"\x07" + page)).status == Status.OK
    assert ask(reader, feig.read_configuration(7)).data == page


@pytest.mark.parametrize("register", [Iso.WRITE_AFI, Iso.WRITE_DSFID])
def test_a_failed_write_leaves_the_register(world: World, reader: FeigObid, register: Iso) -> None:
    world.chip("book").write_fails = 1
    reply = ask(reader, feig.TagCommand(register, UID, b"\x55"))
    assert reply.status == Status.WRITE_ERROR
    assert (world.chip("book").afi, world.chip("book").dsfid) == (0x07, 0x06)
    assert ask(reader, feig.TagCommand(register, UID, b"\x55")).status == Status.OK
    assert 0x55 in (world.chip("book").afi, world.chip("book").dsfid)
