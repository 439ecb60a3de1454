"""Item identifiers of the university consortium's UHF model: up to 14 characters, packed or plain."""

from enum import IntEnum

from devices.tag_data.content import BadTag

_MAX_LENGTH = 14


class IdCode(IntEnum):
    """How the item identifier is written; the number is the one in bank 01."""

    BITS_96 = 0
    BITS_128 = 1
    PLAIN = 2


_LITERAL_BELOW = {IdCode.BITS_96: 8, IdCode.BITS_128: 12}
"""Shorter identifiers are a count and ASCII characters; longer ones are packed into that many bytes."""


def encode_id(item_id: str) -> tuple[IdCode, bytes]:
    """The item identifier under the first code that can say it; ValueError where none can."""
    for code in IdCode:
        data = encode_id_as(code, item_id)
        if data is not None:
            return code, data
    raise ValueError(f"the item identifier {item_id!r} is not 1 to {_MAX_LENGTH} ASCII characters")


def encode_id_as(code: IdCode, item_id: str) -> bytes | None:
    """The item identifier in `code`; None where its characters do not suit the code."""
    data = item_id.encode()
    if not item_id.isascii() or not 1 <= len(data) <= _MAX_LENGTH:
        return None
    if code is IdCode.PLAIN:
        return data
    if len(data) < _LITERAL_BELOW[code]:
        return bytes([len(data)]) + data
    return _pack_96(item_id) if code is IdCode.BITS_96 else _pack_128(item_id)


def decode_id(code: IdCode, data: bytes) -> str:
    """BadTag where `data` cannot be an identifier of this code, filled up with 00."""
    if code is IdCode.PLAIN:
        return _ascii(data.rstrip(b"\0"))
    count = data[0] & 0x0F if data else 0
    literal_below = _LITERAL_BELOW[code]
    size = count + 1 if count < literal_below else literal_below
    if not 1 <= count <= _MAX_LENGTH or len(data) < size:
        raise BadTag(f"an item identifier of {count} characters does not fit bank 01")
    if any(data[size:]):
        raise BadTag("something follows the item identifier in bank 01")
    if count < literal_below:
        return _ascii(data[1:size])
    words = [int.from_bytes(data[at : at + 4], "little") for at in range(0, size, 4)]
    return _unpack_96(words, count) if code is IdCode.BITS_96 else _unpack_128(words, count)


def _unpack_96(words: list[int], count: int) -> str:
    """From the lowest bit: count 4, last character 8, first three 6 each, fourth digit 4, the rest."""
    bits = words[1] << 32 | words[0]
    fourth, number = bits >> 30 & 0x0F, str(bits >> 34).zfill(count - 5)
    if fourth > 9 or len(number) > count - 5:
        raise BadTag("the digits of the item identifier exceed its length")
    return _six_bits(bits >> 12, 3) + str(fourth) + number + _ascii(bytes([bits >> 4 & 0xFF]))


def _unpack_128(words: list[int], count: int) -> str:
    """Three words of five characters each, the first word's in the last one; the lowest also bears the count
    (4 bits) and the last character (8)."""
    return (
        _six_bits(words[2], 5)
        + _six_bits(words[1], 5)
        + _six_bits(words[0] >> 12, count - 11)
        + _ascii(bytes([words[0] >> 4 & 0xFF]))
    )


def _pack_96(item_id: str) -> bytes | None:
    letters, digits, last = item_id[:3], item_id[3:-1], item_id[-1]
    if not (_all_packable(letters) and digits.isdigit()):
        return None
    bits = int(digits[1:]) << 34 | int(digits[0]) << 30 | _six_bit_code(letters) << 12
    return (bits | ord(last) << 4 | len(item_id)).to_bytes(8, "little")


def _pack_128(item_id: str) -> bytes | None:
    if not _all_packable(item_id[:-1]):
        return None
    lowest = _six_bit_code(item_id[10:-1]) << 12 | ord(item_id[-1]) << 4 | len(item_id)
    words = (lowest, _six_bit_code(item_id[5:10]), _six_bit_code(item_id[:5]))
    return b"".join(word.to_bytes(4, "little") for word in words)


def _all_packable(text: str) -> bool:
    return all("0" <= character <= "9" or "A" <= character <= "Z" for character in text)


def _six_bit_code(text: str) -> int:
    code = 0
    for character in text:
        code = code << 6 | ord(character) - ord("0")
    return code


def _six_bits(code: int, count: int) -> str:
    text = "".join(chr(ord("0") + (code >> 6 * at & 0x3F)) for at in reversed(range(count)))
    if not _all_packable(text):
        raise BadTag("the item identifier holds other characters than A to Z and 0 to 9")
    return text


def _ascii(data: bytes) -> str:
    if not data.isascii():
        raise BadTag("the item identifier is not ASCII")
    return data.decode("ascii")
