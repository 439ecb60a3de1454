"""What happened at a kiosk: everything that must arrive once, numbered and confirmed.

None of it identifies a reader or a title, but a `Dispute`: a reader token only serves to count distinct
readers of one month. What became of a command is in `commands.py`; how events travel in `messages.py`.
"""

from typing import Annotated, Literal

from msgspec import Meta

from broker_config.values import (
    Condition,
    Count,
    Due,
    Hour,
    InstallId,
    Name,
    Number,
    OperationId,
    Pem,
    Port,
    ReaderToken,
    Reason,
    Register,
    Remark,
    Timed,
    Timestamp,
    moment,
)


class Event(Timed, frozen=True, kw_only=True):
    """The envelope of everything that must arrive once: (`install_id`, `seq`) names an event for ever;
    `seq` runs 1, 2, 3 … within an installation over all kinds."""

    install_id: InstallId
    seq: Number


class Loan(Event, frozen=True, kw_only=True, tag="loan/1"):
    op_id: OperationId
    reader_token: ReaderToken | None = None
    due: Due | None = None


class Return(Event, frozen=True, kw_only=True, tag="return/1"):
    op_id: OperationId


class Renewal(Event, frozen=True, kw_only=True, tag="renewal/1"):
    op_id: OperationId
    reader_token: ReaderToken | None = None
    due: Due | None = None


class Refusal(Event, frozen=True, kw_only=True, tag="refusal/1"):
    op_id: OperationId
    what: Literal["loan", "return", "renewal"]
    reason: Reason


class Dispute(Event, frozen=True, kw_only=True, tag="dispute/1"):
    """Done offline at `done_at`, and then refused by the ILS in these `words`. The one message that names
    reader and item: the centre's worklist needs them and deletes them when the dispute is settled."""

    op_id: OperationId
    what: Literal["loan", "return"]
    item_id: Name
    reader_id: Name | None = None
    done_at: Timestamp
    words: Reason = ""

    def __post_init__(self) -> None:
        moment(self.at)
        moment(self.done_at)

    def __repr__(self) -> str:
        return f"Dispute(seq={self.seq}, op_id={self.op_id!r}, what={self.what!r})"


class Visits(Event, frozen=True, kw_only=True, tag="visits/1"):
    """People who came in during `hour` and were not yet told of in an earlier event of the same hour.
    `count_type` "halved" marks an estimate from a sensor that cannot tell in from out; `complete` is
    False when the counter was silent for a part of the time, so that a gap is shown as a gap.

    With `since` they came at some time between it and `at`, nobody knows when: then `hour` is only the last
    one it can have been. `doubts`: by how many `entries` may be wrong. `while_closed`: all of it was outside
    the opening hours; None where those are not known. A counter that stands alone (`devices/door_counter`)
    adds its own totals, u32 that roll over, and the `boot_id` of the run they were told in: `central.doors`
    checks the sums by them."""

    hour: Hour
    entries: Count
    count_type: Literal["entries", "halved"]
    complete: bool
    since: Timestamp | None = None
    doubts: Count = 0
    while_closed: bool | None = None
    entries_total: Register | None = None
    exits_total: Register | None = None
    boot_id: InstallId | None = None

    def __post_init__(self) -> None:
        moment(self.at)
        moment(self.hour)
        if self.since is not None:
            moment(self.since)


class DeviceChanged(Event, frozen=True, kw_only=True, tag="device_changed/1"):
    """A device's condition, or which unit it is, is no longer what it was; "old" is None at first sight.
    `model` is the new one; `old_model` is told when it is another unit now. `name`: as in `DeviceState`."""

    kind: Name
    model: Name
    port: Port
    old_condition: Condition | None
    new_condition: Condition
    reason: Reason = ""
    old_serial: Name | None = None
    new_serial: Name | None = None
    name: Name | None = None
    old_model: Name | None = None


class AlarmRaised(Event, frozen=True, kw_only=True, tag="alarm_raised/1"):
    name: Name
    reason: Reason = ""


class AlarmCleared(Event, frozen=True, kw_only=True, tag="alarm_cleared/1"):
    name: Name
    reason: Reason = ""


class StaffAction(Event, frozen=True, kw_only=True, tag="staff_action/1"):
    what: Remark


class Rotation(Event, frozen=True, kw_only=True, tag="rotation/1"):
    """A crate of rotated books that was counted at the place. `titles` None: only volumes were counted."""

    direction: Literal["received", "sent"]
    volumes: Annotated[int, Meta(ge=1, le=100_000)]
    titles: Annotated[int, Meta(ge=1, le=100_000)] | None = None


class CertificateRequest(Event, frozen=True, kw_only=True, tag="certificate_request/1"):
    """This kiosk's certificate ends soon: `csr` asks for the next one, for a key made on the board."""

    csr: Pem
