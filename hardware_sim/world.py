"""The physical world of one place: what lies where, whatever the devices believe.

Simulators look at it; the hands (`control.py`) change it. Every access holds `lock`, since wires and
hands run in different threads; the methods take it themselves.
"""

import threading
from collections import deque
from dataclasses import dataclass, field

AFI_IN_LIBRARY = 0x07
AFI_ON_LOAN = 0xC2


@dataclass
class Chip:
    """An ISO 15693 book tag (NXP ICODE SLIX: 28 blocks of 4 bytes). `label` is how people call it."""

    uid: bytes
    memory: bytearray
    dsfid: int = 0x06
    afi: int = AFI_IN_LIBRARY
    eas: bool = False
    block_size: int = 4
    locked_blocks: set[int] = field(default_factory=set)
    write_fails: int = 0
    """How many further writes this tag answers with an error (a weak or damaged tag)."""
    read_fails: int = 0
    """How many further reads of blocks this tag does not answer (it lies at the edge of the field)."""
    label: str = ""

    @property
    def block_count(self) -> int:
        return len(self.memory) // self.block_size


@dataclass(frozen=True)
class Card:
    """A contactless card: `technology` as in devices.kinds.CardTechnology's values."""

    uid: bytes
    technology: str = "mifare_classic"
    label: str = ""


@dataclass
class Printer:
    paper_mm: float = 30_000.0
    near_end_mm: float = 2_000.0
    cover_open: bool = False
    cutter_jammed: bool = False


@dataclass
class Door:
    """People who went through, ever; the counter's registers are its own affair."""

    entries: int = 0
    exits: int = 0


class UnknownLabel(LookupError):
    """Somebody named a thing that this world does not have."""


@dataclass
class World:
    """One library point. `tags` is every book tag that exists by label; `pad` the labels lying on the pad;
    `cards` every card that exists by label; `card` the one held to the card reader."""

    lock: threading.RLock = field(default_factory=threading.RLock)
    tags: dict[str, Chip] = field(default_factory=dict)
    cards: dict[str, Card] = field(default_factory=dict)
    pad: list[str] = field(default_factory=list)
    card: Card | None = None
    scans: deque[str] = field(default_factory=deque)
    """Codes held before the scanner and not yet sent."""
    printer: Printer = field(default_factory=Printer)
    door: Door = field(default_factory=Door)

    def chips_on_pad(self) -> list[Chip]:
        with self.lock:
            return [self.tags[label] for label in self.pad]

    def put(self, *labels: str) -> None:
        """Lay books on the pad; UnknownLabel, with nothing moved, when one of them does not exist."""
        with self.lock:
            for label in labels:
                self.chip(label)
            self.pad.extend(label for label in dict.fromkeys(labels) if label not in self.pad)

    def lift(self, *labels: str) -> None:
        """Take books off the pad, whether they lie there or not."""
        with self.lock:
            for label in labels:
                self.chip(label)
            self.pad[:] = [label for label in self.pad if label not in labels]

    def chip(self, label: str) -> Chip:
        with self.lock:
            if label not in self.tags:
                raise UnknownLabel(f"no book tag is called {label!r}: add it first")
            return self.tags[label]
