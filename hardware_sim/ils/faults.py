"""What goes wrong in the simulated ILS, on demand: for the next messages, or until told otherwise."""

import re
import threading
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum

from kiosk.sip2 import protocol as sip

_TRAILER = re.compile(rb"AY\dAZ[0-9A-F]{4}(?=\r)")
_CHECKSUM = re.compile(rb"(?<=AZ)[0-9A-F]{4}(?=\r)")
_ITEM = re.compile(rb"(?<=AB)[^|]+(?=\|)")


class Fault(Enum):
    """What happens to one message. AFTER means that the ILS has done what was asked."""

    HANG_BEFORE = "hang_before"
    HANG_AFTER = "hang_after"
    CLOSE_BEFORE_DOING = "close_before_doing"
    CLOSE_AFTER_DOING = "close_after_doing"
    HALF_AFTER_DOING = "half_after_doing"
    NONSENSE_AFTER_DOING = "nonsense_after_doing"
    WRONG_ITEM_AFTER_DOING = "wrong_item_after_doing"
    WRONG_CHECKSUM_AFTER_DOING = "wrong_checksum_after_doing"
    NO_TRAILER_AFTER_DOING = "no_trailer_after_doing"


UNDONE = frozenset({Fault.HANG_BEFORE, Fault.CLOSE_BEFORE_DOING})
HANGING = frozenset({Fault.HANG_BEFORE, Fault.HANG_AFTER})
CLOSING = frozenset({Fault.CLOSE_BEFORE_DOING, Fault.CLOSE_AFTER_DOING, Fault.HALF_AFTER_DOING})


def _about_another_item(reply: bytes) -> bytes:
    """With a checksum that fits, so that only who compares finds out."""
    body = _TRAILER.sub(b"", _ITEM.sub(b"99999", reply)).rstrip(b"\r\n")
    trailer = re.search(rb"AY\dAZ", reply)
    if trailer is None:
        return body + b"\r"
    counted = body + trailer[0]
    return counted + sip.checksum_of(counted) + b"\r"


SPOILING: dict[Fault, Callable[[bytes], bytes]] = {
    Fault.CLOSE_AFTER_DOING: lambda _: b"",
    Fault.HALF_AFTER_DOING: lambda reply: reply[: len(reply) // 2],
    Fault.NONSENSE_AFTER_DOING: lambda _: b"Internal Server Error\r",
    Fault.WRONG_ITEM_AFTER_DOING: _about_another_item,
    Fault.WRONG_CHECKSUM_AFTER_DOING: lambda reply: _CHECKSUM.sub(b"0000", reply),
    Fault.NO_TRAILER_AFTER_DOING: lambda reply: _TRAILER.sub(b"", reply),
}
"""What becomes of the reply on its way out."""


@dataclass
class _Planned:
    fault: Fault
    code: str
    left: int


class Faults:
    """The plan, shared by all connections, and the count of what was heard by message code.

    Beyond `limit` connections at once, further ones are accepted and never answered.
    """

    def __init__(self) -> None:
        self.delay_ms = 0
        self.limit: int | None = None
        self.heard: Counter[str] = Counter()
        self._lock = threading.Lock()
        self._plan: list[_Planned] = []

    def plan(self, fault: Fault, count: int = 1, code: str = "") -> None:
        """For the next `count` messages; with a `code` such as "11" for those only."""
        with self._lock:
            self._plan.append(_Planned(fault, code, count))

    def clear(self) -> None:
        with self._lock:
            self._plan.clear()
        self.delay_ms = 0
        self.limit = None

    def take(self, code: str) -> Fault | None:
        """What is to happen to this message; it is counted, and the fault used up, by asking."""
        with self._lock:
            if code.isdigit():  # what is typed at a prompt is nobody's business
                self.heard[code] += 1
            planned = next((one for one in self._plan if one.code in ("", code)), None)
            if planned is None:
                return None
            planned.left -= 1
            if planned.left <= 0:
                self._plan.remove(planned)
            return planned.fault
