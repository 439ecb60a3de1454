"""From a batch of messages to rows: what is new, what it adds to which hour and day, who was seen. Pure.

`Sift` is filled by one batch within one transaction and then written by `sql.py`, table by table in a fixed
order, so that two collectors never wait for each other crosswise.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

import msgspec

from broker_config.events import DeviceChanged, Visits
from broker_config.messages import encode
from broker_config.status import DeviceState, Health
from broker_config.topics import Identity
from broker_config.values import moment, timestamp
from central.doors import Sums
from central.intake import Counts, EventHeard, HealthHeard, Heard, Rejected, StateHeard, told_at
from central.store import statements
from central.store.ledger import Ledger
from central.store.owners import disowned

SLOT_MINUTES = 5
Row = tuple[Any, ...]


@dataclass
class Book:
    """An installation as the store knows it; `sums` of a door counter that tells totals of its own."""

    id: int
    identity: Identity
    ledger: Ledger
    sums: Sums = field(default_factory=Sums)
    was: tuple[int, int, tuple[tuple[int, int], ...]] = (0, 0, ())

    def __post_init__(self) -> None:
        self.was = self.now

    @property
    def now(self) -> tuple[int, int, tuple[tuple[int, int], ...]]:
        return self.ledger.confirmed, self.ledger.highest, tuple(self.ledger.lost)


class Seen(NamedTuple):
    """What is told again with every heartbeat: last slot and devices of a kiosk that are in the store."""

    slot: str = ""
    devices: frozenset[Row] = frozenset()


@dataclass
class Tally:
    amount: int = 0
    events: int = 0
    partial: int = 0
    estimated: int = 0

    def add(self, counts: Counts) -> None:
        self.amount += counts.amount
        self.events += 1
        self.partial |= counts.partial
        self.estimated |= counts.estimated

    @property
    def row(self) -> Row:
        return self.amount, self.events, self.partial, self.estimated


class DayOf:
    """The library's day of a timestamp."""

    def __init__(self, zone: ZoneInfo) -> None:
        self._of_minute = lru_cache(50_000)(
            lambda minute: datetime.fromisoformat(f"{minute}+00:00").astimezone(zone).date().isoformat()
        )

    def __call__(self, at: str) -> str:
        return self._of_minute(at[:16])


@dataclass
class Tallies:
    """The roll-ups of some events."""

    day_of: DayOf
    hours: dict[tuple[str, str, str], Tally] = field(default_factory=dict)
    days: dict[tuple[str, str, str], Tally] = field(default_factory=dict)
    readers: set[tuple[str, str, str]] = field(default_factory=set)
    marks: dict[tuple[int, str, str, str, str], int] = field(default_factory=dict)
    """(installation, place, what, since, until) -> visits."""

    def add(self, place: str, kind: str, happened_at: str, counts: Counts, install: int) -> None:
        day = self.day_of(happened_at)
        both = ((self.days, (place, day, kind)), (self.hours, (place, happened_at[:13], kind)))
        for tallies, key in both[:1] if counts.hourless else both:
            tally = tallies.get(key)
            if tally is None:
                tally = tallies[key] = Tally()
            tally.add(counts)
        if counts.reader_token:
            self.readers.add((day[:7], place, counts.reader_token))
        for mark in counts.marks:
            of = (install, place, mark.what.value, mark.since, mark.until)
            self.marks[of] = self.marks.get(of, 0) + mark.visits


@dataclass
class Sift:
    books: dict[str, Book]
    tallies: Tallies
    seen: dict[Identity, Seen]
    events: list[Row] = field(default_factory=list)
    rejects: list[Row] = field(default_factory=list)
    kiosks: list[tuple[str, Row]] = field(default_factory=list)
    devices: list[Row] = field(default_factory=list)
    samples: list[Row] = field(default_factory=list)

    def all(self, batch: Sequence[Heard]) -> None:
        for heard in batch:
            # most of a batch by far
            if type(heard) is EventHeard:
                self._event(heard)
            else:
                _SIFTED[type(heard)](self, heard)

    def _event(self, heard: EventHeard) -> None:
        event, identity = heard.event, heard.identity
        book = self.books[event.install_id]
        if book.identity != identity:
            self._rejected(disowned(heard, book.identity))
            return
        if not book.ledger.take(event.seq):
            return
        received = told_at(heard.received_at)
        place, kind, happened = identity.place, heard.kind, heard.happened_at
        self.events.append((book.id, event.seq, place, kind, happened, received, heard.body))
        self.tallies.add(place, kind, happened, heard.counts, book.id)
        if type(event) is DeviceChanged:
            self._devices(identity, [_as_state(event)], received)
        elif type(event) is Visits:
            book.sums.take(event, event.at if happened == event.hour else happened)

    def _rejected(self, heard: Any) -> None:
        book = self.books.get(heard.install_id or "")
        if book is not None and book.identity != heard.identity:
            heard, book = disowned(heard, book.identity), None
        if book is not None and not book.ledger.take(heard.seq):
            return
        self.rejects.append(
            (
                timestamp(heard.received_at),
                heard.identity.place if heard.identity else "",
                _text(heard.topic),
                book.id if book else None,
                heard.seq if book else None,
                _text(heard.reason),
                heard.size_bytes,
                _text(heard.payload),
            )
        )

    def _state(self, heard: StateHeard) -> None:
        state, identity = heard.state, heard.identity
        book = self.books.get(state.install_id or "")
        if book is not None and book.identity == identity and state.oldest_seq is not None:
            book.ledger.begin_at(state.oldest_seq)
        now = timestamp(heard.received_at)
        place, device = identity.place, identity.device
        if not state.online:
            # A will bears the time of its birth: when a retained one was sent, nobody knows.
            self.kiosks.append(
                (statements.DEATH, (place, device, now if heard.live else None, state.session))
            )
            return
        told = state.at if state.clock_synced and state.at < now else None
        alive_at = now if heard.live else told
        birth = (place, device, alive_at, alive_at, alive_at, state.session, encode(state).decode())
        self.kiosks.append((statements.BIRTH, birth))
        if alive_at:
            self._devices(identity, state.devices, alive_at)

    def _health(self, heard: HealthHeard) -> None:
        health, identity, now = heard.health, heard.identity, timestamp(heard.received_at)
        row = (*_names(identity), now, now, now, health.session, encode(health).decode())
        self.kiosks.append((statements.HEARTBEAT, row))
        slot = _slot(now)
        seen = self.seen.get(identity, Seen())
        devices = frozenset(_device_key(device) for device in health.devices)
        if slot != seen.slot:
            self.samples.append((*_names(identity), slot, _figures(health)))
        if (slot, devices) != seen:
            self._devices(identity, health.devices, now)
            self.seen[identity] = Seen(slot, devices)

    def _devices(self, identity: Identity, devices: Sequence[DeviceState], at: str) -> None:
        self.devices += [(*_names(identity), *_device_key(device), at, at) for device in devices]


_SIFTED: dict[type, Callable[[Sift, Any], None]] = {
    Rejected: Sift._rejected,
    StateHeard: Sift._state,
    HealthHeard: Sift._health,
}


def _names(identity: Identity) -> tuple[str, str]:
    return identity.place, identity.device


def _text(text: str) -> str:
    """PostgreSQL takes every character but this one."""
    return text.replace("\0", "\ufffd")


def _device_key(device: DeviceState) -> Row:
    return tuple(_text(name) for name in (device.kind, device.port, device.model, device.serial or ""))


def _as_state(event: DeviceChanged) -> DeviceState:
    return DeviceState(
        kind=event.kind,
        model=event.model,
        port=event.port,
        condition=event.new_condition,
        serial=event.new_serial,
    )


def _slot(at: str) -> str:
    minute = moment(at).minute
    return f"{at[:14]}{minute - minute % SLOT_MINUTES:02}:00.000Z"


_NO_FIGURES = frozenset({"session"})


def _figures(health: Health) -> str:
    told = {name: getattr(health, name) for name in health.__struct_fields__ if name not in _NO_FIGURES}
    figures = {name: float(value) for name, value in told.items() if isinstance(value, int | float)}
    return msgspec.json.encode(figures).decode()
