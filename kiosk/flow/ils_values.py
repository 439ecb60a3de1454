"""What the library system says of readers, items and accounts, as the flow knows it."""

from dataclasses import dataclass
from enum import Enum


class Block(Enum):
    """Why a reader may not borrow now (SIP2 patron status and fields)."""

    CARD_LOST = "card_lost"
    TOO_MANY = "too_many"
    OVERDUE = "overdue"
    FEES = "fees"
    OTHER = "other"


@dataclass(frozen=True)
class Reader:
    """A known reader. `name` is whole; only the view masks it. `block` None means borrowing is allowed."""

    reader_id: str
    name: str
    block: Block | None = None
    message: str = ""
    loans: int | None = None
    holds_ready: int | None = None
    fee: str | None = None


class ItemStatus(Enum):
    AVAILABLE = "available"
    ON_LOAN = "on_loan"
    HELD = "held"
    NOT_FOR_LOAN = "not_for_loan"
    UNKNOWN_ITEM = "unknown_item"
    OTHER = "other"


@dataclass(frozen=True)
class Item:
    item_id: str
    title: str
    status: ItemStatus


@dataclass(frozen=True)
class LoanEntry:
    """A loan on the reader's account; `due` a day as ISO 8601 where it could be read."""

    item_id: str
    title: str
    due: str


@dataclass(frozen=True)
class Account:
    """`holds_ready` can be fetched now, `holds_pending` are still on their way; `fees` with their reasons."""

    loans: tuple[LoanEntry, ...]
    overdue: int = 0
    loan_limit: str | None = None
    holds_ready: tuple[str, ...] = ()
    holds_pending: tuple[str, ...] = ()
    fees: tuple[str, ...] = ()
    fee_total: str = ""
