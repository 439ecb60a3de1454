"""What chips over a pad do and answer, and what it costs; without reader and wire."""

from collections.abc import Callable
from typing import Any

import pytest

from hardware_sim import air_time
from hardware_sim.iso15693 import (
    AirError,
    ErrorCode,
    Field,
    Garbled,
    NoAnswer,
    Sighting,
    System,
    TagRefused,
    WriteStopped,
)
from hardware_sim.world import SLI, SLIX, SLIX2, SLIX_L, SLIX_S, Chip, ChipModel, World, uid_of

MEMORY = bytes(range(112))
UID = uid_of(SLIX, 0x12345678)
OTHER = uid_of(SLIX, 0x00000021)
TI = bytes.fromhex("E00700000147677E")


@pytest.fixture
def world() -> World:
    tags = {"book": Chip(UID, bytearray(MEMORY)), "other": Chip(OTHER, bytearray(MEMORY), afi=0xC2)}
    world = World(tags=tags)
    world.put("book")
    return world


@pytest.fixture
def field(world: World) -> Field:
    return Field(world)


def seen(field: Field, afi: int | None = None) -> set[bytes]:
    return {sighting.uid for sighting in field.inventory(afi)}


# -- chips -----------------------------------------------------------------------------------------------

MODELS = {
    "E0 04 01 00 12 34 56 78": (SLI, 28, 0x01),
    "E0 04 01 50 12 34 56 78": (SLIX, 28, 0x01),
    "E0 04 01 08 12 34 56 78": (SLIX2, 80, 0x01),
    "E0 04 02 10 12 34 56 78": (SLIX_S, 40, 0x02),
    "E0 04 03 10 12 34 56 78": (SLIX_L, 8, 0x03),
}


@pytest.mark.parametrize("uid", MODELS)
def test_the_number_tells_the_chip(uid: str) -> None:
    model, blocks, ic_reference = MODELS[uid]
    assert Chip(bytes.fromhex(uid), bytearray()).model is model
    assert (model.block_count, model.ic_reference) == (blocks, ic_reference)


@pytest.mark.parametrize("model", [SLI, SLIX, SLIX2, SLIX_S, SLIX_L])
def test_system_information_says_what_the_chip_is(model: ChipModel) -> None:
    chip = Chip(uid_of(model, 5), bytearray(4 * model.block_count))
    world = World(tags={"it": chip})
    world.put("it")
    expected = System(chip.uid, 0x06, 0x07, 4, model.block_count, model.ic_reference)
    assert Field(world).system_information(chip.uid) == expected


def test_the_counter_of_a_slix2_counts(world: World) -> None:
    chip = Chip(uid_of(SLIX2, 5), bytearray(320))
    world.tags["counting"] = chip
    world.put("counting")
    field = Field(world)
    field.write_block(chip.uid, 79, bytes.fromhex("FF 00 00 00"))
    field.write_block(chip.uid, 79, bytes.fromhex("01 00 00 00"))
    assert field.read_block(chip.uid, 79).data == bytes.fromhex("00 01 00 00")
    field.write_block(chip.uid, 78, bytes.fromhex("01 00 00 00"))
    assert field.read_block(chip.uid, 78).data == bytes.fromhex("01 00 00 00")


# -- who answers -----------------------------------------------------------------------------------------


def test_only_what_lies_there_answers(world: World, field: Field) -> None:
    assert field.inventory() == (Sighting(UID, 0x06),)
    world.put("other")
    assert seen(field) == {UID, OTHER}
    world.lift("book", "other")
    assert field.inventory() == ()


def test_an_inventory_may_ask_for_one_family(world: World, field: Field) -> None:
    world.put("other")
    assert [seen(field, afi) for afi in (0x07, 0xC2, 0x21)] == [{UID}, {OTHER}, set()]


def test_a_quiet_tag_is_hidden_but_answers_to_its_number(world: World, field: Field) -> None:
    world.put("other")
    field.stay_quiet(UID)
    assert seen(field) == {OTHER}
    assert field.read_block(UID, 0).data == MEMORY[:4]
    field.reset_to_ready(UID)
    assert seen(field) == {UID, OTHER}


@pytest.mark.parametrize("loses_power", ["reset", "switched off and on", "lifted and put back"])
def test_without_power_it_forgets_to_be_quiet(world: World, field: Field, loses_power: str) -> None:
    field.stay_quiet(UID)
    if loses_power == "reset":
        field.reset()
    elif loses_power == "switched off and on":
        field.switch(False)
        assert seen(field) == set()
        field.switch(True)
    else:
        world.lift("book")
        field.inventory()
        world.put("book")
    assert seen(field) == {UID}


def test_one_tag_is_selected_at_a_time(world: World, field: Field) -> None:
    world.put("other")
    with pytest.raises(NoAnswer):
        field.system_information(None)
    field.select(UID)
    field.select(OTHER)
    assert field.system_information(None).uid == OTHER
    field.reset_to_ready(None)
    with pytest.raises(NoAnswer):
        field.system_information(None)


def test_a_tag_at_the_edge_is_heard_in_so_many_of_so_many_inventories(world: World, field: Field) -> None:
    world.put("other")
    world.chip("other").heard_in = (2, 3)
    heard = [OTHER in seen(field) for _ in range(30)]
    assert [sum(heard[start : start + 3]) for start in range(0, 30, 3)] == [2] * 10
    assert len({tuple(heard[start : start + 3]) for start in range(0, 30, 3)}) > 1
    assert [OTHER in seen(Field(world)) for _ in range(3)] == [heard[0]] * 3


def test_a_tag_out_of_reach_answers_nothing_until_the_next_inventory(world: World, field: Field) -> None:
    world.chip("book").heard_in = (0, 1)
    assert field.read_block(UID, 0).data == MEMORY[:4]
    assert seen(field) == set()
    with pytest.raises(NoAnswer):
        field.read_block(UID, 0)


# -- memory and registers --------------------------------------------------------------------------------


def test_blocks_and_their_locks(field: Field) -> None:
    field.lock_block(UID, 2)
    blocks = field.read_blocks(UID, 1, 3, security=True)
    assert [(block.locked, block.data) for block in blocks] == [
        (False, MEMORY[4:8]),
        (True, MEMORY[8:12]),
        (False, MEMORY[12:16]),
    ]
    assert field.block_security(UID, 1, 3) == (False, True, False)


def test_registers(world: World, field: Field) -> None:
    field.write_afi(UID, 0xC2)
    field.write_dsfid(UID, 0x3E)
    field.write_eas(UID, True)
    chip = world.chip("book")
    assert (chip.afi, chip.dsfid, chip.eas) == (0xC2, 0x3E, True)
    assert field.inventory() == (Sighting(UID, 0x3E),)


def test_the_alarm_is_silent_while_the_bit_is_off(field: Field) -> None:
    with pytest.raises(NoAnswer):
        field.eas_alarm(UID)
    field.write_eas(UID, True)
    assert len(field.eas_alarm(UID)) == 32


def test_another_makers_chip_has_no_such_bit(world: World, field: Field) -> None:
    world.tags["ti"] = Chip(TI, bytearray(256))
    world.put("ti")
    with pytest.raises(NoAnswer):
        field.write_eas(TI, True)
    assert not world.chip("ti").eas


REFUSALS: dict[str, tuple[Callable[[Field], Any], ErrorCode]] = {
    "a block it has not": (lambda field: field.read_block(UID, 28), ErrorCode.BLOCK_NOT_AVAILABLE),
    "blocks past the end": (lambda field: field.read_blocks(UID, 26, 3), ErrorCode.BLOCK_NOT_AVAILABLE),
    "the security of no block": (
        lambda field: field.block_security(UID, 0, 0),
        ErrorCode.BLOCK_NOT_AVAILABLE,
    ),
    "write past the end": (lambda field: field.write_block(UID, 28, bytes(4)), ErrorCode.BLOCK_NOT_AVAILABLE),
    "write half a block": (lambda field: field.write_block(UID, 0, bytes(2)), ErrorCode.NOT_RECOGNISED),
    "write many at once": (
        lambda field: field.write_multiple_blocks(UID, 0, bytes(8)),
        ErrorCode.NOT_SUPPORTED,
    ),
    "write a locked block": (lambda field: field.write_block(UID, 5, bytes(4)), ErrorCode.LOCKED),
    "lock a locked block": (lambda field: field.lock_block(UID, 5), ErrorCode.ALREADY_LOCKED),
    "write a locked AFI": (lambda field: field.write_afi(UID, 1), ErrorCode.LOCKED),
    "lock a locked AFI": (lambda field: field.lock_afi(UID), ErrorCode.ALREADY_LOCKED),
    "write a locked DSFID": (lambda field: field.write_dsfid(UID, 1), ErrorCode.LOCKED),
    "switch a locked EAS": (lambda field: field.write_eas(UID, True), ErrorCode.LOCKED),
}


@pytest.mark.parametrize("name", REFUSALS)
def test_what_a_tag_refuses_changes_nothing(world: World, field: Field, name: str) -> None:
    field.lock_block(UID, 5)
    field.lock_afi(UID)
    field.lock_dsfid(UID)
    field.lock_eas(UID)
    act, code = REFUSALS[name]
    with pytest.raises(TagRefused) as refusal:
        act(field)
    chip = world.chip("book")
    assert refusal.value.code is code
    assert (chip.memory, chip.afi, chip.dsfid, chip.eas) == (MEMORY, 0x07, 0x06, False)


# -- what goes wrong -------------------------------------------------------------------------------------


def test_a_tag_lifted_in_the_middle_of_a_write_is_torn_there(world: World, field: Field) -> None:
    world.chip("book").lifted_in_write = 3
    with pytest.raises(WriteStopped) as stopped:
        field.write_blocks(UID, 4, b"\xff" * 20)
    assert stopped.value.block == 6
    written = MEMORY[:16] + b"\xff" * 10 + MEMORY[26:]
    assert world.chip("book").memory == written
    assert seen(field) == set()
    world.put("book")
    field.write_blocks(UID, 4, b"\xff" * 20)
    assert world.chip("book").memory == MEMORY[:16] + b"\xff" * 20 + MEMORY[36:]


def test_a_spoilt_write_stops_in_the_middle(world: World, field: Field) -> None:
    world.chip("book").write_fails = 1
    with pytest.raises(WriteStopped) as stopped:
        field.write_blocks(UID, 0, b"\xff" * 16)
    assert stopped.value.block == 2
    assert world.chip("book").memory == b"\xff" * 8 + MEMORY[8:]
    field.write_blocks(UID, 0, b"\xff" * 16)
    assert world.chip("book").memory == b"\xff" * 16 + MEMORY[16:]


@pytest.mark.parametrize("register", ["afi", "dsfid", "eas"])
def test_a_spoilt_register_stays_as_it_was(world: World, field: Field, register: str) -> None:
    chip = world.chip("book")
    before = getattr(chip, register)
    chip.write_fails = 1
    with pytest.raises(WriteStopped):
        getattr(field, f"write_{register}")(UID, True)
    assert getattr(chip, register) == before


def test_garbled_answers_are_counted_down(world: World, field: Field) -> None:
    world.chip("book").garbled_answers = 1
    with pytest.raises(Garbled):
        field.system_information(UID)
    assert field.system_information(UID).uid == UID


def test_a_write_whose_answer_is_garbled_is_done_all_the_same(world: World, field: Field) -> None:
    world.chip("book").garbled_answers = 1
    with pytest.raises(Garbled):
        field.write_afi(UID, 0xC2)
    assert world.chip("book").afi == 0xC2


def test_a_wrong_answer_names_another_tag(world: World, field: Field) -> None:
    world.chip("book").misnamed_answers = 1
    assert field.system_information(UID).uid != UID
    assert field.system_information(UID).uid == UID


# -- time ------------------------------------------------------------------------------------------------

COSTS_MS: dict[str, tuple[Callable[[Field], Any], float]] = {
    "inventory": (lambda field: field.inventory(), 13.85),
    "eight blocks": (lambda field: field.read_blocks(UID, 0, 8), 15.85),
    "twenty-eight blocks": (lambda field: field.read_blocks(UID, 0, 28), 40.01),
    "system information": (lambda field: field.system_information(UID), 9.81),
    "write AFI": (lambda field: field.write_afi(UID, 0xC2), 5.56),
    "write a block": (lambda field: field.write_block(UID, 0, bytes(4)), 6.77),
    "write two blocks": (lambda field: field.write_blocks(UID, 0, bytes(8)), 2 * 6.77),
}


@pytest.mark.parametrize("name", COSTS_MS)
def test_what_it_costs(field: Field, name: str) -> None:
    act, milliseconds = COSTS_MS[name]
    act(field)
    assert 1000 * field.take_spent().air_s == pytest.approx(milliseconds, abs=0.02)
    assert field.take_spent().air_s == 0


def test_a_write_takes_the_tag_up_to_twenty_milliseconds_and_a_read_none(field: Field) -> None:
    took = []
    for _ in range(50):
        field.write_afi(UID, 0xC2)
        took.append(field.take_spent().programming_s)
    assert 0 < min(took) < 0.003
    assert 0.017 < max(took) <= air_time.LONGEST_PROGRAMMING_S
    field.read_blocks(UID, 0, 8)
    assert field.take_spent().programming_s == 0


def test_silence_costs_little(field: Field) -> None:
    with pytest.raises(AirError):
        field.system_information(OTHER)
    expected_s = air_time.request_s(12) + air_time.SILENCE_S
    assert field.take_spent().air_s == pytest.approx(expected_s)
