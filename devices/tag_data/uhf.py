"""Two memory banks of a UHF tag (ISO/IEC 18000-63) as one piece: bank 01, and bank 11 right after it.

Bank 01 is CRC (2 bytes), protocol control word (2), then as many words of content as the control word says.
"""

from dataclasses import dataclass

from devices.crc import crc16_inverted
from devices.tag_data.content import BadTag

_HEAD_SIZE = 4
_WORD = 2
_LENGTH_SHIFT = 11
_USER_MEMORY = 0x0400
_EXTENDED = 0x0200
_ISO = 0x0100
MAX_WORDS = 31
CHIP_NUMBER = 0xE2
"""ISO/IEC 15963: what every chip's own number (TID) begins with, and no EPC."""


@dataclass(frozen=True)
class Banks:
    """`afi` is None where the control word says that bank 01 follows GS1, not ISO."""

    content: bytes
    user: bytes
    afi: int | None


def split(memory: bytes) -> Banks:
    """BadTag where the chip's own CRC does not agree: these are not two banks, or not read right."""
    control = int.from_bytes(memory[2:_HEAD_SIZE], "big")
    end = _HEAD_SIZE + _WORD * (control >> _LENGTH_SHIFT)
    if len(memory) < max(end, _HEAD_SIZE + _WORD):
        raise BadTag("no bank 01: it would be longer than what was read")
    if int.from_bytes(memory[:2], "big") != crc16_inverted(memory[2:end]):
        raise BadTag("no bank 01: the CRC of its control word and content does not agree")
    if control & _EXTENDED:
        raise BadTag("bank 01 has an extended protocol control word, which no library model uses")
    return Banks(memory[_HEAD_SIZE:end], memory[end:], control & 0xFF if control & _ISO else None)


def is_unwritten(memory: bytes) -> bool:
    """Whether the tag is as its factory left it: in bank 01 the chip's own number, and nothing in bank 11."""
    try:
        banks = split(memory)
    except BadTag:
        return False
    numbered = banks.afi is None and banks.content[:1] == bytes([CHIP_NUMBER])
    return numbered and set(banks.user) <= {0x00}


def with_crc(printed: bytes) -> bytes | None:
    """The memory of which readers print bank 01 from its control word on, or with 0000 for the chip's CRC;
    None where its length is not the one that the control word tells."""
    body = printed.removeprefix(bytes(_WORD))
    control = int.from_bytes(body[:_WORD], "big")
    end = _WORD + _WORD * (control >> _LENGTH_SHIFT)
    if len(body) < end or (len(body) > end and not control & _USER_MEMORY):
        return None
    return crc16_inverted(body[:end]).to_bytes(2, "big") + body


def join(banks: Banks) -> bytes:
    """The tag's memory with its checksum and control word, in whole words; ValueError for too much."""
    if len(banks.content) > _WORD * MAX_WORDS:
        raise ValueError(f"bank 01 would take {len(banks.content)} bytes, it holds {_WORD * MAX_WORDS}")
    content, user = _whole_words(banks.content), _whole_words(banks.user)
    control = len(content) // _WORD << _LENGTH_SHIFT
    control |= _USER_MEMORY if user else 0
    control |= 0 if banks.afi is None else _ISO | banks.afi
    head = control.to_bytes(2, "big")
    return crc16_inverted(head + content).to_bytes(2, "big") + head + content + user


def _whole_words(data: bytes) -> bytes:
    return data + bytes(len(data) % _WORD)
