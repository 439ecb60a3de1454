"""How long ISO 15693 takes in the air: 26 kbit/s both ways, 1 out of 4, one subcarrier. Seconds throughout.

Pure. Derived from the standard's bit and pause lengths; what a reader adds is its own affair.
"""

from hardware_sim.anticollision import SLOTS

BYTE_S = 302.06e-6
REQUEST_FRAME_S = (75.5 + 37.76) * 1e-6
"""Start and end of a request's frame."""
ANSWER_FRAME_S = 302.07e-6
SLOT_MARK_S = 37.76e-6
"""The end of frame that calls the next slot."""
T1_S = 320.9e-6
"""From the request to the answer."""
T2_S = 309.1e-6
"""From the answer to the next request."""
SILENCE_S = 474.3e-6
"""Until a reader knows that no answer begins."""
LONGEST_PROGRAMMING_S = 0.020
"""A tag answers a write as soon as it is done, and within this."""

INVENTORY_ANSWER_BYTES = 12
"""Flags, DSFID, UID, checksum."""


def request_s(size: int) -> float:
    """A request of `size` bytes, flags and checksum included."""
    return REQUEST_FRAME_S + BYTE_S * size


def answer_s(size: int) -> float:
    """An answer of `size` bytes, flags and checksum included."""
    return ANSWER_FRAME_S + BYTE_S * size


def inventory_round_s(answered: int, mask_bytes: int = 0, selective: bool = False) -> float:
    """One round of sixteen slots, in `answered` of which at least one tag spoke; `selective` by AFI."""
    asking = request_s(5 + mask_bytes + selective) + (SLOTS - 1) * SLOT_MARK_S
    heard = T1_S + answer_s(INVENTORY_ANSWER_BYTES) + T2_S
    return asking + answered * heard + (SLOTS - answered) * SILENCE_S


def read_s(blocks: int, block_size: int = 4) -> float:
    """One addressed read of so many blocks, without their security bytes."""
    return request_s(14) + T1_S + answer_s(3 + block_size * blocks) + T2_S
