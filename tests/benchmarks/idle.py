"""Processor time of the real kiosk process, window and all, while nobody is there and ten books lie there.

The simulated pad answers at once here: more polls a second than any real reader allows.
"""

import tempfile
import time
from pathlib import Path

import psutil

from hardware_sim.processes import wait_until
from hardware_sim.village import Village
from tests.benchmarks.headless import stacks
from tests.benchmarks.table import Findings, Row

SETTLE_S, WINDOW_S, WINDOWS = 5.0, 10.0, 3
TARGET_PERCENT = 5.0


def measure() -> Findings:
    with tempfile.TemporaryDirectory() as folder, Village(Path(folder)) as village:
        assert village.kiosk is not None
        process = psutil.Process(village.kiosk.pid)
        village.screen.see("idle")
        rows = [_row(process, "empty", window) for window in range(1, WINDOWS + 1)]
        village.hands.put(*(item.item_id for item in stacks()[0].items))
        wait_until("the kiosk says that books lie there", lambda: "10" in " ".join(village.screen.texts()))
        rows += [_row(process, "10 books", window) for window in range(1, WINDOWS + 1)]
    remark = f"target with 10 books: below {TARGET_PERCENT:g} % of one core"
    return Findings("idle: processor time of the kiosk process", rows, (remark,))


def _row(process: psutil.Process, pad: str, window: int) -> Row:
    """One stretch of time, after the window has come to rest."""
    time.sleep(SETTLE_S)
    before = _seconds_by_thread(process)
    began = time.monotonic()
    time.sleep(WINDOW_S)
    wall_s = time.monotonic() - began
    used = {thread: after - before.get(thread, 0.0) for thread, after in _seconds_by_thread(process).items()}
    busiest = max(used, key=lambda thread: used[thread])
    percent = 100 * sum(used.values()) / wall_s
    main = 100 * used[process.pid] / wall_s
    other = 100 * used[busiest] / wall_s
    return {
        "pad": pad,
        "window": window,
        "percent": round(percent, 2),
        "main thread": round(main, 2),
        "busiest thread": round(other, 2),
    }


def _seconds_by_thread(process: psutil.Process) -> dict[int, float]:
    return {thread.id: thread.user_time + thread.system_time for thread in process.threads()}
