"""What the flow knows of staff: whom to let in, and how far the change of a device has come."""

import hashlib
from dataclasses import dataclass, field
from enum import Enum

HASH_ROUNDS = 20_000
"""Some milliseconds a tap: cards have few numbers, and a stolen configuration must not tell them at once."""


def hashed(text: str, salt: str) -> str:
    """How a staff card's number (upper-case hexadecimal) or a staff code stands in the configuration."""
    return hashlib.pbkdf2_hmac("sha256", text.encode(), salt.encode(), HASH_ROUNDS).hex()


@dataclass(frozen=True)
class StaffRules:
    """Who is staff: `hashed` cards and codes. Without any nobody can enter. Times in seconds."""

    salt: str = ""
    cards: frozenset[str] = field(default=frozenset(), repr=False)
    codes: frozenset[str] = field(default=frozenset(), repr=False)
    idle_s: float = 180.0
    """Longer than a reader's: it is a walk to the cupboard with the spare parts."""
    warning_s: float = 20.0
    code_s: float = 30.0
    tries: int = 3
    locked_s: float = 60.0
    """After so many wrong codes no other is taken for this time."""
    answer_s: float = 12.0
    """What was plugged in and says nothing for so long is spoken of as not answering."""

    @property
    def some(self) -> bool:
        return bool(self.cards or self.codes)

    def is_card(self, number: str) -> bool:
        return bool(self.cards) and hashed(number, self.salt) in self.cards

    def is_code(self, digits: str) -> bool:
        return bool(self.codes) and hashed(digits, self.salt) in self.codes


@dataclass(frozen=True)
class Binding:
    """Which unit a device was when it was last seen; `serial` None where it cannot tell."""

    model: str
    serial: str | None = None


class StaffAt(Enum):
    """Where staff are: the list of devices, one device, and the steps of its change in their order."""

    DEVICES = "devices"
    DEVICE = "device"
    PULL = "pull"
    PLUG = "plug"
    PROBE = "probe"
    TEST = "test"
    DONE = "done"


class Check(Enum):
    """How the self-test stands."""

    WAITING = "waiting"
    ASKED = "asked"
    """The page was printed: is it right?"""
    FAILED = "failed"
    PASSED = "passed"


@dataclass(frozen=True)
class Staff:
    """`device` is the one spoken of; `before` the unit that was bound when its change began, and `arrivals`
    how often it had come up till then. `changing` is False for a test alone."""

    at: StaffAt = StaffAt.DEVICES
    device: str = ""
    before: Binding | None = None
    arrivals: int = 0
    changing: bool = False
    check: Check = Check.WAITING
    passages: int | None = None
    """What the door counter said last, in a test."""
    page: Check | None = None
    """How it stands with the test page that was asked for in the list of devices."""
