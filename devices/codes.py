"""Numbers that scanned codes carry: library barcodes (14-digit Codabar) and ISBN. Pure.

Says what a code is by its form and check digit alone; whether it exists only the ILS knows.
"""

from dataclasses import dataclass
from enum import Enum

from stdnum import isbn as isbn_numbers
from stdnum import luhn
from stdnum.exceptions import ValidationError

_CODABAR_GUARDS = "ABCDabcd"
_LENGTH = 14
_INSTITUTION = slice(1, 5)


class LibraryCodeKind(Enum):
    """The first digit of a library barcode."""

    READER = "2"
    ITEM = "3"


@dataclass(frozen=True)
class LibraryCode:
    """A valid library barcode; `number` is all 14 digits, `institution` the four after the first."""

    kind: LibraryCodeKind
    institution: str
    number: str


def library_check_digit(first_13_digits: str) -> str:
    """The Luhn digit that makes a library barcode whole; ValueError when it is not 13 digits."""
    if len(first_13_digits) != _LENGTH - 1 or not _are_digits(first_13_digits):
        raise ValueError(f"{first_13_digits!r} is not 13 digits")
    return str(luhn.calc_check_digit(first_13_digits))


def without_guards(text: str) -> str:
    """The number of a library barcode without Codabar's start and stop letters; other text as it is."""
    return text[1:-1] if len(text) == _LENGTH + 2 and _is_guarded(text) else text


def library_code(text: str) -> LibraryCode | None:
    """What `text` says if it is a library barcode, with or without Codabar's start and stop letters."""
    number = without_guards(text)
    kind = next((kind for kind in LibraryCodeKind if number.startswith(kind.value)), None)
    if kind is None or len(number) != _LENGTH or not _are_digits(number) or not luhn.is_valid(number):
        return None
    return LibraryCode(kind, number[_INSTITUTION], number)


def isbn13(text: str) -> str | None:
    """The 13 digits of a valid ISBN-10 or ISBN-13 (an EAN beginning 978 or 979), hyphens dropped."""
    try:
        return str(isbn_numbers.validate(text, convert=True))
    except ValidationError:
        return None


class CodeKind(Enum):
    """What a scanned code is, by its form."""

    READER = "reader"
    ITEM = "item"
    ISBN = "isbn"
    OTHER = "other"


def what_is(text: str) -> CodeKind:
    """By form and check digit alone."""
    code = library_code(text)
    if code is not None:
        return CodeKind.READER if code.kind is LibraryCodeKind.READER else CodeKind.ITEM
    return CodeKind.ISBN if isbn13(text) else CodeKind.OTHER


def _is_guarded(text: str) -> bool:
    return text[0] in _CODABAR_GUARDS and text[-1] in _CODABAR_GUARDS


def _are_digits(text: str) -> bool:
    return text.isascii() and text.isdecimal()
