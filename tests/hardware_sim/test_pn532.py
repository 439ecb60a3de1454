"""The simulated PN532 answers what the manual says (NXP UM0701-02)."""

import pytest

from devices.pn532.protocol import CHIP_TO_HOST, HOST_TO_CHIP, SYNTAX_ERROR, Decoder, Frame, Signal, encode
from hardware_sim.pn532 import Pn532
from hardware_sim.world import World
from tests.devices.pn532.cards import CLASSIC, FELICA, NTAG, TYPE_4A, TYPE_4B

FIND_A, FIND_B, FIND_F = "4A 01 00", "4A 01 03 00", "4A 01 01 00 FF FF 01 00"
ATQB = "50 1A2B3C4D 00000000 008181"
TRANSPORT_KEY, WRONG_KEY = "FF" * 6, "00" * 6
NO_CRC_CHECK = "08 6303 00"
AUTOMATIC_RATS_OFF, GIVE_UP_SOON = "12 00", "32 05 01 00 01"


@pytest.fixture
def world():
    return World()


@pytest.fixture
def chip(world):
    chip = Pn532(world)
    ask(chip, GIVE_UP_SOON)
    return chip


def ask(chip, command):
    """The chip's answer to `command` (hex, after D4) in hex, its ACK checked and D5 taken off."""
    answer = chip.receive(encode(Frame(HOST_TO_CHIP, bytes.fromhex(command))))
    ack, reply = Decoder().feed(answer)
    assert ack is Signal.ACK
    assert isinstance(reply, Frame)
    return "error" if reply == SYNTAX_ERROR else reply.data.hex(" ").upper()


def spaced(hex_digits):
    return bytes.fromhex(hex_digits).hex(" ").upper()


@pytest.mark.parametrize(
    ("command", "reply"),
    [
        ("02", "03 32 01 06 07"),
        ("14 01 00 00", "15"),
        ("14 01", "15"),
        ("10 07", "11"),
        ("16 B0 00", "17 00"),
        ("12 00", "13"),
        ("32 02 00 0B 0A", "33"),
        ("32 04 00", "33"),
        ("32 05 01 00 01", "33"),
        ("32 0A 59 F4 3F 11 4D 85 61 6F 26 62 87", "33"),
        ("32 0B 69 FF 3F 11 41 85 61 6F", "33"),
        ("32 0C FF 04 85", "33"),
        ("32 0D 85 15 8A 85 08 B2 85 01 DA", "33"),
        ("32 01 02", "33"),
        ("00 00 6C 69 62 6E 66 63", "01 00 6C 69 62 6E 66 63"),
        ("04", "05 00 00 00 80"),
        ("06 63 03", "07 00"),
        ("08 63 03 80", "09"),
        (FIND_A, "4B 00"),
        (FIND_B, "4B 00"),
        (FIND_F, "4B 00"),
        ("40 01 30 00", "41 27"),
        ("42 30 00", "43 01"),
        ("56 00 00 00", "57 01"),
    ],
)
def test_replies_of_the_manual(chip, command, reply):
    assert ask(chip, command) == reply


@pytest.mark.parametrize(
    "command", ["FE", "32 0A 00", "32 77", "4A 03 00", "4A 01 09", "4A", "06 63", "10 0A"]
)
def test_unknown_and_malformed_commands_get_the_syntax_error_frame(chip, command):
    assert ask(chip, command) == "error"


def test_the_line_test_comes_back_in_an_extended_frame(chip):
    data = b"\x00" + bytes(n & 0xFF for n in range(262))
    answer = chip.receive(encode(Frame(HOST_TO_CHIP, b"\x00" + data)))
    assert Decoder().feed(answer) == [Signal.ACK, Frame(CHIP_TO_HOST, b"\x01" + data)]


def test_the_reply_to_sam_configuration_is_byte_for_byte_what_nfcpy_compares(chip):
    assert chip.receive(bytes.fromhex("0000FF05FBD4140100001700")) == bytes.fromhex(
        "0000FF00FF00 0000FF02FED5151600"
    )


def test_damaged_frames_get_no_answer_and_a_nack_asks_again(chip):
    good = encode(Frame(HOST_TO_CHIP, b"\x02"))
    reply = chip.receive(good)[len(Signal.ACK.value) :]
    assert chip.receive(good[:-2] + b"\xff\x00") == b""
    assert chip.receive(Signal.NACK.value) == reply


def test_the_speed_changes_once_the_reply_is_out(chip):
    told = []
    chip.on_baud = told.append
    ask(chip, "10 07")
    assert (chip.baud, told) == (115_200, [])
    chip.tick(1.0)
    assert (chip.baud, told) == (921_600, [921_600])


@pytest.mark.parametrize(
    ("card", "find", "found"),
    [
        (NTAG, FIND_A, "4B 01 01 0044 00 07 04112233445566"),
        (CLASSIC, FIND_A, "4B 01 01 0004 08 04 DEADBEEF"),
        (TYPE_4A, FIND_A, "4B 01 01 0344 20 07 04A1B2C3D4E5F6"),
        (TYPE_4B, FIND_B, f"4B 01 01 {ATQB} 01 00"),
        (FELICA, FIND_F, "4B 01 01 14 01 0101010601B00ADE 03014B024F4993FF 0003"),
    ],
)
def test_cards_are_found_as_the_manual_lists_them(world, chip, card, find, found):
    world.card = card
    ask(chip, AUTOMATIC_RATS_OFF)
    assert ask(chip, find) == spaced(found)
    for other in {FIND_A, FIND_B, FIND_F} - {find}:
        assert ask(chip, other) == "4B 00"


def test_with_automatic_rats_the_answer_to_select_comes_along(world, chip):
    world.card = TYPE_4A
    assert ask(chip, FIND_A) == spaced("4B 01 01 0344 20 07 04A1B2C3D4E5F6 067577810280")


def test_where_no_card_answers_the_request_is_still_in_the_fifo(chip):
    ask(chip, FIND_A)
    assert ask(chip, "06 6339") == "07 26"


def test_only_the_card_asked_for_is_found(world, chip):
    world.card = NTAG
    assert ask(chip, f"{FIND_A} 88 04112233445566").startswith("4B 01")
    assert ask(chip, f"{FIND_A} 88 04112233445577") == "4B 00"


def test_told_to_wait_for_ever_it_answers_when_a_card_comes_and_an_ack_ends_the_wait(world, chip):
    ask(chip, "32 05 FF 01 FF")
    find = encode(Frame(HOST_TO_CHIP, bytes.fromhex(FIND_A)))
    found = encode(Frame(CHIP_TO_HOST, bytes.fromhex("4B 01 01 0004 08 04 DEADBEEF")))
    assert chip.receive(find) == Signal.ACK.value
    assert chip.tick(1.0) == b""
    world.card = CLASSIC
    assert chip.tick(2.0) == found
    assert chip.tick(3.0) == b""
    world.card = None
    chip.receive(find)
    chip.receive(Signal.ACK.value)
    world.card = CLASSIC
    assert chip.tick(4.0) == b""


def test_type_2_commands_with_their_crc(world, chip):
    """Version and its CRC_A as nfcpy and libnfc read them from a real NTAG213."""
    world.card = NTAG
    ask(chip, FIND_A)
    ask(chip, NO_CRC_CHECK)
    assert ask(chip, "42 60") == spaced("43 00 0004040201000F03 8091")
    assert ask(chip, "42 30 00").startswith(spaced("43 00 041122BF 33445566 44480000 E1101200"))
    assert ask(chip, "42 A2 04 01020304") == "43 00 0A"
    assert ask(chip, "42 30 04").startswith("43 00 01 02 03 04")


def test_after_a_nak_a_type_2_card_is_mute_until_found_again(world, chip):
    world.card = NTAG
    ask(chip, FIND_A)
    ask(chip, NO_CRC_CHECK)
    assert ask(chip, "42 1A 00") == "43 00 00"
    assert ask(chip, "42 30 00") == "43 01"
    ask(chip, FIND_A)
    assert ask(chip, "42 60").startswith("43 00 00 04 04")


def test_a_frame_sent_with_a_wrong_crc_is_ignored(world, chip):
    world.card = NTAG
    ask(chip, FIND_A)
    ask(chip, "08 6302 00")
    assert ask(chip, "42 60 F833") == "43 01"
    assert ask(chip, "42 60 F832").startswith("43 00 00 04 04")


def test_classic_sectors_open_with_the_right_key_only(world, chip):
    world.card = CLASSIC
    ask(chip, FIND_A)
    assert ask(chip, f"40 01 60 04 {TRANSPORT_KEY} DEADBEEF") == "41 00"
    assert ask(chip, "40 01 30 04") == spaced("41 00" + "00" * 16)
    assert ask(chip, f"40 01 A0 04 {'42' * 16}") == "41 00"
    assert ask(chip, "40 01 30 04") == spaced("41 00" + "42" * 16)
    ask(chip, FIND_A)
    assert ask(chip, f"40 01 60 04 {WRONG_KEY} DEADBEEF") == "41 14"
    assert ask(chip, "40 01 30 04") == "41 01"


def test_type_4b_is_activated_by_hand(world, chip):
    world.card = TYPE_4B
    ask(chip, FIND_B)
    assert ask(chip, "42 CA 01") == "43 00 CA 01"
    assert ask(chip, "42 05 00 08") == spaced(f"43 00 {ATQB}")
    assert ask(chip, "42 1D 1A2B3C4D 00 08 01 00") == "43 00 00"


def test_iso_dep_blocks(world, chip):
    world.card = TYPE_4A
    ask(chip, AUTOMATIC_RATS_OFF)
    ask(chip, FIND_A)
    assert ask(chip, "42 E0 80") == spaced("43 00 067577810280")
    assert ask(chip, "42 02 00A4040000") == "43 00 02 6A 82"
    assert ask(chip, "42 03 00A4040000") == "43 00 03 6A 82"
    assert ask(chip, "42 B2") == "43 00 A2"
    assert ask(chip, "42 B3") == "43 00 A3"
    assert ask(chip, "40 01 00A4040000") == "41 00 6A 82"


@pytest.mark.parametrize(("card", "find"), [(NTAG, FIND_A), (TYPE_4B, FIND_B), (FELICA, FIND_F)])
def test_a_card_taken_away_does_not_answer(world, chip, card, find):
    world.card = card
    ask(chip, find)
    world.card = None
    assert ask(chip, "42 30 00") == "43 01"
    assert ask(chip, "00 06") == "01 01"
    assert ask(chip, find) == "4B 00"


@pytest.mark.parametrize("off", ["32 01 02", "16 B0 00", "52 00"])
def test_without_field_or_released_a_card_is_no_target(world, chip, off):
    world.card = CLASSIC
    ask(chip, FIND_A)
    ask(chip, off)
    assert ask(chip, "40 01 30 00") == "41 27"


@pytest.mark.parametrize(
    ("card", "polled", "found"),
    [
        (CLASSIC, "00", "61 01 10 09 01 0004 08 04 DEADBEEF"),
        (NTAG, "20 10", "61 01 10 0C 01 0044 00 07 04112233445566"),
        (TYPE_4A, "10 00", "61 01 20 12 01 0344 20 07 04A1B2C3D4E5F6 067577810280"),
        (TYPE_4B, "00 03", f"61 01 23 0F 01 {ATQB} 01 00"),
        (FELICA, "11 10", "61 01 11 15 01 14 01 0101010601B00ADE 03014B024F4993FF 0003"),
    ],
)
def test_automatic_polling_tells_what_kind_of_card_it_found(world, chip, card, polled, found):
    world.card = card
    assert ask(chip, f"60 FF 01 {polled}") == spaced(found)


@pytest.mark.parametrize("command", ["60 00 01 00", "60 01 00 00", "60 01 10 00", "60 01 01", "60 01 01 77"])
def test_automatic_polling_with_what_the_manual_does_not_know(chip, command):
    assert ask(chip, command) == "error"


def test_automatic_polling_ends_when_its_rounds_are_over(world, chip):
    two_rounds = encode(Frame(HOST_TO_CHIP, bytes.fromhex("60 02 02 10 11")))  # 2 × 2 × 150 ms × 2 kinds
    assert chip.receive(two_rounds) == Signal.ACK.value
    assert [chip.tick(now) for now in (10.0, 11.1)] == [b"", b""]
    assert chip.tick(11.3) == encode(Frame(CHIP_TO_HOST, bytes.fromhex("61 00")))
    world.card = CLASSIC
    assert chip.tick(11.4) == b""


def test_automatic_polling_finds_a_card_that_comes_later(world, chip):
    chip.receive(encode(Frame(HOST_TO_CHIP, bytes.fromhex("60 FF 01 00"))))
    assert [chip.tick(now) for now in (1.0, 1000.0)] == [b"", b""]
    world.card = CLASSIC
    assert chip.tick(1000.1).hex(" ").upper().startswith("00 00 FF 0E F2 D5 61 01 10")


FIND_TWO_A = "4A 02 00"


def test_two_cards_at_once_are_two_targets(world, chip):
    ask(chip, AUTOMATIC_RATS_OFF)
    world.card, world.beside = CLASSIC, NTAG
    assert ask(chip, FIND_TWO_A) == spaced("4B 02 01 0004 08 04 DEADBEEF 02 0044 00 07 04112233445566")
    assert ask(chip, "40 02 30 00") == spaced("41 00 041122BF 33445566 44480000 E1101200")
    assert ask(chip, f"40 01 60 07 {TRANSPORT_KEY} DEADBEEF") == "41 00"
    assert ask(chip, "40 02 30 04").startswith("41 00 03 00 FE")
    assert ask(chip, "40 03 30 04") == "error"


def test_a_target_that_is_not_there_is_a_wrong_context(world, chip):
    world.card = NTAG
    ask(chip, FIND_TWO_A)
    assert (ask(chip, "40 02 30 00"), ask(chip, "54 02")) == ("41 27", "55 27")


def test_a_deselected_card_lets_the_other_one_be_found_until_the_field_was_off(world, chip):
    ask(chip, AUTOMATIC_RATS_OFF)
    world.card, world.beside = CLASSIC, NTAG
    first = ask(chip, FIND_A)
    ask(chip, "44 00")
    assert ask(chip, FIND_A).endswith("04 11 22 33 44 55 66")
    ask(chip, "44 01")
    assert ask(chip, FIND_A) == "4B 00"
    ask(chip, "32 01 00")
    assert ask(chip, FIND_A) == first
