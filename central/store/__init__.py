"""What the centre knows, and the narrow door to it: one way in, a few questions out.

`opened` takes a URL: SQLite (`sqlite:centre.db`) or PostgreSQL (`postgresql://…`); both pass the same tests.
Counts are kept by hour and day in the same transaction as the events they count, so that no page reads raw
events and a count outlives them. Times given and taken are aware; ranges are [start, end). A day and a month
are those of the library's time zone.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Protocol
from zoneinfo import ZoneInfo

from msgspec import Struct

from broker_config.from_centre import Confirmed
from broker_config.status import DeviceState, Health, State
from broker_config.topics import Identity
from broker_config.values import Condition
from central.doors import DoorMark
from central.intake import Heard

ZONE = ZoneInfo("Asia/Shanghai")
Which = str | Collection[str] | None
"""One place (or subject), several, or every one."""


class StoreError(Exception):
    """The store cannot be opened, read or written; the message says where and what to do."""


class _Value(Struct, frozen=True, gc=False):
    """There are many, some live long, and none leads back to itself: the garbage collector need not look."""


# -- kiosks and their devices ------------------------------------------------------------------------------


class Kiosk(_Value, frozen=True):
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


class SeenDevice(_Value, frozen=True):
    """One device as it was seen at one kiosk's port: another serial or model is another row. `last_seen` is
    no finer than five minutes."""

    identity: Identity
    kind: str
    model: str
    serial: str | None
    port: str
    first_seen: datetime
    last_seen: datetime


class Sample(_Value, frozen=True):
    """The first heartbeat of five minutes: names are those of `Health`'s fields, a truth is 0 or 1, what was
    unknown is not in it."""

    at: datetime
    figures: Mapping[str, float]


class Told(_Value, frozen=True):
    """The verdict on `subject` (a place's kiosk, a device, "" for the place itself), as it is now."""

    place: str
    subject: str
    condition: Condition
    causes: tuple[str, ...] = ()


class Span(_Value, frozen=True):
    """From `started_at` on it was like this; `ended_at` None: it still is."""

    told: Told
    started_at: datetime
    ended_at: datetime | None


# -- counts ------------------------------------------------------------------------------------------------


class HourCount(_Value, frozen=True):
    """Events of one kind in one hour; `partial` when a counter says that it missed some, `estimated` when
    it cannot tell in from out."""

    hour: datetime
    kind: str
    amount: int
    partial: bool
    estimated: bool


class DayCount(_Value, frozen=True):
    """Events of one kind in one day of one place. `events` is how many messages, `amount` what they tell of:
    people of visits, else the same."""

    place: str
    day: date
    kind: str
    amount: int
    events: int
    partial: bool
    estimated: bool


class Sum(_Value, frozen=True):
    """The days of one place and kind together; `partial_days` are those with a gap in counting."""

    place: str
    kind: str
    amount: int
    events: int
    days: int
    partial_days: int
    estimated_days: int


# -- raw events --------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class StoredEvent:
    """`body` is the message as it came (JSON). `mark` names its place in `recent`, for the next page."""

    identity: Identity
    kind: str
    happened_at: datetime
    received_at: datetime
    body: str
    install_id: str = ""
    seq: int = 0
    mark: str = ""


@dataclass(frozen=True)
class Confirmation:
    identity: Identity
    confirmed: Confirmed


@dataclass(frozen=True)
class Gap:
    """Events `first` to `last` that are missing while later ones are there."""

    identity: Identity
    install_id: str
    first: int
    last: int


@dataclass(frozen=True)
class Loss:
    """A gap that will not close: the kiosk forgot these events, which an earlier centre had confirmed.
    `noted_at` is when we learned of it."""

    gap: Gap
    noted_at: datetime


class Store(Protocol):
    # -- in (`take` belongs to the collector; everything may be called from any thread)

    def take(self, batch: Sequence[Heard]) -> list[Confirmation]:
        """Keep `batch` in one durable transaction; returns the installations that got further.

        A repeated event changes nothing. StoreError: nothing of the batch was kept."""

    def record_conditions(self, told: Sequence[Told], at: datetime) -> None:
        """Keep the verdicts of this moment: what differs from the last ends its span and begins another.
        Costs nothing when nothing changed."""

    def prune(self, before: date, samples_before: datetime, rejects_kept: int) -> int:
        """One short step of forgetting: raw events of days before `before`, figures and ended spans before
        `samples_before`, all but the latest `rejects_kept` rejects (those dropped are still counted). How
        many rows went; 0: done. Roll-ups stay."""

    def rebuild(self) -> int:
        """Count all days anew whose raw events are still there; how many days differed."""

    def rewrite(self, event: StoredEvent, body: str) -> None:
        """Let `event` say `body` from now on. What it said before is in no file of SQLite any more;
        PostgreSQL forgets it when it next uses that room, and its log when that has gone round."""

    # -- how far it is

    def confirmations(self) -> list[Confirmation]:
        """How far every installation is stored."""

    def gaps(self) -> list[Gap]:
        """What is missing now; usually nothing."""

    def losses(self, place: Which = None) -> list[Loss]: ...

    # -- kiosks

    def kiosks(self, place: Which = None) -> list[Kiosk]:
        """In order of place and device."""

    def kiosks_by_place(self) -> Mapping[str, tuple[Kiosk, ...]]:
        """All of them, for those who look again and again: it costs what has changed since, and where nothing
        has, the tuple is the same as before."""

    def device_history(self, place: Which = None) -> list[SeenDevice]:
        """Every device ever seen, by place, kiosk, kind and port, the oldest first."""

    def figures(self, identity: Identity, start: datetime, end: datetime) -> list[Sample]: ...

    def condition_history(
        self,
        start: datetime,
        end: datetime,
        place: Which = None,
        subject: Which = None,
    ) -> list[Span]:
        """Spans that touch [start, end), in order of place, subject and time; not cut to it."""

    # -- counts

    def totals(self, start: datetime, end: datetime, place: str | None = None) -> dict[tuple[str, str], int]:
        """(place, event kind) -> amount, of whole days or whole hours."""

    def hours(self, place: str, start: datetime, end: datetime) -> list[HourCount]:
        """By whole hours of UTC."""

    def days(self, start: date, end: date, places: Collection[str] | None = None) -> list[DayCount]:
        """In order of place, day and kind; days on which nothing came are not in it. None: every place."""

    def sums(self, start: date, end: date, places: Collection[str] | None = None) -> list[Sum]:
        """Those days added up by place and kind."""

    def door_marks(self, start: datetime, end: datetime, place: Which = None) -> list[DoorMark]:
        """Those that touch [start, end), in order of place and time, not cut to it."""

    def readers(self, month: str, places: Collection[str] | None = None) -> dict[str, int]:
        """Place -> distinct readers who borrowed or renewed there in `month` ("2026-11")."""

    def distinct_readers(self, month: str, places: Collection[str] | None = None) -> int:
        """Of all these places together: who was at two of them counts once."""

    # -- raw events

    def recent(
        self,
        place: str | None,
        limit: int,
        kinds: Collection[str] | None = None,
        before: str | None = None,
    ) -> list[StoredEvent]:
        """The latest events, newest first; `before` is the `mark` of the last one of the page before."""

    def events(
        self,
        start: datetime,
        end: datetime,
        kinds: Collection[str] | None = None,
        place: str | None = None,
    ) -> Iterator[StoredEvent]:
        """Every raw event that happened in between, in order of time, a piece at a time."""

    def event_count(self, place: str | None = None, kind: str | None = None) -> int:
        """Ever stored, also those that were pruned."""

    def reject_count(self, place: str | None = None) -> int:
        """Ever kept, also those that were dropped."""

    def size_bytes(self) -> int:
        """How large the database is by now."""

    def close(self) -> None: ...


def opened(url: str, zone: ZoneInfo = ZONE) -> Store:
    """The store at `url`; StoreError when it cannot be opened."""
    from central.store.postgres import PostgresStore
    from central.store.sqlite import SqliteStore

    scheme, _, rest = url.partition(":")
    if scheme == "sqlite":
        return SqliteStore(Path(rest), zone)
    if scheme in ("postgresql", "postgres"):
        return PostgresStore(url, zone)
    raise StoreError(f"store.url: {scheme!r}: expected sqlite:FILE or postgresql://…")
