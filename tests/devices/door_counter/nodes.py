"""A counter node on this machine: its own firmware under MicroPython, with a board of files."""

import json
import shutil
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

from devices.door_counter.bundle import bundle

BOARD = Path(__file__).parent / "board/board.py"
MICROPYTHON = Path(sys.executable).with_name("micropython")
IDENTITY = "mz-taiping-03.door-1"
IN = ((0, 1, 1000), (1, 1, 100), (0, 0, 300), (1, 0, 100))
OUT = tuple((1 - beam, broken, later_ms) for beam, broken, later_ms in IN)


class NodeUnderTest:
    """`folder` is the chip's flash: it survives `cut` and `start`."""

    def __init__(self, folder: Path, port: int, certificates: Path, **config: Any) -> None:
        self.folder = folder
        self.log = folder / "console.txt"
        self._edges = folder / "edges.txt"
        self._edges.touch()
        self._process: subprocess.Popen[bytes] | None = None
        self.clock = folder / "clock-is-set"
        self.clock.touch()
        told = {"edges": str(self._edges), "clock": str(self.clock), "tell_s": 1} | config
        bundle(folder, certificates, IDENTITY, "localhost", port, **told)
        shutil.copy(BOARD, folder)

    @property
    def memory(self) -> Path:
        return self.folder / "counts.json"

    def start(self) -> None:
        self._edges.write_text("", encoding="utf-8")
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                [MICROPYTHON, "main.py"], cwd=self.folder, stdout=log, stderr=log
            )

    def cut(self) -> None:
        """The power goes."""
        if self._process is not None:
            self._process.send_signal(signal.SIGKILL)
            self._process.wait(10)
            self._process = None

    def walk(self, *edges: tuple[int, int, int]) -> None:
        with self._edges.open("a", encoding="utf-8") as file:
            file.writelines(f"{beam} {broken} {later_ms}\n" for beam, broken, later_ms in edges)

    def kept(self) -> dict[str, Any]:
        kept: dict[str, Any] = json.loads(self.memory.read_text(encoding="utf-8")[8:])
        return kept

    @property
    def running(self) -> bool:
        return self._process is not None and self._process.poll() is None
