"""The 3M data model: a fixed layout of 28 bytes, found on tags older than ISO 28560.

Bytes: 0 always 04; 1 part and total as nibbles; 2 always 00; 3 type of item; 4–19 barcode; 20–23 branch and
library in one little-endian word; then customer's own. It has no check value, so every constant is checked.
Type and customer bytes are not carried over: their meaning differs between libraries.
"""

import re

from devices.tag_data.content import BadTag, Model, SetInfo, TagContent
from devices.tag_data.oid import Oid, elements_to_write, fitted, trusted

DSFID = 0x00
SIZE = 24

_FIRST = 0x04
_BARCODE = slice(4, 20)
_NO_LIBRARY = (0, 0xFFFF_FFFF)
_LIBRARY_BITS = 20


def decode(memory: bytes) -> TagContent:
    """`memory` as it is read, blocks in order from 0; BadTag for whatever is not of this model."""
    if len(memory) < SIZE or memory[0] != _FIRST or memory[2] != 0:
        raise BadTag("the first bytes are not 04h, set information, 00h")
    elements: dict[int, object] = {Oid.PRIMARY_ITEM_ID: _barcode(memory[_BARCODE])}
    if set_info := SetInfo.checked(part=memory[1] >> 4, total=memory[1] & 0x0F):
        elements[Oid.SET_INFORMATION] = set_info.digits
    if owner := _owner(int.from_bytes(memory[_BARCODE.stop : SIZE], "little")):
        elements[Oid.OWNER] = owner
    return trusted(Model.MMM, elements)


def encode(content: TagContent, memory_size: int) -> bytes:
    """The whole memory. A content without set information is written as part 1 of 1."""
    elements = elements_to_write(content)
    barcode = elements.pop(Oid.PRIMARY_ITEM_ID)
    set_info = SetInfo.from_digits(elements.pop(Oid.SET_INFORMATION, "0101")) or SetInfo(1, 1)
    library = _library_word(elements.pop(Oid.OWNER, ""))
    if elements:
        raise ValueError(f"OID {min(elements)} has no place in the 3M model")
    if not barcode.isascii() or len(barcode) > _BARCODE.stop - _BARCODE.start:
        raise ValueError(f"the barcode {barcode!r} is not 1 to 16 ASCII characters")
    if set_info.total > 0x0F:
        raise ValueError(f"the 3M model counts up to 15 parts, not {set_info.total}")
    head = bytes([_FIRST, set_info.part << 4 | set_info.total, 0, 0])
    return fitted(head + barcode.encode().ljust(16, b"\0") + library.to_bytes(4, "little"), memory_size)


def bytes_needed(prefix: bytes) -> int:
    if prefix[:1] != bytes([_FIRST]):
        raise BadTag("the first byte is not 04h")
    return SIZE


def _barcode(field: bytes) -> str:
    written, _, padding = field.partition(b"\0")
    if not written.isascii() or any(padding):
        raise BadTag("the barcode is not ASCII text filled up with NUL")
    return written.decode("ascii")


def _owner(word: int) -> str:
    """Library and branch as "library/branch"; empty where the word was never set."""
    if word in _NO_LIBRARY:
        return ""
    return f"{word & (1 << _LIBRARY_BITS) - 1}/{word >> _LIBRARY_BITS}"


def _library_word(owner: str) -> int:
    if not owner:
        return _NO_LIBRARY[1]
    parts = re.fullmatch(r"([0-9]{1,7})/([0-9]{1,4})", owner)
    library, branch = (int(part) for part in parts.groups()) if parts else (1 << _LIBRARY_BITS, 0)
    word = branch << _LIBRARY_BITS | library
    if library >= 1 << _LIBRARY_BITS or branch >= 1 << 12 or word in _NO_LIBRARY:
        raise ValueError(f"the 3M model's owner is LIBRARY/BRANCH in numbers, such as 1048/3, not {owner!r}")
    return word
