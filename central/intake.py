"""What a message from the broker means to the centre: pure, and never at a loss.

A message of ours becomes a value the store takes; anything else becomes a `Rejected` that keeps why, and a
piece of what came. Receiving and acknowledging belong to `collector.py`, keeping to `store/`.
"""

from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

import msgspec

from broker_config import topics
from broker_config.events import Event, Visits
from broker_config.messages import BadMessage, Message, class_at, decode
from broker_config.status import Health, State
from broker_config.topics import Address, BadTopic, Identity
from broker_config.values import InstallId, Number, timestamp
from central.doors import Mark, What, marks_of

KEPT_OF_REJECT = 1000
"""Characters kept of a payload that could not be read."""
EARLIEST = "2020-01-01T00:00:00.000Z"
"""No kiosk is older: a clock that says so is wrong, whatever it says of itself."""
TOPICS_KNOWN = 50_000
"""Topics taken apart once; a kiosk has about ten."""


class EventHeard(msgspec.Struct, frozen=True, gc=False):
    """`happened_at` is the sender's time where its clock can be believed, else that of receiving."""

    identity: Identity
    kind: str
    event: Event
    body: str
    received_at: datetime
    happened_at: str
    counts: "Counts"


class Counts(msgspec.Struct, frozen=True, gc=False):
    """What an event adds to its hour: people of a visits event, 1 of every other. `partial`: some were
    missed; `estimated`: in and out could not be told apart; `reader_token`: who, for this month only;
    `marks`: what else a door counter said; `hourless`: they came on its day, in no hour that is known."""

    amount: int = 1
    partial: bool = False
    estimated: bool = False
    reader_token: str | None = None
    marks: tuple[Mark, ...] = ()
    hourless: bool = False


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
    """Never fails: what cannot be understood is a reject with its reason."""
    try:
        address, cls = _way(topic)
        message = decode(cls, payload)
        # the decoder does not look into fields that it skips
        body = payload.decode() if address.branch == "event" else ""
    except (BadTopic, BadMessage, UnicodeDecodeError) as error:
        return _rejected(topic, payload, received_at, str(error))
    match message:
        case Event():
            return _event(address, message, body, received_at)
        case State():
            return StateHeard(address.identity, message, received_at, live=not retained)
        case Health():
            return HealthHeard(address.identity, message, received_at)
        case _:
            return _rejected(topic, payload, received_at, f"{topic}: only the centre speaks here")


@lru_cache(TOPICS_KNOWN)
def _way(topic: str) -> tuple[Address, type[Message]]:
    address = topics.parse(topic)
    return address, class_at(address)


told_at = lru_cache(16)(timestamp)
"""Messages come in bursts that bear one time of receiving."""


def _event(address: Address, event: Event, body: str, received_at: datetime) -> EventHeard:
    said = event.hour if isinstance(event, Visits) else event.at
    received = told_at(received_at)
    happened_at = said if event.clock_synced and EARLIEST <= said <= received else received
    return EventHeard(
        identity=address.identity,
        kind=address.name or "",
        event=event,
        body=body,
        received_at=received_at,
        happened_at=happened_at,
        counts=counts_of(event, happened_at),
    )


_ONE = Counts()


def counts_of(event: Event, happened_at: str) -> Counts:
    if isinstance(event, Visits):
        marks = marks_of(event, happened_at)
        return Counts(
            event.entries,
            not event.complete,
            event.count_type == "halved",
            marks=marks,
            hourless=any(mark.what is What.SPAN for mark in marks),
        )
    token = getattr(event, "reader_token", None)
    return Counts(reader_token=token) if token else _ONE


def counts_in(kind: str, body: str, happened_at: str) -> Counts:
    """The same of a stored event."""
    message: Any = decode(class_at(Address(_NOBODY, "event", kind)), body.encode())
    return counts_of(message, happened_at)


_NOBODY = Identity("place", "device")


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
