"""A UHF tag's bank 01 and bank 11 as one piece, as in `devices.tag_data.uhf`: what lies where in it.

Pure. An ISO tag (28560-4) has its security byte as AFI in the protocol control word; the university
consortium's tag has one bit in the first byte of its content instead, set while on loan.
"""

from dataclasses import dataclass

from devices.tag_data import gaoxiao, uhf
from devices.tag_data.content import BadTag
from devices.uhf_reader18.protocol import WORD, Bank

HEAD_SIZE = 4
"""CRC and protocol control word come before the content of bank 01."""
CONTROL_AT, CONTENT_AT = 1, 2
"""The words of bank 01 where they begin; the chip itself writes the CRC before them."""
NO_SECURITY_BYTE = 0x00
IN_LIBRARY, ON_LOAN = 0x07, 0xC2
_ON_LOAN_BIT = 0x80
_LENGTH_SHIFT = 11


@dataclass(frozen=True)
class Span:
    """Part of a bank, in words."""

    bank: Bank
    first: int
    words: int


@dataclass(frozen=True)
class Change:
    """`data` belongs into bank 01 from word `first`; `content` is what the bank bears then."""

    first: int
    data: bytes
    content: bytes


@dataclass(frozen=True)
class JustRead:
    """`bank_01` of the tag that bears `content`, as it was when `asked` questions had been asked."""

    content: bytes
    bank_01: bytes
    asked: int


def spans(content_size: int, start: int, end: int) -> list[Span]:
    """Where the bytes `start` to `end` of the one piece lie; all three even numbers of bytes."""
    border = HEAD_SIZE + content_size
    parts = [
        (Bank.EPC, start, min(end, border)),
        (Bank.USER, max(start - border, 0), end - border),
    ]
    return [Span(bank, low // WORD, (high - low) // WORD) for bank, low, high in parts if high > low]


def content_size(head: bytes) -> int:
    """Bytes of content that bank 01 has, by its first HEAD_SIZE bytes."""
    return WORD * (int.from_bytes(head[WORD:HEAD_SIZE]) >> _LENGTH_SHIFT)


def security_byte(bank_01: bytes) -> int:
    """NO_SECURITY_BYTE where the tag is of neither library model."""
    try:
        banks = uhf.split(bank_01)
        if banks.afi is not None:
            return banks.afi
        gaoxiao.decode(bank_01)
    except BadTag:
        return NO_SECURITY_BYTE
    return ON_LOAN if banks.content[0] & _ON_LOAN_BIT else IN_LIBRARY


def security_change(bank_01: bytes, value: int) -> Change:
    """What to write so that the security byte becomes `value`; BadTag where it has no place for it."""
    banks = uhf.split(bank_01)
    if banks.afi is not None:
        return Change(CONTROL_AT, bank_01[WORD : WORD + 1] + bytes([value]), banks.content)
    gaoxiao.decode(bank_01)
    if value not in (IN_LIBRARY, ON_LOAN):
        raise BadTag(f"a university consortium tag can be {IN_LIBRARY:02X}h or {ON_LOAN:02X}h only")
    first = banks.content[0] & ~_ON_LOAN_BIT | (_ON_LOAN_BIT if value == ON_LOAN else 0)
    content = bytes([first]) + banks.content[1:]
    return Change(CONTENT_AT, content[:WORD], content)
