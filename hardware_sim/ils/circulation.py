"""The rules of lending, in the order in which Koha asks them; it knows nothing of SIP2.

As with Koha: a repeated checkout by the same reader renews, nobody checks a PIN, a return is taken from
anybody and anywhere, and a renewal counts from the old due date, so an overdue loan may stay overdue. What
is returned away from home is to travel there, unless somebody waits for it; a late return costs a fee by the
day. Every method runs inside one of the store's transactions.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import Enum

from hardware_sim.ils.catalogue import CardStatus, Kind, Level, level_of
from hardware_sim.ils.store import Hold, Item, Loan, Reader, Store

LOAN_DAYS = {Level.MAIN: 30, Level.BRANCH: 30, Level.POINT: 20}
RENEWAL_DAYS = 15
RENEWALS = 2
OVERDUE_LIMIT = 3
FEE_LIMIT_FEN = 2000
HOLD_LIMIT = 5
LATE_FEN_A_DAY = 10
LATE_FEN_AT_MOST = 1000

NOT_LENT = frozenset({Kind.REFERENCE, Kind.LOCAL})


class Block(Enum):
    """Why a reader may borrow nothing at all; the value is what Koha-like servers say of it."""

    EXPIRED = "PATRON EXPIRED"
    BLOCKED = "-- Talk to staff"
    LOST = "-- Borrower's card reported lost."
    OWES = "-- Patron owes {owes}"
    OVERDUE = "-- Patron has overdue items"


class Refusal(Enum):
    """Why this loan or renewal is not made; the value is Koha's wording. FEE has none: the amount asks."""

    UNKNOWN_READER = "Invalid Patron"
    UNKNOWN_ITEM = "Invalid Item"
    BLOCKED = "Patron Blocked"
    ON_LOAN = "Item checked out to another patron"
    NOT_FOR_LOAN = "Issue failed : NOT_FOR_LOAN"
    ON_HOLD = "Item is on hold shelf for another patron."
    TOO_MANY = "Issue failed : TOO_MANY"
    FEE = ""
    NOT_BORROWED = "Item not checked out to {name}"
    AWAITED = "Item unavailable due to outstanding holds"
    RENEWALS = "Item has reached maximum renewals"


@dataclass(frozen=True)
class Lending:
    """How a checkout or renewal ended: a `loan` or a `refusal`."""

    reader: Reader | None
    item: Item | None
    loan: Loan | None = None
    refusal: Refusal | None = None
    renewed: bool = False


@dataclass(frozen=True)
class Return:
    """`reader` had it on loan; `hold` is the next in the queue, ready when its pickup is here.

    `travels_to` is its home when it was returned elsewhere and nobody waits for it.
    """

    item: Item | None
    reader: Reader | None = None
    hold: Hold | None = None
    travels_to: str = ""


@dataclass(frozen=True)
class _Case:
    """All that the rules look at."""

    reader: Reader
    item: Item
    loan: Loan | None
    next_hold: Hold | None
    loans: int
    blocked: bool
    fee_acknowledged: bool

    @property
    def awaited_by_another(self) -> bool:
        return self.next_hold is not None and self.next_hold.reader_id != self.reader.reader_id

    @property
    def is_the_borrower(self) -> bool:
        return self.loan is not None and self.loan.reader_id == self.reader.reader_id

    @property
    def renewed_to_the_limit(self) -> bool:
        return self.loan is not None and self.loan.renewals >= RENEWALS


Rules = tuple[tuple[Refusal, Callable[[_Case], bool]], ...]

CHECKOUT_RULES: Rules = (
    (Refusal.BLOCKED, lambda case: case.blocked),
    (Refusal.ON_LOAN, lambda case: case.loan is not None),
    (Refusal.NOT_FOR_LOAN, lambda case: case.item.kind in NOT_LENT),
    (Refusal.ON_HOLD, lambda case: case.awaited_by_another),
    (Refusal.TOO_MANY, lambda case: case.loans >= case.reader.loan_limit),
    (Refusal.FEE, lambda case: case.reader.owes_fen > 0 and not case.fee_acknowledged),
)

RENEWAL_RULES: Rules = (
    (Refusal.NOT_BORROWED, lambda case: not case.is_the_borrower),
    (Refusal.BLOCKED, lambda case: case.blocked),
    (Refusal.AWAITED, lambda case: case.awaited_by_another),
    (Refusal.RENEWALS, lambda case: case.renewed_to_the_limit),
)


class Circulation:
    def __init__(self, store: Store, now: Callable[[], datetime]) -> None:
        self.store = store
        self._now = now

    def checkout(self, reader_key: str, item_id: str, fee_acknowledged: bool = False) -> Lending:
        loan = self.store.loan(item_id)
        reader = self.store.reader(reader_key)
        if loan and reader and loan.reader_id == reader.reader_id:
            return self.renew(reader_key, item_id)
        lending = self._judged(reader_key, item_id, CHECKOUT_RULES, fee_acknowledged)
        if lending.refusal or not (lending.reader and lending.item):
            return lending
        return self._lent(lending.reader, lending.item)

    def renew(self, reader_key: str, item_id: str) -> Lending:
        lending = self._judged(reader_key, item_id, RENEWAL_RULES)
        loan = self.store.loan(item_id)
        if lending.refusal or loan is None:
            return lending
        longer = replace(loan, due=loan.due + timedelta(days=RENEWAL_DAYS), renewals=loan.renewals + 1)
        self.store.put_loan(longer)
        self._remember("renewal", item_id, loan.reader_id)
        return replace(lending, loan=longer, renewed=True)

    def checkin(self, item_id: str, place: str) -> Return:
        """`place` is where it was handed in; empty when the kiosk does not say."""
        item, loan = self.store.item(item_id), self.store.loan(item_id)
        if item is None:
            return Return(None)
        reader = self.store.reader(loan.reader_id) if loan else None
        if loan and reader:
            self.store.set_owing(reader.reader_id, reader.owes_fen + self._late_fen(loan))
        here = place or item.at
        self.store.end_loan(item_id)
        self.store.move(item_id, here)
        self._remember("checkin", item_id, reader.reader_id if reader else "")
        hold = self._next_hold(item_id)
        if hold is None:
            return Return(item, reader, travels_to=item.home if here != item.home else "")
        ready = replace(hold, ready=hold.pickup == place)
        self.store.set_hold_ready(ready.number, ready.ready)
        return Return(item, reader, ready)

    def _late_fen(self, loan: Loan) -> int:
        days = (self._now().date() - loan.due.date()).days
        return min(max(days, 0) * LATE_FEN_A_DAY, LATE_FEN_AT_MOST)

    def place_hold(self, reader_key: str, item_id: str, pickup: str) -> Refusal | None:
        """A second hold on the same item changes nothing."""
        reader, item = self.store.reader(reader_key), self.store.item(item_id)
        if reader is None:
            return Refusal.UNKNOWN_READER
        if item is None:
            return Refusal.UNKNOWN_ITEM
        holds = self.store.holds_of(reader.reader_id)
        if any(hold.item_id == item_id for hold in holds):
            return None
        if len(holds) >= HOLD_LIMIT:
            return Refusal.TOO_MANY
        self.store.add_hold(item_id, reader.reader_id, pickup)
        self._remember("hold", item_id, reader.reader_id)
        return None

    def drop_hold(self, reader_key: str, item_id: str) -> bool:
        """Whether there was one."""
        reader = self.store.reader(reader_key)
        holds = self.store.holds_of(reader.reader_id) if reader else []
        mine = [hold for hold in holds if hold.item_id == item_id]
        for hold in mine:
            self.store.end_hold(hold.number)
            self._remember("hold dropped", item_id, hold.reader_id)
        return bool(mine)

    def pay(self, reader: Reader, fen: int) -> bool:
        """Whether the payment was taken: no more than is owed, and not nothing."""
        if not 0 < fen <= reader.owes_fen:
            return False
        self.store.set_owing(reader.reader_id, reader.owes_fen - fen)
        self._remember("payment", "", reader.reader_id)
        return True

    def overdue(self, loan: Loan) -> bool:
        return loan.due < self._now()

    def blocks(self, reader: Reader) -> tuple[Block, ...]:
        overdue = sum(self.overdue(loan) for loan in self.store.loans_of(reader.reader_id))
        reasons = {
            Block.EXPIRED: reader.status is CardStatus.EXPIRED,
            Block.BLOCKED: reader.status is CardStatus.BLOCKED,
            Block.LOST: reader.status is CardStatus.LOST,
            Block.OWES: reader.owes_fen > FEE_LIMIT_FEN,
            Block.OVERDUE: overdue >= OVERDUE_LIMIT,
        }
        return tuple(block for block, holds in reasons.items() if holds)

    def _judged(self, reader_key: str, item_id: str, rules: Rules, fee_acknowledged: bool = False) -> Lending:
        reader, item = self.store.reader(reader_key), self.store.item(item_id)
        if reader is None:
            return Lending(reader, item, refusal=Refusal.UNKNOWN_READER)
        if item is None:
            return Lending(reader, item, refusal=Refusal.UNKNOWN_ITEM)
        case = _Case(
            reader=reader,
            item=item,
            loan=self.store.loan(item_id),
            next_hold=self._next_hold(item_id),
            loans=len(self.store.loans_of(reader.reader_id)),
            blocked=bool(self.blocks(reader)),
            fee_acknowledged=fee_acknowledged,
        )
        return Lending(reader, item, refusal=next((why for why, applies in rules if applies(case)), None))

    def _lent(self, reader: Reader, item: Item) -> Lending:
        now = self._now()
        due = end_of_day(now + timedelta(days=LOAN_DAYS[level_of(item.home)]))
        loan = Loan(item.item_id, reader.reader_id, since=now, due=due, renewals=0)
        self.store.put_loan(loan)
        hold = self._next_hold(item.item_id)
        if hold is not None:
            self.store.end_hold(hold.number)
        self._remember("checkout", item.item_id, reader.reader_id)
        return Lending(reader, item, loan)

    def _next_hold(self, item_id: str) -> Hold | None:
        return next(iter(self.store.holds_on(item_id)), None)

    def _remember(self, act: str, item_id: str, reader_id: str) -> None:
        self.store.remember(self._now(), act, item_id, reader_id)


def end_of_day(when: datetime) -> datetime:
    return when.replace(hour=23, minute=59, second=0, microsecond=0)
