"""ISO 28560-2 (GB/T 35660.2): data elements as objects of ISO/IEC 15962, in any order, on an HF tag.

An object is `[precursor][OID − 15 if the precursor's OID is 15][pad count if bit 7][length][data][padding]`.
A precursor 00 ends the data; what follows it are left-overs of earlier uses. Tried with the worked example
of the standard's annex and tags of nine Chinese, Finnish and other suppliers (tests/captures/rfid.json).
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from devices.tag_data import isil
from devices.tag_data.bits import bits_of
from devices.tag_data.compaction import Compaction, compact, expand
from devices.tag_data.content import BadTag, Model, TagContent, Truncated
from devices.tag_data.oid import LAST_OID, Oid, elements_to_write, fitted, trusted

DSFID = 0x06
BLOCK_SIZE = 4

ISIL_CODED = frozenset({Oid.OWNER, Oid.ILL_BORROWING_INSTITUTION})
LOCKABLE = frozenset({Oid.PRIMARY_ITEM_ID, Oid.OWNER})
"""Elements that a library may lock for ever, so they fill whole blocks of their own."""

_AHEAD = 12
"""A typical object and what ends it: three blocks too many take less time than one more command."""
_PAD_BIT = 0x80
_OID_ESCAPE = 15
_FIRST_LISTED = 3
"""The element that the most significant bit of the content parameter announces."""


@dataclass(frozen=True)
class DataObject:
    oid: int
    compaction: Compaction
    data: bytes


def decode(memory: bytes) -> TagContent:
    return trusted(Model.ISO_28560_2, read_elements(memory))


def encode(content: TagContent, memory_size: int) -> bytes:
    """The whole memory. The content parameter is made anew; item identifier and owner fill whole blocks."""
    elements = elements_to_write(content)
    return fitted(write_elements(elements, LOCKABLE, ISIL_CODED), memory_size)


def bytes_needed(prefix: bytes) -> int:
    """How many bytes from address 0 hold all objects, as far as `prefix` tells: those of the object that is
    cut off, and a few for what may follow it."""
    at = 0
    try:
        while at < len(prefix):
            if not prefix[at]:
                return at + 1
            _, at = _read_object(prefix, at)
    except Truncated as truncated:
        at = truncated.needed
    return at + _AHEAD


def read_elements(memory: bytes) -> dict[int, object]:
    """OID → value in the order on the tag; BadTag for the first object that cannot be right."""
    elements: dict[int, object] = {}
    for data_object in _objects(memory):
        if data_object.oid in elements:
            raise BadTag(f"OID {data_object.oid} is there twice")
        try:
            elements[data_object.oid] = _value(data_object)
        except BadTag as fault:
            raise BadTag(f"OID {data_object.oid}: {fault}") from None
    return elements


def write_elements(
    elements: Mapping[int, str], lockable: frozenset[Oid], isil_coded: frozenset[Oid]
) -> bytes:
    """Objects in the order of `elements`, the content parameter after the item identifier."""
    objects = [_object_of(oid, value, oid in isil_coded) for oid, value in elements.items()]
    listed = [oid for oid in elements if oid >= _FIRST_LISTED]
    if listed:
        parameter = DataObject(Oid.CONTENT_PARAMETER, Compaction.APPLICATION_DEFINED, _bitmap(listed))
        objects.insert(1 if Oid.PRIMARY_ITEM_ID in elements else 0, parameter)
    memory = b""
    for data_object, following in zip(objects, [*objects[1:], None], strict=True):
        aligned = data_object.oid in lockable or (following is not None and following.oid in lockable)
        memory += _written(data_object, to_block_from=len(memory) if aligned else None)
    return memory


def _objects(memory: bytes) -> Iterator[DataObject]:
    at = 0
    while at < len(memory) and memory[at]:
        data_object, at = _read_object(memory, at)
        yield data_object


def _read_object(memory: bytes, start: int) -> tuple[DataObject, int]:
    """The object at `start` and where the next one begins. What the pad bytes hold does not matter:
    some encoders leave 80h there."""
    precursor, at = memory[start], start + 1
    oid = precursor & 0x0F
    if oid == _OID_ESCAPE:
        oid += _byte(memory, at)
        at += 1
    if not 1 <= oid <= LAST_OID:
        raise BadTag(f"the object at byte {start} has OID {oid}")
    pad_count = 0
    if precursor & _PAD_BIT:
        pad_count = _byte(memory, at)
        at += 1
    length, at = _read_length(memory, at)
    end = at + length + pad_count
    if end > len(memory):
        raise Truncated(end, f"the object OID {oid} at byte {start}")
    return DataObject(oid, Compaction(precursor >> 4 & 7), memory[at : at + length]), end


def _read_length(memory: bytes, at: int) -> tuple[int, int]:
    """A number in base 128, most significant digit first, bit 7 set on all digits but the last."""
    length = 0
    while True:
        digit = _byte(memory, at)
        at += 1
        length = length << 7 | digit & 0x7F
        if digit < 0x80:
            return length, at
        if length >= 1 << 14:
            raise BadTag(f"the length at byte {at - 3} is larger than any tag")


def _byte(memory: bytes, at: int) -> int:
    if at >= len(memory):
        raise Truncated(at + 1, "an object")
    return memory[at]


def _value(data_object: DataObject) -> object:
    """Suppliers write OID 5 (one raw byte) and OID 3 under the wrong compaction too: both are understood."""
    oid, compaction, data = data_object.oid, data_object.compaction, data_object.data
    match oid, compaction:
        case Oid.CONTENT_PARAMETER, _:
            return _listed(data)
        case Oid.PRIMARY_ITEM_ID, Compaction.APPLICATION_DEFINED:
            raise BadTag("an item identifier needs a text compaction")
        case Oid.OWNER | Oid.ILL_BORROWING_INSTITUTION, Compaction.APPLICATION_DEFINED:
            return isil.decode(data)
        case Oid.TYPE_OF_USAGE, Compaction.ISO_8859_1 if len(data) == 1:
            return data.hex().upper()
    return expand(compaction, data)


def _object_of(oid: int, value: str, isil_coded: bool) -> DataObject:
    raw = _usage_byte(value) if oid == Oid.TYPE_OF_USAGE else isil.encode(value) if isil_coded else None
    if raw is not None:
        return DataObject(oid, Compaction.APPLICATION_DEFINED, raw)
    return DataObject(oid, *compact(value))


def _usage_byte(value: str) -> bytes | None:
    try:
        raw = bytes.fromhex(value)
    except ValueError:
        return None
    return raw if len(value) == 2 else None


def _written(data_object: DataObject, to_block_from: int | None) -> bytes:
    """The object's bytes; padded to the end of a block when told the address at which they will stand."""
    relative = min(data_object.oid, _OID_ESCAPE)
    precursor = data_object.compaction << 4 | relative
    escaped = bytes([data_object.oid - _OID_ESCAPE]) if relative == _OID_ESCAPE else b""
    body = _length_bytes(len(data_object.data)) + data_object.data
    plain = bytes([precursor]) + escaped + body
    missing = 0 if to_block_from is None else -(to_block_from + len(plain)) % BLOCK_SIZE
    if not missing:
        return plain
    # The pad count itself takes the first of the missing bytes.
    return bytes([precursor | _PAD_BIT]) + escaped + bytes([missing - 1]) + body + bytes(missing - 1)


def _length_bytes(length: int) -> bytes:
    digits = [length & 0x7F]
    while length := length >> 7:
        digits.insert(0, 0x80 | length & 0x7F)
    return bytes(digits)


def _listed(bitmap: bytes) -> list[int]:
    """Announced OIDs need not be there, but one that does not exist tells that these are no objects: a
    28560-3 tag whose CRC fails may begin with what looks like one, and go on with digits like a bitmap."""
    listed = [_FIRST_LISTED + at for at, bit in enumerate(bits_of(bitmap)) if bit == "1"]
    if listed and listed[-1] > LAST_OID:
        raise BadTag(f"it announces OID {listed[-1]}")
    return listed


def _bitmap(oids: list[int]) -> bytes:
    positions = [oid - _FIRST_LISTED for oid in oids]
    size = max(positions) // 8 + 1
    value = sum(1 << (8 * size - 1 - position) for position in positions)
    return value.to_bytes(size, "big")
