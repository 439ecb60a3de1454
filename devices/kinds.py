"""The kinds of device and what they tell: the only words the rest of the house has for hardware.

A driver (`devices/<model>/driver.py`) implements one of the Protocols below over a port. Methods block
for at most the time they state, raise only `devices.errors.DeviceError` and its children, and are called
from one thread. Drivers neither retry for ever nor reopen themselves: whoever polls them does.
"""

from dataclasses import dataclass, field
from enum import Enum
from typing import Protocol, runtime_checkable

from devices.tag_data import TagContent, Unreadable


class Kind(Enum):
    """A device's job; the value is its name in configuration, messages and topics."""

    TAG_READER = "tag_reader"
    CARD_READER = "card_reader"
    SCANNER = "scanner"
    RECEIPT_PRINTER = "receipt_printer"
    DOOR_COUNTER = "door_counter"


@dataclass(frozen=True)
class DeviceInfo:
    """Who answers on a port. `serial` and `firmware` are None where the device cannot tell."""

    kind: Kind
    model: str
    port: str
    serial: str | None = None
    firmware: str | None = None


class Device(Protocol):
    @property
    def info(self) -> DeviceInfo: ...

    def close(self) -> None:
        """Release the port; never raises, may be called twice."""


@runtime_checkable
class Identifiable(Protocol):
    """A device that can show people which one it is."""

    def identify(self) -> None:
        """Blink or beep for some seconds; returns at once."""


# -- book tags -------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class TagSighting:
    """One answer to an inventory: `uid` is 8 bytes, most significant first (E0h …)."""

    uid: bytes
    dsfid: int


def is_hf(uid: bytes) -> bool:
    """Whether this is an ISO 15693 chip's number. A UHF tag has no DSFID: what is told as such is nothing."""
    return len(uid) == 8 and uid[0] == 0xE0


LARGEST_BLOCK_BYTES = 32
"""ISO 15693-3 has five bits for the size of a block, minus one: what says more is no such tag."""


@dataclass(frozen=True)
class TagSystem:
    """A tag's registers and memory shape (ISO 15693 get system information)."""

    uid: bytes
    dsfid: int
    afi: int
    block_size: int
    block_count: int
    memory_size: int | None = field(default=None, compare=False)
    """Bytes, where the last block is not whole; else None."""


class TagReader(Device, Protocol):
    """An ISO 15693 pad. Bytes are in tag memory order whatever the wire does."""

    def inventory(self) -> tuple[TagSighting, ...]:
        """Every tag in the field now, each uid once; empty when there is none."""

    def system_info(self, uid: bytes) -> TagSystem: ...

    def read_blocks(self, uid: bytes, first: int, count: int) -> bytes:
        """`count` whole blocks from block `first`."""

    def write_blocks(self, uid: bytes, first: int, data: bytes) -> None:
        """Write whole blocks; returns when the reader says they are written, not read back."""

    def write_afi(self, uid: bytes, afi: int) -> None: ...

    def write_dsfid(self, uid: bytes, dsfid: int) -> None:
        """Say in the tag what data model it bears; DeviceRefused where that register is locked or missing."""

    def lock_blocks(self, uid: bytes, first: int, count: int) -> None:
        """Make whole blocks read-only for ever: nothing undoes it. A block that is locked already may be
        refused; what fails midway leaves the blocks before it locked."""

    def write_eas(self, uid: bytes, on: bool) -> None:
        """NXP electronic article surveillance bit; DeviceRefused where the chip has none."""


@dataclass(frozen=True)
class TagOnPad:
    """A tag lying on the pad: what it bears, and its application family identifier (security byte).

    `afi` is None while it could not be read.
    """

    uid: bytes
    content: TagContent | Unreadable
    afi: int | None


@dataclass(frozen=True)
class TagsChanged:
    """The stable set of tags on the pad, whole, after it changed."""

    tags: tuple[TagOnPad, ...]


# -- cards, codes ----------------------------------------------------------------------------------------


class CardTechnology(Enum):
    MIFARE_CLASSIC = "mifare_classic"
    TYPE2 = "type2"
    TYPE4A = "type4a"
    TYPE4B = "type4b"
    FELICA = "felica"
    RESIDENT_ID = "resident_id"


class CardUnread(Enum):
    """Why nothing of what was looked for could be read from a card that lies there."""

    WRONG_KEY = "wrong_key"
    NOTHING_THERE = "nothing_there"
    UNREADABLE = "unreadable"


@dataclass(frozen=True)
class SectorRead:
    """A block of a Mifare Classic sector is wanted: `sector` 0 to 15, `block` 0 to 2 in it, a 6-byte key."""

    sector: int
    block: int
    key: bytes = field(repr=False)
    key_b: bool = False


@dataclass(frozen=True)
class NdefRead:
    """The texts and addresses of the card's NDEF message are wanted."""


CardRead = SectorRead | NdefRead


@dataclass(frozen=True)
class SectorBlock:
    """The 16 bytes of the block that was wanted."""

    data: bytes = field(repr=False)


@dataclass(frozen=True)
class NdefTexts:
    """Text and URI records, in order."""

    texts: tuple[str, ...] = field(repr=False)


@dataclass(frozen=True)
class IdNumber:
    """The number of a resident ID card, J or Y permit (18 characters), or of an older I permit (15)."""

    number: str = field(repr=False)


CardContent = SectorBlock | NdefTexts | IdNumber | CardUnread


@dataclass(frozen=True)
class CardTapped:
    """A card came into the field. `uid` is the chip's number (4, 7, 8 or 10 bytes), empty where the reader
    does not tell it; `content` what was read from the card, None where nothing more was wanted."""

    uid: bytes = field(repr=False)
    technology: CardTechnology
    content: CardContent | None = None


class CardReader(Device, Protocol):
    def sense(self) -> CardTapped | None:
        """The card in the field now, or None; blocks for at most 0.3 s, and while an ID card is read 3 s.
        Most readers tell the same card again and again while it lies there, an ID card reader only once:
        telling an arrival apart is the caller's job."""

    def read(self, card: CardTapped, wanted: CardRead) -> CardContent:
        """What `card`, sensed just now, bears there: whole, or CardUnread, as when it was pulled away
        meanwhile. Blocks for at most 1 s; DeviceRefused where the reader cannot read that."""


@dataclass(frozen=True)
class CodeScanned:
    """One barcode or QR code as text, without suffix or AIM prefix; `symbology` from the prefix or None."""

    text: str
    symbology: str | None = None


class Scanner(Device, Protocol):
    def read(self, timeout_s: float) -> CodeScanned | None:
        """The next code, or None after `timeout_s`."""


# -- paper -----------------------------------------------------------------------------------------------


class PaperState(Enum):
    OK = "ok"
    NEAR_END = "near_end"
    OUT = "out"


class PrinterFault(Enum):
    """An error that is neither paper, cover nor cutter; the worst where several are reported."""

    NONE = "none"
    WAITING = "waiting"
    """It goes on when somebody presses its button."""
    RECOVERABLE = "recoverable"
    """It goes on by itself, as after a head too hot."""
    UNRECOVERABLE = "unrecoverable"
    """Only switching it off and on may help."""


class PrinterTrouble(Enum):
    """What staff must know of a printer, in words; in the order in which it is to be put right."""

    PAPER_OUT = "The printer is out of paper: put in a new roll."
    COVER_OPEN = "The printer's cover is open: press it shut."
    CUTTER = "The printer's cutter is jammed: open the cover, take the torn paper out, close it."
    UNRECOVERABLE = "The printer has a fault: switch it off and on; if it stays, change the printer."
    WAITING = "The printer waits: press its feed button."
    RECOVERABLE = "The printer pauses, perhaps too hot: it goes on by itself."
    OFFLINE = "The printer is offline: press its feed or online button."
    NEAR_END = "The printer's paper is nearly used up: have a new roll ready."


@dataclass(frozen=True)
class PrinterStatus:
    """What the four real-time status bytes say (ESC/POS DLE EOT 1–4)."""

    paper: PaperState
    cover_open: bool = False
    cutter_error: bool = False
    offline: bool = False
    fault: PrinterFault = PrinterFault.NONE

    @property
    def trouble(self) -> PrinterTrouble | None:
        """The one thing to put right first; NEAR_END is the only one that it prints with."""
        troubles = {
            PrinterTrouble.PAPER_OUT: self.paper is PaperState.OUT,
            PrinterTrouble.COVER_OPEN: self.cover_open,
            PrinterTrouble.CUTTER: self.cutter_error,
            PrinterTrouble.UNRECOVERABLE: self.fault is PrinterFault.UNRECOVERABLE,
            PrinterTrouble.WAITING: self.fault is PrinterFault.WAITING,
            PrinterTrouble.RECOVERABLE: self.fault is PrinterFault.RECOVERABLE,
            PrinterTrouble.OFFLINE: self.offline,
            PrinterTrouble.NEAR_END: self.paper is PaperState.NEAR_END,
        }
        return next((trouble for trouble, holds in troubles.items() if holds), None)

    @property
    def can_print(self) -> bool:
        return self.trouble in (None, PrinterTrouble.NEAR_END)


class Emphasis(Enum):
    NORMAL = "normal"
    CENTRED = "centred"
    TITLE = "title"
    RULE = "rule"
    QR = "qr"


@dataclass(frozen=True)
class ReceiptLine:
    """`left`, and `right` at the right margin. TITLE is centred and double size; RULE is a rule; QR makes
    `left` a QR code in the middle."""

    left: str = ""
    right: str = ""
    emphasis: Emphasis = Emphasis.NORMAL


class ReceiptPrinter(Device, Protocol):
    def status(self) -> PrinterStatus:
        """Ask the printer; DeviceLost when it is silent, never a guess."""

    def print_receipt(self, lines: tuple[ReceiptLine, ...]) -> None:
        """Print and cut. DeviceRefused, with nothing printed, when its status says that it cannot or is not
        told; any other error means that paper may have come out."""


# -- the door --------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class DoorCount:
    """Cumulative counters since the device's own start; `entries` counts people coming in (ISO 2789).

    They roll over at `modulus`. `passages` are those of whom nobody knows which way they went: half of them
    came in, as an estimate. By `doubts` entries and exits may each be wrong.
    """

    entries: int
    exits: int
    passages: int = 0
    doubts: int = 0
    modulus: int = 2**32
    series: str = ""
    """Names one run of counting from 0, for a counter that starts anew with every run; else empty."""
    forgets: bool = False
    """It starts at 0 after a loss of power: a smaller count is that, and no roll-over."""
    trouble: str = ""
    """Why it counts worse than it could, in words for staff; empty while it does not."""


class DoorCounter(Device, Protocol):
    def read(self) -> DoorCount: ...
