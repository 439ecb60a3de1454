"""The simulated ID card reader: the exact bytes of the reference, and what a card's lying there means."""

from dataclasses import replace

import pytest

from devices.sdt_idcard.protocol import START, Command, encode
from hardware_sim.sdt_idcard import PHOTO, Person, SdtIdcard, id_card
from hardware_sim.world import Card, World

SAMPLE = "11010519491231002X"
OK, NONE = "0004 00 00 90 94", "0004 00 00 80 84"
FOUND, SELECTED = "0008 00 00 9F 00000000 97", "000C 00 00 90 0000000000000000 9C"
NOT_SELECTED = "0004 00 00 81 85"


@pytest.fixture
def world() -> World:
    return World()


@pytest.fixture
def reader(world: World) -> SdtIdcard:
    return SdtIdcard(world)


def ask(reader: SdtIdcard, command: Command) -> bytes:
    answer = reader.receive(encode(command))
    assert answer.startswith(START)
    return answer[len(START) :]


def after_start(text: str) -> bytes:
    return bytes.fromhex(text)


def test_without_a_card(reader: SdtIdcard) -> None:
    said = [ask(reader, c) for c in (Command.RESET, Command.STATUS, Command.FIND, Command.SELECT)]
    assert said == [after_start(text) for text in (OK, OK, NONE, NOT_SELECTED)]
    assert (
        ask(reader, Command.SAM_ID)[:5] == after_start("0014 00 00 90")
        and len(ask(reader, Command.SAM_ID)) == 22
    )


def test_find_select_read_and_lift_before_it_is_found_again(reader: SdtIdcard, world: World) -> None:
    world.card = card = id_card(Person(SAMPLE))
    assert ask(reader, Command.FIND) == after_start(FOUND)
    assert ask(reader, Command.SELECT) == after_start(SELECTED)
    whole = ask(reader, Command.READ)
    assert whole.startswith(after_start("0508 00 00 90 0100 0400") + card.id_text + PHOTO)
    assert len(START + whole) == 1295
    assert ask(reader, Command.FIND) == after_start(NONE)
    world.card = None
    assert ask(reader, Command.FIND) == after_start(NONE)
    world.card = replace(card)
    assert ask(reader, Command.FIND) == after_start(FOUND)


@pytest.mark.parametrize(("fingerprint", "in_all"), [(0, 1297), (512, 1809), (1024, 2321)])
def test_a_read_with_fingerprints(reader: SdtIdcard, world: World, fingerprint: int, in_all: int) -> None:
    world.card = id_card(Person(SAMPLE))
    reader.fingerprint_bytes = fingerprint
    ask(reader, Command.SELECT)
    assert len(START + ask(reader, Command.READ_WITH_FINGERPRINT)) == in_all


def test_a_card_that_was_not_selected_or_has_gone_is_not_read(reader: SdtIdcard, world: World) -> None:
    world.card = id_card(Person(SAMPLE))
    assert ask(reader, Command.READ)[4] == 0x41
    ask(reader, Command.SELECT)
    world.card = None
    assert ask(reader, Command.READ)[4] == 0x41


def test_a_library_card_is_no_id_card(reader: SdtIdcard, world: World) -> None:
    world.card = Card(bytes.fromhex("04A1B2C3"))
    assert ask(reader, Command.FIND) == after_start(NONE)


def test_it_is_deaf_to_a_wrong_checksum_and_does_not_know_every_command(reader: SdtIdcard) -> None:
    assert reader.receive(START + bytes.fromhex("0003 11 FF EC"))[9] == 0x10
    assert reader.receive(START + bytes.fromhex("0003 77 01 75"))[9] == 0x24
    assert reader.receive(START + bytes.fromhex("0500"))[9] == 0x11
    assert ask(reader, Command.STATUS) == after_start(OK)


def test_a_command_in_pieces_behind_noise(reader: SdtIdcard) -> None:
    sent = b"\x00\xaa\xaa" + encode(Command.STATUS)
    answers = b"".join(reader.receive(sent[at : at + 1]) for at in range(len(sent)))
    assert answers == START + after_start(OK)


def test_the_speed_changes_once_the_answer_is_out(reader: SdtIdcard) -> None:
    told: list[int] = []
    reader.on_baud = told.append
    assert ask(reader, Command.BAUD_9600) == after_start(OK) and told == []
    reader.tick(1.0)
    assert (reader.baud, told) == (9_600, [9_600])
