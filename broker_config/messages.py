"""The messages between kiosk and centre: one frozen type per class, and where and how each travels.

Payloads are JSON. Every one names its class and version (`"type": "loan/1"`); unknown fields are ignored,
so a newer kiosk may say more, and a new meaning is a new version. Nothing here identifies a reader or a
title: a reader token only serves to count distinct readers of one month. The one exception is what the centre
sends a kiosk to go by while it is cut off (`lists.py`).
Sending, storing and retrying belong to `kiosk.uplink` and `central.collector`; the published schemas in
`schemas/` are made from this file by `python -m broker_config schemas`.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any, Literal, TypeVar

import msgspec
from msgspec import Meta, Struct

from broker_config import topics
from broker_config.lists import Lists, Position
from broker_config.topics import Identity
from broker_config.values import (
    Amount,
    CardKeyId,
    Condition,
    Count,
    Due,
    HexKey,
    Hour,
    InstallId,
    Month,
    Name,
    Number,
    OperationId,
    Pem,
    Port,
    PublicKey,
    ReaderToken,
    Reason,
    Register,
    Remark,
    Service,
    Span,
    Timestamp,
    Version,
    moment,
)

LARGEST_PAYLOAD_BYTES = 64 * 1024
"""No message of ours is larger; the broker cuts off whoever sends much more (`render.py`)."""
LARGEST_ATTACHMENT_BYTES = 36_000
"""Of a `CommandResult`, before base64, which makes 48 kB of them."""


class _Timed(Struct, frozen=True, kw_only=True, tag_field="type"):
    """`at` is when it happened by the sender's clock, which before the first synchronisation may say 1970."""

    at: Timestamp
    clock_synced: bool

    def __post_init__(self) -> None:
        moment(self.at)  # the pattern lets the 31st of February through


class DeviceState(Struct, frozen=True, kw_only=True):
    """One device of a kiosk. `kind` is text and no enumeration: an older centre must still take a newer
    kiosk's message. `name` is the kiosk's own for it, its kind where there is only one. `since` is when the
    condition began, None if not known. The figures count since the kiosk started (None: not counted):
    `frames_bad` answers that were not the protocol, `retries` questions asked again, `losses` times it went
    away; `last_success` is when it last answered."""

    kind: Name
    model: Name
    port: Port
    condition: Condition
    serial: Name | None = None
    firmware: Name | None = None
    reason: Reason = ""
    since: Timestamp | None = None
    name: Name | None = None
    frames_bad: Count | None = None
    retries: Count | None = None
    losses: Count | None = None
    last_success: Timestamp | None = None

    def __post_init__(self) -> None:
        for time in (self.since, self.last_success):
            if time is not None:
                moment(time)


# -- how a kiosk is ----------------------------------------------------------------------------------------


class State(_Timed, frozen=True, kw_only=True, tag="state/1"):
    """Birth, change and (as the last will, `online` false) death. `session` numbers connections of one
    identity upwards, so that an old death cannot kill a new birth. The will names no devices and no software:
    the centre keeps the last ones it was told. `lists` names every list this kiosk takes and how far its copy
    is, None without one; the centre sends what is named here and nothing else. Of the outbox of `install_id`
    every event below `oldest_seq` has been confirmed and is forgotten: a centre that lacks one (it lost its
    database) need not wait for it. None: not told. `wanted_version` is that of the `Wanted` it goes by, 0 for
    none yet."""

    online: bool
    session: Count
    devices: tuple[DeviceState, ...] = ()
    software: Version = ""
    config_hash: Version = ""
    service: Service = Service.OPEN
    reason: Reason = ""
    lists: dict[Name, Position | None] = {}
    install_id: InstallId | None = None
    oldest_seq: Number | None = None
    wanted_version: Count | None = None


class Health(_Timed, frozen=True, kw_only=True, tag="health/1"):
    """Every 30 s. None means unknown, never 0. `unsettled` counts operations whose outcome is not proven;
    `newest_seq` is the last event there was: what a lost disk takes along is counted by it."""

    session: Count
    devices: tuple[DeviceState, ...] = ()
    ui_stall_ms: Amount | None = None
    disk_free_mb: Amount | None = None
    memory_mb: Amount | None = None
    temperature_c: float | None = None
    clock_offset_s: float | None = None
    outbox_depth: Count | None = None
    ils_round_trip_ms: Amount | None = None
    ils_up: bool | None = None
    unsettled: Count | None = None
    newest_seq: Count | None = None


# -- what happened -----------------------------------------------------------------------------------------


class Event(_Timed, frozen=True, kw_only=True):
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


class CommandResult(Event, frozen=True, kw_only=True, tag="command_result/1"):
    """What became of the command `command_id`. `attachment` is of media type `media_type`: text or a picture,
    without anything of a reader."""

    command_id: OperationId
    outcome: Literal["done", "refused", "expired", "failed"]
    reason: Reason = ""
    media_type: Version = ""
    attachment: Annotated[bytes, Meta(max_length=LARGEST_ATTACHMENT_BYTES)] = b""

    def __repr__(self) -> str:
        return f"CommandResult(seq={self.seq}, command_id={self.command_id!r}, outcome={self.outcome!r})"


# -- what the centre says ----------------------------------------------------------------------------------


class Settings(Struct, frozen=True, kw_only=True):
    """All of a kiosk's configuration that the centre may change from afar; None leaves what its file says.
    `level` is that of its place, for notices; `open` the opening hours of a day such as "09:00-17:30";
    `closed_days` are days of the week, 1 is Monday."""

    level: Name | None = None
    open: Annotated[tuple[Span, ...], Meta(max_length=6)] | None = None
    closed_days: Annotated[tuple[Annotated[int, Meta(ge=1, le=7)], ...], Meta(max_length=7)] | None = None
    offline: Literal["off", "finish", "returns", "loans"] | None = None
    offline_loans: Annotated[int, Meta(ge=0, le=50)] | None = None
    idle_s: Annotated[float, Meta(ge=20, le=600)] | None = None
    warning_s: Annotated[float, Meta(ge=10, le=120)] | None = None


class Wanted(Struct, frozen=True, kw_only=True, tag_field="type", tag="wanted/1"):
    """Desired configuration, taken up when nobody is being served; `State.wanted_version` and `config_hash`
    say what the kiosk runs. `token_keys` are secret.
    `card_keys` are the public halves of the centre's keys for reader codes (`reader_codes.py`)."""

    version: Number
    token_keys: dict[Month, HexKey] = {}
    card_keys: dict[CardKeyId, PublicKey] = {}
    settings: Settings = Settings()

    def __repr__(self) -> str:
        months, cards = sorted(self.token_keys), sorted(self.card_keys)
        return f"Wanted(version={self.version}, token_keys of {months}, card_keys {cards})"


class Confirmed(Struct, frozen=True, kw_only=True, tag_field="type", tag="confirmed/1"):
    """Every event of `install_id` up to and including `seq` is stored at the centre: only now may the
    kiosk's outbox forget them."""

    install_id: InstallId
    seq: Count


class Resend(Struct, frozen=True, kw_only=True, tag_field="type", tag="resend/1"):
    """The centre lacks the events `first` to `last` of `install_id` and has later ones: those still in the
    outbox are sent once more, and the state after them, which tells what is there no longer."""

    install_id: InstallId
    first: Number
    last: Number


# -- commands ----------------------------------------------------------------------------------------------


class Command(Struct, frozen=True, kw_only=True, tag_field="type"):
    """Carried out once, when nobody is being served, and not after `expires`; a `CommandResult` with its `id`
    says what came of it."""

    id: OperationId
    issued: Timestamp
    expires: Timestamp

    def __post_init__(self) -> None:
        moment(self.issued)
        moment(self.expires)


class Restart(Command, frozen=True, kw_only=True, tag="restart/1"):
    pass


class OutOfService(Command, frozen=True, kw_only=True, tag="out_of_service/1"):
    """Until `until`, or until somebody opens it again; `reason` is shown to readers."""

    reason: Remark
    until: Timestamp | None = None

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.until is not None:
            moment(self.until)


class InService(Command, frozen=True, kw_only=True, tag="in_service/1"):
    pass


class Logs(Command, frozen=True, kw_only=True, tag="logs/1"):
    """The last `lines` of what the kiosk noted; long numbers are masked."""

    lines: Annotated[int, Meta(ge=1, le=1000)] = 200


class Screenshot(Command, frozen=True, kw_only=True, tag="screenshot/1"):
    """Of a screen without a reader; refused while somebody is being served."""


class SelfTest(Command, frozen=True, kw_only=True, tag="self_test/1"):
    """Every device, the ILS, the disk: done when all is well, failed with the names of what is not."""


class Identify(Command, frozen=True, kw_only=True, tag="identify/1"):
    """`device`, by the kiosk's own name for it, blinks or beeps."""

    device: Name


class UpdateLists(Command, frozen=True, kw_only=True, tag="update_lists/1"):
    """The local copies of the lists are asked for anew, from where they are."""


class Certificate(Struct, frozen=True, kw_only=True, tag_field="type", tag="certificate/1"):
    """The answer to a `CertificateRequest`: PEM, for the key that its CSR named."""

    certificate: Pem


# -- for everybody at a place ------------------------------------------------------------------------------


class Notice(Struct, frozen=True, kw_only=True):
    """Shown on the idle screen from `start` until `end`; without English the Chinese is shown."""

    id: OperationId
    title_zh: Remark
    title_en: Annotated[str, Meta(max_length=200)] = ""
    body_zh: Annotated[str, Meta(max_length=1000)] = ""
    body_en: Annotated[str, Meta(max_length=1000)] = ""
    start: Timestamp
    end: Timestamp

    def __post_init__(self) -> None:
        if moment(self.end) <= moment(self.start):
            raise ValueError("end: expected later than start")


class Notices(Struct, frozen=True, kw_only=True, tag_field="type", tag="notices/1"):
    """Everything there is to say to one place or one level of places: retained on `topics.notices(…)`, at
    QoS 1. No device's topic, so it is none of `WAYS`."""

    notices: Annotated[tuple[Notice, ...], Meta(max_length=20)] = ()


# -- where and how each travels ----------------------------------------------------------------------------


@dataclass(frozen=True)
class Way:
    """How a class of message travels: `topic` builds its topic, `kind` is an event's last level."""

    topic: Callable[[Identity], str]
    qos: Literal[0, 1]
    retain: bool
    kind: str | None = None


def _event(kind: str) -> Way:
    return Way(lambda identity: topics.event(identity, kind), qos=1, retain=False, kind=kind)


def _command(name: str) -> Way:
    return Way(lambda identity: topics.command(identity, name), qos=1, retain=False)


Message = State | Health | Event | Wanted | Confirmed | Resend | Lists | Command | Certificate

WAYS: dict[type[Message], Way] = {
    State: Way(topics.state, qos=1, retain=True),
    Health: Way(topics.health, qos=0, retain=False),
    Loan: _event("loan"),
    Return: _event("return"),
    Renewal: _event("renewal"),
    Refusal: _event("refusal"),
    Dispute: _event("dispute"),
    Visits: _event("visits"),
    DeviceChanged: _event("device_changed"),
    AlarmRaised: _event("alarm_raised"),
    AlarmCleared: _event("alarm_cleared"),
    StaffAction: _event("staff_action"),
    Rotation: _event("rotation"),
    CertificateRequest: _event("certificate_request"),
    CommandResult: _event("command_result"),
    Wanted: Way(topics.wanted, qos=1, retain=True),
    Confirmed: Way(topics.confirmed, qos=1, retain=True),
    Resend: _command("resend"),
    Lists: _command("lists"),
    Restart: _command("restart"),
    OutOfService: _command("out_of_service"),
    InService: _command("in_service"),
    Logs: _command("logs"),
    Screenshot: _command("screenshot"),
    SelfTest: _command("self_test"),
    Identify: _command("identify"),
    UpdateLists: _command("update_lists"),
    Certificate: _command("certificate"),
}


@dataclass(frozen=True)
class Publication:
    """What to hand to an MQTT client."""

    topic: str
    payload: bytes
    qos: Literal[0, 1]
    retain: bool


def publication(identity: Identity, message: Message) -> Publication:
    way = WAYS[type(message)]
    return Publication(way.topic(identity), encode(message), way.qos, way.retain)


def announcement(audience: str, said: Notices) -> Publication:
    return Publication(topics.notices(audience), encode(said), qos=1, retain=True)


# -- bytes -------------------------------------------------------------------------------------------------


class BadMessage(ValueError):
    """A payload that is not the message its topic promises; one sentence without the payload itself."""


_M = TypeVar("_M", bound="Message | Notices")
_ENCODER = msgspec.json.Encoder()
_DECODERS: dict[type[Any], msgspec.json.Decoder[Any]] = {
    cls: msgspec.json.Decoder(cls) for cls in (*WAYS, Notices)
}
_BY_ADDRESS: dict[tuple[str, str | None], type[Message]] = {
    (address.branch, address.name): cls
    for cls, way in WAYS.items()
    for address in [topics.parse(way.topic(Identity("place", "device")))]
}


def encode(message: Message | Notices) -> bytes:
    return _ENCODER.encode(message)


def decode(cls: type[_M], payload: bytes) -> _M:
    """The message of class `cls`; BadMessage says what is wrong and where."""
    if len(payload) > LARGEST_PAYLOAD_BYTES:
        raise BadMessage(f"{cls.__name__}: {len(payload)} bytes, expected at most {LARGEST_PAYLOAD_BYTES}")
    try:
        message: _M = _DECODERS[cls].decode(payload)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise BadMessage(f"{cls.__name__}: {error}") from error
    return message


def class_at(address: topics.Address) -> type[Message]:
    """The class of message that travels at `address`; BadMessage when none of this version does."""
    try:
        return _BY_ADDRESS[address.branch, address.name]
    except KeyError:
        raise BadMessage(f"{address.branch} {address.name or ''}: no message of this version") from None


def read(topic: str, payload: bytes) -> tuple[topics.Address, Message]:
    """What arrived from the broker; BadTopic or BadMessage when it is not of this version."""
    address = topics.parse(topic)
    return address, decode(class_at(address), payload)
