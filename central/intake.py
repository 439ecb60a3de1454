"""What a message from the broker means to the centre: pure, and never at a loss.

A message of ours becomes a value the store takes; anything else becomes a `Rejected` that keeps why, and a
piece of what came. Receiving and acknowledging belong to `collector.py`, keeping to `store/`.
"""

from dataclasses import dataclass
from datetime import datetime

import msgspec

from broker_config import topics
from broker_config.messages import BadMessage, Event, Health, State, Visits, read
from broker_config.topics import BadTopic, Identity
from broker_config.values import InstallId, Number, moment, timestamp

KEPT_OF_REJECT = 1000
"""Characters kept of a payload that could not be read."""


@dataclass(frozen=True)
class EventHeard:
    """`happened_at` is the sender's time where its clock can be believed, else `received_at`."""

    identity: Identity
    kind: str
    event: Event
    body: str
    received_at: datetime
    happened_at: str
    amount: int
    """People of a visits event, 1 of every other."""


@dataclass(frozen=True)
class StateHeard:
    """`live` is False for a retained message: it says how things were, not that anyone is there now."""

    identity: Identity
    state: State
    received_at: datetime
    live: bool


@dataclass(frozen=True)
class HealthHeard:
    identity: Identity
    health: Health
    received_at: datetime


@dataclass(frozen=True)
class Rejected:
    """`install_id` and `seq` where at least the envelope could be read: then this event counts as stored, or
    its sender would offer it for ever."""

    topic: str
    reason: str
    payload: str
    size_bytes: int
    received_at: datetime
    identity: Identity | None = None
    install_id: str | None = None
    seq: int | None = None


Heard = EventHeard | StateHeard | HealthHeard | Rejected


def understand(topic: str, payload: bytes, received_at: datetime, retained: bool = False) -> Heard:
    try:
        address, message = read(topic, payload)
    except (BadTopic, BadMessage) as error:
        return _rejected(topic, payload, received_at, str(error))
    match message:
        case State():
            return StateHeard(address.identity, message, received_at, live=not retained)
        case Health():
            return HealthHeard(address.identity, message, received_at)
        case Event():
            return _event(address, message, payload, received_at)
        case _:
            return _rejected(topic, payload, received_at, f"{topic}: only the centre speaks here")


def _event(address: topics.Address, event: Event, payload: bytes, received_at: datetime) -> EventHeard:
    said = event.hour if isinstance(event, Visits) else event.at
    believed = event.clock_synced and moment(said) <= received_at
    return EventHeard(
        identity=address.identity,
        kind=address.name or "",
        event=event,
        body=payload.decode("utf-8"),
        received_at=received_at,
        happened_at=said if believed else timestamp(received_at),
        amount=event.entries if isinstance(event, Visits) else 1,
    )


class _Envelope(msgspec.Struct):
    install_id: InstallId
    seq: Number


_ENVELOPE = msgspec.json.Decoder(_Envelope)


def _rejected(topic: str, payload: bytes, received_at: datetime, reason: str) -> Rejected:
    identity, envelope = None, None
    try:
        address = topics.parse(topic)
        identity = address.identity
        if address.branch == "event":
            envelope = _ENVELOPE.decode(payload)
    except (BadTopic, msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        pass
    return Rejected(
        topic=topic[:KEPT_OF_REJECT],
        reason=reason,
        payload=payload[: 4 * KEPT_OF_REJECT].decode("utf-8", "replace")[:KEPT_OF_REJECT],
        size_bytes=len(payload),
        received_at=received_at,
        identity=identity,
        install_id=envelope.install_id if envelope else None,
        seq=envelope.seq if envelope else None,
    )
