"""What nfcpy calls a transport, over our port: whole frames, our decoder, our errors.

nfcpy's own stumbles over noise and lets termios.error through when the plug is pulled. A chip that a crash
left at a higher speed is slowed down here.
"""

import shlex
from collections import deque
from pathlib import Path

from devices.errors import BadFrame, DeviceLost
from devices.pn532.protocol import (
    CHIP_TO_HOST,
    HOST_TO_CHIP,
    WAKE_UP,
    Damaged,
    Decoder,
    Frame,
    Item,
    Signal,
    encode,
)
from devices.port import Deadline, LineSettings, Port

POWER_ON_BAUD = 115_200
LEFT_AT_BAUDS = (921_600, 460_800, 230_400)
"""Speeds nfcpy may have switched the chip to, likeliest first, when nobody switched it back."""

_SET_SPEED_115200 = encode(Frame(HOST_TO_CHIP, b"\x10\x04"))
_SPEED_IS_SET = Frame(CHIP_TO_HOST, b"\x11")
_SHORTEST_WAIT_S = 0.05


class Wire:
    """What nfcpy calls a transport of type TTY: whole frames over a Port, times in milliseconds."""

    TYPE = "TTY"

    def __init__(self, path: str) -> None:
        self.path = path
        self._port: Port | None = None
        self._baudrate = POWER_ON_BAUD
        self.begin("open", longest_wait_s=2.0)

    def begin(self, command: str, longest_wait_s: float) -> None:
        """From here on errors name `command`, and no answer is waited for longer than this."""
        self._command = command
        self._longest_wait_s = longest_wait_s

    @property
    def port(self) -> str:
        """nfcpy knows some boards' ports by name, and puts this into a shell command (stty)."""
        return shlex.quote(str(Path(self.path).resolve()))

    @property
    def is_open(self) -> bool:
        return self._port is not None

    @property
    def baudrate(self) -> int:
        return self._baudrate

    @baudrate.setter
    def baudrate(self, baud: int) -> None:
        self.open(self.path, baud)

    def open(self, _port: str, baudrate: int) -> None:
        self.close()
        self._baudrate = baudrate
        self._port = Port(self.path, LineSettings(baudrate))
        self._forget()

    def close(self) -> None:
        if self._port is not None:
            self._port.close()
        self._port = None

    def write(self, frame: bytes) -> None:
        """Send; what is still unread answers an older question."""
        port = self._opened()
        port.discard_input()
        self._forget()
        port.write(bytes(frame), self._command)

    def read(self, timeout: float) -> bytearray:
        item = self._next(timeout / 1000)
        if item is None:
            raise DeviceLost(self.path, self._command, "no answer: check cable and power")
        if isinstance(item, Damaged):
            raise BadFrame(self.path, self._command, item.reason)
        return bytearray(encode(item))

    def slow_chip_down(self) -> None:
        """Bring a chip that may listen at a higher speed back to the one it has after power-on."""
        for baud in LEFT_AT_BAUDS:
            self.open(self.path, baud)
            self.write(WAKE_UP + _SET_SPEED_115200)
            if self._next(0.1) is Signal.ACK and self._next(0.1) == _SPEED_IS_SET:
                self.write(Signal.ACK.value)
                return

    def _next(self, timeout_s: float) -> Item | None:
        """The next good frame; when none comes in time, what was damaged, or None for silence."""
        port = self._opened()
        deadline = Deadline(max(_SHORTEST_WAIT_S, min(timeout_s, self._longest_wait_s)))
        damaged = None
        while True:
            while self._items:
                item = self._items.popleft()
                if not isinstance(item, Damaged):
                    return item
                damaged = item
            if deadline.over:
                return damaged
            self._items.extend(self._decoder.feed(port.read(deadline.left_s, self._command)))

    def _opened(self) -> Port:
        if self._port is None:
            raise DeviceLost(self.path, self._command, "the port is closed")
        return self._port

    def _forget(self) -> None:
        self._decoder = Decoder()
        self._items: deque[Item] = deque()
