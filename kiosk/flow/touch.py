"""What a finger on the screen can mean."""

from dataclasses import dataclass
from enum import Enum


class Action(Enum):
    """The value names the target on the screen for automation and stories."""

    START_RETURN = "start_return"
    SHOW_BORROW = "show_borrow"
    SHOW_RETURN = "show_return"
    CONFIRM = "confirm"
    PRINT_RECEIPT = "print_receipt"
    NO_RECEIPT = "no_receipt"
    STAY = "stay"
    END = "end"
    LANGUAGE = "language"


@dataclass(frozen=True)
class Touch:
    """`seen` holds the tag uids that were on the screen when CONFIRM was touched: the count agreed to."""

    action: Action
    seen: frozenset[bytes] = frozenset()
