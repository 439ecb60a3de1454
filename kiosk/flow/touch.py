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
    TAKE_BY_PHONE = "take_by_phone"
    SHOW_RESULT = "show_result"
    PRINT_ACCOUNT = "print_account"
    STAY = "stay"
    END = "end"
    LANGUAGE = "language"
    LARGE_TYPE = "large_type"
    SHOW_ACCOUNT = "show_account"
    RENEW = "renew"
    RENEW_ALL = "renew_all"
    DIGIT = "digit"
    ERASE = "erase"
    ENTER = "enter"
    CONSENT = "consent"
    DECLINE = "decline"
    STAFF = "staff"
    STAFF_DEVICE = "staff_device"
    STAFF_DEVICES = "staff_devices"
    STAFF_IDENTIFY = "staff_identify"
    STAFF_REPLACE = "staff_replace"
    STAFF_TEST = "staff_test"
    STAFF_RIGHT = "staff_right"
    STAFF_WRONG = "staff_wrong"
    STAFF_PAGE = "staff_page"
    STAFF_CLOSE = "staff_close"
    STAFF_OPEN = "staff_open"
    STAFF_LEAVE = "staff_leave"


@dataclass(frozen=True)
class Touch:
    """`seen` holds the tag uids that were on the screen when CONFIRM was touched: the count agreed to.

    `what` is the item of RENEW, the figure of DIGIT and the device of STAFF_DEVICE.
    """

    action: Action
    seen: frozenset[bytes] = frozenset()
    what: str = ""

    @property
    def target(self) -> str:
        """Its name on the screen for automation and stories."""
        return f"{self.action.value} {self.what}" if self.what else self.action.value
