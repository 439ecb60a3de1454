"""Processor time of the real kiosk process, window and all, while nobody is there and ten books lie there.

The simulated pad answers at once here: more polls a second than any real reader allows. It is measured at
rest (`kiosk/pace.py`). Below the whole stands what each thread takes, and how often it wakes.
"""

import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import psutil

from hardware_sim.processes import wait_until
from hardware_sim.village import Village
from kiosk.jobs import PAD_PACE
from tests.benchmarks.headless import stacks
from tests.benchmarks.table import Findings, Row

WINDOW_S, WINDOWS = 10.0, 3
TARGET_PERCENT = 5.0
ALL = "all"
SHOWN_PERCENT = 0.02
"""Of one core: threads that take less are left out of the table, not out of the whole."""


@dataclass(frozen=True)
class Used:
    """By one thread or several."""

    seconds: float = 0.0
    wakes: int = 0

    def __add__(self, other: "Used") -> "Used":
        return Used(self.seconds + other.seconds, self.wakes + other.wakes)

    def __sub__(self, other: "Used") -> "Used":
        return Used(self.seconds - other.seconds, self.wakes - other.wakes)


def measure() -> Findings:
    with tempfile.TemporaryDirectory() as folder, Village(Path(folder)) as village:
        assert village.kiosk is not None
        process = psutil.Process(village.kiosk.pid)
        village.screen.see("idle")
        rows = _rows(process, "empty")
        village.hands.put(*(item.item_id for item in stacks()[0].items))
        wait_until("the kiosk says that books lie there", lambda: "10" in " ".join(village.screen.texts()))
        rows += _rows(process, "10 books")
    remark = f"percent of one core in {WINDOWS} windows of {WINDOW_S:g} s; target with 10 books: below"
    return Findings("idle: processor time of the kiosk process", rows, (f"{remark} {TARGET_PERCENT:g}",))


def _rows(process: psutil.Process, pad: str) -> list[Row]:
    """The whole, then thread by thread, the busiest first."""
    time.sleep(PAD_PACE.rests_after_s + WINDOW_S / 2)
    windows = [_window(process) for _ in range(WINDOWS)]
    sums = {name: sum((window.get(name, Used()) for window in windows), Used()) for name in windows[-1]}
    return [
        {"pad": pad, "thread": name}
        | {f"window {n}": _percent(window.get(name, Used())) for n, window in enumerate(windows, 1)}
        | {"wakes/s": round(sums[name].wakes / (WINDOWS * WINDOW_S), 1)}
        for name in sorted(sums, key=lambda name: sums[name].seconds, reverse=True)
        if name == ALL or _percent(sums[name]) >= SHOWN_PERCENT * WINDOWS
    ]


def _percent(used: Used) -> float:
    """Of one core, in one window."""
    return round(100 * used.seconds / WINDOW_S, 2)


def _window(process: psutil.Process) -> dict[str, Used]:
    """What each thread used in one window, by its name, and all of them together."""
    before = _used(process)
    time.sleep(WINDOW_S)
    used = {name: now - before.get(name, Used()) for name, now in _used(process).items()}
    return used | {ALL: sum(used.values(), Used())}


def _used(process: psutil.Process) -> dict[str, Used]:
    """So far, by thread; those of one name (a library's) are one line."""
    used: dict[str, Used] = {}
    for thread in process.threads():
        name = "screen" if thread.id == process.pid else _told(process, thread.id, "comm")
        words = _told(process, thread.id, "status").split()
        wakes = int(words[words.index("voluntary_ctxt_switches:") + 1])
        used[name] = used.get(name, Used()) + Used(thread.user_time + thread.system_time, wakes)
    return used


def _told(process: psutil.Process, thread: int, file: str) -> str:
    return Path(f"/proc/{process.pid}/task/{thread}/{file}").read_text(encoding="utf-8").strip()
