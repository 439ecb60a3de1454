"""Watches the plugs: which device is plugged in where, and when one was pulled or put back.

One thread looks at the file system every `LOOK_S`, and at once when udev says that something changed. It
only puts `Plug` events on the queue and tells the device's worker; what is then done is theirs.
"""

import logging
import threading
from collections.abc import Callable, Mapping, Sequence

from devices.finding import Address, ByPath, SerialPort, locate
from devices.hotplug import Bell, Token, UdevBell
from kiosk.flow.events import Event, Plug

log = logging.getLogger(__name__)

LOOK_S = 0.5
SEARCH_S = 5.0
"""While a device that is looked for among all ports is missing: how often these are listed."""


class Quiet:
    """A bell for places without udev: only time passes."""

    def __init__(self) -> None:
        self._never = threading.Event()

    def wait(self, timeout_s: float) -> bool:
        return self._never.wait(timeout_s)


def bell() -> Bell:
    """Udev's, where the kernel's messages can be had."""
    try:
        return UdevBell()
    except (ImportError, OSError) as error:
        log.info("plugs are watched by name only: %s", error)
        return Quiet()


class Sockets:
    """Where each device is now."""

    def __init__(
        self,
        wanted: Mapping[str, Address],
        ports: Callable[[], Sequence[SerialPort]],
        token: Callable[[str], Token | None],
    ) -> None:
        self._wanted, self._ports, self._token = dict(wanted), ports, token
        self._searched = [name for name, address in wanted.items() if not isinstance(address, ByPath)]
        self._paths: dict[str, str] = {}
        self._tokens: dict[str, Token | None] = dict.fromkeys(wanted)
        self._lock = threading.Lock()
        self._since_search_s = SEARCH_S

    def path(self, name: str) -> str | None:
        with self._lock:
            return self._paths.get(name)

    def look(self, passed_s: float, rang: bool) -> list[tuple[str, bool]]:
        """What changed in the last `passed_s`: device name, and whether it is plugged in. One that was pulled
        and put back in between is told as both."""
        self._since_search_s += passed_s
        missing = any(self._tokens[name] is None for name in self._searched)
        if not self._paths or rang or (missing and self._since_search_s >= SEARCH_S):
            self._since_search_s = 0.0
            found = locate(self._wanted, self._ports() if self._searched else ())
            with self._lock:
                self._paths = found
        changes: list[tuple[str, bool]] = []
        for name in self._wanted:
            path = self._paths.get(name)
            before, now = self._tokens[name], self._token(path) if path else None
            self._tokens[name] = now
            if before != now:
                changes += [(name, False)] if before else []
                changes += [(name, True)] if now else []
        return changes


class PlugWatch(threading.Thread):
    """Runs until `stop`."""

    def __init__(
        self,
        sockets: Sockets,
        bell: Bell,
        post: Callable[[Event], None],
        tell_worker: Callable[[str], None],
    ) -> None:
        super().__init__(name="plugs", daemon=True)
        self._sockets, self._bell = sockets, bell
        self._post, self._tell_worker = post, tell_worker
        self._stopping = threading.Event()

    def stop(self) -> None:
        self._stopping.set()

    def run(self) -> None:
        while not self._stopping.is_set():
            self.look(LOOK_S, self._bell.wait(LOOK_S))

    def look(self, passed_s: float, rang: bool) -> None:
        for name, there in self._sockets.look(passed_s, rang):
            log.info("%s: %s", name, "plugged in" if there else "unplugged")
            self._tell_worker(name)
            self._post(Plug(name, there))
