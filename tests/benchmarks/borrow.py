"""Borrowing ten books, from the touch that confirms to the result, against its two chains one at a time.

The ILS alone: ten checkouts, one after the other, over the kiosk's own SIP2 client. The tags alone: ten
security bytes written and read back through the kiosk's own driver. Journal and software come on top of both.
"""

import statistics
import tempfile
import time
from pathlib import Path

from devices.feig_obid.driver import FeigObid
from hardware_sim.ils.tags import chip_for
from hardware_sim.registry import SimulatedDevice
from hardware_sim.world import AFI_ON_LOAN, World
from kiosk.sip2.client import Sip2Client
from tests.benchmarks.headless import Headless, Stack, stacks
from tests.benchmarks.table import Findings, Row

RUNS = 3
ILS_MS = 80
TARGET = 1.10


def measure() -> Findings:
    rows = [_row(run) for run in range(1, RUNS + 1)]
    ratio = statistics.median(float(row["ratio"]) for row in rows)
    remarks = (
        f"median ratio {ratio:.3f}, target {TARGET}: total to the longer of the two chains alone; ms",
        f"ILS answers in {ILS_MS} ms; pad: feig_obid with physics on",
        "instant tags: the same borrowing on a pad that takes no time: what the tags add is the rest",
    )
    return Findings("borrow: ten books from confirmation to result", rows, remarks)


def _row(run: int) -> Row:
    mine, other, *_ = stacks()
    with tempfile.TemporaryDirectory() as folder, Headless(Path(folder)) as kiosk:
        kiosk.ils.do("delay_ms", ms=ILS_MS)
        ils_s = _ils_alone(kiosk, other)
        total_s = kiosk.borrow(mine)
    with tempfile.TemporaryDirectory() as folder, Headless(Path(folder), physics=False) as kiosk:
        kiosk.ils.do("delay_ms", ms=ILS_MS)
        instant_s = kiosk.borrow(mine)
    tags_s = _tags_alone(mine)
    return {
        "run": run,
        "ratio": round(total_s / max(ils_s, tags_s), 3),
        "total": round(1000 * total_s),
        "ils alone": round(1000 * ils_s),
        "tags alone": round(1000 * tags_s),
        "instant tags": round(1000 * instant_s),
    }


def _ils_alone(kiosk: Headless, stack: Stack) -> float:
    client = Sip2Client(kiosk.config.server)
    client.status()
    began = time.monotonic()
    for item in stack.items:
        assert client.checkout(stack.reader_id, item.item_id).ok
    took_s = time.monotonic() - began
    client.close()
    return took_s


def _tags_alone(stack: Stack) -> float:
    world = World(tags={item.item_id: chip_for(item) for item in stack.items})
    world.put(*world.tags)
    with tempfile.TemporaryDirectory() as folder:
        device = SimulatedDevice("feig_obid", world, Path(folder) / "kiosk-pad", Path(folder), physics=True)
        device.plug()
        driver = FeigObid(str(device.link.path))
        began = time.monotonic()
        for chip in world.tags.values():
            driver.write_afi(chip.uid, AFI_ON_LOAN)
            assert driver.system_info(chip.uid).afi == AFI_ON_LOAN
        took_s = time.monotonic() - began
        driver.close()
        device.unplug()
    return took_s
