"""A scanner that sends text and takes commands: what `serial_scanner` does, and more.

Asks whether the scanner is there at opening and whenever nothing was heard for a while: a cable pulled behind
a USB adapter is noticed. Options of every such model: `baud`, and `triggered` for one that looks only when
told to: it is told again after every code and every few seconds.
"""

from contextlib import suppress
from dataclasses import replace

from devices.errors import DeviceLost, DeviceRefused
from devices.kinds import CodeScanned, DeviceInfo, Kind
from devices.port import Deadline
from devices.serial_scanner.commands import Dialect, Identity, Order, Sieve
from devices.serial_scanner.driver import SerialScanner

ANSWER_S = 0.6
CHECK_EVERY_S = 2.0
TRIGGER_EVERY_S = 4.0


class CommandedScanner(SerialScanner):
    """A Scanner at `path` that speaks `dialect`."""

    def __init__(self, path: str, dialect: Dialect, *, baud: int | None, triggered: bool) -> None:
        super().__init__(path, baud=baud or dialect.baud)
        self.info = DeviceInfo(Kind.SCANNER, dialect.model, path)
        self._dialect = dialect
        self._sieve = Sieve(dialect.reply_size)
        self._triggered = triggered
        self._trigger_again = Deadline(0.0)
        self._check_again = Deadline(0.0)
        try:
            identity = self.check()
            with suppress(DeviceRefused):
                self.order(Order.ENABLE)
        except DeviceLost:
            self.close()
            raise
        self.info = replace(self.info, serial=identity.serial, firmware=identity.firmware)

    def order(self, order: Order) -> None:
        """DeviceRefused for what this model does not know. Whether it obeys is not awaited."""
        data = self._dialect.orders.get(order)
        if data is None:
            raise DeviceRefused(self.info.port, order.value, f"a {self.info.model} has no such command")
        self._port.write(data, order.value)

    def check(self) -> Identity:
        """Who is there; DeviceLost when nobody answers. Codes that come meanwhile are kept."""
        self._sieve.replies.clear()
        self._port.write(self._dialect.question, "check")
        deadline = Deadline(ANSWER_S)
        while not deadline.over:
            self._hear(min(deadline.left_s, ANSWER_S / 10))
            for reply in self._sieve.replies:
                identity = self._dialect.identity(reply)
                if identity is not None:
                    self._check_again = Deadline(CHECK_EVERY_S)
                    return identity
        raise DeviceLost(self.info.port, "check", "no answer; check cable, speed and model")

    def read(self, timeout_s: float) -> CodeScanned | None:
        if self._triggered and self._trigger_again.over:
            self.order(Order.TRIGGER)
            self._trigger_again = Deadline(TRIGGER_EVERY_S)
        code = super().read(timeout_s)
        if code is not None:
            self._trigger_again = Deadline(0.0)
            self._check_again = Deadline(CHECK_EVERY_S)
        elif self._check_again.over:
            self.check()
            return self._next()
        return code

    def _text_of(self, heard: bytes) -> bytes:
        text = self._sieve.feed(heard)
        del self._sieve.replies[:-8]  # answers to orders are awaited by nobody
        return text
