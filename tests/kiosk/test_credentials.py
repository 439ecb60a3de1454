"""From what was read of a card to a reader's number, and what is refused."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broker_config import reader_codes
from devices.kinds import (
    CardContent,
    CardTapped,
    CardTechnology,
    CardUnread,
    CodeScanned,
    IdNumber,
    NdefTexts,
    SectorBlock,
    SectorRead,
)
from kiosk import credentials
from kiosk.credentials import (
    ByIdNumber,
    ByNdef,
    BySector,
    ByUid,
    CardRules,
    Check,
    Encoding,
    NotAccepted,
    Refused,
    Rule,
    UidForm,
    Way,
    Why,
    is_id_number,
)

CLASSIC, NTAG, RESIDENT = CardTechnology.MIFARE_CLASSIC, CardTechnology.TYPE2, CardTechnology.RESIDENT_ID
READ = SectorRead(1, 0, b"\xff" * 6)
FOB = bytes.fromhex("00BC614E")
"""The fob that prints `0012345678 188,24910`: ten digits, and Wiegand 26's three and five."""
NUMBER = "21234000000018"
"""Library Codabar: the Luhn digit of 2123400000001 is 8."""
ID = "11010519491231002X"


def card(
    uid: bytes = FOB, technology: CardTechnology = CLASSIC, content: CardContent | None = None
) -> CardTapped:
    return CardTapped(uid, technology, content)


# -- the chip's number -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("way", "number"),
    [
        (ByUid(), "00BC614E"),
        (ByUid(reverse=True), "4E61BC00"),
        (ByUid(UidForm.DECIMAL_10), "0012345678"),
        (ByUid(UidForm.WIEGAND_8), "18824910"),
        (ByUid(UidForm.DECIMAL_8), "12345678"),
        (ByUid(UidForm.DECIMAL_10, reverse=True), "1315027968"),
        (ByUid(UidForm.DECIMAL_8, reverse=True), "06405120"),
        (ByUid(UidForm.WIEGAND_8, reverse=True), "09748128"),
    ],
)
def test_the_forms_in_which_one_card_systems_write_a_uid(way: ByUid, number: str) -> None:
    assert Rule(way).credential(card()) == number


def test_without_rules_a_card_is_known_by_its_uid_as_before() -> None:
    assert CardRules().card(card(bytes.fromhex("04a1b2c3d4e5f6"), NTAG)) == "04A1B2C3D4E5F6"


def test_a_decimal_form_of_seven_bytes_is_refused_with_a_reason() -> None:
    refused = Rule(ByUid(UidForm.DECIMAL_10)).credential(card(bytes(7), NTAG))
    assert refused == Refused(Why.NOT_A_READER_CARD, "a UID of 7 bytes has no decimal10 form")


def test_a_telephones_number_is_new_at_every_tap_and_nobodys() -> None:
    phone = card(bytes.fromhex("08796BEB"), CardTechnology.TYPE4A)
    assert isinstance(CardRules().card(phone), Refused)
    type_b = card(bytes.fromhex("08796BEB"), CardTechnology.TYPE4B)
    assert CardRules().card(type_b) == "08796BEB", "a PUPI may begin with anything"


# -- what is written on it ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("encoding", "block", "offset", "length", "number"),
    [
        (Encoding.ASCII, NUMBER.encode() + b"\0\0", 0, 16, NUMBER),
        (Encoding.ASCII, b"\x01\x0e" + NUMBER.encode(), 2, 14, NUMBER),
        (Encoding.ASCII, NUMBER.encode() + b"\xff\xff", 0, 16, NUMBER),
        (Encoding.BCD, bytes.fromhex("21234000000018") + bytes(9), 0, 7, NUMBER),
        (Encoding.BCD, bytes.fromhex("123456789FFFFFFFFFFFFFFFFFFFFFFF"), 0, 16, "123456789"),
        (Encoding.HEX, bytes.fromhex("00bc614e") + bytes(12), 0, 4, "00BC614E"),
    ],
)
def test_a_number_in_a_sector(
    encoding: Encoding, block: bytes, offset: int, length: int, number: str
) -> None:
    rule = Rule(BySector(READ, encoding, offset, length))
    assert rule.credential(card(content=SectorBlock(block))) == number


@pytest.mark.parametrize("encoding", [Encoding.ASCII, Encoding.BCD])
@pytest.mark.parametrize("block", [bytes(16), b"\xff" * 16, b"\x80\x01" * 8, "证号".encode() * 2 + bytes(4)])
def test_a_block_that_holds_no_number_is_no_reader_card(encoding: Encoding, block: bytes) -> None:
    found = Rule(BySector(READ, encoding), check=Check.LIBRARY).credential(card(content=SectorBlock(block)))
    assert isinstance(found, Refused) and found.why is Why.NOT_A_READER_CARD


@pytest.mark.parametrize(
    ("before", "texts", "number"),
    [
        ("", (NUMBER,), NUMBER),
        ("https://lib.example/r/", ("https://other.example/1", f"https://lib.example/r/{NUMBER}"), NUMBER),
        ("", (f" {NUMBER} ",), NUMBER),
    ],
)
def test_a_number_in_an_ndef_record(before: str, texts: tuple[str, ...], number: str) -> None:
    assert Rule(ByNdef(before)).credential(card(technology=NTAG, content=NdefTexts(texts))) == number


def test_a_record_of_somebody_else_is_no_readers() -> None:
    found = Rule(ByNdef("https://lib.example/")).credential(
        card(content=NdefTexts(("https://shop.example/1",)))
    )
    assert isinstance(found, Refused) and "shop" not in found.detail


@pytest.mark.parametrize(
    ("number", "right"),
    [
        (ID, True),
        ("110105194912310020", False),  # check digit
        ("110105194913310021", False),  # no such month, though its check digit is right
        ("11030519691231002X", True),  # a county that is no more: found by the fuzz, stdnum stumbles over it
        ("810000199408230021", True),  # J, the published sample
        ("830000199201300022", True),
        ("810000199408230022", False),
        ("911124198108030024", True),  # Y, the published sample
        ("911124198108030025", False),
        ("CAN110081080510", True),  # I
        ("CAN11008108051", False),
        ("", False),
        ("1101051949123100", False),
    ],
)
def test_id_numbers(number: str, right: bool) -> None:
    assert is_id_number(number) is right
    found = CardRules().card(card(b"", RESIDENT, IdNumber(number)))
    assert found == number if right else isinstance(found, Refused) and found.why is Why.UNREADABLE


@pytest.mark.parametrize("way", [BySector(READ), ByNdef(), ByIdNumber()], ids=lambda way: type(way).__name__)
@pytest.mark.parametrize(
    ("unread", "why"),
    [
        (None, Why.NOT_A_READER_CARD),
        (CardUnread.WRONG_KEY, Why.NOT_A_READER_CARD),
        (CardUnread.NOTHING_THERE, Why.NOT_A_READER_CARD),
        (CardUnread.UNREADABLE, Why.UNREADABLE),
    ],
)
def test_what_was_not_read_signs_nobody_in(way: Way, unread: CardUnread | None, why: Why) -> None:
    found = Rule(way).credential(card(content=unread))
    assert isinstance(found, Refused) and found.why is why and found.detail


def test_a_kind_of_card_that_is_not_accepted() -> None:
    rules = CardRules({CardTechnology.FELICA: Rule(NotAccepted())})
    refused = rules.card(card(bytes(8), CardTechnology.FELICA))
    assert refused == Refused(Why.NOT_A_READER_CARD, "felica cards are not accepted here")


# -- rules for whatever number was found -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("rule", "text", "number"),
    [
        (Rule(ByNdef(), strip="MZ"), "MZ0017", "0017"),
        (Rule(ByNdef(), strip="MZ", strip_zeros=True), "MZ0017", "17"),
        (Rule(ByNdef(), strip_zeros=True, prefix="MZ-"), "0017", "MZ-17"),
        (Rule(ByNdef(), pattern="2[0-9]{13}", check=Check.LIBRARY), NUMBER, NUMBER),
        (Rule(ByNdef(), check=Check.LUHN), "79927398713", "79927398713"),
        (Rule(ByNdef(), check=Check.ID_NUMBER), ID, ID),
    ],
)
def test_prefixes_patterns_and_check_digits(rule: Rule, text: str, number: str) -> None:
    assert rule.credential(card(content=NdefTexts((text,)))) == number


@pytest.mark.parametrize(
    ("rule", "text"),
    [
        (Rule(ByNdef(), pattern="[0-9]{4}"), "00170"),
        (Rule(ByNdef(), check=Check.LIBRARY), "21234000000017"),
        (Rule(ByNdef(), check=Check.LIBRARY), "31234000000015"),  # an item's
        (Rule(ByNdef(), check=Check.LUHN), "79927398710"),
        (Rule(ByNdef(), check=Check.LUHN), "x"),
        (Rule(ByNdef(), check=Check.ID_NUMBER), "17"),
        (Rule(ByNdef()), "12|34"),
        (Rule(ByNdef()), "12\r"[:2] + "\r99"),
        (Rule(ByNdef()), "读者"),
        (Rule(ByNdef()), ""),
        (Rule(ByNdef()), "1" * 65),
        (Rule(ByNdef(), strip_zeros=True), "000"),
    ],
)
def test_a_number_that_does_not_fit_is_refused_and_not_repeated(rule: Rule, text: str) -> None:
    found = rule.credential(card(content=NdefTexts((text,))))
    assert isinstance(found, Refused) and found.why is Why.NOT_A_READER_CARD
    assert len(text) < 2 or text not in found.detail


WAYS = st.one_of(
    st.builds(ByUid, st.sampled_from(UidForm), st.booleans()),
    st.builds(BySector, st.just(READ), st.sampled_from(Encoding), st.integers(0, 15), st.integers(1, 16)),
    st.builds(ByNdef, st.text(max_size=3)),
    st.just(ByIdNumber()),
)
CONTENTS = st.one_of(
    st.none(),
    st.sampled_from(CardUnread),
    st.builds(SectorBlock, st.binary(min_size=16, max_size=16)),
    st.builds(NdefTexts, st.tuples(st.text())),
    st.builds(IdNumber, st.text()),
)


@given(WAYS, st.sampled_from(Check), st.binary(max_size=10), st.sampled_from(CardTechnology), CONTENTS)
def test_whatever_is_read_is_sendable_or_refused(
    way: Way, check: Check, uid: bytes, technology: CardTechnology, content: CardContent | None
) -> None:
    found = Rule(way, check=check).credential(CardTapped(uid, technology, content))
    if isinstance(found, str):
        assert found.isascii() and found.isprintable() and 0 < len(found) <= 64 and not set(found) & set("| ")
    else:
        assert isinstance(found, Refused) and found.detail


# -- codes -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("symbology", "taken"), [("codabar", True), (None, True), ("qr", False), ("pdf417", False)]
)
def test_a_plain_number_in_a_qr_code_is_taken_only_where_the_library_says_so(
    symbology: str | None, taken: bool
) -> None:
    code = CodeScanned(NUMBER, symbology)
    assert CardRules().takes_plain(code) is taken
    assert CardRules(qr_numbers=True).takes_plain(code)
    assert not CardRules(barcode_numbers=False).takes_plain(code)


def test_signed_codes_are_told_by_what_the_centre_writes() -> None:
    assert credentials.SIGNED_CODE == reader_codes.PREFIX
