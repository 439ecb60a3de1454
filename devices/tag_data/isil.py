"""ISIL coding of ISO 28560-2: library codes such as US-InU-Mu in about five bits a character.

Three alphabets; a text starts in upper case. "Latch" changes the alphabet for good, "shift" for one
character.
"""

from dataclasses import dataclass
from enum import Enum

from devices.tag_data.bits import bits_of, packed
from devices.tag_data.content import BadTag


class _Alphabet(Enum):
    UPPER = "upper"
    LOWER = "lower"
    DIGITS = "digits"


@dataclass(frozen=True)
class _Codes:
    """Characters have the codes from 0 up; the codes that change to another alphabet follow them."""

    width: int
    characters: str
    latch: dict[_Alphabet, int]

    def shift(self, to: _Alphabet) -> int:
        return self.latch[to] + 1


_TABLE = {
    _Alphabet.UPPER: _Codes(5, "-ABCDEFGHIJKLMNOPQRSTUVWXYZ:", {_Alphabet.LOWER: 28, _Alphabet.DIGITS: 30}),
    _Alphabet.LOWER: _Codes(5, "-abcdefghijklmnopqrstuvwxyz/", {_Alphabet.UPPER: 28, _Alphabet.DIGITS: 30}),
    _Alphabet.DIGITS: _Codes(4, "0123456789-:", {_Alphabet.UPPER: 12, _Alphabet.LOWER: 14}),
}
_PADDING = "1111111"


def encode(text: str) -> bytes | None:
    """The bytes that other encoders write: a character that the alphabet has stays in it, a stranger is
    shifted where the next character stays or none follows, else latched. (The shortest coding would save
    a few bits, and hardly ever a byte.) None where `text` holds a character that ISIL coding has not.
    """
    alphabet, codes = _Alphabet.UPPER, []
    for at, character in enumerate(text):
        here = _TABLE[alphabet]
        home = _home_of(character, alphabet)
        if home is None:
            return None
        if home is not alphabet:
            latches = text[at + 1 : at + 2] not in here.characters
            codes.append((here.latch[home] if latches else here.shift(home), here.width))
            alphabet = home if latches else alphabet
        there = _TABLE[home]
        codes.append((there.characters.index(character), there.width))
    return packed(codes, _PADDING)


def decode(data: bytes) -> str:
    """The ISIL packed by `encode`, padding left out; BadTag."""
    bits, at = bits_of(data), 0
    alphabet = current = _Alphabet.UPPER
    text = ""
    while not _only_padding(bits[at:]):
        codes = _TABLE[current]
        if at + codes.width > len(bits):
            raise BadTag("its ISIL ends within a character")
        code = int(bits[at : at + codes.width], 2)
        at += codes.width
        if code < len(codes.characters):
            text += codes.characters[code]
            current = alphabet
            continue
        if current is not alphabet:
            raise BadTag("its ISIL shifts twice")
        current = next(to for to, latch in codes.latch.items() if code in (latch, latch + 1))
        if code == codes.latch[current]:
            alphabet = current
    return text


def _only_padding(bits: str) -> bool:
    """Ones to the end of the byte are padding: no character in any alphabet is all ones."""
    return len(bits) < 8 and "0" not in bits


def _home_of(character: str, alphabet: _Alphabet) -> _Alphabet | None:
    """The alphabet to write `character` in: `alphabet` itself if it can be."""
    return next((home for home in (alphabet, *_Alphabet) if character in _TABLE[home].characters), None)
