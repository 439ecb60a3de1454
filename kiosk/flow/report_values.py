"""What the centre is told: no title, no reader but in a dispute. `kiosk.reports` adds time, number, token."""

from dataclasses import dataclass, field

from devices.kinds import Kind
from kiosk.flow.operation import OpKind, Why


@dataclass(frozen=True)
class LoanMade:
    """`done_at`: when it was done offline, empty otherwise."""

    op_id: int
    due: str
    done_at: str = ""


@dataclass(frozen=True)
class BookReturned:
    op_id: int
    done_at: str = ""


@dataclass(frozen=True)
class LoanRenewed:
    op_id: int
    due: str


@dataclass(frozen=True)
class OperationRefused:
    op_id: int
    kind: OpKind
    why: Why


@dataclass(frozen=True)
class DisputeRaised:
    """Done offline and then refused by the ILS. The one report that names reader and item: the centre's
    worklist needs them, and deletes them when it is settled."""

    op_id: int
    kind: OpKind
    item_id: str
    reader_id: str | None = field(repr=False)
    done_at: str
    words: str = field(repr=False)


@dataclass(frozen=True)
class DeviceChange:
    """A device's condition or identity changed; serials are None where devices cannot tell, `up_before`
    at first sight."""

    kind: Kind
    model: str
    port: str
    up_before: bool | None
    up: bool
    reason: str
    serial_before: str | None = None
    serial: str | None = None
    name: str = ""
    """As the configuration calls it."""
    model_before: str | None = None


@dataclass(frozen=True)
class StaffDid:
    """In a few words, without names of people."""

    what: str


@dataclass(frozen=True)
class Alarm:
    name: str
    reason: str
    raised: bool


Report = (
    LoanMade | BookReturned | LoanRenewed | OperationRefused | DisputeRaised | DeviceChange | Alarm | StaffDid
)  # fmt: skip
