"""The air over a pad: what the chips there do and answer when a reader speaks ISO 15693, and its time.

A simulated reader calls one method for each thing that it says; the caller holds `world.lock` meanwhile.
`uid` None means the selected tag. Nothing here waits: the time goes to `spent`, for the wire to wait for
(`pty_link.py`). The reader's own frames, limits and status codes are the reader's.
"""

from collections.abc import Callable
from random import Random

from hardware_sim.air_answers import (
    AirError,
    Block,
    ErrorCode,
    Garbled,
    NoAnswer,
    Sighting,
    Spent,
    System,
    TagRefused,
    WriteStopped,
)
from hardware_sim.air_time import (
    LONGEST_PROGRAMMING_S,
    SILENCE_S,
    T1_S,
    T2_S,
    answer_s,
    inventory_round_s,
    request_s,
)
from hardware_sim.anticollision import rounds
from hardware_sim.reach import Reach
from hardware_sim.world import Chip, World

__all__ = [
    "AirError",
    "Block",
    "ErrorCode",
    "Field",
    "Garbled",
    "NoAnswer",
    "Sighting",
    "Spent",
    "System",
    "TagRefused",
    "WriteStopped",
]

EAS_SEQUENCE = bytes(range(32))
"""What an alarmed tag says: 256 bits; which, does not matter here."""


class Field:
    """`spent` grows with every request; `seed` decides in which inventories a tag at the edge is heard, and
    how long each write takes."""

    def __init__(self, world: World, seed: int = 20_220_701) -> None:
        self.spent = Spent()
        self._world = world
        self._random = Random(seed)
        self._reach = Reach(world, self._random)

    def take_spent(self) -> Spent:
        """What was spent since this was last asked."""
        spent, self.spent = self.spent, Spent()
        return spent

    def switch(self, on: bool) -> None:
        """The carrier on or off: without it no tag answers."""
        self._reach.switch(on)

    def reset(self) -> None:
        """Interrupt the carrier: tags forget that they were to stay quiet or were selected."""
        self._reach.reset()

    # -- which tags are there ----------------------------------------------------------------------------

    def inventory(self, afi: int | None = None) -> tuple[Sighting, ...]:
        """All rounds that it takes to tell the tags apart, in the order heard; `afi` asks only tags with that
        application family."""
        answering = self._reach.answering(afi)
        dsfids = {chip.uid: chip.dsfid for chip in answering}
        sightings: list[Sighting] = []
        for each in rounds([chip.uid for chip in answering]):
            self._spend(inventory_round_s(each.answered, each.mask_bytes, selective=afi is not None))
            sightings += [Sighting(uid, dsfids[uid]) for uid in each.heard]
        return tuple(sightings)

    def stay_quiet(self, uid: bytes) -> None:
        """Has no answer in the air, so a reader cannot tell whether the tag is there."""
        self._spend(request_s(12) + SILENCE_S)
        self._reach.quieten(uid)

    def select(self, uid: bytes) -> None:
        chip = self._call(uid)
        self._reach.select(uid)
        self._hear(chip)

    def reset_to_ready(self, uid: bytes | None) -> None:
        chip = self._call(uid)
        self._reach.make_ready(chip.uid)
        self._hear(chip)

    def block_size(self, uid: bytes | None) -> int:
        """Of a tag that the reader knows already; NoAnswer when it is not there."""
        return self._called(uid).block_size

    # -- reading -----------------------------------------------------------------------------------------

    def system_information(self, uid: bytes | None) -> System:
        chip = self._call(uid)
        self._hear(chip, 14)
        uid = chip.uid[:-1] + bytes([~chip.uid[-1] & 0xFF]) if _one_of(chip, "misnamed_answers") else chip.uid
        return System(uid, chip.dsfid, chip.afi, chip.block_size, chip.block_count, chip.model.ic_reference)

    def read_block(self, uid: bytes | None, block: int, security: bool = False) -> Block:
        (read,) = self._read(uid, range(block, block + 1), 1, security)
        return read

    def read_blocks(
        self, uid: bytes | None, first: int, count: int, security: bool = False
    ) -> tuple[Block, ...]:
        """Read multiple blocks; `security` lets the lock state of each travel too."""
        return self._read(uid, range(first, first + count), 2, security)

    def block_security(self, uid: bytes | None, first: int, count: int) -> tuple[bool, ...]:
        """Whether each block is locked."""
        chip = self._call(uid, 2)
        blocks = range(first, first + count)
        self._want_blocks(chip, blocks)
        self._hear(chip, count)
        return tuple(block in chip.locked_blocks for block in blocks)

    # -- writing -----------------------------------------------------------------------------------------

    def write_block(self, uid: bytes | None, block: int, data: bytes) -> None:
        """`data` in memory order, one block."""
        self._write_block(uid, block, data, may_fail=True)

    def write_blocks(self, uid: bytes | None, first: int, data: bytes) -> None:
        """Block after block: these chips have no write multiple blocks, so the reader repeats itself.

        A write that the chip is to spoil (`write_fails`) stops in the middle.
        """
        size = self.block_size(uid)
        pieces = [data[start : start + size] for start in range(0, len(data), size)]
        for number, piece in enumerate(pieces):
            self._write_block(uid, first + number, piece, may_fail=number >= len(pieces) // 2)

    def write_multiple_blocks(self, uid: bytes | None, first: int, data: bytes) -> None:
        """The optional command itself, which no ICODE knows."""
        chip = self._call(uid, 2 + len(data))
        raise self._refusal(chip, ErrorCode.NOT_SUPPORTED)

    def lock_block(self, uid: bytes | None, block: int) -> None:
        """For ever."""
        chip = self._call(uid, 1)
        self._want_blocks(chip, range(block, block + 1))
        if block in chip.locked_blocks:
            raise self._refusal(chip, ErrorCode.ALREADY_LOCKED, block)
        self._program(chip, block, lambda: chip.locked_blocks.add(block))

    def write_afi(self, uid: bytes | None, afi: int) -> None:
        self._write_register(self._call(uid, 1), "afi", afi)

    def lock_afi(self, uid: bytes | None) -> None:
        self._lock_register(self._call(uid), "afi")

    def write_dsfid(self, uid: bytes | None, dsfid: int) -> None:
        self._write_register(self._call(uid, 1), "dsfid", dsfid)

    def lock_dsfid(self, uid: bytes | None) -> None:
        self._lock_register(self._call(uid), "dsfid")

    # -- NXP's electronic article surveillance -----------------------------------------------------------

    def write_eas(self, uid: bytes | None, on: bool) -> None:
        self._write_register(self._call_nxp(uid), "eas", on)

    def lock_eas(self, uid: bytes | None) -> None:
        self._lock_register(self._call_nxp(uid), "eas")

    def eas_alarm(self, uid: bytes | None) -> bytes:
        """The alarm sequence; NoAnswer from a tag whose bit is off."""
        chip = self._call_nxp(uid)
        if not chip.eas:
            raise self._silence()
        self._hear(chip, len(EAS_SEQUENCE))
        return EAS_SEQUENCE

    # -- a request and what follows it -------------------------------------------------------------------

    def _call(self, uid: bytes | None, parameters: int = 0) -> Chip:
        """The tag that hears a request with so many bytes after command and UID; NoAnswer when none does."""
        self._spend(request_s(4 + (len(uid) if uid else 0) + parameters))
        return self._called(uid)

    def _call_nxp(self, uid: bytes | None) -> Chip:
        """As `_call`; the maker's code is a parameter. Other makers' tags do not listen."""
        chip = self._call(uid, 1)
        if not chip.model.has_eas:
            raise self._silence()
        return chip

    def _called(self, uid: bytes | None) -> Chip:
        chip = self._reach.tag(uid)
        if chip is None:
            raise self._silence()
        return chip

    def _silence(self) -> NoAnswer:
        self._spend(SILENCE_S)
        return NoAnswer()

    def _hear(self, chip: Chip, size: int = 0) -> None:
        """The answer of `size` bytes between flags and checksum."""
        self._spend(T1_S + answer_s(3 + size) + T2_S)
        if _one_of(chip, "garbled_answers"):
            raise Garbled

    def _refusal(self, chip: Chip, code: ErrorCode, block: int | None = None) -> TagRefused:
        self._hear(chip, 1)
        return TagRefused(code, block)

    def _want_blocks(self, chip: Chip, blocks: range) -> None:
        if not blocks or blocks.stop > chip.block_count:
            raise self._refusal(chip, ErrorCode.BLOCK_NOT_AVAILABLE, blocks.start)

    def _read(self, uid: bytes | None, blocks: range, parameters: int, security: bool) -> tuple[Block, ...]:
        chip = self._call(uid, parameters)
        self._want_blocks(chip, blocks)
        self._hear(chip, len(blocks) * (chip.block_size + security))
        if _one_of(chip, "read_fails"):
            raise Garbled
        return tuple(Block(block in chip.locked_blocks, chip.block(block)) for block in blocks)

    def _write_block(self, uid: bytes | None, block: int, data: bytes, may_fail: bool) -> None:
        chip = self._call(uid, 1 + len(data))
        self._want_blocks(chip, range(block, block + 1))
        if len(data) != chip.block_size:
            raise self._refusal(chip, ErrorCode.NOT_RECOGNISED, block)
        if block in chip.locked_blocks:
            raise self._refusal(chip, ErrorCode.LOCKED, block)
        old = chip.block(block)
        half = chip.block_size // 2
        self._program(
            chip,
            block,
            finish=lambda: chip.set_block(block, data),
            tear=lambda: chip.set_block(block, data[:half] + old[half:]),
            may_fail=may_fail,
        )

    def _write_register(self, chip: Chip, name: str, value: int) -> None:
        if name in chip.locked_registers:
            raise self._refusal(chip, ErrorCode.LOCKED)
        self._program(chip, 0, lambda: setattr(chip, name, value))

    def _lock_register(self, chip: Chip, name: str) -> None:
        if name in chip.locked_registers:
            raise self._refusal(chip, ErrorCode.ALREADY_LOCKED)
        self._program(chip, 0, lambda: chip.locked_registers.add(name))

    def _program(
        self,
        chip: Chip,
        block: int,
        finish: Callable[[], object],
        tear: Callable[[], object] = lambda: None,
        may_fail: bool = True,
    ) -> None:
        """Let the tag work at its memory and confirm; WriteStopped when it is spoilt or lifted meanwhile."""
        self.spent += Spent(T1_S, self._random.uniform(0, LONGEST_PROGRAMMING_S))
        if _one_of(chip, "lifted_in_write") and not chip.lifted_in_write:
            self._world.lift_chip(chip)
            tear()
            raise WriteStopped(block)
        if may_fail and _one_of(chip, "write_fails"):
            raise WriteStopped(block)
        finish()
        self._spend(answer_s(3))
        if _one_of(chip, "garbled_answers"):
            raise Garbled

    def _spend(self, air_s: float) -> None:
        self.spent += Spent(air_s)


def _one_of(chip: Chip, count: str) -> bool:
    """Whether this is one of the answers or writes that are to go wrong; counts it."""
    left = getattr(chip, count)
    if left:
        setattr(chip, count, left - 1)
    return bool(left)
