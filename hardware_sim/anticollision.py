"""How a reader tells the tags in its field apart: sixteen slots, and a longer mask wherever tags collide.

Pure: which tags are there goes in, the rounds on the air come out. ISO 15693-3 with AFI left to the caller.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

UID_BITS = 64
SLOT_BITS = 4
SLOTS = 1 << SLOT_BITS


@dataclass(frozen=True)
class Round:
    """`answered`: slots in which anything was said; `heard`: the UIDs that were alone in theirs, in order."""

    mask_bytes: int
    answered: int
    heard: tuple[bytes, ...]


def rounds(uids: Sequence[bytes]) -> Iterator[Round]:
    """Until every tag was heard. Tags that share a whole UID never are."""
    masks = [(0, 0)]
    while masks:
        mask, bits = masks.pop(0)
        slots = _slots(uids, mask, bits)
        alone = tuple(speaking[0] for _, speaking in sorted(slots.items()) if len(speaking) == 1)
        yield Round(-(-bits // 8), len(slots), alone)
        if bits + SLOT_BITS < UID_BITS:
            masks += [
                (mask | number << bits, bits + SLOT_BITS)
                for number, speaking in sorted(slots.items())
                if len(speaking) > 1
            ]


def _slots(uids: Sequence[bytes], mask: int, bits: int) -> dict[int, list[bytes]]:
    """Who speaks in which slot: those whose UID ends in the mask, by the four bits before it."""
    slots: dict[int, list[bytes]] = {}
    for uid in uids:
        number = int.from_bytes(uid)
        if number & ((1 << bits) - 1) == mask:
            slots.setdefault(number >> bits & (SLOTS - 1), []).append(uid)
    return slots
