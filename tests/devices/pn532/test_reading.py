"""What cards bear beside their number, through unmodified nfcpy on the simulated chip."""

from dataclasses import replace

import pytest

from devices.kinds import (
    CardTapped,
    CardTechnology,
    CardUnread,
    NdefRead,
    NdefTexts,
    SectorBlock,
    SectorRead,
)
from devices.pn532.driver import Pn532
from hardware_sim.faults import FAULTS
from tests.devices.pn532.cards import (
    CLASSIC,
    FELICA,
    KEY_A,
    KEY_B,
    NTAG,
    NUMBER,
    TEXT_RECORD,
    TYPE_4A,
    TYPE_4B,
    URI_RECORD,
    WRITTEN_CLASSIC,
)

WITH_KEY_A = SectorRead(3, 1, KEY_A)
WANTED = [
    (WRITTEN_CLASSIC, WITH_KEY_A),
    *((replace(c, ndef=TEXT_RECORD), NdefRead()) for c in (NTAG, TYPE_4A)),
]


@pytest.fixture
def reader(link):
    reader = Pn532(str(link.path))
    yield reader
    reader.close()


def read(world, reader, card, wanted):
    world.card = card
    tapped = reader.sense()
    assert tapped == CardTapped(card.uid, CardTechnology(card.technology))
    return reader.read(tapped, wanted)


@pytest.mark.parametrize("wanted", [WITH_KEY_A, SectorRead(3, 1, KEY_B, key_b=True)])
@pytest.mark.parametrize("uid", ["DEADBEEF", "04112233445566"])
def test_a_block_of_a_sector_with_either_key(world, reader, wanted, uid):
    card = replace(WRITTEN_CLASSIC, uid=bytes.fromhex(uid))
    assert read(world, reader, card, wanted) == SectorBlock(NUMBER.encode() + bytes(2))


@pytest.mark.parametrize("wrong", [SectorRead(3, 1, KEY_B), SectorRead(3, 1, KEY_A, key_b=True)])
def test_a_wrong_key_is_said_and_the_card_answers_again(world, reader, wrong):
    assert read(world, reader, WRITTEN_CLASSIC, wrong) is CardUnread.WRONG_KEY
    assert read(world, reader, WRITTEN_CLASSIC, WITH_KEY_A) == SectorBlock(NUMBER.encode() + bytes(2))


def test_a_sector_that_nobody_wrote_is_read_as_it_is(world, reader):
    assert read(world, reader, CLASSIC, SectorRead(15, 2, b"\xff" * 6)) == SectorBlock(bytes(16))


@pytest.mark.parametrize("card", [NTAG, TYPE_4A, TYPE_4B], ids=lambda card: card.technology)
@pytest.mark.parametrize(
    ("message", "texts"),
    [
        (TEXT_RECORD, (NUMBER,)),
        (URI_RECORD, ("https://lib.example/r1",)),
        # both in one message: begin on the first only, end on the second only
        (b"\x91" + TEXT_RECORD[1:] + b"\x51" + URI_RECORD[1:], (NUMBER, "https://lib.example/r1")),
    ],
)
def test_the_texts_of_an_ndef_message(world, reader, card, message, texts):
    assert read(world, reader, replace(card, ndef=message), NdefRead()) == NdefTexts(texts)


@pytest.mark.parametrize("card", [CLASSIC, NTAG, TYPE_4A, TYPE_4B, FELICA], ids=lambda card: card.technology)
def test_a_card_without_a_message_says_so_and_is_sensed_on(world, reader, card):
    assert read(world, reader, card, NdefRead()) is CardUnread.NOTHING_THERE
    assert reader.sense() is not None


@pytest.mark.parametrize("octets", [b"\xd1\x01\xf0T\x02zh1", b"\xff" * 20, b"\xd1\x01\x03T\x3fzz"])
def test_a_message_that_is_none_is_no_message(world, reader, octets):
    assert read(world, reader, replace(NTAG, ndef=octets), NdefRead()) is CardUnread.NOTHING_THERE


@pytest.mark.parametrize(("card", "wanted"), WANTED, ids=["classic", "type2", "type4a"])
def test_a_card_pulled_away_at_any_moment_gives_all_or_nothing(world, reader, card, wanted):
    whole = read(world, reader, card, wanted)
    outcomes = [
        (after, read(world, reader, replace(card, pulled_after=after), wanted)) for after in range(40)
    ]
    assert {outcome for _, outcome in outcomes} == {whole, CardUnread.UNREADABLE}
    assert outcomes[0][1] is CardUnread.UNREADABLE and outcomes[-1][1] == whole


def test_another_card_than_the_one_sensed_is_not_read(world, reader):
    world.card = WRITTEN_CLASSIC
    tapped = reader.sense()
    world.card = replace(WRITTEN_CLASSIC, uid=bytes.fromhex("01020304"))
    assert reader.read(tapped, WITH_KEY_A) is CardUnread.UNREADABLE


@pytest.mark.parametrize("fault", ["late", "byte_by_byte", "noisy"])
def test_bad_wires_that_can_be_read_are_read(world, link, fault):
    link.faults = FAULTS[fault]
    reader = Pn532(str(link.path))
    assert read(world, reader, WRITTEN_CLASSIC, WITH_KEY_A) == SectorBlock(NUMBER.encode() + bytes(2))
    reader.close()


def test_what_was_read_is_in_no_repr(world, reader):
    block = read(world, reader, WRITTEN_CLASSIC, WITH_KEY_A)
    texts = read(world, reader, replace(NTAG, ndef=TEXT_RECORD), NdefRead())
    tapped = CardTapped(CLASSIC.uid, CardTechnology.MIFARE_CLASSIC, block)
    shown = f"{block} {texts} {tapped} {WITH_KEY_A}"
    assert NUMBER not in shown and "xde" not in shown and "xa0" not in shown
