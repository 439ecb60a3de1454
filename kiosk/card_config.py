"""The `[cards]` tables of the kiosk's TOML: which cards and codes are readers', and where their numbers are.

[cards]
qr_numbers = false              # a plain number in a QR code, which anybody can draw
clock_skew_s = 60               # how far this clock and the centre's may differ, for signed codes
[cards.type2]
way = "ndef"
before = "https://lib.example/r/"
[cards.mifare_classic]
way = "sector"
sector = 1
key = "A0A1A2A3A4A5"
encoding = "bcd"
length = 7
pattern = "2[0-9]{13}"
check = "library"

A kind of card without a table is known by its UID in hexadecimal, a resident ID card by its number.
"""

import re
from collections.abc import Callable
from enum import Enum
from typing import Annotated

from msgspec import Meta, Struct

from devices.kinds import CardTechnology, SectorRead
from kiosk.credentials import (
    ByIdNumber,
    ByNdef,
    BySector,
    ByUid,
    CardRules,
    Check,
    Encoding,
    NotAccepted,
    Rule,
    UidForm,
    Way,
)


def _value_of(choices: type[Enum]) -> Meta:
    """As a pattern, for then a wrong value is answered with what was expected."""
    return Meta(pattern=f"^({'|'.join(choice.value for choice in choices)})$")


Key = Annotated[str, Meta(pattern="^[0-9A-Fa-f]{12}$", description="12 hexadecimal digits")]
Written = Annotated[str, Meta(pattern="^[!-{}~]{0,32}$")]


class BadCards(ValueError):
    """A table that makes no sense; `key` says where under `cards`."""

    def __init__(self, key: str, wanted: str) -> None:
        super().__init__(f"cards.{key}: {wanted}")
        self.key = key


class WayName(Enum):
    UID = "uid"
    SECTOR = "sector"
    NDEF = "ndef"
    ID_NUMBER = "id_number"
    REFUSE = "refuse"


class CardKind(Struct, frozen=True, forbid_unknown_fields=True):
    """One kind of card, as `kiosk.credentials.Rule`; keys that belong to another way are not looked at."""

    way: Annotated[str, _value_of(WayName)] = "uid"
    # way = "uid"
    form: Annotated[str, _value_of(UidForm)] = "hex"
    reverse: bool = False
    # way = "sector"
    sector: Annotated[int, Meta(ge=0, le=15)] = 1
    block: Annotated[int, Meta(ge=0, le=2)] = 0
    key: Key = "FFFFFFFFFFFF"
    key_b: bool = False
    encoding: Annotated[str, _value_of(Encoding)] = "ascii"
    offset: Annotated[int, Meta(ge=0, le=15)] = 0
    length: Annotated[int, Meta(ge=1, le=16)] = 16
    # way = "ndef"
    before: str = ""
    # whatever the way
    strip: Written = ""
    strip_zeros: bool = False
    prefix: Written = ""
    pattern: str = ""
    check: Annotated[str, _value_of(Check)] = "none"

    def rule(self) -> Rule:
        way = _WAYS[WayName(self.way)](self)
        return Rule(way, self.strip, self.strip_zeros, self.prefix, self.pattern, Check(self.check))


_WAYS: dict[WayName, Callable[[CardKind], Way]] = {
    WayName.UID: lambda card: ByUid(UidForm(card.form), card.reverse),
    WayName.SECTOR: lambda card: BySector(
        SectorRead(card.sector, card.block, bytes.fromhex(card.key), card.key_b),
        Encoding(card.encoding),
        card.offset,
        card.length,
    ),
    WayName.NDEF: lambda card: ByNdef(card.before),
    WayName.ID_NUMBER: lambda card: ByIdNumber(),
    WayName.REFUSE: lambda card: NotAccepted(),
}


class Cards(Struct, frozen=True, forbid_unknown_fields=True):
    """`barcode_numbers`: printed reader numbers sign in; `qr_numbers`: those in two-dimensional codes too."""

    barcode_numbers: bool = True
    qr_numbers: bool = False
    clock_skew_s: Annotated[int, Meta(ge=0, le=300)] = 60
    mifare_classic: CardKind = CardKind()
    type2: CardKind = CardKind()
    type4a: CardKind = CardKind()
    type4b: CardKind = CardKind()
    felica: CardKind = CardKind()
    resident_id: CardKind = CardKind(way="id_number")

    @property
    def rules(self) -> CardRules:
        rules = {kind: card.rule() for kind, card in self._kinds().items()}
        return CardRules(rules, self.barcode_numbers, self.qr_numbers)

    def check(self) -> None:
        """BadCards for a table that makes no sense."""
        for kind, card in self._kinds().items():
            _check(kind, card)

    def _kinds(self) -> dict[CardTechnology, CardKind]:
        return {kind: getattr(self, kind.value) for kind in CardTechnology}


_ONLY_FOR = {
    WayName.SECTOR: CardTechnology.MIFARE_CLASSIC,
    WayName.ID_NUMBER: CardTechnology.RESIDENT_ID,
}
_BLOCK_BYTES = 16
_OF_A_RESIDENT = (WayName.ID_NUMBER, WayName.REFUSE)


def _check(kind: CardTechnology, card: CardKind) -> None:
    name, way = kind.value, WayName(card.way)
    if kind is not _ONLY_FOR.get(way, kind):
        raise BadCards(f"{name}.way", f"{card.way!r} is for {_ONLY_FOR[way].value} only")
    if kind is CardTechnology.RESIDENT_ID and way not in _OF_A_RESIDENT:
        raise BadCards(f"{name}.way", "expected 'id_number' or 'refuse': nothing else is kept of an ID card")
    if way is WayName.SECTOR and card.offset + card.length > _BLOCK_BYTES:
        raise BadCards(f"{name}.length", f"expected at most {_BLOCK_BYTES - card.offset} behind that offset")
    try:
        re.compile(card.pattern)
    except re.error as error:
        raise BadCards(f"{name}.pattern", f"is no regular expression: {error}") from error
