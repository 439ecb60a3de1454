"""What a UHF tag bears, bank 01 and bank 11 in one piece, as the staff tools change it. Pure.

While such a tag is written its protocol control word calls it a thing of another trade (ISO, AFI FFh): one
word, written in one go, and no library's data model reads the rest until the right word is back. Bank 01 is
given room for the longer of both contents meanwhile.
"""

from dataclasses import dataclass

from devices.crc import crc16_inverted
from devices.tag_data import Model, TagContent, encode, uhf
from devices.tag_data.content import BadTag
from devices.uhf_reader18.memory import HEAD_SIZE, content_size, security_change

MODELS = (Model.ISO_28560_4, Model.GAOXIAO)
MARK_AFI = 0xFF
LARGEST_BYTES = 4096
_BLANK_BYTES: tuple[set[int], ...] = ({0x00}, {0xFF}, set())


def is_blank(memory: bytes) -> bool:
    """Whether neither bank bears anything but the chip's own number, whatever the control word says."""
    if uhf.is_unwritten(memory):
        return True
    border = HEAD_SIZE + content_size(memory[:HEAD_SIZE])
    return all(set(bank) in _BLANK_BYTES for bank in (memory[HEAD_SIZE:border], memory[border:]))


def is_marked(memory: bytes) -> bool:
    """Whether the tag was being written when it was lifted."""
    try:
        return uhf.split(memory).afi == MARK_AFI
    except BadTag:
        return False


def user_size(memory: bytes) -> int:
    """Bytes of bank 11: the one thing of a tag that no writing changes."""
    return len(memory) - HEAD_SIZE - content_size(memory[:HEAD_SIZE])


def room_for(memory: bytes, content: TagContent) -> int:
    """Bytes that the tag has in all once bank 01 bears `content`; ValueError for what cannot be encoded."""
    bank_01 = uhf.split(encode(content, LARGEST_BYTES)).content
    return HEAD_SIZE + len(bank_01) + user_size(memory)


def secured(memory: bytes, afi: int) -> bytes:
    """The same tag with that security byte; ValueError where its model has no place for it."""
    change = security_change(memory, afi)
    at = 2 * change.first
    changed = memory[2:at] + change.data + memory[at + len(change.data) :]
    border = HEAD_SIZE + content_size(memory[:HEAD_SIZE])
    return crc16_inverted(changed[: border - 2]).to_bytes(2) + changed


@dataclass(frozen=True)
class Steps:
    """From one memory to another: `mark` is the head that comes first, then all of `body` but its head, then
    `head`. Heads are CRC (which the chip makes itself) and control word."""

    mark: bytes
    body: bytes
    head: bytes

    @staticmethod
    def between(before: bytes, wanted: bytes) -> "Steps":
        """ValueError where `before` has not the same bank 11."""
        if user_size(before) != user_size(wanted):
            raise ValueError(f"bank 11 has {user_size(before)} bytes, not {user_size(wanted)}")
        sizes = [content_size(memory[:HEAD_SIZE]) for memory in (before, wanted)]
        border = HEAD_SIZE + sizes[1]
        content = wanted[HEAD_SIZE:border].ljust(max(sizes), b"\0")
        body = uhf.join(uhf.Banks(content, wanted[border:], MARK_AFI))
        return Steps(body[:HEAD_SIZE], body, wanted[:HEAD_SIZE])
