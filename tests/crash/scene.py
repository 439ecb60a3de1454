"""One library point for one story: world, pad, ILS and kiosk, of which only the kiosk can be killed.

The ILS and the pad's simulator run in threads of this process, reached over TCP and a pseudo-terminal; broker
and collector are shared by all stories. What is true is asked of them, of the centre's store and of the
kiosk's database file, never of the kiosk.
"""

import json
import os
import queue
import signal
import socket
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from hardware_sim.ils.admin import IlsAdmin
from hardware_sim.ils.catalogue import CatalogueItem
from hardware_sim.ils.server import IlsServer
from hardware_sim.ils.store import Loan
from hardware_sim.ils.tags import chips_for
from hardware_sim.registry import SimulatedDevice
from hardware_sim.world import Chip, World
from tests.crash.centre import Centre, Network
from tests.kiosk.config_text import kiosk_toml

VISIT = """\
[visit]
idle_s = 20.0
warning_s = 10.0
message_s = 1.0
goodbye_s = 0.2
put_back_s = 0.6
settle_s = 1.0
"""
"""As patient as stories have time for."""
REPLY_TIMEOUT_S = 0.6
"""How long the kiosk waits for the ILS. No story's ILS takes longer to begin what it does in the end."""
END_OF_LIFE_S = 5.0


class KioskServer:
    """The warm parent, started once for many stories, and the centre that all their kiosks report to."""

    def __init__(self, folder: Path, *options: str, seed: int = 0) -> None:
        self.centre = Centre(folder / "centre", seed)
        self._lock = threading.Lock()
        self._places = 0
        folder.mkdir(parents=True, exist_ok=True)
        self._log = (folder / "kiosk.log").open("ab")
        root = Path(__file__).absolute().parent.parent.parent
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.crash.kiosk_server", *options],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._log,
            cwd=root,
            text=True,
        )

    def new_place(self) -> str:
        """Nobody else reports from there."""
        with self._lock:
            self._places += 1
            return f"mz-{self._places}"

    def start_kiosk(self, config: Path, desk: str) -> int:
        """The pid of a new kiosk."""
        assert self._process.stdin and self._process.stdout
        with self._lock:
            self._process.stdin.write(json.dumps({"config": str(config), "desk": desk}) + "\n")
            self._process.stdin.flush()
            return int(self._process.stdout.readline())

    def __enter__(self) -> Self:
        self.centre.__enter__()
        return self

    def __exit__(self, *_: object) -> None:
        self.centre.__exit__(None, None, None)
        assert self._process.stdin and self._process.stdout
        self._process.stdin.close()
        self._process.wait(timeout=5)
        self._process.stdout.close()
        self._log.close()


class Kiosk:
    """One life of the kiosk, from here: its hands, its screen, its death."""

    def __init__(self, pid: int, listening: socket.socket) -> None:
        self._pid = pid
        self._desk, _ = listening.accept()
        self.screen: dict[str, Any] = {"screen": "", "title": "", "touches": []}
        self.screens: list[str] = []
        self._news: queue.SimpleQueue[None] = queue.SimpleQueue()
        self.alive = True
        self._listener = threading.Thread(target=self._listen, daemon=True)
        self._listener.start()

    def _listen(self) -> None:
        with self._desk.makefile() as lines:
            try:
                for line in lines:
                    self.screen = json.loads(line)
                    self.screens.append(self.screen["screen"])
                    self._news.put(None)
            except (OSError, ValueError):
                pass  # killed in the middle of a line
        self.alive = False

    def do(self, **words: object) -> None:
        """Nothing happens at a kiosk that is dead."""
        try:
            self._desk.sendall(json.dumps(words).encode() + b"\n")
        except OSError:
            return

    def can_touch(self, action: str) -> list[str] | None:
        """The tags that a touch of this button would agree to; None when it is not there."""
        found = [touch for touch in self.screen["touches"] if touch["action"] == action]
        return found[0]["seen"] if found else None

    def wait(self, done: Callable[[], bool], timeout_s: float) -> bool:
        """Whether it came true in time."""
        end = time.monotonic() + timeout_s
        while not done():
            left = end - time.monotonic()
            if left <= 0:
                return False
            try:
                self._news.get(timeout=min(left, 0.02))
            except queue.Empty:
                continue
        return True

    def kill(self) -> None:
        """As a power cut does: no goodbye. Returns when nothing of it is left."""
        try:
            os.kill(self._pid, signal.SIGKILL)
            end = time.monotonic() + END_OF_LIFE_S
            while time.monotonic() < end:
                os.kill(self._pid, 0)
                time.sleep(0.001)
        except ProcessLookupError:
            pass
        self._listener.join(timeout=END_OF_LIFE_S)
        self._desk.close()


class Scene:
    """`items` with their tags lie on a shelf; those in `lent` are on loan to `lent`'s reader."""

    def __init__(
        self,
        folder: Path,
        server: KioskServer,
        items: list[CatalogueItem],
        lent: dict[str, str],
        offline: str = "off",
    ) -> None:
        self.folder, self._server, self._offline = folder, server, offline
        folder.mkdir(parents=True)
        self.world = World()
        self.ils = IlsServer(folder / "ils.db")
        self.labels: dict[str, list[str]] = {}
        for item in items:
            self._shelve(item, lent.get(item.item_id))
        self.pad = SimulatedDevice("feig_obid", self.world, folder / "pad", folder)
        self.kiosk: Kiosk | None = None
        self.place = server.new_place()
        self.network = Network(server.centre.port)
        self.kills = 0
        self.cut_short: list[str] = []

    def _shelve(self, item: CatalogueItem, reader_id: str | None) -> None:
        if reader_id is not None:
            now = datetime.now()
            with self.ils.store.transaction():
                self.ils.store.put_loan(
                    Loan(item.item_id, reader_id, now, now + timedelta(days=20), renewals=0)
                )
        chips = chips_for(item, on_loan=reader_id is not None)
        self.world.tags.update({chip.label: chip for chip in chips})
        self.labels[item.item_id] = [chip.label for chip in chips]

    def __enter__(self) -> Self:
        self.ils.start()
        self.admin = IlsAdmin(self.ils.admin_port)
        self.acts_before = {item_id: len(self.history(item_id)) for item_id in self.labels}
        self.pad.plug()
        identity = f"{self.place}.kiosk-1"
        self._server.centre.enrol(identity)
        self._config = self.folder / "kiosk.toml"
        text = kiosk_toml(
            identity,
            ils_port=self.ils.port,
            broker_port=self.network.port,
            certificates=self._server.centre.certificates,
            devices={"feig_obid": self.folder / "pad"},
            ils=f"reply_timeout_s = {REPLY_TIMEOUT_S}",
            tables=f'{VISIT}[offline]\npolicy = "{self._offline}"\n',
        )
        self._config.write_text(text, encoding="utf-8")
        self._desk = str(self.folder / "desk")
        self._listening = socket.socket(socket.AF_UNIX)
        self._listening.settimeout(10.0)
        self._listening.bind(self._desk)
        self._listening.listen()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self.kiosk is not None:
            self.kiosk.kill()
        self._listening.close()
        self.network.close()
        self.admin.close()
        self.pad.unplug()
        self.ils.stop()

    # -- the kiosk's life ------------------------------------------------------------------------------------

    def start_kiosk(self) -> Kiosk:
        pid = self._server.start_kiosk(self._config, self._desk)
        self.kiosk = Kiosk(pid, self._listening)
        return self.kiosk

    def kill_kiosk(self) -> None:
        if self.kiosk is not None:
            self.kiosk.kill()
            self.kills += 1
        self.kiosk = None

    # -- what is true ----------------------------------------------------------------------------------------

    def loan(self, item_id: str) -> dict[str, Any] | None:
        found: dict[str, Any] | None = self.admin.item(item_id)["loan"]
        return found

    def history(self, item_id: str) -> list[dict[str, str]]:
        acts: list[dict[str, str]] = self.admin.item(item_id)["history"]
        return acts

    def new_acts(self, item_id: str) -> list[dict[str, str]]:
        """What the ILS did with it in this story."""
        return self.history(item_id)[self.acts_before[item_id] :]

    def chips(self, item_id: str) -> list[Chip]:
        return [self.world.tags[label] for label in self.labels[item_id]]

    def on_pad(self, chip: Chip) -> bool:
        return any(chip is lying for lying in self.world.chips_on_pad())

    def journal(self, sql: str, *values: object) -> list[Any]:
        """Rows of the kiosk's journal, read from beside it; none when there is no such table yet."""
        path = self.folder / "journal.db"
        try:
            with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True, timeout=5.0)) as database:
                return database.execute(sql, values).fetchall()
        except sqlite3.OperationalError as error:
            if "no such table" in str(error) or "unable to open" in str(error):
                return []
            raise

    def events(self) -> dict[int, dict[str, Any]]:
        """Everything that the centre has stored, by number."""
        return self._server.centre.events(self.place)
