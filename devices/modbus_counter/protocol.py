"""Modbus RTU as far as a door counter needs it: where its registers are, what they say, and frames.

Pure. pymodbus frames for the driver; the frame functions here serve the simulator. From "MODBUS over Serial
Line" 1.02 and "MODBUS Application Protocol" 1.1b3. Every vendor has a register map of its own.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum, IntEnum
from typing import Annotated

import msgspec

from devices.crc import crc16_modbus
from devices.kinds import DoorCount

MAX_REGISTERS = 125


class ReadFunction(IntEnum):
    HOLDING_REGISTERS = 3
    INPUT_REGISTERS = 4


class ExceptionCode(IntEnum):
    ILLEGAL_FUNCTION = 1
    ILLEGAL_DATA_ADDRESS = 2
    ILLEGAL_DATA_VALUE = 3


class WordOrder(Enum):
    """Which half of a 32-bit number stands in the lower register; the value is its name in configuration."""

    HIGH_FIRST = "high_first"
    LOW_FIRST = "low_first"


# -- registers -------------------------------------------------------------------------------------------


class Width(Enum):
    """How large a counter is; the value is its name in configuration."""

    U16 = "u16"
    U32 = "u32"

    @property
    def registers(self) -> int:
        return 1 if self is Width.U16 else 2

    @property
    def modulus(self) -> int:
        return 1 << 16 * self.registers


Address = Annotated[int, msgspec.Meta(ge=0, le=0xFFFF)]


@dataclass(frozen=True)
class RegisterMap:
    """Where the counters are. Addresses are those on the wire: 30001 and 40001 are 0.

    Either entries and exits, or, with `passages_address`, one counter of everybody both ways: the other two
    addresses are then not looked at. `forgets`: it counts from 0 after a loss of power.
    """

    entries_address: Address = 0
    exits_address: Address = 2
    function: ReadFunction = ReadFunction.INPUT_REGISTERS
    word_order: WordOrder = WordOrder.HIGH_FIRST
    width: Width = Width.U32
    passages_address: Address | None = None
    forgets: bool = False

    def __post_init__(self) -> None:
        size = self.width.registers
        if self.passages_address is None and (
            abs(self.entries_address - self.exits_address) < size or self.count > MAX_REGISTERS
        ):
            raise ValueError(
                f"register map: entries at {self.entries_address} and exits at {self.exits_address} must be"
                f" {size} to {MAX_REGISTERS - size} registers apart"
            )
        if self.first + self.count > 0x10000:
            raise ValueError(
                f"register map: a {self.width.value} counter at {max(self._addresses)} goes beyond register"
                f" 65535, the last there is"
            )

    @property
    def _addresses(self) -> tuple[int, ...]:
        if self.passages_address is not None:
            return (self.passages_address,)
        return (self.entries_address, self.exits_address)

    @property
    def first(self) -> int:
        return min(self._addresses)

    @property
    def count(self) -> int:
        """Registers of one read that covers both counters, so that they belong to the same moment."""
        return max(self._addresses) - self.first + self.width.registers

    def decode(self, registers: Sequence[int]) -> DoorCount:
        """`registers` are `count` words from `first` on."""
        values = [self._join(registers, address - self.first) for address in self._addresses]
        entries, exits, passages = (0, 0, *values) if self.passages_address is not None else (*values, 0)
        modulus = self.width.modulus
        return DoorCount(entries, exits, passages, modulus=modulus, forgets=self.forgets)

    def encode(self, entries: int, exits: int) -> list[int]:
        """The `count` words from `first` on; numbers modulo the counters' width, zeros in a gap."""
        together = self.passages_address is not None
        registers = [0] * self.count
        for address, value in zip(
            self._addresses, (entries + exits,) if together else (entries, exits), strict=True
        ):
            at = address - self.first
            registers[at : at + self.width.registers] = self._split(value)
        return registers

    def _join(self, registers: Sequence[int], at: int) -> int:
        if self.width is Width.U16:
            return registers[at]
        high, low = self._ordered(registers[at], registers[at + 1])
        return high << 16 | low

    def _split(self, value: int) -> tuple[int, ...]:
        high, low = value >> 16 & 0xFFFF, value & 0xFFFF
        return (low,) if self.width is Width.U16 else self._ordered(high, low)

    def _ordered(self, one: int, other: int) -> tuple[int, int]:
        return (one, other) if self.word_order is WordOrder.HIGH_FIRST else (other, one)


DEFAULT = RegisterMap()


# -- frames ----------------------------------------------------------------------------------------------


def frame(device_id: int, function: int, data: bytes) -> bytes:
    body = bytes((device_id, function)) + data
    return body + crc16_modbus(body).to_bytes(2, "little")


def read_request(device_id: int, register_map: RegisterMap) -> bytes:
    """The question that gets both counters."""
    start, count = register_map.first, register_map.count
    return frame(device_id, register_map.function, start.to_bytes(2, "big") + count.to_bytes(2, "big"))


def read_reply(device_id: int, function: int, registers: Sequence[int]) -> bytes:
    data = b"".join(word.to_bytes(2, "big") for word in registers)
    return frame(device_id, function, bytes((len(data),)) + data)


def exception_reply(device_id: int, function: int, code: ExceptionCode) -> bytes:
    return frame(device_id, function | 0x80, bytes((code,)))


@dataclass(frozen=True)
class Request:
    """A question to some device on the line; `data` is what stands between function and CRC."""

    device_id: int
    function: int
    data: bytes


_MAX_FRAME = 256
_REQUEST_BYTES = {7: 4, 11: 4, 12: 4, 17: 4, 22: 10, 24: 6, 43: 7}
"""Whole frames of fixed length, by function; all others are 8 bytes, or:"""
_BYTE_COUNT_AT = {15: 6, 16: 6, 20: 2, 21: 2, 23: 10}


class Decoder:
    """Finds requests in bytes that come in any pieces. Not by silence between frames, which no operating
    system keeps, but by a CRC that fits: noise before a frame does not spoil it."""

    def __init__(self) -> None:
        self._heard = b""

    def feed(self, data: bytes) -> list[Request]:
        self._heard += data
        requests = []
        while found := self._first_frame():
            start, end = found
            heard = self._heard
            requests.append(Request(heard[start], heard[start + 1], heard[start + 2 : end - 2]))
            self._heard = heard[end:]
        self._heard = self._heard[-_MAX_FRAME:]
        return requests

    def _first_frame(self) -> tuple[int, int] | None:
        for start in range(len(self._heard) - 3):
            end = start + _request_length(self._heard[start:])
            whole = self._heard[start:end]
            if end <= len(self._heard) and crc16_modbus(whole[:-2]) == int.from_bytes(whole[-2:], "little"):
                return start, end
        return None


def _request_length(data: bytes) -> int:
    """Of the frame that would begin here; more than there is while its byte count has not come."""
    function = data[1]
    if function not in _BYTE_COUNT_AT:
        return _REQUEST_BYTES.get(function, 8)
    at = _BYTE_COUNT_AT[function]
    return at + 1 + data[at] + 2 if len(data) > at else _MAX_FRAME + 1
