"""From a card's coming into the field to its event: sensed by the chip, and read where more is wanted of it.

The kiosk's own job polls the unchanged driver over the wire. "sensed": since the chip first found the card;
"laid": since it came into the field, with the pause between two polls. The simulated chip answers at once
and the pty carries without delay: a real card adds its time in the air (some 5 ms a frame).
"""

import tempfile
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from random import Random
from typing import Any

from devices.kinds import CardTechnology, NdefRead, SectorRead
from devices.pn532.driver import Pn532
from hardware_sim.registry import SimulatedDevice
from hardware_sim.world import Card, Sector, World
from kiosk.jobs import FORGET_CARD_AFTER, CardJob, Wanted
from tests.benchmarks.table import Findings, Row

ARRIVALS = 60
TARGET_MS = 100.0
KEY = bytes.fromhex("A0A1A2A3A4A5")
NUMBER = b"25240000010010"
CARDS = {
    "Classic, UID": Card(bytes.fromhex("DEADBEEF")),
    "Classic, sector": Card(bytes.fromhex("DEADBEEE"), sectors=(Sector(3, NUMBER, KEY),)),
    "NTAG, UID": Card(bytes.fromhex("04112233445566"), "type2"),
    "NTAG, NDEF": Card(bytes.fromhex("04112233445567"), "type2", ndef=b"\xd1\x01\x11T\x02zh" + NUMBER),
    "type 4A, UID": Card(bytes.fromhex("04A1B2C3D4E5F6"), "type4a"),
    "type 4A, NDEF": Card(bytes.fromhex("04A1B2C3D4E5F7"), "type4a", ndef=b"\xd1\x01\x11T\x02zh" + NUMBER),
    "type 4B, UID": Card(bytes.fromhex("1A2B3C4D"), "type4b"),
    "FeliCa, UID": Card(bytes.fromhex("0101010601B00ADE"), "felica"),
}


def measure() -> Findings:
    with tempfile.TemporaryDirectory() as folder:
        rows = [_row(name, card, Path(folder)) for name, card in CARDS.items()]
    worst = max(row["sensed max"] for row in rows)
    remark = f"milliseconds; target: sensed below {TARGET_MS:g} (worst here {worst:.1f})"
    return Findings(f"cards: {ARRIVALS} arrivals each, told by the kiosk's job", rows, (remark,))


def _row(name: str, card: Card, folder: Path) -> Row:
    world = World()
    device = SimulatedDevice("pn532", world, folder / "kiosk-nfc", folder)
    device.plug()
    reader = Pn532(str(device.link.path))
    found_at = _watched(device.link.simulator)
    job = CardJob(reader, _wanted(name))
    chance, sensed, laid = Random(name), [], []
    for _ in range(ARRIVALS):
        laid_at = _lay(world, card, chance.uniform(0.0, 2 * job.pause_s))
        found_at.clear()
        told_at = _until_told(job)
        sensed.append(told_at - found_at[0])
        laid.append(told_at - laid_at())
        world.card = None
        for _ in range(FORGET_CARD_AFTER):
            job.poll(lambda event: None)
    reader.close()
    device.unplug()
    return {"card": name} | _spread("sensed", sensed) | _spread("laid", laid)


def _wanted(name: str) -> Wanted:
    sector, message = SectorRead(3, 0, KEY), NdefRead()
    return {"sector": lambda _: sector, "NDEF": lambda _: message}.get(name.split(", ")[1], _nothing)


def _nothing(technology: CardTechnology) -> None:
    return None


def _lay(world: World, card: Card, after_s: float) -> Callable[[], float]:
    """Have a hand lay it there in a while; when it did, afterwards."""
    when: list[float] = []

    def hand() -> None:
        with world.lock:
            world.card = replace(card)
        when.append(time.monotonic())

    threading.Timer(after_s, hand).start()
    return lambda: when[0]


def _watched(chip: Any) -> list[float]:
    """When the chip found a card, from now on."""
    times: list[float] = []
    find = chip._radio.find

    def finding(technology: int, request: bytes, most: int = 1) -> list[bytes]:
        found: list[bytes] = find(technology, request, most)
        if found:
            times.append(time.monotonic())
        return found

    chip._radio.find = finding
    return times


def _until_told(job: CardJob) -> float:
    told: list[float] = []
    while True:
        job.poll(lambda event: told.append(time.monotonic()))
        if told:
            return told[0]
        time.sleep(job.pause_s)


def _spread(name: str, seconds: Sequence[float]) -> Row:
    ordered = sorted(1000 * second for second in seconds)
    places = {"median": len(ordered) // 2, "p95": int(0.95 * len(ordered)), "max": len(ordered) - 1}
    return {f"{name} {word}": round(ordered[place], 1) for word, place in places.items()}
