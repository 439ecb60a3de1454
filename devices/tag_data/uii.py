"""URN Code 40 (ISO/IEC 15962): the text of a UHF tag's bank 01, three characters in two bytes.

Bytes FBh to FEh begin what the forty characters cannot say: a long number, or one character of 1 to 3 bytes.
"""

import re

from devices.tag_data.content import BadTag

_CHARACTERS = "\0ABCDEFGHIJKLMNOPQRSTUVWXYZ-.:0123456789"
_LONG_NUMBER = 0xFB
_UTF8_ESCAPES = {0xFC: 1, 0xFD: 2, 0xFE: 3}
"""Escape byte → how many bytes of UTF-8 follow it."""
_LONG_NUMBER_DIGITS = 9
_LONG_NUMBER_BYTES = 4
"""The least digits and bytes of a long number: its second byte holds what exceeds them, as two nibbles."""

_PIECE = re.compile(
    r"(?P<number>[1-9][0-9]{8,23})|(?P<table>(?:(?![1-9][0-9]{8})[A-Z.:0-9-]){1,3})|(?P<other>.)", re.DOTALL
)


def encode(text: str) -> bytes:
    return b"".join(_piece(piece.lastgroup, piece[0]) for piece in _PIECE.finditer(text))


def decode(data: bytes) -> str:
    """BadTag for words outside the code. A zero word, or a single zero byte at the end, fills up."""
    text, at = "", 0
    while at < len(data) and any(data[at : at + 2]):
        first = data[at]
        if first == _LONG_NUMBER:
            piece, at = _long_number(data, at + 1)
        elif first in _UTF8_ESCAPES:
            end = at + 1 + _UTF8_ESCAPES[first]
            piece, at = _utf8(data[at + 1 : end], _UTF8_ESCAPES[first]), end
        else:
            piece, at = _three(data[at : at + 2]), at + 2
        text += piece
    return text


def _piece(kind: str | None, text: str) -> bytes:
    if kind == "table":
        high, middle, low = (_CHARACTERS.index(character) for character in text.ljust(3, "\0"))
        return (1600 * high + 40 * middle + low + 1).to_bytes(2, "big")
    if kind == "number":
        number = int(text)
        data = number.to_bytes(max(_LONG_NUMBER_BYTES, (number.bit_length() + 7) // 8), "big")
        sizes = len(text) - _LONG_NUMBER_DIGITS << 4 | len(data) - _LONG_NUMBER_BYTES
        return bytes([_LONG_NUMBER, sizes]) + data
    data = text.encode()
    for escape, size in _UTF8_ESCAPES.items():
        if size == len(data):
            return bytes([escape]) + data
    raise ValueError(f"{text!r} cannot be written to a UHF tag's bank 01")


def _three(word: bytes) -> str:
    value = int.from_bytes(word, "big") - 1
    codes = (value // 1600, value // 40 % 40, value % 40)
    if len(word) < 2 or codes[0] >= len(_CHARACTERS):
        raise BadTag("a word of bank 01 is not three characters")
    return "".join(_CHARACTERS[code] for code in codes if code)


def _long_number(data: bytes, at: int) -> tuple[str, int]:
    sizes = data[at] if at < len(data) else 0
    end = at + 1 + _LONG_NUMBER_BYTES + (sizes & 0x0F)
    digits = _LONG_NUMBER_DIGITS + (sizes >> 4)
    number = str(int.from_bytes(data[at + 1 : end], "big"))
    if end > len(data) or len(number) > digits:
        raise BadTag("a long number in bank 01 does not fit its own sizes")
    return number.zfill(digits), end


def _utf8(data: bytes, size: int) -> str:
    try:
        text = data.decode()
    except UnicodeDecodeError:
        text = ""
    if len(data) < size or len(text) != 1:
        raise BadTag("an escape in bank 01 is not followed by one character of UTF-8")
    return text
