"""Cards: what readers of them send, what they bear, and whose they are by a library's rules."""

from collections.abc import Iterable

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from broker_config import reader_codes
from devices.kinds import (
    CardContent,
    CardTapped,
    CardTechnology,
    CardUnread,
    IdNumber,
    NdefTexts,
    SectorBlock,
    SectorRead,
)
from devices.pn532 import protocol as pn532
from devices.pn532.reading import _texts
from devices.sdt_idcard import protocol as sdt
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
    is_id_number,
)
from tests.devices.pn532.cards import NUMBER, TEXT_RECORD, URI_RECORD
from tests.fuzz.engine import Target
from tests.fuzz.inputs import as_stream, chance_of, mutations_of

# -- wires -----------------------------------------------------------------------------------------------


def _sdt_heard(stream: Iterable[bytes]) -> object:
    decoder = sdt.Decoder()
    return [item for piece in stream for item in decoder.feed(piece)]


def _pn532_heard(stream: Iterable[bytes]) -> object:
    """Whatever is a frame again can be told on to nfcpy."""
    decoder = pn532.Decoder()
    items = [item for piece in stream for item in decoder.feed(piece)]
    for item in items:
        if isinstance(item, pn532.Frame):
            pn532.encode(item)
    return items


def _id_card_answers() -> list[bytes]:
    """The published answers, and a made-up person's card as the reader would send it."""
    spaces = " ".encode("utf-16-le") * 128
    number = "11010519491231002X".encode("utf-16-le")
    text = spaces[:122] + number + spaces[158:]
    card = sdt.encode_answer(0x90, bytes.fromhex("0100 0400") + text + bytes(1024))
    return [bytes.fromhex("AAAAAA9669 0004 000090 94"), sdt.encode_answer(0x9F, bytes(4)), card]


def _id_card_text(text: bytes) -> bool:
    """A card's 256 bytes, in an answer whose checksum is right."""
    answer = sdt.encode_answer(0x90, bytes.fromhex("0100 0400") + text[:256].ljust(256, b"\0") + bytes(1024))
    (said,) = sdt.Decoder().feed(answer)
    assert not isinstance(said, sdt.Answer)
    if not isinstance(said, sdt.CardNumber):
        return False
    return is_id_number(said.number)


def _pn532_frames() -> list[bytes]:
    """Answers as the chip's manual and captures have them: firmware, one card of each kind, an exchange."""
    answers = ("D503 32010607", "D54B 010100440007 04112233445566", "D54B 00", "D543 00 0A", "D507 26")
    framed = [pn532.encode(pn532.Frame(raw[0], raw[1:])) for raw in map(bytes.fromhex, answers)]
    long = pn532.encode(pn532.Frame(pn532.CHIP_TO_HOST, b"\x01" + bytes(260)))
    return [*framed, long, pn532.Signal.ACK.value, pn532.Signal.NACK.value]


# -- what they bear ----------------------------------------------------------------------------------------


def _ndef(octets: bytes) -> bool:
    return isinstance(_texts(octets), NdefTexts)


def _reader_code(data: bytes) -> bool:
    reader_codes.decode(data.decode("latin-1"), CARD_KEYS)
    return True


CARD_KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
_PUBLIC = CARD_KEY.public_key().public_bytes_raw()
CARD_KEYS = {reader_codes.key_id(_PUBLIC): _PUBLIC.hex()}


def _reader_code_texts() -> list[bytes]:
    said = reader_codes.ReaderCode(*CARD_KEYS, 1_795_352_400, 120, bytes(10), NUMBER)
    return [reader_codes.encode(said, CARD_KEY.sign).encode()]


_SECTOR = SectorRead(1, 0, bytes(6))
_RULES = (
    *(Rule(ByUid(form, reverse)) for form in UidForm for reverse in (False, True)),
    *(Rule(BySector(_SECTOR, encoding, offset=1, length=9)) for encoding in Encoding),
    Rule(BySector(_SECTOR, Encoding.BCD, length=7), check=Check.LIBRARY),
    Rule(ByNdef("R"), strip="0", strip_zeros=True, prefix="2", pattern="[0-9]{1,14}"),
    *(Rule(ByNdef(), check=check) for check in Check),
    Rule(ByIdNumber()),
    Rule(NotAccepted()),
)


def _contents(data: bytes) -> tuple[CardContent | None, ...]:
    """The same bytes as whatever may be read of a card."""
    return (
        None,
        chance_of(data).choice(tuple(CardUnread)),
        SectorBlock(data[:16].ljust(16, b"\0")),
        SectorBlock(data[:16]),
        NdefTexts((data.decode("latin-1"), data.decode("utf-8", "replace"))),
        IdNumber(data.decode("utf-8", "replace")),
    )


def _by_rules(data: bytes) -> bool:
    """What comes out can be sent in a field of SIP2, or nothing does, and staff are told why."""
    technology = chance_of(data).choice(tuple(CardTechnology))
    cards = [CardTapped(data[:10], technology, content) for content in _contents(data)]
    found = [CardRules({technology: rule}).card(card) for rule in _RULES for card in cards]
    numbers = [number for number in found if isinstance(number, str)]
    assert all(number.isascii() and number.isprintable() and "|" not in number for number in numbers)
    assert all(refusal.detail for refusal in found if isinstance(refusal, Refused))
    return NUMBER in numbers


TARGETS = (
    Target("wire pn532", mutations_of(*_pn532_frames()), as_stream(_pn532_heard)),
    Target("wire sdt_idcard", mutations_of(*_id_card_answers()), as_stream(_sdt_heard)),
    Target("ID card's text", mutations_of(_id_card_answers()[-1][14:270]), _id_card_text),
    Target(
        "ID card reader's number",
        mutations_of(bytes.fromhex("0500 0100 9F2C3101 A1B2C300 D4E5F600")),
        lambda data: sdt.sam_serial(data) is not None,
    ),
    Target(
        "NDEF message",
        mutations_of(TEXT_RECORD, URI_RECORD, bytes.fromhex("91010155 04") + TEXT_RECORD),
        _ndef,
    ),
    Target("reader codes", mutations_of(*_reader_code_texts()), _reader_code, (reader_codes.BadReaderCode,)),
    Target(
        "reader cards",
        mutations_of(
            NUMBER.encode(), b"R" + NUMBER.encode(), b"11010519491231002X", bytes.fromhex("25240000010010FF")
        ),
        _by_rules,
    ),
)
