"""The messages between kiosk and centre: where and how each class of them travels, and their bytes.

The classes, one frozen type per message, are in `status.py`, `events.py` and `commands.py` (how a kiosk is,
what happened there, what it is told to do), `from_centre.py` and `lists.py`. Payloads are JSON. Every one
names its class and version (`"type": "loan/1"`); unknown fields are ignored, so a newer kiosk may say more,
and a new meaning is a new version. Nothing identifies a reader or a title: a reader token only serves to
count distinct readers of one month. The exceptions are a `Dispute`, which the centre deletes when it is
settled, and what the centre sends a kiosk to go by while it is cut off (`lists.py`).
Sending, storing and retrying belong to `kiosk.uplink` and `central.collector`; the published schemas in
`schemas/` are made from these types by `python -m broker_config schemas`.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal, TypeVar

import msgspec

from broker_config import topics
from broker_config.commands import (
    Command,
    CommandResult,
    Identify,
    InService,
    Logs,
    OutOfService,
    Restart,
    Screenshot,
    SelfTest,
    UpdateLists,
)
from broker_config.events import (
    AlarmCleared,
    AlarmRaised,
    CertificateRequest,
    DeviceChanged,
    Dispute,
    Event,
    Loan,
    Refusal,
    Renewal,
    Return,
    Rotation,
    StaffAction,
    Visits,
)
from broker_config.from_centre import Certificate, Confirmed, Notices, Resend, Wanted
from broker_config.lists import Lists
from broker_config.status import Health, State
from broker_config.topics import Identity

LARGEST_PAYLOAD_BYTES = 64 * 1024
"""No message of ours is larger; the broker cuts off whoever sends much more (`render.py`)."""


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
