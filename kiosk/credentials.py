"""From what a device read of a card or code to the credential the ILS is asked about. Pure, by tables.

A library says for each kind of card where the reader's number is: the chip's own number in one of the forms
that one-card systems print and store, a block of a Mifare Classic sector, an NDEF record, an ID number. What
does not fit the rules is refused: the reader is told what to do, and staff why, both without the number.
Whether a credential is known only the ILS (or the local copy) can say.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import Enum

from stdnum import luhn
from stdnum.cn import ric
from stdnum.exceptions import ValidationError
from stdnum.iso7064 import mod_11_2

from devices.codes import LibraryCodeKind, library_code
from devices.kinds import (
    CardContent,
    CardRead,
    CardTapped,
    CardTechnology,
    CardUnread,
    CodeScanned,
    IdNumber,
    NdefRead,
    NdefTexts,
    SectorBlock,
    SectorRead,
)

SIGNED_CODE = "SZ1:"
"""What the centre's signed reader codes begin with (`broker_config.reader_codes`)."""


class Why(Enum):
    """Why nobody is signed in by this card: it is none, or it could not be read this time."""

    NOT_A_READER_CARD = "not_a_reader_card"
    UNREADABLE = "unreadable"


@dataclass(frozen=True)
class Refused:
    """`detail` is for staff and names no number."""

    why: Why
    detail: str


# -- the chip's own number -------------------------------------------------------------------------------


class UidForm(Enum):
    """How a UID is written as text. Decimal forms are of 4-byte UIDs: ten digits for all of it, eight for its
    low three bytes, or eight as printed on cards for Wiegand 26 (three for a byte, five for two)."""

    HEX = "hex"
    DECIMAL_10 = "decimal10"
    DECIMAL_8 = "decimal8"
    WIEGAND_8 = "wiegand8"


_UID_TEXT: dict[UidForm, Callable[[bytes], str]] = {
    UidForm.HEX: lambda uid: uid.hex().upper(),
    UidForm.DECIMAL_10: lambda uid: f"{int.from_bytes(uid):010}",
    UidForm.DECIMAL_8: lambda uid: f"{int.from_bytes(uid[1:]):08}",
    UidForm.WIEGAND_8: lambda uid: f"{uid[1]:03}{int.from_bytes(uid[2:]):05}",
}
_DECIMAL_UID_BYTES = 4
_RANDOM_UID = 0x08
"""The first byte of a 4-byte UID that is new at every tap (ISO 14443-3), as phones show."""


@dataclass(frozen=True)
class ByUid:
    form: UidForm = UidForm.HEX
    reverse: bool = False
    """Least significant byte first, as many desktop readers type it."""

    wanted: CardRead | None = None

    def number(self, card: CardTapped) -> str | Refused:
        uid = card.uid
        type_a = card.technology not in (CardTechnology.TYPE4B, CardTechnology.FELICA)
        if type_a and len(uid) == _DECIMAL_UID_BYTES and uid[0] == _RANDOM_UID:
            return Refused(Why.NOT_A_READER_CARD, "its UID is new at every tap, as a phone's")
        if not uid:
            return Refused(Why.NOT_A_READER_CARD, "this reader tells no UID")
        if self.form is not UidForm.HEX and len(uid) != _DECIMAL_UID_BYTES:
            return Refused(Why.NOT_A_READER_CARD, f"a UID of {len(uid)} bytes has no {self.form.value} form")
        return _UID_TEXT[self.form](uid[::-1] if self.reverse else uid)


# -- what is written on the card -------------------------------------------------------------------------


class Encoding(Enum):
    ASCII = "ascii"
    BCD = "bcd"
    HEX = "hex"


def _from_bcd(data: bytes) -> str:
    """Two digits a byte; F fills up at the end."""
    return data.hex().upper().rstrip("F")


_BLOCK_TEXT: dict[Encoding, Callable[[bytes], str]] = {
    Encoding.ASCII: lambda data: data.strip(b" \0\xff").decode("ascii"),
    Encoding.BCD: _from_bcd,
    Encoding.HEX: lambda data: data.hex().upper(),
}


@dataclass(frozen=True)
class BySector:
    wanted: SectorRead
    encoding: Encoding = Encoding.ASCII
    offset: int = 0
    length: int = 16

    def number(self, card: CardTapped) -> str | Refused:
        if not isinstance(card.content, SectorBlock):
            return _not_there(card.content)
        try:
            text = _BLOCK_TEXT[self.encoding](card.content.data[self.offset : self.offset + self.length])
        except UnicodeDecodeError:
            text = ""
        if not text or (self.encoding is Encoding.BCD and not text.isdecimal()):
            detail = f"sector {self.wanted.sector} holds no {self.encoding.value} number there"
            return Refused(Why.NOT_A_READER_CARD, detail)
        return text


@dataclass(frozen=True)
class ByNdef:
    """The first record that begins with `before`; the number is what follows it."""

    before: str = ""
    wanted: NdefRead = field(default_factory=NdefRead)

    def number(self, card: CardTapped) -> str | Refused:
        if not isinstance(card.content, NdefTexts):
            return _not_there(card.content)
        for text in card.content.texts:
            if text.startswith(self.before):
                return text[len(self.before) :].strip()
        return Refused(Why.NOT_A_READER_CARD, f"no record of its NDEF message begins with {self.before!r}")


@dataclass(frozen=True)
class ByIdNumber:
    wanted: CardRead | None = None

    def number(self, card: CardTapped) -> str | Refused:
        if not isinstance(card.content, IdNumber):
            return _not_there(card.content)
        if not is_id_number(card.content.number):
            return Refused(Why.UNREADABLE, "the ID number's check digit is wrong")
        return card.content.number


@dataclass(frozen=True)
class NotAccepted:
    """The library takes no such cards."""

    wanted: CardRead | None = None

    def number(self, card: CardTapped) -> str | Refused:
        return Refused(Why.NOT_A_READER_CARD, f"{card.technology.value} cards are not accepted here")


Way = ByUid | BySector | ByNdef | ByIdNumber | NotAccepted

_OLD_FOREIGNERS = re.compile(r"[A-Z]{3}[0-9]{12}")
_EIGHTEEN = re.compile(r"[1-9][0-9]{16}[0-9X]")


def is_id_number(number: str) -> bool:
    """A resident's or permit's number of 18 characters by birthday and check digit (GB 11643, ISO 7064
    MOD 11-2), an older foreigner's by its form alone. The area is not looked up: many people bear that of a
    county which no table of today has."""
    if _OLD_FOREIGNERS.fullmatch(number):
        return True
    if not _EIGHTEEN.fullmatch(number) or not mod_11_2.is_valid(number):
        return False
    try:
        ric.get_birth_date(number)
    except ValidationError:
        return False
    return True


_UNREAD: dict[CardUnread | None, Refused] = {
    None: Refused(Why.NOT_A_READER_CARD, "nothing was read of it"),
    CardUnread.WRONG_KEY: Refused(Why.NOT_A_READER_CARD, "the library's key does not open its sector"),
    CardUnread.NOTHING_THERE: Refused(Why.NOT_A_READER_CARD, "it bears no NDEF text"),
    CardUnread.UNREADABLE: Refused(Why.UNREADABLE, "it was pulled away or could not be read"),
}


def _not_there(content: CardContent | None) -> Refused:
    unread = content if isinstance(content, CardUnread) else None
    return _UNREAD[unread]


# -- what every number must be ---------------------------------------------------------------------------


class Check(Enum):
    NONE = "none"
    LIBRARY = "library"
    LUHN = "luhn"
    ID_NUMBER = "id_number"


def _is_library_reader(number: str) -> bool:
    code = library_code(number)
    return code is not None and code.kind is LibraryCodeKind.READER and code.number == number


def _is_luhn(number: str) -> bool:
    try:
        return bool(luhn.validate(number))
    except ValidationError:
        return False


_CHECKS: dict[Check, Callable[[str], bool]] = {
    Check.NONE: lambda number: True,
    Check.LIBRARY: _is_library_reader,
    Check.LUHN: _is_luhn,
    Check.ID_NUMBER: is_id_number,
}
_SENDABLE = re.compile(r"[!-{}~]{1,64}")
"""What SIP2 can carry in a field: printable ASCII without its separator."""


@dataclass(frozen=True)
class Rule:
    """The number is found by `way`, then `strip` is taken off its front and leading zeros if so wanted, then
    `prefix` is put before it; what comes out must match `pattern` as a whole and pass `check`."""

    way: Way
    strip: str = ""
    strip_zeros: bool = False
    prefix: str = ""
    pattern: str = ""
    check: Check = Check.NONE

    def credential(self, card: CardTapped) -> str | Refused:
        found = self.way.number(card)
        return found if isinstance(found, Refused) else self._checked(found)

    def _checked(self, found: str) -> str | Refused:
        number = found.removeprefix(self.strip)
        number = self.prefix + (number.lstrip("0") if self.strip_zeros else number)
        if not _SENDABLE.fullmatch(number):
            return Refused(Why.NOT_A_READER_CARD, "what it bears cannot be a reader's number")
        if self.pattern and not re.fullmatch(self.pattern, number):
            return Refused(Why.NOT_A_READER_CARD, f"its number does not match {self.pattern!r}")
        if not _CHECKS[self.check](number):
            return Refused(Why.NOT_A_READER_CARD, f"its number fails the {self.check.value} check")
        return number


BY_UID = Rule(ByUid())


@dataclass(frozen=True)
class CardRules:
    """`rules` for the kinds of card that are not simply known by their UID in hexadecimal, or by an ID card's
    number. Scanned reader numbers: printed barcodes sign in unless switched off, a number in a QR code, which
    anybody can draw, only where it is switched on."""

    rules: Mapping[CardTechnology, Rule] = field(
        default_factory=lambda: {CardTechnology.RESIDENT_ID: Rule(ByIdNumber())}
    )
    barcode_numbers: bool = True
    qr_numbers: bool = False

    def wanted(self, technology: CardTechnology) -> CardRead | None:
        """What is to be read of such a card beside its UID."""
        return self._rule(technology).way.wanted

    def card(self, card: CardTapped) -> str | Refused:
        """The credential that the card stands for."""
        return self._rule(card.technology).credential(card)

    def takes_plain(self, code: CodeScanned) -> bool:
        """Whether a reader's number in such a code may sign in at all. A scanner that sends no AIM prefix
        does not tell what kind of code it was: then it counts as a barcode."""
        return self.qr_numbers if code.symbology in _TWO_DIMENSIONAL else self.barcode_numbers

    def _rule(self, technology: CardTechnology) -> Rule:
        return self.rules.get(technology, BY_UID)


_TWO_DIMENSIONAL = ("qr", "datamatrix", "pdf417")
