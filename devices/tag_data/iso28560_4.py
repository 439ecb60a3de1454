"""ISO 28560-4 (GB/T 35660.3): library data on UHF tags.

Bank 01 holds the unique item identifier, "owner.item" or "item"; bank 11 starts with DSFID 06 and holds
objects as in ISO 28560-2, without locking and with the owner as plain text. Both banks in one piece (see
`uhf`), or bank 11 alone, which then bears no item identifier. Tried with the two worked examples of
ISO/TS 28560-4:2014.
"""

from devices.tag_data import uhf, uii
from devices.tag_data.content import BadTag, Model, TagContent
from devices.tag_data.iso28560_2 import read_elements, write_elements
from devices.tag_data.oid import Oid, content_of, elements_to_write, fitted, trusted

DSFID = 0x06

_AFI_LIBRARY = 0xC2
_LIBRARY_AFIS = (_AFI_LIBRARY, 0x07)
_OWNER_ENDS = "."


def decode(memory: bytes) -> TagContent:
    """`memory` is a UHF tag's banks (`uhf`), or bank 11 alone; BadTag for whatever is not of this model."""
    try:
        banks = uhf.split(memory)
    except BadTag:
        return _bank_11_alone(memory)
    if banks.afi not in _LIBRARY_AFIS:
        raise BadTag("bank 01 does not say that this is a library's tag (AFI C2h or 07h)")
    named = _named_by(uii.decode(banks.content))
    stored = _bank_11(banks.user)
    if any(stored.get(oid, value) != value for oid, value in named.items()):
        raise BadTag("banks 01 and 11 name different items or owners")
    return trusted(Model.ISO_28560_4, named | stored)


def encode(content: TagContent, memory_size: int) -> bytes:
    """Bank 01, then bank 11 filled up to `memory_size` in all; without an item identifier bank 11 alone."""
    elements = elements_to_write(content)
    item_id = elements.pop(Oid.PRIMARY_ITEM_ID, "")
    if not item_id:
        return fitted(_bank_11_bytes(elements), memory_size)
    owner = elements.pop(Oid.OWNER, "")
    name = f"{owner}{_OWNER_ENDS}{item_id}" if owner else item_id
    if _OWNER_ENDS in owner or (not owner and _OWNER_ENDS in item_id):
        raise ValueError(f"{name!r}: a full stop ends the owner on a UHF tag, so neither may hold one here")
    banks = uhf.Banks(uii.encode(name), _bank_11_bytes(elements), _AFI_LIBRARY)
    return fitted(uhf.join(banks), memory_size)


def _named_by(identifier: str) -> dict[int, object]:
    owner, dot, item_id = identifier.partition(_OWNER_ENDS)
    return {Oid.PRIMARY_ITEM_ID: item_id, Oid.OWNER: owner} if dot else {Oid.PRIMARY_ITEM_ID: identifier}


def _bank_11_alone(memory: bytes) -> TagContent:
    elements = _bank_11(memory)
    if Oid.PRIMARY_ITEM_ID in elements:
        return trusted(Model.ISO_28560_4, elements)
    stored = elements.keys() - {Oid.CONTENT_PARAMETER}
    if not stored:
        raise BadTag("neither a bank 01 nor any data element")
    listed = elements.get(Oid.CONTENT_PARAMETER)
    if stored != set(listed) if isinstance(listed, list) else memory[0] != DSFID:
        raise BadTag("no bank 01, and neither DSFID nor content parameter vouch for a bank 11")
    return content_of(Model.ISO_28560_4, "", elements)


def _bank_11(user: bytes) -> dict[int, object]:
    """A leading 06 is the DSFID, never an object: OID 6 has no meaning under compaction 0."""
    return read_elements(user.removeprefix(bytes([DSFID])))


def _bank_11_bytes(elements: dict[int, str]) -> bytes:
    if not elements:
        return b""
    return bytes([DSFID]) + write_elements(elements, lockable=frozenset(), isil_coded=frozenset())
