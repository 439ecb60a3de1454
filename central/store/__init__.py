"""What the centre knows, and the narrow door to it: one way in, a few questions out.

`sqlite.py` is the implementation of today. Times given and taken are aware; ranges are [start, end).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from broker_config.messages import Confirmed, DeviceState, Health, State
from broker_config.topics import Identity
from central.intake import Heard


class StoreError(Exception):
    """The store cannot be opened, read or written; the message says where and what to do."""


@dataclass(frozen=True)
class Kiosk:
    """The latest a kiosk told. None: it never did.

    `heard_at` is its last sign of life (a heartbeat or a birth, not a will); `online` is what the broker
    last knew, since `online_changed_at`.
    """

    identity: Identity
    online: bool = False
    online_changed_at: datetime | None = None
    heard_at: datetime | None = None
    first_heard_at: datetime | None = None
    state: State | None = None
    health: Health | None = None

    @property
    def devices(self) -> tuple[DeviceState, ...]:
        """From whichever message is newer; a heartbeat of an older connection says nothing any more."""
        told = [message for message in (self.health, self.state) if message is not None]
        return max(told, key=lambda message: (message.session, message.at)).devices if told else ()


@dataclass(frozen=True)
class HourCount:
    """Events of one kind in one hour; `partial` when a counter says that it missed some, `estimated` when
    it cannot tell in from out."""

    hour: datetime
    kind: str
    amount: int
    partial: bool
    estimated: bool


@dataclass(frozen=True)
class StoredEvent:
    """`body` is the message as it came (JSON)."""

    identity: Identity
    kind: str
    happened_at: datetime
    received_at: datetime
    body: str


@dataclass(frozen=True)
class Confirmation:
    identity: Identity
    confirmed: Confirmed


class Store(Protocol):
    def take(self, batch: Sequence[Heard]) -> list[Confirmation]:
        """Keep `batch` in one durable transaction; returns the installations that got further.

        A repeated event changes nothing. StoreError: nothing of the batch was kept."""

    def confirmations(self) -> list[Confirmation]:
        """How far every installation is stored."""

    def kiosks(self, place: str | None = None) -> list[Kiosk]: ...

    def totals(self, start: datetime, end: datetime) -> dict[tuple[str, str], int]:
        """(place, event kind) -> amount."""

    def hours(self, place: str, start: datetime, end: datetime) -> list[HourCount]: ...

    def recent(self, place: str, limit: int) -> list[StoredEvent]:
        """The latest events of a place, newest first."""

    def event_count(self, place: str | None = None, kind: str | None = None) -> int: ...

    def reject_count(self, place: str | None = None) -> int: ...

    def close(self) -> None: ...
