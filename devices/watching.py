"""`python -m devices watch`: what the devices of a kiosk see, live, one line each, for staff and builders.

    python -m devices watch --config kiosk.toml
    python -m devices watch --model feig_obid --port /dev/kiosk-pad --json --seconds 30

Opens the devices as the kiosk does, a thread for each, and opens them again when they are lost; a kiosk must
be stopped first, since a port serves one program. Prints what is read, card numbers too, and says so first.
"""

import argparse
import json
import queue
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec

from devices import registry
from devices.errors import DeviceError
from devices.kinds import CodeScanned, Device, Kind
from devices.pad import Pad
from devices.telling import (
    Told,
    card_told,
    code_told,
    count_told,
    lost_told,
    opened_told,
    printer_told,
    tags_told,
)

REOPEN_S = 1.0
FAILURES_BORNE = 3
"""Failures in a row before a device counts as lost, as at the kiosk."""
NOTICE = (
    "注意：以下显示读到的内容，包括读者证号；请勿外传 / "
    "note: what follows shows what is read, reader card numbers included: keep it to yourself"
)


class BadConfig(Exception):
    """A file that names no devices; the message says what and where."""


class DeviceTable(msgspec.Struct, frozen=True):
    """One [[device]] of a kiosk's file; what else stands there is the kiosk's affair."""

    model: str
    port: str = ""
    options: dict[str, Any] = {}


class _File(msgspec.Struct):
    device: tuple[DeviceTable, ...] = ()


def devices_in(path: Path) -> tuple[DeviceTable, ...]:
    """The devices of a kiosk's TOML that can be watched; BadConfig names file and key."""
    try:
        found = msgspec.toml.decode(path.read_bytes(), type=_File).device
    except OSError as error:
        raise BadConfig(f"{path}: 读不了 / cannot be read: {error.strerror}") from error
    except (ValueError, RecursionError) as error:
        # tomllib nests as deep as the file does, and leaves numbers that are too long to int()
        raise BadConfig(f"{path}: 写法不对 / is not right: {error}") from error
    for number, device in enumerate(found):
        where = f"{path}: device[{number}]"
        if device.model not in registry.MODELS:
            known = ", ".join(sorted(registry.MODELS))
            raise BadConfig(f"{where}.model: 没有这个型号 / unknown model {device.model!r}, one of: {known}")
        if not device.port:
            raise BadConfig(f"{where}.port: 缺少 / missing, such as /dev/kiosk-pad")
    if not found:
        raise BadConfig(f"{path}: 没有设备 / names no [[device]]")
    return found


# -- watching ------------------------------------------------------------------------------------------------

Tell = Callable[[Told], None]
Look = Callable[[], Told | None]


@dataclass(frozen=True)
class Watch:
    """How a kind of device is looked at: `look_of` gives, for an open one, what to ask again and again."""

    look_of: Callable[[Any], Look]
    pause_s: float


def _pad(reader: Any) -> Look:
    pad, port = Pad(reader), reader.info.port

    def look() -> Told | None:
        changed = pad.poll()
        return None if changed is None else tags_told(port, changed)

    return look


def _scanner(scanner: Any) -> Look:
    def look() -> Told | None:
        code = scanner.read(timeout_s=0.5)
        return code_told(scanner.info.port, code) if isinstance(code, CodeScanned) else None

    return look


def _changes(ask: str, told: Callable[[str, Any], Told]) -> Callable[[Any], Look]:
    """Of a device that is asked for its state: told when it is another one than before."""

    def look_of(device: Any) -> Look:
        before: list[object] = [None]

        def look() -> Told | None:
            now = getattr(device, ask)()
            if now == before[0]:
                return None
            before[0] = now
            return None if now is None else told(device.info.port, now)

        return look

    return look_of


WATCHES: dict[Kind, Watch] = {
    Kind.TAG_READER: Watch(_pad, 0.06),
    Kind.CARD_READER: Watch(_changes("sense", card_told), 0.1),
    Kind.SCANNER: Watch(_scanner, 0.0),
    Kind.RECEIPT_PRINTER: Watch(_changes("status", printer_told), 1.0),
    Kind.DOOR_COUNTER: Watch(_changes("read", count_told), 1.0),
}


class Watcher(threading.Thread):
    """One device: opened, watched, and opened again when it is lost, until `stopping` is set."""

    def __init__(self, table: DeviceTable, tell: Tell, stopping: threading.Event) -> None:
        super().__init__(name=f"watch {table.port}", daemon=True)
        self._table = table
        self._tell = tell
        self._stopping = stopping
        self._reason = ""
        """Why it is lost, once that was told."""

    def run(self) -> None:
        while not self._stopping.is_set():
            try:
                device = registry.open_device(self._table.model, self._table.port, **self._table.options)
                try:
                    self._serve(device)
                finally:
                    device.close()
            except DeviceError as error:
                self._lost(str(error))
            except TypeError as error:
                # an option that this driver does not have: no waiting helps
                self._lost(f"{self._table.port}: {self._table.model}: {error}")
                return
            self._stopping.wait(REOPEN_S)

    def _serve(self, device: Device) -> None:
        self._reason = ""
        self._tell(opened_told(device.info))
        watch = WATCHES[device.info.kind]
        look, failures = watch.look_of(device), 0
        while not self._stopping.wait(watch.pause_s):
            try:
                told = look()
                failures = 0
            except DeviceError:
                failures += 1
                if failures >= FAILURES_BORNE:
                    raise
                continue
            if told is not None:
                self._tell(told)

    def _lost(self, reason: str) -> None:
        if reason != self._reason:
            self._reason = reason
            self._tell(lost_told(self._table.port, reason))


def watch(
    tables: tuple[DeviceTable, ...], stopping: threading.Event, seconds: float | None
) -> Iterator[Told]:
    """What happens at the devices, as it does, until `stopping` is set or `seconds` are over."""
    news: queue.SimpleQueue[Told] = queue.SimpleQueue()
    watchers = [Watcher(table, news.put, stopping) for table in tables]
    for watcher in watchers:
        watcher.start()
    end = None if seconds is None else time.monotonic() + seconds
    try:
        while not stopping.is_set() and (end is None or time.monotonic() < end):
            try:
                yield news.get(timeout=0.1)
            except queue.Empty:
                continue
    finally:
        stopping.set()
        for watcher in watchers:
            watcher.join(REOPEN_S + 2.0)


# -- the command ---------------------------------------------------------------------------------------------


def add_watch_parser(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    parser = commands.add_parser("watch", help="show live what the devices of a kiosk see")
    parser.add_argument("--config", type=Path, metavar="FILE", help="a kiosk's TOML: all its devices")
    parser.add_argument("--model", choices=registry.MODELS, metavar="MODEL", help="one device alone …")
    parser.add_argument("--port", metavar="PATH", help="… and where it is")
    parser.add_argument("--json", action="store_true", help="one JSON object a line")
    parser.add_argument("--seconds", type=float, metavar="N", help="end by itself after so long")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """0 when it was ended; 2 for arguments or a file that make no sense."""
    try:
        tables = _tables(args)
    except BadConfig as error:
        print(f"watch: {error}", file=sys.stderr)
        return 2
    notice = json.dumps({"what": "notice", "about": NOTICE}, ensure_ascii=False) if args.json else NOTICE
    print(notice, flush=True)
    try:
        for told in watch(tables, threading.Event(), args.seconds):
            print(_line(told, args.json), flush=True)
    except KeyboardInterrupt:
        return 0
    return 0


def _tables(args: argparse.Namespace) -> tuple[DeviceTable, ...]:
    if args.config and not (args.model or args.port):
        return devices_in(args.config)
    if args.model and args.port and not args.config:
        return (DeviceTable(args.model, args.port),)
    raise BadConfig("请给出 --config FILE，或 --model 与 --port / give --config FILE, or --model and --port")


def _line(told: Told, as_json: bool) -> str:
    if as_json:
        return json.dumps({"port": told.port, "what": told.what, **told.data}, ensure_ascii=False)
    return f"{time.strftime('%H:%M:%S')} {told.port}  {told.about}"
