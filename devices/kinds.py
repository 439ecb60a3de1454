"""The kinds of device and what they tell: the only words the rest of the house has for hardware.

A driver (`devices/<model>/driver.py`) implements one of the Protocols below over a port. Methods block
for at most the time they state, raise only `devices.errors.DeviceError` and its children, and are called
from one thread. Drivers neither retry for ever nor reopen themselves: whoever polls them does.
"""

from dataclasses import dataclass
from enum import Enum
from typing import Protocol

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


# -- book tags -------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class TagSighting:
    """One answer to an inventory: `uid` is 8 bytes, most significant first (E0h …)."""

    uid: bytes
    dsfid: int


def is_hf(uid: bytes) -> bool:
    """Whether this is an ISO 15693 chip's number. A UHF tag has no DSFID: what is told as such is nothing."""
    return len(uid) == 8 and uid[0] == 0xE0


@dataclass(frozen=True)
class TagSystem:
    """A tag's registers and memory shape (ISO 15693 get system information)."""

    uid: bytes
    dsfid: int
    afi: int
    block_size: int
    block_count: int


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


@dataclass(frozen=True)
class CardTapped:
    """A card came into the field. `uid` is the chip's number (4, 7, 8 or 10 bytes)."""

    uid: bytes
    technology: CardTechnology


class CardReader(Device, Protocol):
    def sense(self) -> CardTapped | None:
        """The card in the field now, or None; blocks for at most 0.3 s. The same card again and again
        while it lies there: telling an arrival apart is the caller's job."""


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


@dataclass(frozen=True)
class PrinterStatus:
    """What the four real-time status bytes say (ESC/POS DLE EOT 1–4)."""

    paper: PaperState
    cover_open: bool = False
    cutter_error: bool = False
    offline: bool = False
    error: bool = False

    @property
    def can_print(self) -> bool:
        return self.paper is not PaperState.OUT and not (
            self.cover_open or self.cutter_error or self.offline or self.error
        )


class Emphasis(Enum):
    NORMAL = "normal"
    TITLE = "title"
    RULE = "rule"


@dataclass(frozen=True)
class ReceiptLine:
    """`left`, and `right` at the right margin. TITLE is centred and double size; RULE is a rule."""

    left: str = ""
    right: str = ""
    emphasis: Emphasis = Emphasis.NORMAL


class ReceiptPrinter(Device, Protocol):
    def status(self) -> PrinterStatus:
        """Ask the printer; DeviceLost when it is silent, never a guess."""

    def print_receipt(self, lines: tuple[ReceiptLine, ...]) -> None:
        """Print and cut. DeviceRefused, with nothing printed, when status says it cannot; any other
        error means that paper may have come out."""


# -- the door --------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class DoorCount:
    """Cumulative counters since the device's own start; `entries` counts people coming in (ISO 2789)."""

    entries: int
    exits: int


class DoorCounter(Device, Protocol):
    def read(self) -> DoorCount: ...
