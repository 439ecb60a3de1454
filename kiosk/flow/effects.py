"""Everything the flow can ask of the world. `kiosk.app` performs them in order, journal before act."""

from dataclasses import dataclass, field

from devices.kinds import DoorCount
from kiosk.flow.operation import Operation, Step
from kiosk.flow.remote_values import UNSAID, Closure, Outcome
from kiosk.flow.report_values import Report
from kiosk.flow.staff_values import Binding


@dataclass(frozen=True)
class Journal:
    """Make `step` durable for these operations, with `report` in the outbox by the same commit."""

    operations: tuple[Operation, ...]
    step: Step
    report: Report | None = None


@dataclass(frozen=True)
class Tell:
    """Put a report in the outbox."""

    report: Report


@dataclass(frozen=True)
class StoreDoorCount:
    count: DoorCount


@dataclass(frozen=True)
class PublishState:
    """The retained state at the centre is out of date."""


@dataclass(frozen=True)
class NoteForStaff:
    """To the kiosk's log: never a number or a name."""

    words: str


@dataclass(frozen=True)
class CheckReaderCode:
    """Is this signed code the centre's, of now, and new here?"""

    code: str = field(repr=False)


@dataclass(frozen=True)
class AskReader:
    """`credential` is a reader number or a card's uid in upper-case hex, as the ILS knows it."""

    credential: str
    pin: str | None = field(default=None, repr=False)


@dataclass(frozen=True)
class AskAccount:
    reader_id: str
    pin: str | None = field(default=None, repr=False)


@dataclass(frozen=True)
class LookUpReader:
    """Ask the local copy, since the ILS cannot be reached."""

    credential: str


@dataclass(frozen=True)
class LookUpItem:
    item_id: str


@dataclass(frozen=True)
class AskItem:
    item_id: str


@dataclass(frozen=True)
class SendCheckout:
    """`fee_agreed`: the reader consents to the fee the ILS asked for."""

    op_id: int
    reader_id: str
    item_id: str
    fee_agreed: bool = False
    done_at: str = ""
    """Already done offline, at this time: the ILS is told, not asked."""
    pin: str | None = field(default=None, repr=False)


@dataclass(frozen=True)
class SendRenew(SendCheckout):
    pass


@dataclass(frozen=True)
class SendCheckin:
    op_id: int
    item_id: str
    done_at: str = ""


@dataclass(frozen=True)
class AskTruth:
    op_id: int
    item_id: str
    reader_id: str | None


@dataclass(frozen=True)
class EndIlsSession:
    reader_id: str


@dataclass(frozen=True)
class WriteAfi:
    op_id: int
    uid: bytes
    afi: int


@dataclass(frozen=True)
class ReadAfi:
    op_id: int
    uid: bytes


@dataclass(frozen=True)
class PrintReceipt:
    """Of this visit's operations; `kiosk.receipts` makes its lines from the session. `copy`: it may have been
    printed before, and says so."""

    copy: bool = False


@dataclass(frozen=True)
class PrintAccount:
    """What the reader has on loan."""

    copy: bool = False


@dataclass(frozen=True)
class ComposeReceipt:
    """This visit's receipt as text, for the reader's telephone."""


@dataclass(frozen=True)
class Bind:
    """Keep which unit a device is now. After it was told: a power cut in between tells it twice."""

    name: str
    binding: Binding


@dataclass(frozen=True)
class KeepClosed:
    """Keep that staff or the centre closed the kiosk, or opened it."""

    closed: bool
    closure: Closure = UNSAID


@dataclass(frozen=True)
class Answer:
    """What became of the centre's order `order_id`; once told it is never carried out again."""

    order_id: str
    outcome: Outcome
    reason: str = ""
    media_type: str = ""
    attachment: bytes = field(default=b"", repr=False)


@dataclass(frozen=True)
class RestartKiosk:
    """End, to be started again by the service manager."""


@dataclass(frozen=True)
class ShutDown:
    """The battery will not last: end cleanly, then shut the board down."""


@dataclass(frozen=True)
class SendLogs:
    order_id: str
    lines: int


@dataclass(frozen=True)
class SendScreenshot:
    """Of the screen as it is now: nobody stands there."""

    order_id: str


@dataclass(frozen=True)
class UpdateLists:
    """Ask the centre anew for what the local copies lack."""


@dataclass(frozen=True)
class TakeUpSettings:
    """The session goes by them now: so must everything else."""

    version: int


@dataclass(frozen=True)
class KeepAlarms:
    """Keep which lasting alarms were told, by the same commit."""

    raised: frozenset[str]


@dataclass(frozen=True)
class Identify:
    """Let a device blink or beep."""

    name: str


@dataclass(frozen=True)
class PrintTestPage:
    """To look at; or one that bears a code `for_scanner`."""

    for_scanner: bool = False


@dataclass(frozen=True)
class PrintSlip:
    """To lie in a returned book that somebody waits for, or that is to be sent elsewhere."""

    operation: Operation


Effect = (
    Journal | Tell | StoreDoorCount | PublishState | NoteForStaff | CheckReaderCode | AskReader
    | AskAccount | AskItem | LookUpReader | LookUpItem | SendCheckout | SendRenew | SendCheckin
    | AskTruth | EndIlsSession | WriteAfi | ReadAfi | PrintReceipt | PrintAccount | ComposeReceipt
    | PrintSlip | Bind | KeepClosed | KeepAlarms | Identify | PrintTestPage | Answer | RestartKiosk
    | ShutDown | SendLogs | SendScreenshot | UpdateLists | TakeUpSettings
)  # fmt: skip
