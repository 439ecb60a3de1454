"""The mark that stands in a tag's first block while the rest is being written.

It makes sure that a tag lifted in the middle is believed by nobody: its first byte ends the objects of
ISO 28560-2 and contradicts 3M's constant; against a checksum that agrees by chance its last byte is chosen.
"""

from collections.abc import Iterator

from devices.tag_data import Model, TagContent, decode

_START = b"\x00SZ"
"""00h is no object of ISO 28560-2; the letters keep the tag from counting as blank."""


def is_marked(memory: bytes) -> bool:
    return memory.startswith(_START)


def mark_for(before: bytes, after: bytes, block_size: int) -> bytes:
    """A first block with which no data model reads any step on the way from `before` to `after`.

    Blocks are taken to change from the second on, in order or in pieces of that order.
    """
    for number in range(256):
        mark = (_START + bytes([number])).ljust(block_size, b"\0")[:block_size]
        if not any(_believed(state) for state in _states(mark, before, after)):
            return mark
    raise AssertionError("256 checksums cannot all agree by chance")


def _states(mark: bytes, before: bytes, after: bytes) -> Iterator[bytes]:
    size = len(mark)
    return (mark + after[size:done] + before[done:] for done in range(size, len(after) + 1, size))


def _believed(memory: bytes) -> bool:
    return any(isinstance(decode(memory, models=[model]), TagContent) for model in Model)
