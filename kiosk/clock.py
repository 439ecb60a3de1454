"""The clocks of the board: the only place of the kiosk that asks what time it is."""

import ctypes
import time
from dataclasses import dataclass
from datetime import UTC, datetime

# the C library this process runs on; looking for it by name would start a process at every question
_LIBC = ctypes.CDLL(None)
_TIME_ERROR = 5
"""adjtimex(2): the kernel clock is not synchronised."""


@dataclass(frozen=True)
class Moment:
    """`synced` is False until the kernel's clock was set from outside (a board wakes up in 1970)."""

    utc: datetime
    synced: bool


class _Timex(ctypes.Structure):
    # struct timex is 208 bytes on 64-bit Linux; only `modes` (0: just ask) matters to us
    _fields_ = (("modes", ctypes.c_uint), ("rest", ctypes.c_char * 252))


def now() -> Moment:
    return Moment(datetime.now(UTC), _synchronised())


def monotonic_s() -> float:
    return time.monotonic()


def _synchronised() -> bool:
    state: int = _LIBC.adjtimex(ctypes.byref(_Timex()))
    return 0 <= state < _TIME_ERROR
