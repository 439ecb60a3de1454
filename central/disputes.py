"""Disputes: what a kiosk did while cut off and the library system refused later, until somebody settles it.

Reader, item and the library system's words are in the store's raw event and nowhere else: `settle` writes
down the decision here, without them, and then takes them out of the store for good; `tidy` does so for what
nobody settled within `KEPT`, and where that was interrupted. Who may see a dispute is for the pages to ask.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import Enum

from msgspec import structs

from broker_config import events, messages
from broker_config.topics import Identity
from broker_config.values import moment, timestamp
from central.accounts import audit
from central.accounts.roles import Actor
from central.office import Office
from central.store import Store, StoredEvent

KEPT = timedelta(days=180)
"""From the day we heard of it: then nobody can put it right any more, and the reader's name must go."""
LONGEST_REASON = 200
BLANK = "—"
"""In place of an item: its field may not be empty."""
BEGINNING = datetime(2020, 1, 1, tzinfo=UTC)
KIND = "dispute"
SCHEMA = """
CREATE TABLE IF NOT EXISTS disputes_settled (
    id INTEGER PRIMARY KEY, install_id TEXT NOT NULL, seq INTEGER NOT NULL, place TEXT NOT NULL,
    kiosk TEXT NOT NULL, what TEXT NOT NULL, done_at TEXT NOT NULL, outcome TEXT NOT NULL,
    reason TEXT NOT NULL, by_whom TEXT NOT NULL, at TEXT NOT NULL, UNIQUE (install_id, seq)
) STRICT;
"""


class Outcome(Enum):
    """How it ended; people choose one of `CHOICES`."""

    ENTERED = "entered"
    """Entered in the library system by hand."""
    RECOVERED = "recovered"
    """The book is back in its place."""
    RIGHT_ALREADY = "right_already"
    """The library system was right: nothing to do."""
    LOST = "lost"
    """Dealt with as a lost book."""
    EXPIRED = "expired"
    """Nobody settled it within `KEPT`."""


CHOICES = tuple(outcome for outcome in Outcome if outcome is not Outcome.EXPIRED)


class DisputeAction(Enum):
    """As the audit log names them."""

    LOOK = "dispute.look"
    SETTLE = "dispute.settle"
    EXPIRE = "dispute.expire"


class Unsettled(Enum):
    """Why a dispute could not be settled; the value is the key of the words for it."""

    GONE = "dispute_gone"
    NO_REASON = "dispute_no_reason"
    LONG_REASON = "dispute_long_reason"
    PERSONAL = "dispute_personal_reason"


class SettleError(Exception):
    def __init__(self, why: Unsettled) -> None:
        super().__init__(why.value)
        self.why = why


@dataclass(frozen=True)
class Dispute:
    """Both sides: the kiosk's (`what`, `item_id`, `reader_id`, `done_at`) and the library system's (`words`,
    at `refused_at`). Reader, item and words are personal, so they are not in its repr."""

    event: StoredEvent
    told: events.Dispute

    def __repr__(self) -> str:
        return f"Dispute({self.event.identity}, {self.event.install_id}/{self.event.seq})"

    @property
    def identity(self) -> Identity:
        return self.event.identity

    @property
    def done_at(self) -> datetime:
        return moment(self.told.done_at)

    @property
    def blank(self) -> bool:
        return self.told.item_id == BLANK

    def blanked(self) -> str:
        """Its body without anything personal; what we do not know of it goes, too."""
        told = structs.replace(self.told, item_id=BLANK, reader_id=None, words="")
        return messages.encode(told).decode()

    def names(self, text: str) -> bool:
        """Whether `text` repeats its reader or item."""
        return any(number and number in text for number in (self.told.item_id, self.told.reader_id))


@dataclass(frozen=True)
class Settled:
    id: int
    identity: Identity
    what: str
    done_at: datetime
    outcome: Outcome
    reason: str
    by: str
    at: datetime


class Disputes:
    """Safe for all threads; StoreError, OfficeError."""

    def __init__(self, store: Store, office: Office) -> None:
        self._store, self._office = store, office
        office.have(SCHEMA)
        audit.have_log(office)

    def waiting(self, now: datetime, places: Collection[str] | None = None) -> list[Dispute]:
        """What is to be settled at these places (None: anywhere), the oldest first."""
        settled = self._settled_marks()
        return [
            dispute
            for dispute in self._all(now)
            if not dispute.blank
            and _mark(dispute) not in settled
            and (places is None or dispute.identity.place in places)
        ]

    def find(self, install_id: str, seq: int, now: datetime) -> Dispute | None:
        """One that waits; None: there is none, or it is settled."""
        wanted = (install_id, seq)
        return next((dispute for dispute in self.waiting(now) if _mark(dispute) == wanted), None)

    def looked_at(self, actor: Actor, dispute: Dispute) -> None:
        """Write down that `actor` was shown who the reader is."""
        with self._office.writing() as db:
            audit.record(db, actor, DisputeAction.LOOK, dispute.identity.place, _about(dispute))

    def settle(self, actor: Actor, dispute: Dispute, outcome: Outcome, reason: str) -> None:
        """SettleError when it cannot be; StoreError: it is settled, and `tidy` will take the rest away."""
        reason = reason.strip()
        if not reason:
            raise SettleError(Unsettled.NO_REASON)
        if len(reason) > LONGEST_REASON:
            raise SettleError(Unsettled.LONG_REASON)
        if dispute.names(reason):
            raise SettleError(Unsettled.PERSONAL)
        self._end(actor, dispute, outcome, reason, DisputeAction.SETTLE)

    def tidy(self, now: datetime) -> int:
        """Take out of the store what is settled or too old; how many that were."""
        settled, gone = self._settled_marks(), 0
        for dispute in [one for one in self._all(now) if not one.blank]:
            if _mark(dispute) in settled:
                self._store.rewrite(dispute.event, dispute.blanked())
            elif now - dispute.event.received_at > KEPT:
                self._end(Actor("centre", "", now), dispute, Outcome.EXPIRED, "", DisputeAction.EXPIRE)
            else:
                continue
            gone += 1
        return gone

    def settled(
        self, limit: int, places: Collection[str] | None = None, before: int | None = None
    ) -> list[Settled]:
        """The latest, newest first; `before` is the number of the last one of the page before."""
        among = "" if places is None else f"AND place IN ({', '.join('?' * len(places))})"
        rows = self._office.rows(
            f"SELECT * FROM disputes_settled WHERE id < ? {among} ORDER BY id DESC LIMIT ?",
            [before or 2**62, *(places or ()), limit],
        )
        return [
            Settled(
                id=row["id"],
                identity=Identity(row["place"], row["kiosk"]),
                what=row["what"],
                done_at=moment(row["done_at"]),
                outcome=Outcome(row["outcome"]),
                reason=row["reason"],
                by=row["by_whom"],
                at=moment(row["at"]),
            )
            for row in rows
        ]

    def _end(
        self, actor: Actor, dispute: Dispute, outcome: Outcome, reason: str, action: DisputeAction
    ) -> None:
        identity, told = dispute.identity, dispute.told
        with self._office.writing() as db:
            done = db.execute(
                "INSERT OR IGNORE INTO disputes_settled "
                "(install_id, seq, place, kiosk, what, done_at, outcome, reason, by_whom, at) "
                "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                [
                    *_mark(dispute),
                    *(identity.place, identity.device),
                    *(told.what, told.done_at, outcome.value, reason, actor.name, timestamp(actor.at)),
                ],
            )
            if not done.rowcount:
                raise SettleError(Unsettled.GONE)
            audit.record(db, actor, action, identity.place, _about(dispute) | {"outcome": outcome.value})
        self._store.rewrite(dispute.event, dispute.blanked())

    def _all(self, now: datetime) -> Iterator[Dispute]:
        for event in self._store.events(BEGINNING, now + timedelta(seconds=1), {KIND}):
            yield Dispute(event, messages.decode(events.Dispute, event.body.encode()))

    def _settled_marks(self) -> set[tuple[str, int]]:
        rows = self._office.rows("SELECT install_id, seq FROM disputes_settled")
        return {(row["install_id"], row["seq"]) for row in rows}


def _mark(dispute: Dispute) -> tuple[str, int]:
    return dispute.event.install_id, dispute.event.seq


def _about(dispute: Dispute) -> dict[str, str]:
    """For the audit log, which is kept for ever: nothing that leads to a reader."""
    return {"kiosk": dispute.identity.device, "what": dispute.told.what, "seq": str(dispute.event.seq)}
