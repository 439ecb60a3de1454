"""The only place that opens a serial port for our own drivers.

Turns pyserial's and the operating system's many ways of failing into `DeviceLost`. Libraries that insist
on opening their port themselves (nfcpy, pymodbus) do it in their driver; the same errors come out.
"""

import errno
import os
import select
import time
from dataclasses import dataclass
from typing import Literal

import serial

from devices.errors import DeviceLost

# pyserial lets termios.error (not an OSError) through when a terminal hangs up; termios is POSIX only.
try:
    from termios import error as TermiosError
except ImportError:  # pragma: no cover - Windows
    TermiosError = OSError  # type: ignore[misc, assignment]

WIRE_ERRORS = (serial.SerialException, OSError, TermiosError)
CHUNK_BYTES = 4096
"""More than a line carries between two looks; what is longer comes with the next read."""


@dataclass(frozen=True)
class LineSettings:
    """Speed in baud and parity of a serial line; always 8 data bits and 1 stop bit."""

    baud: int
    parity: Literal["N", "E", "O"] = "N"


class Port:
    """A serial line of bytes with deadlines. One thread uses it."""

    def __init__(self, path: str, line: LineSettings) -> None:
        """Open `path`; DeviceLost when it does not exist or cannot be opened."""
        self.path = path
        self.line = line
        try:
            self._serial = serial.Serial(
                path, line.baud, parity=line.parity, timeout=0, write_timeout=1.0, exclusive=True
            )
        except (*WIRE_ERRORS, ValueError) as error:
            raise DeviceLost(path, "open", _reason(error)) from error

    def write(self, data: bytes, command: str) -> None:
        try:
            sent = self._write_at_once(data)
            if sent < len(data):
                self._serial.write(data[sent:])
        except WIRE_ERRORS as error:
            raise DeviceLost(self.path, command, _reason(error)) from error

    def read(self, timeout_s: float, command: str) -> bytes:
        """Whatever arrives first within `timeout_s`, at least one byte; empty when nothing did."""
        try:
            # not pyserial's own timeout: setting it writes the line settings anew, which a line that
            # cannot do parity (a pseudo-terminal) answers with EINVAL
            fd = self._serial.fileno()
            ready, _, _ = select.select([fd], [], [], timeout_s)
            return self._arrived(fd) if ready else b""
        except WIRE_ERRORS as error:
            raise DeviceLost(self.path, command, _reason(error)) from error

    # Past pyserial, which asks the system three times as often: a pad is polled all day and all night.

    def _write_at_once(self, data: bytes) -> int:
        """How many bytes the line took without waiting."""
        try:
            return os.write(self._serial.fileno(), data)
        except BlockingIOError:
            return 0

    def _arrived(self, fd: int) -> bytes:
        """What waits on a line that is ready; a line that is ready and has nothing was hung up."""
        try:
            data = os.read(fd, CHUNK_BYTES)
        except BlockingIOError:
            return b""
        if not data:
            raise OSError(errno.EIO, os.strerror(errno.EIO))
        return data

    def discard_input(self) -> None:
        """Forget bytes that came before a question was asked: they answer an older one."""
        try:
            self._serial.reset_input_buffer()
        except WIRE_ERRORS as error:
            raise DeviceLost(self.path, "discard input", _reason(error)) from error

    def close(self) -> None:
        try:
            self._serial.close()
        except WIRE_ERRORS:
            return


class Deadline:
    """A point in time to count down to: `left_s` never goes below zero."""

    def __init__(self, timeout_s: float) -> None:
        self._end = time.monotonic() + timeout_s

    @property
    def left_s(self) -> float:
        return max(0.0, self._end - time.monotonic())

    @property
    def over(self) -> bool:
        return self.left_s == 0.0


def _reason(error: BaseException) -> str:
    """The operating system's words without pyserial's wrapping; termios.error keeps them second."""
    if isinstance(error, OSError) and error.strerror:
        return error.strerror
    return str(error.args[-1]) if error.args else type(error).__name__
