"""Tells systemd that the kiosk is ready and alive: pings only while the screen's loop and every worker live.

The datagrams of sd_notify are sent by ourselves: the usual package drops Chinese text. Without NOTIFY_SOCKET
(a kiosk started by hand) nothing is sent and nothing is restarted.
"""

import logging
import os
import socket
import threading
from collections.abc import Callable, Mapping

log = logging.getLogger(__name__)

PINGS_PER_TIMEOUT = 3
USUAL_TIMEOUT_S = 60.0


class Notifier:
    """One datagram a call; a lost one is no matter, the next ping comes soon."""

    def __init__(self, address: str, timeout_s: float) -> None:
        """`timeout_s`: how long systemd waits for a ping before it kills."""
        # a name that begins with @ is in the abstract namespace, which a null byte stands for
        self._address = "\0" + address[1:] if address.startswith("@") else address
        self.ping_every_s = timeout_s / PINGS_PER_TIMEOUT

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] = os.environ) -> "Notifier | None":
        address = environment.get("NOTIFY_SOCKET")
        if not address:
            return None
        microseconds = environment.get("WATCHDOG_USEC", "")
        return cls(address, int(microseconds) / 1e6 if microseconds.isdecimal() else USUAL_TIMEOUT_S)

    def ready(self) -> None:
        self._send("READY=1")

    def alive(self) -> None:
        self._send("WATCHDOG=1")

    def status(self, text: str) -> None:
        self._send(f"STATUS={text}")

    def stopping(self) -> None:
        self._send("STOPPING=1")

    def _send(self, words: str) -> None:
        try:
            with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as sender:
                sender.sendto(words.encode(), self._address)
        except OSError as error:
            log.warning("systemd was not told %s: %s", words.partition("=")[0], error)


class Watchdog(threading.Thread):
    """Pings until `stop`, or for as long as `ailing` says that nothing ails."""

    def __init__(self, notifier: Notifier, ailing: Callable[[], str | None]) -> None:
        """`ailing` names what stands still, None while all is well."""
        super().__init__(name="watchdog", daemon=True)
        self._notifier, self._ailing = notifier, ailing
        self._stopping = threading.Event()
        self._told: str | None = ""

    def stop(self) -> None:
        self._stopping.set()

    def run(self) -> None:
        self._notifier.ready()
        while not self._stopping.is_set():
            self._look()
            self._stopping.wait(self._notifier.ping_every_s)
        self._notifier.stopping()

    def _look(self) -> None:
        ails = self._ailing()
        if ails is None:
            self._notifier.alive()
        if ails == self._told:
            return
        self._told = ails
        if ails is not None:
            log.error("no ping for systemd: %s stands still", ails)
        self._notifier.status(f"停住了 stands still: {ails}" if ails is not None else "运行正常 running")
