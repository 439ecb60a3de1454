"""The physical world of one place: what lies where, whatever the devices believe.

Simulators look at it; the hands (`control.py`) change it. Every access holds `lock`, since wires and
hands run in different threads; the methods take it themselves.
"""

import threading
from collections import deque
from dataclasses import dataclass, field

AFI_IN_LIBRARY = 0x07
AFI_ON_LOAN = 0xC2


@dataclass(frozen=True)
class ChipModel:
    """What NXP builds: user blocks of four bytes, and the IC reference of get system information.

    `counter_block` counts up when 01 00 00 .. is written to it. EAS and the other A0h commands are NXP's own.
    """

    name: str
    block_count: int
    ic_reference: int
    counter_block: int | None = None
    has_eas: bool = True


SLI = ChipModel("ICODE SLI", 28, 0x01)
SLIX = ChipModel("ICODE SLIX", 28, 0x01)
SLIX2 = ChipModel("ICODE SLIX2", 80, 0x01, counter_block=79)
SLIX_S = ChipModel("ICODE SLIX-S", 40, 0x02)
SLIX_L = ChipModel("ICODE SLIX-L", 8, 0x03)
OTHER_MAKER = ChipModel("another maker's", 64, 0x00, has_eas=False)

NXP_UID = bytes.fromhex("E004")
CHIP_MODELS: dict[tuple[int, int], ChipModel] = {
    (0x01, 0x00): SLI,
    (0x01, 0x10): SLIX,
    (0x01, 0x08): SLIX2,
    (0x02, 0x10): SLIX_S,
    (0x03, 0x10): SLIX_L,
}
"""The third byte of an NXP UID, and bits 4 and 3 of the fourth: the model."""
GENERATION_BITS = 0x18
COUNT_UP = bytes.fromhex("010000")


def uid_of(model: ChipModel, serial: int) -> bytes:
    """A UID as such a chip bears it; `serial` has up to 32 bits."""
    kind, generation = next(key for key, value in CHIP_MODELS.items() if value is model)
    return NXP_UID + bytes([kind, generation]) + serial.to_bytes(4)


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
    locked_registers: set[str] = field(default_factory=set)
    """Those of "afi", "dsfid" and "eas" that can be changed no more."""
    heard_in: tuple[int, int] = (1, 1)
    """In how many of how many inventories it is heard: (2, 3) for a tag at the edge of the field."""
    garbled_answers: int = 0
    """How many further answers of this tag arrive with a wrong checksum."""
    misnamed_answers: int = 0
    """How many further system informations of this tag name another one."""
    access_password: int = 0
    """Of a UHF tag; 0 for none."""
    secured: set[int] = field(default_factory=set)
    """Areas of a UHF tag (`devices.uhf_reader18.protocol.LockArea`) written only with its password."""
    locked_areas: set[int] = field(default_factory=set)
    """Those of them that stay as they are for ever."""
    lifted_in_write: int = 0
    """The tag is lifted in the middle of this write from now on (1: the next), which stays half done."""

    @property
    def block_count(self) -> int:
        return len(self.memory) // self.block_size

    def block(self, number: int) -> bytes:
        return bytes(self.memory[number * self.block_size : (number + 1) * self.block_size])

    def set_block(self, number: int, data: bytes) -> None:
        """Write, or count where `data` means that to a counter."""
        if number == self.model.counter_block and data[:3] == COUNT_UP:
            old = self.block(number)
            count = int.from_bytes(old[:2], "little") + 1
            data = (count & 0xFFFF).to_bytes(2, "little") + old[2:]
        self.memory[number * self.block_size : (number + 1) * self.block_size] = data

    @property
    def model(self) -> ChipModel:
        """As its UID says."""
        if self.uid[:2] != NXP_UID:
            return OTHER_MAKER
        return CHIP_MODELS.get((self.uid[2], self.uid[3] & GENERATION_BITS), SLI)


TRANSPORT_KEY = b"\xff" * 6


@dataclass(frozen=True)
class Sector:
    """What a library wrote to a Mifare Classic sector: its three data blocks, and the keys that open it."""

    number: int
    data: bytes
    key_a: bytes = TRANSPORT_KEY
    key_b: bytes = TRANSPORT_KEY


@dataclass(frozen=True)
class Card:
    """A contactless card: `technology` as in devices.kinds.CardTechnology's values. A "resident_id" is held
    to the ID card reader, every other one to the card reader."""

    uid: bytes
    technology: str = "mifare_classic"
    label: str = ""
    sectors: tuple[Sector, ...] = ()
    ndef: bytes = b""
    """The NDEF message of a type 2 or type 4 card; empty for none."""
    id_text: bytes = b""
    """The 256 bytes of text of a resident ID card."""
    pulled_after: int | None = None
    """The hand pulls it away after so many frames, in the middle of being read."""
    noticed: threading.Event = field(default_factory=threading.Event, init=False, compare=False, repr=False)
    """Set by a reader that has found it: a hand holds a card until then."""


@dataclass
class Printer:
    paper_mm: float = 30_000.0
    near_end_mm: float = 2_000.0
    cover_open: bool = False
    cutter_jammed: bool = False
    too_hot: bool = False
    """It goes on by itself when this passes."""
    waits_for_button: bool = False
    broken: bool = False
    switched_offline: bool = False

    @property
    def stopped(self) -> bool:
        """For whatever reason, it prints nothing now."""
        hindered = self.cover_open or self.cutter_jammed or self.too_hot or self.waits_for_button
        return self.paper_mm <= 0 or hindered or self.broken or self.switched_offline


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
    beside: Card | None = None
    """A second card held there together with the first."""
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

    def lift_chip(self, chip: Chip) -> None:
        """As `lift`, for a tag at hand."""
        with self.lock:
            self.pad[:] = [label for label in self.pad if self.tags[label] is not chip]

    def chip(self, label: str) -> Chip:
        with self.lock:
            if label not in self.tags:
                raise UnknownLabel(f"no book tag is called {label!r}: add it first")
            return self.tags[label]
