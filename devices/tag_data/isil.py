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
    """The shortest coding of `text`, shifts before latches where both are as short; None where it holds
    a character that ISIL coding has not."""
    if not all(any(character in codes.characters for codes in _TABLE.values()) for character in text):
        return None
    # From the last character back: the best way to write the rest of the text in each alphabet.
    best: dict[_Alphabet, list[tuple[int, int]]] = {alphabet: [] for alphabet in _Alphabet}
    for character in reversed(text):
        best = {alphabet: _best_step(alphabet, character, best) for alphabet in _Alphabet}
    return packed(best[_Alphabet.UPPER], _PADDING)


def decode(data: bytes) -> str:
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


def _best_step(
    alphabet: _Alphabet, character: str, rest: dict[_Alphabet, list[tuple[int, int]]]
) -> list[tuple[int, int]]:
    """The shortest (code, width) list for `character` and all that follows, when in `alphabet`."""
    here = _TABLE[alphabet]
    stays, shifts, latches = [], [], []
    if character in here.characters:
        stays.append([(here.characters.index(character), here.width), *rest[alphabet]])
    for to, latch in here.latch.items():
        there = _TABLE[to]
        if character in there.characters:
            written = (there.characters.index(character), there.width)
            shifts.append([(here.shift(to), here.width), written, *rest[alphabet]])
            latches.append([(latch, here.width), written, *rest[to]])
    return min(stays + shifts + latches, key=lambda way: sum(width for _, width in way))
