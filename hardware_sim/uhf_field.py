"""The world's tags as a UHF reader's field finds them (ISO/IEC 18000-63): banks, and what a tag refuses.

A chip's `uid` is its TID; its `memory` is bank 01 and bank 11 in one piece, as `devices.tag_data.uhf` writes
it, and holds whatever the hands put there. The chip itself keeps the CRC of bank 01. Radio is left out: every
tag on the pad is heard.
"""

from dataclasses import dataclass

from devices.crc import crc16_inverted
from devices.uhf_reader18.protocol import WORD, Bank, TagError
from hardware_sim.world import Chip, World

HEAD_SIZE = 4
EPC_WORDS = 16
"""Room in bank 01, head included: 224 bits of content."""
_LENGTH_SHIFT = 11
_ISO = 0x0100


class TagRefuses(Exception):
    """The tag answers with an error code."""

    def __init__(self, error: TagError) -> None:
        super().__init__(error.name)
        self.error = error


class PoorCommunication(Exception):
    """A tag is there, but does not answer well enough."""


@dataclass(frozen=True)
class UhfTag:
    chip: Chip

    @property
    def content(self) -> bytes:
        """What bank 01 bears, and the tag answers an inventory with."""
        return bytes(self.chip.memory[HEAD_SIZE : self._border])

    def read(self, bank: Bank, first: int, words: int) -> bytes:
        if self.chip.read_fails:
            self.chip.read_fails -= 1
            raise PoorCommunication
        data = self._bank(bank)[WORD * first : WORD * (first + words)]
        if len(data) < WORD * words:
            raise TagRefuses(TagError.NO_SUCH_MEMORY)
        return data

    def write(self, bank: Bank, first: int, data: bytes) -> None:
        """Word after word: a write that fails midway leaves the words before it written."""
        room = WORD * EPC_WORDS if bank is Bank.EPC else len(self._bank(bank))
        if bank is Bank.TID or WORD * first + len(data) > room:
            raise TagRefuses(TagError.LOCKED if bank is Bank.TID else TagError.NO_SUCH_MEMORY)
        if self._locked(bank, first, len(data)) or (bank is Bank.EPC and first == 0):
            raise TagRefuses(TagError.LOCKED)
        torn = self.chip.write_fails > 0
        self._put(bank, WORD * first, data[: len(data) // WORD // 2 * WORD] if torn else data)
        if torn:
            self.chip.write_fails -= 1
            raise PoorCommunication

    def write_content(self, content: bytes) -> None:
        """What a reader does to write bank 01 whole: its length goes into the control word."""
        control = int.from_bytes(self.chip.memory[WORD:HEAD_SIZE]) & (1 << _LENGTH_SHIFT) - 1
        control |= len(content) // WORD << _LENGTH_SHIFT
        self.write(Bank.EPC, 1, control.to_bytes(WORD) + content)

    @property
    def _border(self) -> int:
        """Where bank 01 ends, as its protocol control word says."""
        control = int.from_bytes(self.chip.memory[WORD:HEAD_SIZE])
        return min(HEAD_SIZE + WORD * (control >> _LENGTH_SHIFT), len(self.chip.memory))

    def _bank(self, bank: Bank) -> bytes:
        memory = bytes(self.chip.memory)
        banks = {Bank.EPC: memory[: self._border], Bank.TID: self.chip.uid, Bank.USER: memory[self._border :]}
        return banks.get(bank, bytes(2 * HEAD_SIZE))

    def _locked(self, bank: Bank, first: int, size: int) -> bool:
        start = WORD * first + (self._border if bank is Bank.USER else 0)
        blocks = range(start // self.chip.block_size, -(-(start + size) // self.chip.block_size))
        return not self.chip.locked_blocks.isdisjoint(blocks)

    def _put(self, bank: Bank, at: int, data: bytes) -> None:
        if bank is Bank.USER:
            at += self._border
            self.chip.memory[at : at + len(data)] = data
        elif bank is Bank.EPC:
            self._put_bank_01(at, data)

    def _put_bank_01(self, at: int, data: bytes) -> None:
        """The control word says anew how much of the bank counts, and the security byte if it is ISO's."""
        user = bytes(self.chip.memory[self._border :])
        bank = bytearray(self._bank(Bank.EPC).ljust(WORD * EPC_WORDS, b"\0"))
        bank[at : at + len(data)] = data
        control = int.from_bytes(bank[WORD:HEAD_SIZE])
        kept = bank[WORD : HEAD_SIZE + WORD * (control >> _LENGTH_SHIFT)]
        self.chip.memory[:] = crc16_inverted(bytes(kept)).to_bytes(2) + kept + user
        if control & _ISO:
            self.chip.afi = control & 0xFF


def tags_in_field(world: World) -> list[UhfTag]:
    return [UhfTag(chip) for chip in world.chips_on_pad()]
