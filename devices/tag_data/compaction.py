"""The compactions of ISO/IEC 15962 that turn an element's text into few bytes, and back.

Code 0 (defined by the object itself) is left to `iso28560_2`.
"""

from dataclasses import dataclass
from enum import IntEnum

from devices.tag_data.bits import bits_of, packed
from devices.tag_data.content import BadTag


class Compaction(IntEnum):
    APPLICATION_DEFINED = 0
    INTEGER = 1
    NUMERIC = 2
    BIT5 = 3
    BIT6 = 4
    BIT7 = 5
    ISO_8859_1 = 6
    UTF8 = 7


@dataclass(frozen=True)
class _Packing:
    """Characters `first` to `last` by their lowest `width` bits; `padding` fills up the last byte."""

    width: int
    first: int
    last: int
    padding: str


_PACKINGS = {
    Compaction.BIT5: _Packing(5, 0x41, 0x5F, "0000000"),
    Compaction.BIT6: _Packing(6, 0x20, 0x5F, "100000"),
    Compaction.BIT7: _Packing(7, 0x00, 0x7E, "1111111"),
}
_INTEGERS = range(10, 10**19)
"""2 to 19 digits without leading zero."""

_EMPTY_MEMORY = bytes(3)
"""Inside packed characters, a sign that these are none: a barcode in plain ASCII at the start of a tag can
look like an object whose length takes in the zeros after it. In 6-bit code they would be "@@@@"."""

_PREFERRED = (Compaction.INTEGER, Compaction.NUMERIC, Compaction.BIT5, Compaction.BIT6, Compaction.BIT7)


def compact(text: str) -> tuple[Compaction, bytes]:
    """The shortest kind of compaction that gives back exactly `text`.

    Asking the decoder settles texts that end in what looks like padding (a space in 6-bit code).
    """
    for compaction in _PREFERRED:
        data = _compact_as(compaction, text)
        if data is not None and _comes_back(compaction, data, text):
            return compaction, data
    return Compaction.UTF8, text.encode()


def expand(compaction: Compaction, data: bytes) -> str:
    """The text of `data`; BadTag where the compaction could not have written these bytes."""
    match compaction:
        case Compaction.INTEGER:
            return _expand_integer(data)
        case Compaction.NUMERIC:
            return _expand_numeric(data)
        case Compaction.BIT5 | Compaction.BIT6 | Compaction.BIT7:
            return _unpack(_PACKINGS[compaction], data)
        case Compaction.ISO_8859_1:
            return data.decode("latin-1")
        case Compaction.UTF8:
            return _expand_utf8(data)
        case Compaction.APPLICATION_DEFINED:
            return data.hex().upper()


def _comes_back(compaction: Compaction, data: bytes, text: str) -> bool:
    try:
        return expand(compaction, data) == text
    except BadTag:
        return False


def _compact_as(compaction: Compaction, text: str) -> bytes | None:
    """`text` in this compaction; None where its characters are not of that kind."""
    digits = text.isascii() and text.isdigit()
    match compaction:
        case Compaction.INTEGER if digits and 2 <= len(text) <= 19 and text[0] != "0":
            number = int(text)
            return number.to_bytes((number.bit_length() + 7) // 8, "big")
        case Compaction.NUMERIC if digits:
            return bytes.fromhex(text + "F" * (len(text) % 2))
        case Compaction.BIT5 | Compaction.BIT6 | Compaction.BIT7:
            return _pack(_PACKINGS[compaction], text)
    return None


def _expand_integer(data: bytes) -> str:
    number = int.from_bytes(data, "big")
    if number not in _INTEGERS or data[0] == 0:
        raise BadTag("its integer has not 2 to 19 digits")
    return str(number)


def _expand_numeric(data: bytes) -> str:
    digits = data.hex().removesuffix("f")
    if digits and not digits.isdigit():
        raise BadTag("a nibble is no decimal digit")
    return digits


def _expand_utf8(data: bytes) -> str:
    try:
        return data.decode()
    except UnicodeDecodeError:
        raise BadTag("it is not UTF-8") from None


def _pack(packing: _Packing, text: str) -> bytes | None:
    if not all(packing.first <= ord(character) <= packing.last for character in text):
        return None
    modulus = 1 << packing.width
    return packed(((ord(character) % modulus, packing.width) for character in text), packing.padding)


def _unpack(packing: _Packing, data: bytes) -> str:
    if _EMPTY_MEMORY in data:
        raise BadTag("it runs into empty memory")
    bits, width = bits_of(data), packing.width
    spare = len(bits) % width
    codes = [int(bits[at : at + width], 2) for at in range(0, len(bits) - spare, width)]
    # The padding is at most 7 bits long, so it can hold a whole code only where few bits are spare.
    if codes and width + spare < 8 and codes[-1] == int(packing.padding[:width], 2):
        codes.pop()
    characters = [packing.first + (code - packing.first) % (1 << width) for code in codes]
    if bits[len(bits) - spare :] != packing.padding[:spare] or max(characters, default=0) > packing.last:
        raise BadTag(f"it is not {width}-bit text")
    return "".join(map(chr, characters))
