"""Everything the kiosk knows at one instant: a frozen value that `step` turns into the next."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum, IntEnum

from devices.kinds import DeviceInfo, Kind, PrinterStatus, TagOnPad
from kiosk.credentials import CardRules
from kiosk.flow.alarm_values import Watch
from kiosk.flow.events import BoardChecked, PrintJob
from kiosk.flow.ils_values import Account, Block, Item, Reader
from kiosk.flow.operation import Operation, SecurityValues
from kiosk.flow.power_values import Power, PowerRules
from kiosk.flow.remote_values import UNSAID, Announcement, Closure, Order
from kiosk.flow.staff_values import Binding, Staff, StaffRules


class Language(Enum):
    ZH = "zh_CN"
    EN = "en"


class Stage(Enum):
    """Where a visit stands. The screen follows from it, and from what is broken."""

    STARTING = "starting"
    IDLE = "idle"
    SIGNING_IN = "signing_in"
    PIN = "pin"
    STACK = "stack"
    ACCOUNT = "account"
    WORKING = "working"
    RESULT = "result"
    MESSAGE = "message"
    GOODBYE = "goodbye"
    STAFF_CODE = "staff_code"
    STAFF = "staff"
    CLOSED = "closed"
    """Closed by staff, until they open it again; or by a power cut, until it is over."""
    OUT_OF_SERVICE = "out_of_service"


UNATTENDED = {Stage.IDLE, Stage.CLOSED, Stage.OUT_OF_SERVICE}


class Mode(Enum):
    BORROW = "borrow"
    RETURN = "return"
    RENEW = "renew"


class Message(Enum):
    """What a MESSAGE stage has to say."""

    CARD_UNKNOWN = "card_unknown"
    READER_BLOCKED = "reader_blocked"
    ILS_DOWN = "ils_down"
    CARD_UNKNOWN_OFFLINE = "card_unknown_offline"
    NOT_A_READER_CARD = "not_a_reader_card"
    CARD_UNREADABLE = "card_unreadable"
    CODE_EXPIRED = "code_expired"
    CODE_USED = "code_used"
    CODE_NOT_GENUINE = "code_not_genuine"
    CODE_CANNOT_BE_CHECKED = "code_cannot_be_checked"
    WRONG_PIN = "wrong_pin"


class Hint(Enum):
    """A short line on the current screen, until `hint_until_s`."""

    OTHER_CARD = "other_card"
    NOT_A_READER_CARD = "not_a_reader_card"
    CARD_UNREADABLE = "card_unreadable"
    STACK_CHANGED = "stack_changed"
    NOT_A_READER_CODE = "not_a_reader_code"
    RECEIPT_FAILED = "receipt_failed"
    RECEIPT_DOUBTFUL = "receipt_doubtful"
    ACCOUNT_PRINTED = "account_printed"
    BOOK_CODE = "book_code"
    ISBN = "isbn"
    NOW_BORROWING = "now_borrowing"
    CODE_UNREADABLE = "code_unreadable"
    WRONG_PIN = "wrong_pin"
    NO_ACCOUNT = "no_account"
    WRONG_CODE = "wrong_code"
    CODE_LOCKED = "code_locked"
    ON_BATTERY = "on_battery"


class Receipt(Enum):
    NOT_ASKED = "not_asked"
    PRINTING = "printing"
    FAILED = "failed"
    """Nothing is on paper."""
    DOUBTFUL = "doubtful"
    """Some of it, or all, may be on paper."""
    SHOWN = "shown"
    """As a code on the screen, for a telephone."""


class Policy(IntEnum):
    """What a place allows while the ILS cannot be reached; each allows what the one before it allows."""

    OFF = 0
    FINISH = 1
    """A reader who signed in while the ILS was there may finish."""
    RETURNS = 2
    LOANS = 3
    """Loans too, to readers of the local copy, up to a number of books each."""


@dataclass(frozen=True)
class Rules:
    """What the place's configuration says of a visit. Times in seconds; `owners` empty accepts every ISIL."""

    place_name: str
    service_phone: str = ""
    security: SecurityValues = field(default_factory=SecurityValues)
    owners: frozenset[str] = frozenset()
    offline: Policy = Policy.OFF
    offline_loans: int = 3
    """Books a reader may borrow while the ILS cannot be reached."""
    offline_check_digit: bool = True
    """Offline, item numbers must be library Codabar with a right check digit."""
    cards: CardRules = field(default_factory=CardRules)
    """Which cards and codes are readers', and where their numbers are."""
    pin_required: bool = False
    pin_places: int = 6
    pin_tries: int = 3
    start_s: float = 60.0
    """An item whose truth the ILS does not tell keeps the kiosk closed no longer than this."""
    idle_s: float = 60.0
    warning_s: float = 20.0
    message_s: float = 10.0
    goodbye_s: float = 5.0
    hint_s: float = 6.0
    put_back_s: float = 30.0
    settle_s: float = 12.0
    retry_s: float = 2.0
    late_s: float = 10.0
    """How long an ILS may still carry out a request whose answer nobody waits for any more."""
    tag_retry_s: float = 0.8
    tag_tries: int = 3
    large_checkout: int = 10
    """More loans than this at once are told to the centre."""
    staff: StaffRules = field(default_factory=StaffRules)
    power: PowerRules | None = None
    """None where no UPS tells of the mains."""


@dataclass(frozen=True)
class DeviceCondition:
    """`info` is the last known identity; `reason` is empty while the device works; `since` when it came or
    went by the wall clock."""

    kind: Kind
    up: bool
    model: str
    port: str
    reason: str = ""
    info: DeviceInfo | None = None
    since: datetime | None = None
    can_identify: bool = False


@dataclass(frozen=True)
class Session:
    rules: Rules
    stage: Stage = Stage.STARTING
    language: Language = Language.ZH
    large_type: bool = False
    """As the reader here wants it; the next one starts anew."""
    now_s: float = 0.0
    touched_s: float = 0.0
    stage_since_s: float = 0.0
    local: datetime = datetime(1970, 1, 1)
    fault: str = ""
    """Why the kiosk is out of service, for staff."""

    # who is here, and what for
    mode: Mode = Mode.BORROW
    signed_in_online: bool = False
    """The reader here was known to the ILS itself."""
    asked: bool = False
    """The ILS or the local copy was asked about `credential`, or about the account that is to be shown; both
    wait for a replay otherwise."""
    credential: str = ""
    """What was tapped or scanned, while it is being asked about and while its reader is here."""
    code: str = field(default="", repr=False)
    """The signed reader code scanned last, while it lies before the scanner or its reader is here."""
    reader: Reader | None = None
    pin: str = field(default="", repr=False)
    """What was entered on the number pad; kept while its reader is here, for ILSs that ask for it again."""
    pin_failures: int = 0
    account: Account | None = None
    """None while it is being asked for, and when that `account_failed`."""
    account_failed: bool = False
    blocked: Block | None = None
    message: Message | None = None
    hint: Hint | None = None
    hint_until_s: float = 0.0
    receipt: Receipt = Receipt.NOT_ASKED
    receipt_text: str = field(default="", repr=False)
    doubted: tuple[PrintJob, tuple[int, ...]] | None = None
    """What may have been printed: the paper, and the operations on it. Once more, it is a copy."""

    # what lies on the pad, and what the ILS says of it (None: asked, not answered yet)
    pad: tuple[TagOnPad, ...] = ()
    pad_seen: bool = False
    seen: frozenset[bytes] = frozenset()
    """Tags that lay on the pad in this visit: a new one is a sign of a reader, one that flickers is none."""
    items: Mapping[str, Item | None] = field(default_factory=dict)

    # operations: those of this visit (`visit` holds their ids), and older ones not yet settled
    next_op: int = 1
    ops: tuple[Operation, ...] = ()
    visit: tuple[int, ...] = ()
    ils_op: int | None = None
    """The operation the ILS is being asked about; one at a time, in order."""
    tag_op: int | None = None
    """The operation whose tag is being written or read."""
    retry_at_s: float = 0.0
    """Not before this time is an unsettled operation asked about again."""
    no_counts_at_s: float = 0.0
    """Not before this time is the ILS believed that it did not do what it was asked to."""
    tag_retry_at_s: float = 0.0
    """Not before this time is a tag that failed tried again: time to notice that it was lifted."""
    progress_s: float = 0.0
    """When a durable step was last made."""
    repairs: Mapping[bytes, str] = field(default_factory=dict)
    """Tags to be put right when they are seen: uid → item id."""
    recovered: bool = False

    # staff
    staff: Staff = field(default_factory=Staff)
    closed: bool = False
    """Staff or the centre put the kiosk out of service."""
    closure: Closure = UNSAID
    """What the centre said of it."""
    wrong_codes: int = 0
    locked_until_s: float = 0.0

    # what the centre wants
    watched: bool = False
    """A service manager starts the kiosk again when it ends."""
    orders: tuple[Order, ...] = ()
    """Wait until nobody is being served."""
    wanted: tuple[int, Rules] | None = None
    """Version and rules that wait likewise."""
    notices: tuple[Announcement, ...] = ()

    # what works
    door_trouble: str | None = None
    """Why the door counter counts worse than it could, for staff; None before its first count."""
    devices: Mapping[str, DeviceCondition] = field(default_factory=dict)
    """By the name that the configuration gives a device, which is its kind's unless said otherwise."""
    plugged: Mapping[str, bool] = field(default_factory=dict)
    """By name; a device that no plug is watched of is missing."""
    arrivals: Mapping[str, int] = field(default_factory=dict)
    """How often each device came up."""
    bindings: Mapping[str, Binding] = field(default_factory=dict)
    """Which unit each device was when it was last seen, also before the kiosk was started."""
    printer: PrinterStatus | None = None
    ils_up: bool | None = None
    ils_trouble: str = ""
    """Why the ILS cannot be reached, for staff."""
    board: BoardChecked | None = None
    power: Power = field(default_factory=Power)
    watch: Watch = field(default_factory=Watch)

    def devices_of(self, kind: Kind) -> tuple[DeviceCondition, ...]:
        """Those known so far; there may be several card readers and scanners."""
        return tuple(condition for condition in self.devices.values() if condition.kind is kind)

    def is_plugged(self, name: str) -> bool:
        """Where nobody watches the plug, a device that works is plugged in."""
        device = self.devices.get(name)
        return self.plugged.get(name, device is not None and device.up)

    def works(self, kind: Kind) -> bool:
        """Any of that kind does."""
        return any(condition.up for condition in self.devices_of(kind))

    def away(self, kind: Kind) -> bool:
        """Some are known, and none of them works."""
        return bool(self.devices_of(kind)) and not self.works(kind)

    @property
    def attended(self) -> bool:
        """Somebody stands before the kiosk, or it is on its way into service: nothing may be slow."""
        return self.stage not in UNATTENDED

    def visit_ops(self) -> tuple[Operation, ...]:
        return tuple(op for op in self.ops if op.op_id in self.visit)

    def unsettled(self) -> tuple[Operation, ...]:
        return tuple(op for op in self.ops if not op.done)
