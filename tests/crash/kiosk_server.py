"""A warm parent that forks kiosks without a window.

Each is the real `kiosk.app.Kiosk` with its journal, threads, SIP2 and pad, in a process that can be killed.

Words on standard input, one JSON object a line: {"config": FILE, "desk": SOCKET}; each is answered with the
pid. The kiosk connects to its desk and takes {"touch": …}, {"scan": …}, {"disk": "full" | "slow" | "broken" |
"good"}; it says what its screen shows. Waits are shortened by `hurry`, and SQLite goes
through a `vfs.Watcher`; nothing else differs from a kiosk with a screen.
"""

import json
import os
import signal
import socket
import sys
import time
import traceback
from collections.abc import Callable, Iterator
from dataclasses import dataclass, fields, is_dataclass, replace
from pathlib import Path
from typing import Any

import kiosk.app
import kiosk.ils
import kiosk.sip2.session
import kiosk.uplink
import kiosk.workers
from devices.kinds import CodeScanned
from kiosk import config, texts
from kiosk.app import Kiosk
from kiosk.flow import system
from kiosk.flow.operation import Ils, Operation, Why, refuse
from kiosk.flow.touch import Touch
from kiosk.journal import JournalError
from kiosk.view_data import Button, ViewData
from tests.crash import vfs

SLOW_SYNC_S = 0.05
SPOILT = "--spoilt"
HURRY: tuple[tuple[Any, str, float], ...] = (
    (kiosk.app, "TICK_S", 0.05),
    (kiosk.app, "RESTING_TICK_S", 0.05),
    (kiosk.ils, "TEND_S", 0.15),
    (kiosk.workers, "REOPEN_S", 0.1),
    (kiosk.sip2.session, "LONGEST_BACKOFF_S", 0.1),
    (kiosk.uplink, "LOOP_S", 0.02),
    (kiosk.uplink, "SHORTEST_PAUSE_S", 0.05),
    (kiosk.uplink, "LONGEST_PAUSE_S", 0.2),
    (kiosk.uplink, "RESEND_S", 0.5),
)
HURRY_RULES = {"retry_s": 0.15, "tag_retry_s": 0.25}


@dataclass
class BadDisk:
    """A `vfs.Watcher`: a disk that is full, slow or failing as long as `state` says so."""

    state: str = "good"

    def opened(self, name: str, *, created: bool, syncs_folder: bool) -> None:
        """Opening always works."""

    def write(self, name: str, offset: int, data: bytes) -> int:
        return vfs.FULL if self.state == "full" else vfs.OK

    def truncate(self, name: str, size: int) -> int:
        return vfs.OK

    def sync(self, name: str) -> int:
        if self.state == "slow":
            time.sleep(SLOW_SYNC_S)
        return vfs.IOERR_FSYNC if self.state == "broken" else vfs.OK

    def delete(self, name: str, *, syncs_folder: bool) -> int:
        return vfs.OK


class RecordingWindow:
    """Says at the desk what would stand on the screen: its name, and what can be touched."""

    def __init__(self, desk: socket.socket) -> None:
        self._desk = desk
        self._shown: ViewData | None = None
        self.failure: str | None = None

    def show(self, view: ViewData) -> None:
        self._shown = view
        touches = [
            {"action": touch.action.value, "seen": sorted(uid.hex() for uid in touch.seen)}
            for touch in self.touches()
        ]
        title = getattr(view.screen, "title", "")
        said = {"screen": view.screen.name, "title": title, "touches": touches, "at": time.monotonic()}
        self._desk.sendall(json.dumps(said).encode() + b"\n")

    def take_stall_ms(self) -> int:
        return 0

    def touches(self) -> list[Touch]:
        return [button.touch for button in _buttons(self._shown) if button.enabled]


def _buttons(part: Any) -> Iterator[Button]:
    """Every button somewhere on the screen."""
    if isinstance(part, Button):
        yield part
    elif isinstance(part, tuple):
        for each in part:
            yield from _buttons(each)
    elif is_dataclass(part):
        for field in fields(part):
            yield from _buttons(getattr(part, field.name))


def run(config_path: Path, desk_path: str) -> None:
    """A kiosk until it is killed, or until its desk is gone."""
    disk = BadDisk()
    watched = vfs.Vfs(disk)  # SQLite keeps pointers into it: it must live as long as this process
    watched.register()
    desk = socket.socket(socket.AF_UNIX)
    desk.connect(desk_path)
    try:
        kiosk = Kiosk(config.load(config_path))
    except JournalError as error:
        desk.sendall(json.dumps({"screen": "none", "title": str(error), "touches": []}).encode() + b"\n")
        return
    rules = replace(kiosk._session.rules, **HURRY_RULES)
    kiosk._session = replace(kiosk._session, rules=rules)
    window = RecordingWindow(desk)
    kiosk.start(window)
    for line in desk.makefile():
        for word, value in json.loads(line).items():
            HANDS[word](kiosk, window, disk, value)


def _touch(kiosk: Kiosk, window: RecordingWindow, disk: BadDisk, action: str) -> None:
    """A finger on a button that is there; on nothing otherwise."""
    for touch in window.touches():
        if touch.action.value == action:
            kiosk.post(touch)
            return


def _scan(kiosk: Kiosk, window: RecordingWindow, disk: BadDisk, text: str) -> None:
    kiosk.post(CodeScanned(text))


def _spoil(kiosk: Kiosk, window: RecordingWindow, disk: BadDisk, state: str) -> None:
    disk.state = state


HANDS: dict[str, Callable[[Kiosk, RecordingWindow, BadDisk, Any], None]] = {
    "touch": _touch,
    "scan": _scan,
    "disk": _spoil,
}


def hurry() -> None:
    """Shorter waits, warm catalogues: the same acts in the same order, sooner."""
    for module, name, value in HURRY:
        setattr(module, name, value)
    loaded = texts.load()
    kiosk.app.texts.load = lambda: loaded  # type: ignore[assignment]


def spoil() -> None:
    """A kiosk that takes silence for a no after a crash: the judge must find out."""
    honest = system.after_crash

    def too_sure(op: Operation) -> Operation:
        return refuse(op, Why.INTERRUPTED) if op.ils is Ils.SENT else honest(op)

    system.after_crash = too_sure


def main() -> None:
    hurry()
    if SPOILT in sys.argv:
        spoil()
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # the kernel buries the dead
    for line in sys.stdin:
        asked = json.loads(line)
        pid = os.fork()
        if pid == 0:
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            try:
                run(Path(asked["config"]), asked["desk"])
            except Exception:
                traceback.print_exc()
            finally:
                os._exit(0)
        print(pid, flush=True)


if __name__ == "__main__":
    main()
