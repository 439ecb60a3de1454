"""From what the flow reports to what the centre is told: adds number, time and the reader's token.

No title, no reader number and none of the ILS's words (they may hold names) go into a message.
"""

import hashlib
import hmac
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from broker_config import events
from broker_config.events import Event
from broker_config.values import Condition, timestamp
from kiosk.clock import Moment
from kiosk.flow.operation import OpKind
from kiosk.flow.report_values import (
    Alarm,
    BookReturned,
    DeviceChange,
    DisputeRaised,
    LoanMade,
    LoanRenewed,
    OperationRefused,
    Report,
    StaffDid,
)

TOKEN_HEX_DIGITS = 32
NAME_CHARACTERS = 80
DUE_CHARACTERS = 40
REMARK_CHARACTERS = 200


@dataclass(frozen=True)
class Stamp:
    """The envelope: (`install_id`, `seq`) names an event for ever."""

    install_id: str
    seq: int
    moment: Moment

    @property
    def fields(self) -> dict[str, object]:
        return {
            "install_id": self.install_id,
            "seq": self.seq,
            "at": timestamp(self.moment.utc),
            "clock_synced": self.moment.synced,
        }


REFUSED = {OpKind.BORROW: "loan", OpKind.RETURN: "return", OpKind.RENEW: "renewal"}

MakeEvent = Callable[[Stamp], Event]


def reader_token(reader_id: str | None, local: datetime, keys: Mapping[str, str]) -> str | None:
    """Good for counting distinct readers of one month and for nothing else; None without the month's key."""
    key = keys.get(f"{local:%Y-%m}")
    if reader_id is None or key is None:
        return None
    return hmac.new(bytes.fromhex(key), reader_id.encode(), hashlib.sha256).hexdigest()[:TOKEN_HEX_DIGITS]


def fitting(text: str | None, characters: int = NAME_CHARACTERS) -> str | None:
    """What a device or the ILS said, no longer than a message may carry; None for nothing."""
    return (text or "")[:characters] or None


def event_maker(report: Report, token: str | None = None) -> MakeEvent:
    """How to make the event once its number is known. `token` belongs to a loan's reader."""
    return lambda stamp: _event(report, token, stamp)


def _event(report: Report, token: str | None, stamp: Stamp) -> Event:
    envelope = stamp.fields
    match report:
        case LoanMade(op_id, due):
            envelope = _done_then(envelope, report.done_at)
            due_text = fitting(due, DUE_CHARACTERS)
            return _make(events.Loan, envelope, op_id=str(op_id), reader_token=token, due=due_text)
        case LoanRenewed(op_id, due):
            due_text = fitting(due, DUE_CHARACTERS)
            return _make(events.Renewal, envelope, op_id=str(op_id), reader_token=token, due=due_text)
        case BookReturned(op_id):
            return _make(events.Return, _done_then(envelope, report.done_at), op_id=str(op_id))
        case DisputeRaised():
            return _dispute(report, envelope)
        case OperationRefused(op_id, kind, why):
            return _make(events.Refusal, envelope, op_id=str(op_id), what=REFUSED[kind], reason=why.value)
        case Alarm(name, reason, raised):
            cls = events.AlarmRaised if raised else events.AlarmCleared
            return _make(cls, envelope, name=name, reason=reason[:300])
        case DeviceChange():
            return _device_changed(report, envelope)
        case StaffDid(what):
            return _make(events.StaffAction, envelope, what=what[:REMARK_CHARACTERS])


def _done_then(envelope: dict[str, object], done_at: str) -> dict[str, object]:
    """What was done offline counts for the hour it was done in, not for the one it was told in."""
    return envelope | {"at": done_at} if done_at else envelope


def _dispute(report: DisputeRaised, envelope: dict[str, object]) -> Event:
    return _make(
        events.Dispute,
        envelope,
        op_id=str(report.op_id),
        what=REFUSED[report.kind],
        item_id=report.item_id[:NAME_CHARACTERS],
        reader_id=report.reader_id[:NAME_CHARACTERS] if report.reader_id else None,
        done_at=report.done_at,
        words=report.words[:300],
    )


def _device_changed(report: DeviceChange, envelope: dict[str, object]) -> Event:
    up, down = Condition.OK, Condition.DOWN
    return _make(
        events.DeviceChanged,
        envelope,
        kind=report.kind.value,
        model=report.model,
        port=report.port,
        old_condition=None if report.up_before is None else (up if report.up_before else down),
        new_condition=up if report.up else down,
        reason=report.reason[:300],
        old_serial=fitting(report.serial_before),
        new_serial=fitting(report.serial),
        name=fitting(report.name),
        old_model=fitting(report.model_before),
    )


def _make(cls: Callable[..., Event], envelope: dict[str, object], **fields: object) -> Event:
    return cls(**envelope, **fields)
