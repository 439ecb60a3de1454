"""ISO 28560-3: a fixed basic block under a CRC, then optional extension blocks (from the Danish DS/INF 163).

Bytes: 0 usage and version nibbles; 1 parts in item; 2 part number; 3–18 item identifier; 19–20 CRC, low byte
first; 21–22 country; 23–33 owner. Fields of extension blocks are in the order of `_EXTENSIONS`, text up to a
NUL or the block's end, one of them a number; local blocks (id 101 and up) are passed over. Tried with both
examples of the standard's annex B and with tags of Danish, German and Finnish libraries.
"""

from devices.crc import crc16
from devices.tag_data.content import BadTag, Model, SetInfo, TagContent
from devices.tag_data.oid import Oid, elements_to_write, fitted, trusted

DSFID = 0x3E

_BASIC_SIZE = 34
_SHORT_SIZE = 32
"""A tag of eight blocks lacks bytes 32–33: they count as 00."""
_BLOCK_SIZE = 4
_ID = slice(3, 19)
_CRC = slice(19, 21)
_COUNTRY = slice(21, 23)
_OWNER = slice(21, 34)
_VERSION = 1
_USUAL_USAGE = "10"

_MEDIA_FORMAT = 19
"""The one field that is a number: 1 a book, 0 not said."""
_EXTENSIONS: dict[int, tuple[int, ...]] = {
    1: (_MEDIA_FORMAT, 22, 23),
    2: (9, 18, 10, 21, 13, 20),
    3: (6, 8, 7, 24),
    4: (17,),
    5: (11, 12, 25),
}
"""Extension block id (library, acquisition, supplement, title, ILL) → the OIDs of its fields."""
_HEADER_SIZE = 4
_FILLER = 1


def decode(memory: bytes) -> TagContent:
    """`memory` as it is read, blocks in order from 0; BadTag for whatever is not of this model."""
    memory = _in_order(memory)
    basic = _basic(memory)
    elements: dict[int, object] = {Oid.PRIMARY_ITEM_ID: _text(basic[_ID])}
    if owner := _text(basic[_COUNTRY]) + _text(basic[_COUNTRY.stop : _OWNER.stop]):
        elements[Oid.OWNER] = owner
    if set_info := _set_info(basic[1], basic[2]):
        elements[Oid.SET_INFORMATION] = set_info.digits
    if (usage := _usage(basic[0])) is not None:
        elements[Oid.TYPE_OF_USAGE] = f"{usage:X}0"
    return trusted(Model.ISO_28560_3, elements | _extension_elements(memory[_BASIC_SIZE:]))


def encode(content: TagContent, memory_size: int) -> bytes:
    """The whole memory. A content without set information is written as part 1 of 1."""
    elements = elements_to_write(content)
    item_id = elements.pop(Oid.PRIMARY_ITEM_ID)
    owner = _owner_field(elements.pop(Oid.OWNER, ""))
    set_info = SetInfo.from_digits(elements.pop(Oid.SET_INFORMATION, "0101")) or SetInfo(1, 1)
    basic = bytearray(_BASIC_SIZE)
    basic[0] = _usage_nibble(elements.pop(Oid.TYPE_OF_USAGE, _USUAL_USAGE)) << 4 | _VERSION
    basic[1:3] = _byte("the number of parts", set_info.total) + _byte("the part number", set_info.part)
    basic[_ID] = _filled("the item identifier", item_id, _ID.stop - _ID.start)
    basic[_OWNER] = _filled("country and owner", owner, _OWNER.stop - _OWNER.start)
    basic[_CRC] = _crc(basic).to_bytes(2, "little")
    memory = bytes(basic) + _extension_bytes(elements)
    if memory_size == _SHORT_SIZE and not any(memory[_SHORT_SIZE:]):
        return memory[:_SHORT_SIZE]
    return fitted(memory, memory_size)


def bytes_needed(prefix: bytes, extensions: bool) -> int:
    """How many bytes from address 0 hold the basic block (and `extensions`); whole blocks, since theirs
    may be reversed. The first 32 bytes are enough where the CRC already agrees with them."""
    if not (len(prefix) >= _SHORT_SIZE and _ordered(prefix)):
        if len(prefix) >= _BASIC_SIZE + 2:
            raise BadTag("the CRC does not agree")
        return _BASIC_SIZE + 2
    return _extensions_end(_in_order(prefix)) if extensions else len(prefix)


def _in_order(memory: bytes) -> bytes:
    """`memory` with the blocks the right way round: some suppliers reverse the bytes within each."""
    if len(memory) < _SHORT_SIZE:
        raise BadTag(f"{len(memory)} bytes are too few, {_SHORT_SIZE} are needed")
    ordered = _ordered(memory)
    if ordered is None:
        basic = _basic(memory)
        raise BadTag(f"the CRC on the tag is {_stored_crc(basic):04X}h, its content gives {_crc(basic):04X}h")
    return ordered


def _ordered(memory: bytes) -> bytes | None:
    blocks = (memory[at : at + _BLOCK_SIZE] for at in range(0, len(memory), _BLOCK_SIZE))
    reversed_blocks = b"".join(block[::-1] for block in blocks)
    for candidate in (memory, reversed_blocks):
        basic = _basic(candidate)
        if _crc(basic) == _stored_crc(basic):
            return candidate
    return None


def _basic(memory: bytes) -> bytes:
    return memory[:_BASIC_SIZE].ljust(_BASIC_SIZE, b"\0")


def _crc(basic: bytes | bytearray) -> int:
    return crc16(bytes(basic[: _CRC.start] + basic[_CRC.stop :]))


def _stored_crc(basic: bytes) -> int:
    return int.from_bytes(basic[_CRC], "little")


def _usage(byte: int) -> int | None:
    """Type of usage. Most write it in the high nibble and version 1 in the low one, some the reverse."""
    high, low = byte >> 4, byte & 0x0F
    if low == _VERSION:
        return high
    return low if high == _VERSION else None


def _usage_nibble(text: str) -> int:
    if len(text) != 2 or text[0] not in "0123456789ABCDEFabcdef" or text[1] != "0":
        raise ValueError(f"type of usage (OID 5) is {text!r}; ISO 28560-3 holds one digit and 0, such as 10")
    return int(text[0], 16)


def _set_info(parts: int, part: int) -> SetInfo | None:
    """One library writes the two bytes the other way round."""
    return SetInfo.checked(part=min(parts, part), total=max(parts, part)) if parts else None


def _text(field: bytes) -> str:
    """Text up to the first NUL: UTF-8, or ISO 8859-1 as older tags have it."""
    written = field.split(b"\0")[0]
    try:
        return written.decode()
    except UnicodeDecodeError:
        return written.decode("latin-1")


def _owner_field(owner: str) -> str:
    """Country and owner without the hyphen of an ISIL: DK-718500 is DK718500 here."""
    return owner[:2] + owner[3:] if owner[2:3] == "-" else owner


def _filled(name: str, text: str, size: int) -> bytes:
    data = text.encode()
    if len(data) > size or b"\0" in data:
        raise ValueError(f"{name} {text!r} does not fit the {size} bytes that ISO 28560-3 has for it")
    return data.ljust(size, b"\0")


def _byte(name: str, value: int) -> bytes:
    if value > 0xFF:
        raise ValueError(f"{name} is {value}; ISO 28560-3 has one byte for it")
    return bytes([value])


def _extension_elements(area: bytes) -> dict[int, object]:
    """Elements of the blocks up to the first that is cut off or fails its check: nothing vital is here."""
    elements: dict[int, object] = {}
    at = 0
    while at < len(area) and (length := area[at]):
        block = area[at : at + length]
        at += length
        if length == _FILLER:
            continue
        if length < _HEADER_SIZE or len(block) < length or _xor(block):
            break
        oids = _EXTENSIONS.get(int.from_bytes(block[1:3], "little"), ())
        elements.update(_fields(oids, block[_HEADER_SIZE:]))
    return elements


def _fields(oids: tuple[int, ...], payload: bytes) -> dict[int, object]:
    fields: dict[int, object] = {}
    for oid in oids:
        if oid == _MEDIA_FORMAT:
            text, payload = str(payload[0] or "") if payload else "", payload[1:]
        else:
            field, _, payload = payload.partition(b"\0")
            text = _text(field)
        if text:
            fields[oid] = text
    return fields


def _extensions_end(memory: bytes) -> int:
    at = _BASIC_SIZE
    while at < len(memory):
        if not memory[at]:
            return at
        at += memory[at]
    return at + 1


def _extension_bytes(elements: dict[int, str]) -> bytes:
    area = b""
    for block_id, oids in _EXTENSIONS.items():
        if payload := _payload(oids, elements):
            area += _block(block_id, payload)
    if elements:
        raise ValueError(f"OID {min(elements)} has no place in ISO 28560-3")
    return area


def _payload(oids: tuple[int, ...], elements: dict[int, str]) -> bytes:
    """The fields as far as there are any, taken out of `elements`; the block's end ends the last one."""
    texts = [elements.pop(oid, "") for oid in oids]
    while texts and not texts[-1]:
        texts.pop()
    return b"".join(_field(oid, text) for oid, text in zip(oids, texts, strict=False)).removesuffix(b"\0")


def _field(oid: int, text: str) -> bytes:
    if oid == _MEDIA_FORMAT:
        return bytes([_media_format(text)])
    if "\0" in text:
        raise ValueError(f"OID {oid} holds a NUL character, which ends a field in ISO 28560-3")
    return text.encode() + b"\0"


def _media_format(text: str) -> int:
    if text and text not in map(str, range(1, 0x100)):
        raise ValueError(f"OID {_MEDIA_FORMAT}, media format, is a number from 1 to 255 here, not {text!r}")
    return int(text or 0)


def _block(block_id: int, payload: bytes) -> bytes:
    length = _HEADER_SIZE + len(payload)
    if length > 0xFF:
        raise ValueError(f"extension block {block_id} would take {length} bytes, 255 at most")
    start = bytes([length]) + block_id.to_bytes(2, "little")
    return start + bytes([_xor(start + payload)]) + payload


def _xor(data: bytes) -> int:
    check = 0
    for byte in data:
        check ^= byte
    return check
