"""A scanner that poses as a keyboard, read from its event device and from nowhere else.

    [[device]]
    model = "wedge_scanner"
    port = "/dev/input/kiosk-scanner"

The device is grabbed (EVIOCGRAB): not one key reaches the window. A scanner that can be set to a serial port
is better all the same: a keyboard knows no Chinese. The port may also be a pipe or a terminal, which no
window reads: so it is tested. Give the event device a name of its own by udev, and the kiosk's user the right
to read it. Tried with the simulator only.
"""

import errno
import fcntl
import os
import select
import time
from collections import deque

from devices.errors import BadFrame, DeviceLost
from devices.kinds import CodeScanned, DeviceInfo, Kind
from devices.port import Deadline
from devices.serial_scanner.protocol import IDLE_GAP_S, Rejected
from devices.wedge_scanner.protocol import EVENT, Decoder

EVIOCGRAB = 0x40044590
"""_IOW('E', 0x90, int)."""
READ_BYTES = 64 * EVENT.size


class WedgeScanner:
    """A Scanner at `path`."""

    def __init__(self, path: str) -> None:
        self.info = DeviceInfo(Kind.SCANNER, "wedge_scanner", path)
        self._file = _grabbed(path)
        self._decoder = Decoder()
        self._results: deque[CodeScanned | Rejected] = deque()

    def read(self, timeout_s: float) -> CodeScanned | None:
        """The next code; BadFrame, once, for one that had to be dropped."""
        deadline = Deadline(timeout_s)
        while not self._results:
            heard = self._heard(min(deadline.left_s, IDLE_GAP_S))
            self._results.extend(self._decoder.feed(heard, time.monotonic()))
            if deadline.over:
                break
        if not self._results:
            return None
        result = self._results.popleft()
        if isinstance(result, Rejected):
            raise BadFrame(self.info.port, "read", result.reason)
        return result

    def _heard(self, timeout_s: float) -> bytes:
        if self._file < 0:
            raise DeviceLost(self.info.port, "read", "it is closed")
        try:
            ready, _, _ = select.select([self._file], [], [], timeout_s)
            heard = os.read(self._file, READ_BYTES) if ready else b""
        except OSError as error:
            raise DeviceLost(self.info.port, "read", error.strerror or str(error)) from error
        if ready and not heard:
            raise DeviceLost(self.info.port, "read", "it was unplugged")
        return heard

    def close(self) -> None:
        """What was grabbed is free again with it."""
        if self._file >= 0:
            os.close(self._file)
            self._file = -1


def _grabbed(path: str) -> int:
    """`path` opened for us alone; DeviceLost when it is not there or another has it."""
    try:
        file = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_NOCTTY)
    except OSError as error:
        raise DeviceLost(path, "open", error.strerror or str(error)) from error
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        fcntl.ioctl(file, EVIOCGRAB, 1)
    except OSError as error:
        # what is no event device types into no window, so that there is nothing to grab
        if error.errno not in (errno.ENOTTY, errno.EINVAL):
            os.close(file)
            raise DeviceLost(path, "open", f"another has it: {error.strerror}") from error
    return file
