"""The world's tags as a UHF reader's field finds them (ISO/IEC 18000-63): banks, and what a tag refuses.

A chip's `uid` is its TID; its `memory` is bank 01 and bank 11 in one piece, as `devices.tag_data.uhf` writes
it, and holds whatever the hands put there. The chip itself keeps the CRC of bank 01. Every tag on the pad is
heard; nothing here waits: the time goes to `spent` (`uhf_air.py`), for the wire to wait for.
"""

from dataclasses import dataclass
from random import Random

from devices.crc import crc16_inverted
from devices.uhf_reader18.protocol import WORD, Bank, LockArea, Protection, TagError
from hardware_sim import uhf_air
from hardware_sim.air_answers import Spent
from hardware_sim.air_time import LONGEST_PROGRAMMING_S
from hardware_sim.world import Chip, World

HEAD_SIZE = 4
EPC_WORDS = 16
"""Room in bank 01, head included: 224 bits of content."""
PASSWORD_AT = 2
"""The word of the reserved bank where the access password begins."""
_LENGTH_SHIFT = 11
_ISO = 0x0100


class TagRefuses(Exception):
    """The tag answers with an error code."""

    def __init__(self, error: TagError) -> None:
        super().__init__(error.name)
        self.error = error


class PoorCommunication(Exception):
    """A tag is there, but does not answer well enough."""


class WrongPassword(Exception):
    """The tag keeps silent to an access password that is not its own."""


@dataclass(frozen=True)
class UhfTag:
    chip: Chip

    @property
    def content(self) -> bytes:
        """What bank 01 bears, and the tag answers an inventory with."""
        return bytes(self.chip.memory[HEAD_SIZE : self._border])

    def read(self, bank: Bank, first: int, words: int, password: int = 0) -> bytes:
        if self.chip.read_fails:
            self.chip.read_fails -= 1
            raise PoorCommunication
        if (
            bank is Bank.RESERVED
            and LockArea.ACCESS_PASSWORD in self.chip.secured
            and not self._opened(password)
        ):
            raise TagRefuses(TagError.LOCKED)
        data = self._bank(bank)[WORD * first : WORD * (first + words)]
        if len(data) < WORD * words:
            raise TagRefuses(TagError.NO_SUCH_MEMORY)
        return data

    def write(self, bank: Bank, first: int, data: bytes, password: int = 0) -> None:
        """Word after word: a write that fails midway leaves the words before it written."""
        room = WORD * EPC_WORDS if bank is Bank.EPC else len(self._bank(bank))
        if bank is Bank.TID or WORD * first + len(data) > room:
            raise TagRefuses(TagError.LOCKED if bank is Bank.TID else TagError.NO_SUCH_MEMORY)
        if (
            bank is Bank.EPC
            and first <= 1
            and _length_in(data[WORD * (1 - first) :]) > WORD * (EPC_WORDS - 2)
        ):
            raise TagRefuses(TagError.NO_SUCH_MEMORY)
        if self._locked(bank, first, len(data), password) or (bank is Bank.EPC and first == 0):
            raise TagRefuses(TagError.LOCKED)
        torn = self.chip.write_fails > 0
        self._put(bank, WORD * first, data[: len(data) // WORD // 2 * WORD] if torn else data)
        if torn:
            self.chip.write_fails -= 1
            raise PoorCommunication

    def write_content(self, content: bytes, password: int = 0) -> None:
        """What a reader does to write bank 01 whole: its length goes into the control word."""
        control = int.from_bytes(self.chip.memory[WORD:HEAD_SIZE]) & (1 << _LENGTH_SHIFT) - 1
        control |= len(content) // WORD << _LENGTH_SHIFT
        self.write(Bank.EPC, 1, control.to_bytes(WORD) + content, password)

    def lock(self, area: LockArea, protection: Protection, password: int) -> None:
        """Only with the password of the tag; what is so for ever stays so."""
        if not self._opened(password):
            raise WrongPassword
        if area in self.chip.locked_areas:
            raise TagRefuses(TagError.LOCKED)
        if protection in (Protection.OPEN_FOR_EVER, Protection.CLOSED_FOR_EVER):
            self.chip.locked_areas.add(area)
        self.chip.secured.discard(area)
        if protection in (Protection.WITH_PASSWORD, Protection.CLOSED_FOR_EVER):
            self.chip.secured.add(area)

    @property
    def _border(self) -> int:
        """Where bank 01 ends, as its protocol control word says."""
        return min(HEAD_SIZE + _length_in(self.chip.memory[WORD:HEAD_SIZE]), len(self.chip.memory))

    def _opened(self, password: int) -> bool:
        """Whether this password brings the tag into its secured state; a tag without one is always in it."""
        return self.chip.access_password in (0, password)

    def _bank(self, bank: Bank) -> bytes:
        memory = bytes(self.chip.memory)
        banks = {
            Bank.RESERVED: bytes(WORD * PASSWORD_AT) + self.chip.access_password.to_bytes(2 * WORD),
            Bank.EPC: memory[: self._border],
            Bank.TID: self.chip.uid,
            Bank.USER: memory[self._border :],
        }
        return banks[bank]

    def _locked(self, bank: Bank, first: int, size: int, password: int) -> bool:
        area = AREAS.get(bank)
        if area in self.chip.secured and (area in self.chip.locked_areas or not self._opened(password)):
            return True
        if bank is Bank.RESERVED:
            return first < PASSWORD_AT
        start = WORD * first + (self._border if bank is Bank.USER else 0)
        blocks = range(start // self.chip.block_size, -(-(start + size) // self.chip.block_size))
        return not self.chip.locked_blocks.isdisjoint(blocks)

    def _put(self, bank: Bank, at: int, data: bytes) -> None:
        if bank is Bank.USER:
            at += self._border
            self.chip.memory[at : at + len(data)] = data
        elif bank is Bank.EPC:
            self._put_bank_01(at, data)
        elif bank is Bank.RESERVED:
            old, at = self._bank(bank)[WORD * PASSWORD_AT :], at - WORD * PASSWORD_AT
            self.chip.access_password = int.from_bytes(old[:at] + data + old[at + len(data) :])

    def _put_bank_01(self, at: int, data: bytes) -> None:
        """The control word says anew how much of the bank counts, and the security byte if it is ISO's."""
        user = bytes(self.chip.memory[self._border :])
        bank = bytearray(self._bank(Bank.EPC).ljust(WORD * EPC_WORDS, b"\0"))
        bank[at : at + len(data)] = data
        control = int.from_bytes(bank[WORD:HEAD_SIZE])
        kept = bank[WORD : HEAD_SIZE + _length_in(bank[WORD:HEAD_SIZE])]
        self.chip.memory[:] = crc16_inverted(bytes(kept)).to_bytes(2) + kept + user
        if control & _ISO:
            self.chip.afi = control & 0xFF


AREAS: dict[Bank, LockArea] = {
    Bank.RESERVED: LockArea.ACCESS_PASSWORD,
    Bank.EPC: LockArea.EPC,
    Bank.USER: LockArea.USER,
}


class UhfField:
    """The tags on the pad, and the time that a reader spends with them."""

    def __init__(self, world: World, seed: int = 1) -> None:
        self.spent = Spent()
        self._world = world
        self._random = Random(seed)

    def take_spent(self) -> Spent:
        """What was spent since this was last asked."""
        spent, self.spent = self.spent, Spent()
        return spent

    def inventory(self) -> list[UhfTag]:
        tags = self.tags()
        self._spend(uhf_air.inventory_s([len(tag.content) for tag in tags], self._random))
        return tags

    def tags(self) -> list[UhfTag]:
        return [UhfTag(chip) for chip in self._world.chips_on_pad()]

    def reach(self, content: bytes, password: int) -> None:
        """Somebody bears that content, or nobody: the reader has to ask for it."""
        self._spend(uhf_air.reach_s(len(content), bool(password)))

    def read(self, words: int) -> None:
        self._spend(uhf_air.read_s(words))

    def write(self, words: int) -> None:
        """Each word is programmed, and then confirmed."""
        self._spend(uhf_air.write_s(words), sum(self._programming_s() for _ in range(words)))

    def lock(self) -> None:
        self._spend(uhf_air.lock_s(), self._programming_s())

    def _programming_s(self) -> float:
        return self._random.uniform(0, LONGEST_PROGRAMMING_S)

    def _spend(self, air_s: float, programming_s: float = 0.0) -> None:
        self.spent += Spent(air_s, programming_s)


def _length_in(control: bytes | bytearray) -> int:
    """Bytes of content, by the control word that this begins with."""
    return WORD * (int.from_bytes(control[:WORD]) >> _LENGTH_SHIFT)
