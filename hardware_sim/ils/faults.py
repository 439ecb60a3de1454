"""What goes wrong in the simulated ILS, on demand: for the next messages, or until told otherwise."""

import threading
from dataclasses import dataclass
from enum import Enum


class Fault(Enum):
    """What happens to one message. AFTER means that the ILS has done what was asked."""

    HANG_BEFORE = "hang_before"
    HANG_AFTER = "hang_after"
    CLOSE_BEFORE_DOING = "close_before_doing"
    CLOSE_AFTER_DOING = "close_after_doing"
    NONSENSE_AFTER_DOING = "nonsense_after_doing"


@dataclass
class _Planned:
    fault: Fault
    code: str
    left: int


class Faults:
    """The plan, shared by all connections. `full` accepts further connections and never answers them."""

    def __init__(self) -> None:
        self.delay_ms = 0
        self.full = False
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
        self.full = False

    def take(self, code: str) -> Fault | None:
        """What is to happen to this message; it is used up by asking."""
        with self._lock:
            planned = next((one for one in self._plan if one.code in ("", code)), None)
            if planned is None:
                return None
            planned.left -= 1
            if planned.left <= 0:
                self._plan.remove(planned)
            return planned.fault
