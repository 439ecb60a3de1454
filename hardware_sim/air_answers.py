"""What comes back from the tags over a pad: answers, refusals, silence, and the time that it took."""

from dataclasses import dataclass
from enum import IntEnum


class ErrorCode(IntEnum):
    """A tag's refusal, ISO 15693-3."""

    NOT_SUPPORTED = 0x01
    NOT_RECOGNISED = 0x02
    OPTION_NOT_SUPPORTED = 0x03
    UNKNOWN = 0x0F
    BLOCK_NOT_AVAILABLE = 0x10
    ALREADY_LOCKED = 0x11
    LOCKED = 0x12
    NOT_PROGRAMMED = 0x13
    NOT_LOCKED = 0x14


class AirError(Exception):
    """A request that did not bring the answer wanted."""


class NoAnswer(AirError):
    """Nothing was heard: no such tag here, or one that does not know the request."""


class Garbled(AirError):
    """An answer came with a wrong checksum."""


class TagRefused(AirError):
    """The tag answered no. `block` is the one it was about, None where it was about none."""

    def __init__(self, code: ErrorCode, block: int | None = None) -> None:
        super().__init__(f"{code.name} {block}")
        self.code = code
        self.block = block


class WriteStopped(AirError):
    """No confirmation of a write: `block` (0 for a register) may hold anything, those before it are done."""

    def __init__(self, block: int) -> None:
        super().__init__(f"block {block}")
        self.block = block


@dataclass(frozen=True)
class Spent:
    """Seconds: requests and answers in the air, and tags at work on their memory."""

    air_s: float = 0.0
    programming_s: float = 0.0

    def __add__(self, other: "Spent") -> "Spent":
        return Spent(self.air_s + other.air_s, self.programming_s + other.programming_s)


@dataclass(frozen=True)
class Sighting:
    """One tag's answer to an inventory."""

    uid: bytes
    dsfid: int


@dataclass(frozen=True)
class Block:
    """`data` in memory order."""

    locked: bool
    data: bytes


@dataclass(frozen=True)
class System:
    """Sizes are true ones here; on the air, and with some readers, they travel minus one."""

    uid: bytes
    dsfid: int
    afi: int
    block_size: int
    block_count: int
    ic_reference: int
