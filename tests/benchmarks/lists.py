"""What the offline copies cost a village: bytes over its link, by day, at first and after a year away.

The day and the first copy go the whole way: `python -m central lists import`, the centre's process, Mosquitto
with TLS, an uplink whose link is metered, a copy on disk. The year goes from the log to the copy by hand.
"""

import contextlib
import socket
import subprocess
import sys
import tempfile
import time
import zlib
from base64 import b64encode
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

import msgspec
from cryptography.fernet import Fernet

from broker_config.lists import ListedItem, ListedReader, ListName, Lists, pack
from broker_config.messages import decode, encode
from broker_config.status import DeviceState, State
from broker_config.topics import Identity
from broker_config.values import Condition, timestamp
from central.store.lists import compare
from kiosk import clock
from kiosk.broker_access import BrokerSettings
from kiosk.copy import LocalCopy
from kiosk.hearing import Ears
from kiosk.journal import Journal
from kiosk.uplink import Uplink
from tests.benchmarks.table import Cell, Findings, Row
from tests.broker import Broker
from tests.centre import Centre
from tests.kiosk.cable import Cable
from tests.kiosk.test_uplink import health
from tests.lists import (
    NOW,
    Library,
    a_reader,
    a_title,
    item_id,
    many_readers,
    many_titles,
    title_characters,
    write_items,
    write_readers,
)
from tests.waiting import wait_for

ITEMS, READERS = 60_000, 12_000
NEW_ITEMS, CHANGED_ITEMS, GONE_ITEMS = 120, 60, 20
NEW_READERS, CHANGED_READERS, GONE_READERS = 10, 18, 2
DAYS, METERED_DAYS = 365, 5
PACKED = 800
QUIET_S, PATIENCE_S = 1.0, 120.0
KIOSK = Identity("mz-taiping-03", "kiosk-1")
DEVICE = DeviceState(
    kind="receipt_printer",
    model="escpos",
    port="/dev/kiosk-printer",
    condition=Condition.OK,
    serial="EP0042",
    firmware="1.0",
    since="2026-11-22T03:04:05.678Z",
)


def measure() -> Findings:
    with tempfile.TemporaryDirectory() as folder:
        rows = [*_over_the_wire(Path(folder) / "wire"), *_by_hand(Path(folder) / "hand")]
    remarks = (
        f"{ITEMS} items, {READERS} readers; a day: {NEW_ITEMS} items new, {CHANGED_ITEMS} changed, "
        f"{GONE_ITEMS} gone, {NEW_READERS} readers new, {CHANGED_READERS} changed, {GONE_READERS} gone",
        "payload: of the messages with changes; wire: TCP both ways with TLS, MQTT, states and heartbeats",
        _of_packing(),
        "titles are drawn character by character: real ones are smaller",
        "take_s: reading, encrypting and storing the messages on this machine; worst_ms: the slowest of them",
    )
    return Findings("lists: what the offline copies cost a village's link", rows, remarks)


def _of_packing() -> str:
    items = [ListedItem(key, title) for key, title in many_titles(PACKED).items()]
    rows = msgspec.json.encode(items)
    sizes = {"plain": rows, "zlib": b64encode(zlib.compress(rows, 9)), "ours": b64encode(pack([], items))}
    told = ", ".join(f"{how} {len(packed) / 1000:.1f} kB" for how, packed in sizes.items())
    return f"{PACKED} items as they travel: {told}"


def _row(what: str, taken: "Taken", wire_bytes: float | None = None, times: int = 1) -> Row:
    wire: Cell = "" if wire_bytes is None else round(wire_bytes / times / 1000, 1)
    return {
        "what": what,
        "messages": round(taken.count / times, 1),
        "payload_kB": round(taken.payload_bytes / times / 1000, 1),
        "wire_kB": wire,
        "take_s": round(taken.seconds / times, 2),
        "worst_ms": round(1000 * taken.worst_s, 1),
    }


@dataclass
class Taken:
    """Messages that a copy took."""

    count: int = 0
    payload_bytes: int = 0
    seconds: float = 0.0
    worst_s: float = 0.0

    def take(self, copy: LocalCopy, lists: Lists) -> None:
        payload = encode(lists)
        began_s = time.monotonic()
        copy.apply(decode(Lists, payload))
        took_s = time.monotonic() - began_s
        self.count += 1
        self.payload_bytes += len(payload)
        self.seconds += took_s
        self.worst_s = max(self.worst_s, took_s)


@dataclass
class District:
    """Its lists, as they change from day to day: rows of the files by key."""

    random: Random = field(default_factory=lambda: Random(7))
    items: dict[str, str] = field(default_factory=lambda: many_titles(ITEMS))
    readers: dict[str, tuple[str, ...]] = field(
        default_factory=lambda: {reader[0]: reader for reader in many_readers(READERS)}
    )
    last_item: int = ITEMS
    last_reader: int = READERS
    characters: str = field(default_factory=title_characters)

    def a_day(self) -> dict[ListName, set[str]]:
        """The keys that were touched."""
        return {
            ListName.ITEMS: self._of_items(),
            ListName.READERS: self._of_readers(),
        }

    def _of_items(self) -> set[str]:
        known = self.random.sample(sorted(self.items), GONE_ITEMS + CHANGED_ITEMS)
        for key in known[:GONE_ITEMS]:
            del self.items[key]
        new = [item_id(self.last_item + n) for n in range(1, NEW_ITEMS + 1)]
        self.last_item += NEW_ITEMS
        for key in (*known[GONE_ITEMS:], *new):
            self.items[key] = a_title(self.random, self.characters)
        return {*known, *new}

    def _of_readers(self) -> set[str]:
        known = self.random.sample(sorted(self.readers), GONE_READERS + CHANGED_READERS)
        for key in known[:GONE_READERS]:
            del self.readers[key]
        for key in known[GONE_READERS:]:
            self.readers[key] = (key, *a_reader(self.random, 0)[1:])
        new = [a_reader(self.random, self.last_reader + n) for n in range(1, NEW_READERS + 1)]
        self.last_reader += NEW_READERS
        self.readers |= {reader[0]: reader for reader in new}
        return {*known, *(reader[0] for reader in new)}

    def entries(self, name: ListName, keys: Iterable[str]) -> dict[str, str]:
        """Of those `keys` that are there, as `central.lists.read_list` would make them of the files."""
        if name is ListName.ITEMS:
            return {key: _json(ListedItem(key, self.items[key])) for key in keys if key in self.items}
        return {key: _json(_listed(self.readers[key])) for key in keys if key in self.readers}


def _listed(row: tuple[str, ...]) -> ListedReader:
    number, _, card, blocked, limit, expires = row
    values = [number, [card] if card else [], blocked or None, int(limit), expires]
    return msgspec.convert(values, ListedReader)


def _json(entry: object) -> str:
    return msgspec.json.encode(entry).decode()


# -- the whole way -----------------------------------------------------------------------------------------


class Meter(Cable):
    """Counts what passes, both ways."""

    passed_bytes = 0

    def _carry(self, source: socket.socket, target: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while data := source.recv(65536):
                self.passed_bytes += len(data)
                target.sendall(data)
        with contextlib.suppress(OSError):
            target.shutdown(socket.SHUT_RDWR)
        source.close()

    def until_quiet(self) -> int:
        """What has passed when nothing does any more."""
        seen, since_s = -1, time.monotonic()

        def quiet() -> bool:
            nonlocal seen, since_s
            if seen != self.passed_bytes:
                seen, since_s = self.passed_bytes, time.monotonic()
            return time.monotonic() - since_s > QUIET_S

        wait_for(quiet, "a quiet line", PATIENCE_S)
        return seen


class Line:
    """An uplink with a copy at the end of a metered link."""

    def __init__(self, folder: Path, broker: Broker, port: int) -> None:
        issued = broker.issue(str(KIOSK))
        settings = BrokerSettings("127.0.0.1", port, issued.ca, issued.certificate, issued.key)
        self.journal = Journal(folder / "journal.db", folder / "journal.key")
        self.copy = LocalCopy(folder / "copy.db", (folder / "journal.key").read_bytes())
        self.taken = Taken()
        self.uplink = Uplink(KIOSK, settings, self.journal, self._state, health, ears=Ears(lists=self._take))
        self.uplink.start()

    def _take(self, lists: Lists) -> None:
        self.taken.take(self.copy, lists)

    def _state(self, session: int, online: bool) -> State:
        """Of five devices, as a village's kiosk has them."""
        at, copies = timestamp(clock.now().utc), self.copy.positions() if online else {}
        devices = (DEVICE,) * 5 if online else ()
        return State(
            at=at, clock_synced=True, online=online, session=session, lists=copies, devices=devices,
            software="shuzhan 0.1.0", config_hash="0" * 16,
        )  # fmt: skip

    def at(self, heads: dict[ListName, int]) -> bool:
        positions = self.copy.positions()
        return all((held := positions[name.value]) and held.seq == seq for name, seq in heads.items())

    def close(self) -> None:
        self.uplink.stop()
        self.copy.close()
        self.journal.close()


def _over_the_wire(folder: Path) -> list[Row]:
    folder.mkdir()
    district = District()
    with Broker(folder) as broker, Centre(folder, broker) as centre, Meter(broker.port) as meter:
        line = Line(folder / "kiosk", broker, meter.port)
        try:
            heads = dict.fromkeys(ListName, 0)
            first_bytes = _metered(meter, line, lambda: _import(folder, centre, district, heads))
            first, line.taken = line.taken, Taken()
            days_bytes = 0
            for _ in range(METERED_DAYS):
                district.a_day()
                days_bytes += _metered(meter, line, lambda: _import(folder, centre, district, heads))
        finally:
            line.close()
    return [
        _row("first copies", first, first_bytes),
        _row(f"a day, of {METERED_DAYS} metered", line.taken, days_bytes, METERED_DAYS),
    ]


def _metered(meter: Meter, line: Line, imported: Callable[[], dict[ListName, int]]) -> int:
    before = meter.until_quiet()
    heads = imported()
    wait_for(lambda: line.at(heads), "the kiosk is up to date", PATIENCE_S)
    return meter.until_quiet() - before


def _import(
    folder: Path, centre: Centre, district: District, heads: dict[ListName, int]
) -> dict[ListName, int]:
    """Where the logs stand afterwards, from what the command says it did."""
    items = write_items(folder / "items.csv", district.items)
    readers = write_readers(folder / "readers.csv", district.readers.values())
    command = [sys.executable, "-m", "central", "lists", "import", "--config", str(centre.config)]
    command += ["--items", str(items), "--readers", str(readers)]
    told = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    for line in told.splitlines():
        name, _, changes = line.partition(": ")
        counts = (part.split()[0] for part in changes.partition(";")[0].split(", "))
        heads[ListName(name)] += sum(map(int, counts))
    return heads


# -- by hand -----------------------------------------------------------------------------------------------


def _by_hand(folder: Path) -> list[Row]:
    folder.mkdir()
    district, library = District(), Library(folder)
    present, absent = (LocalCopy(folder / f"{name}.db", Fernet.generate_key()) for name in ("here", "away"))
    _append(library, district, {ListName.ITEMS: set(district.items), ListName.READERS: set(district.readers)})
    for copy in (present, absent):
        _feed(library, copy)
    year = Taken()
    for _ in range(DAYS):
        _append(library, district, district.a_day())
        _feed(library, present, year)
    back = _feed(library, absent)
    return [
        _row(f"a day, of {DAYS}", year, times=DAYS),
        _row(f"after {DAYS} days away", back),
    ]


def _append(library: Library, district: District, touched: dict[ListName, set[str]]) -> None:
    with library.log.writing():
        for name, keys in touched.items():
            known = library.log.entries(name)
            before = {key: known[key] for key in keys if key in known}
            library.log.append(name, compare(before, district.entries(name, keys)), NOW)


def _feed(library: Library, copy: LocalCopy, taken: Taken | None = None) -> Taken:
    taken = taken or Taken()
    for name in ListName:
        while chunk := library.next(name, copy.positions()[name.value]):
            taken.take(copy, chunk)
    return taken


if __name__ == "__main__":
    from tests.benchmarks.table import text

    print(text(measure()))
