"""Barcode and QR scanner that sends text over a serial line of its own, real or USB CDC.

Reads only: the scanner triggers itself (presentation or motion mode). Scanners that take commands are models
of their own, and so is one that poses as a keyboard (`wedge_scanner`). Set the scanner to UTF-8 if it can,
with or without suffix and AIM prefix. Such a scanner never speaks first, so opening proves only that the port
is there. Tried with the simulator only.

    [[device]]
    model = "serial_scanner"
    port = "/dev/kiosk-scanner"

Option: `baud` (9600).
"""

import time
from collections import deque

from devices.errors import BadFrame
from devices.kinds import CodeScanned, DeviceInfo, Kind
from devices.port import Deadline, LineSettings, Port
from devices.serial_scanner.protocol import IDLE_GAP_S, Decoder, Rejected


class SerialScanner:
    """A Scanner at `path`."""

    def __init__(self, path: str, *, baud: int = 9600) -> None:
        self.info = DeviceInfo(Kind.SCANNER, "serial_scanner", path)
        self._port = Port(path, LineSettings(baud))
        self._decoder = Decoder()
        self._results: deque[CodeScanned | Rejected] = deque()
        self._looked_at = time.monotonic()

    def read(self, timeout_s: float) -> CodeScanned | None:
        """The next code, in the order scanned; BadFrame, once, for one that had to be dropped."""
        deadline = Deadline(timeout_s)
        if not self._results:
            # Bytes that lay there while nobody read came at an unknown time: no gap may be seen in them.
            self._hear(timeout_s=0.0, since=self._looked_at)
        while not self._results:
            self._hear(min(deadline.left_s, IDLE_GAP_S))
            if deadline.over:
                break
        return self._next()

    def _hear(self, timeout_s: float, since: float | None = None) -> None:
        """Let the decoder have what comes within `timeout_s`, or came at some time from `since` on."""
        heard = self._port.read(timeout_s, "read")
        self._looked_at = time.monotonic()
        text = self._text_of(heard)
        self._results.extend(self._decoder.feed(text, self._looked_at, since))

    def _text_of(self, heard: bytes) -> bytes:
        """What of it is codes: all, where the scanner takes no commands."""
        return heard

    def _next(self) -> CodeScanned | None:
        if not self._results:
            return None
        result = self._results.popleft()
        if isinstance(result, Rejected):
            raise BadFrame(self.info.port, "read", result.reason)
        return result

    def close(self) -> None:
        self._port.close()
