"""How long EPC Gen2 (ISO/IEC 18000-63) takes in the air. Pure; seconds throughout.

Bits of commands and replies, preambles and pauses as the EPC UHF air interface protocol 2.0.1 has them (6.3.1
and 6.3.2). Of the speeds that it leaves to the reader one usual pair is taken, as in CAEN's RT0005 manual:
Tari 25 µs, 250 kHz, Miller 4. What a reader adds is its own affair.
"""

from collections import Counter
from random import Random

TARI_S = 25e-6
ZERO_S, ONE_S = TARI_S, 2 * TARI_S
BIT_S = (ZERO_S + ONE_S) / 2
"""Of a reader's command, on average."""
RTCAL_S = ZERO_S + ONE_S
LINK_HZ = 250e3
TRCAL_S = 64 / 3 / LINK_HZ
SYNC_S = 12.5e-6 + TARI_S + RTCAL_S
"""Before every command; before a Query TRCAL_S more."""
MILLER = 4
TAG_BIT_S = MILLER / LINK_HZ
TAG_FRAME_S = (4 + 6 + 1) * TAG_BIT_S
"""Pilot, preamble and the bit that ends a reply."""
T1_S = max(RTCAL_S, 10 / LINK_HZ)
T2_S = 10 / LINK_HZ
T3_S = 10 / LINK_HZ
"""3 to 20 periods of the link are allowed for T2, any for T3."""

SELECT_BITS, QUERY_BITS, QUERY_REP_BITS, ACK_BITS = 45, 22, 4, 18
REQ_RN_BITS, READ_BITS, WRITE_BITS, LOCK_BITS, ACCESS_BITS = 40, 58, 66, 60, 56
RN16_BITS, HANDLE_BITS, DONE_BITS, DATA_BITS = 16, 32, 33, 33
"""Of replies; those to an inventory and a read have the words they bear besides."""
CONTROL_AND_CRC_BITS = 32
FIRST_Q = 4


def command_s(bits: int) -> float:
    return SYNC_S + BIT_S * bits


def query_s() -> float:
    return command_s(QUERY_BITS) + TRCAL_S


def reply_s(bits: int) -> float:
    """With the pauses before and after it."""
    return T1_S + TAG_FRAME_S + TAG_BIT_S * bits + T2_S


def heard_s(content_bytes: int) -> float:
    """A tag alone in its slot: its number, our acknowledgement, what its bank 01 bears."""
    content = reply_s(CONTROL_AND_CRC_BITS + 8 * content_bytes)
    return reply_s(RN16_BITS) + command_s(ACK_BITS) + content


def inventory_s(contents: list[int], random: Random) -> float:
    """Rounds until no slot held two tags; `contents` are the sizes in bytes of what the tags bear. Each round
    has twice as many slots as tags are left, the first one sixteen."""
    total, left, q = 0.0, list(contents), FIRST_Q
    while True:
        slots = [random.randrange(1 << q) for _ in left]
        crowd = Counter(slots)
        alone = [size for size, slot in zip(left, slots, strict=True) if crowd[slot] == 1]
        total += query_s() + ((1 << q) - 1) * command_s(QUERY_REP_BITS)
        total += sum(map(heard_s, alone)) + ((1 << q) - len(crowd)) * (T1_S + T3_S)
        total += (len(crowd) - len(alone)) * reply_s(RN16_BITS)
        left = [size for size, slot in zip(left, slots, strict=True) if crowd[slot] > 1]
        if not left:
            return total
        q = len(left).bit_length()


def reach_s(content_bytes: int, password: bool = False) -> float:
    """Select one tag by what it bears, hear it and take its handle; with a password in two halves besides."""
    select = command_s(SELECT_BITS + 8 * content_bytes) + T1_S
    handle = command_s(REQ_RN_BITS) + reply_s(HANDLE_BITS)
    half = handle + command_s(ACCESS_BITS) + reply_s(HANDLE_BITS)
    return select + query_s() + heard_s(content_bytes) + handle + 2 * half * password


def read_s(words: int) -> float:
    return command_s(READ_BITS) + reply_s(DATA_BITS + 16 * words)


def write_s(words: int) -> float:
    """Word by word, each under a fresh number of the tag's; without the time that programming takes."""
    return words * (
        command_s(REQ_RN_BITS) + reply_s(HANDLE_BITS) + command_s(WRITE_BITS) + reply_s(DONE_BITS)
    )


def lock_s() -> float:
    return command_s(LOCK_BITS) + reply_s(DONE_BITS)
