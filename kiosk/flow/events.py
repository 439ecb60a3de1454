"""Everything that can happen to a kiosk. Devices' own events come from `devices.kinds`."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum
from typing import Any

from devices.kinds import (
    CardTapped,
    CodeScanned,
    DeviceInfo,
    DoorCount,
    Kind,
    PrinterStatus,
    TagsChanged,
)
from kiosk.flow.ils_values import Account, Item, Reader
from kiosk.flow.operation import Hold, Operation, Truth
from kiosk.flow.remote_values import Announcement, Order
from kiosk.flow.touch import Touch


@dataclass(frozen=True)
class Tick:
    """Time passed. `now_s` is monotonic seconds; `local` the wall clock to show."""

    now_s: float
    local: datetime


# -- devices ---------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class DeviceUp:
    """`name` is the device's name in the configuration; without one it goes by its kind."""

    info: DeviceInfo
    name: str = ""
    can_identify: bool = False
    """It blinks or beeps when told to."""

    @property
    def key(self) -> str:
        return self.name or self.info.kind.value


@dataclass(frozen=True)
class DeviceDown:
    kind: Kind
    model: str
    port: str
    reason: str
    name: str = ""

    @property
    def key(self) -> str:
        return self.name or self.kind.value


@dataclass(frozen=True)
class Plug:
    """A device's plug was put in or pulled, whether or not the device works."""

    name: str
    there: bool


@dataclass(frozen=True)
class PrinterChecked:
    status: PrinterStatus


class PrintJob(Enum):
    """Whose paper an answer of the printer is about."""

    RECEIPT = "receipt"
    ACCOUNT = "account"
    SLIP = "slip"
    TEST = "test"


@dataclass(frozen=True)
class ReceiptPrinted:
    job: PrintJob = PrintJob.RECEIPT


@dataclass(frozen=True)
class ReceiptFailed:
    """`reason` is for staff; the reader is told by the printer's status. `doubtful`: some of it, or all, may
    be on paper; otherwise nothing is."""

    reason: str
    doubtful: bool = False
    job: PrintJob = PrintJob.RECEIPT


@dataclass(frozen=True)
class ReceiptComposed:
    """The receipt of this visit as text, for a telephone."""

    text: str = field(repr=False)


@dataclass(frozen=True)
class CodeRejected:
    """Something came from the scanner that is no code; `reason` is for staff."""

    reason: str


@dataclass(frozen=True)
class DoorCounted:
    count: DoorCount


@dataclass(frozen=True)
class AfiWritten:
    op_id: int
    uid: bytes
    afi: int


@dataclass(frozen=True)
class AfiRead:
    op_id: int
    uid: bytes
    afi: int


@dataclass(frozen=True)
class TagActFailed:
    """Writing or reading back the security byte did not work; the tag may have left the pad."""

    op_id: int
    uid: bytes
    reason: str


# -- the ILS ---------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class IlsUp:
    pass


@dataclass(frozen=True)
class IlsDown:
    reason: str


@dataclass(frozen=True)
class ReaderAnswered:
    """The ILS's answer about the credential `asked`; `reader` None: it is bound to nobody."""

    asked: str
    reader: Reader | None
    pin_right: bool | None = None
    """None when no PIN was sent, or the ILS does not check any."""
    offline: bool = False
    """The local copy's answer, not the ILS's."""


class CodeRefusal(Enum):
    """Why a signed reader code lets nobody in."""

    EXPIRED = "expired"
    USED = "used"
    NOT_GENUINE = "not_genuine"
    CANNOT_CHECK = "cannot_check"
    """This kiosk has no key of the centre's, or a clock that nobody set."""


@dataclass(frozen=True)
class ReaderCodeChecked:
    """What a signed reader code was worth: the reader's number, or why none. `detail` is for staff."""

    code: str = field(repr=False)
    found: str | CodeRefusal = field(repr=False)
    detail: str = ""


@dataclass(frozen=True)
class ReaderNotAnswered:
    asked: str
    reason: str


@dataclass(frozen=True)
class ItemAnswered:
    item: Item


@dataclass(frozen=True)
class ItemNotAnswered:
    item_id: str
    reason: str


@dataclass(frozen=True)
class IlsAccepted:
    op_id: int
    title: str = ""
    due: str = ""
    message: str = ""
    hold: Hold | None = None


@dataclass(frozen=True)
class IlsWantsFee:
    """Refused until the reader agrees to `fee`: certainly not done."""

    op_id: int
    fee: str


@dataclass(frozen=True)
class IlsRefused:
    op_id: int
    message: str


@dataclass(frozen=True)
class IlsNotReached:
    """Nothing was sent: certainly not done."""

    op_id: int
    reason: str


@dataclass(frozen=True)
class IlsUnknown:
    """Sent, and no answer: may or may not be done."""

    op_id: int
    reason: str


@dataclass(frozen=True)
class TruthAnswered:
    op_id: int
    truth: Truth


@dataclass(frozen=True)
class TruthNotAnswered:
    op_id: int
    reason: str


@dataclass(frozen=True)
class AccountAnswered:
    reader_id: str
    account: Account


@dataclass(frozen=True)
class AccountNotAnswered:
    reader_id: str
    reason: str


# -- the kiosk itself ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Recovered:
    """What the journal holds at start: operations cut short, and tags to be put right (uid → item id)."""

    unfinished: tuple[Operation, ...]
    repairs: tuple[tuple[bytes, str], ...]


@dataclass(frozen=True)
class BoardChecked:
    """What the board knows of itself, once in a while. `has_reserve`: there is room to begin anything."""

    has_reserve: bool
    clock_synced: bool
    certificate_ends: datetime | None = None
    """The kiosk's own; None when it cannot be read."""


@dataclass(frozen=True)
class MainsPower:
    """The mains came or went; told once at the start, where a UPS tells of it."""

    good: bool


@dataclass(frozen=True)
class Ordered:
    """The centre wants something done."""

    order: Order


@dataclass(frozen=True)
class SettingsCame:
    """The centre changed what may be changed from afar; `rules` are a `session.Rules`."""

    version: int
    rules: Any


@dataclass(frozen=True)
class NoticesCame:
    """Everything there is to announce at this place, current or not yet."""

    notices: tuple[Announcement, ...]


@dataclass(frozen=True)
class Broken:
    """A step could not be made durable, or the screen failed: nothing more may be done until staff come."""

    reason: str


Event = (
    Tick | Touch | CardTapped | CodeScanned | TagsChanged | DeviceUp | DeviceDown | Plug
    | PrinterChecked | ReceiptPrinted | ReceiptFailed | ReceiptComposed | CodeRejected | DoorCounted
    | AfiWritten | AfiRead | TagActFailed | IlsUp | IlsDown | ReaderAnswered | ReaderCodeChecked
    | ReaderNotAnswered | AccountAnswered | AccountNotAnswered | ItemAnswered | ItemNotAnswered
    | IlsAccepted | IlsRefused | IlsWantsFee | IlsNotReached | IlsUnknown | TruthAnswered
    | TruthNotAnswered | Recovered | BoardChecked | MainsPower | Ordered | SettingsCame | NoticesCame
    | Broken
)  # fmt: skip
