"""`python -m devices udev`: prints udev rules that give what is plugged in now a lasting name.

    python -m devices udev > 60-shuzhan.rules
    python -m devices udev --name /dev/ttyUSB1=kiosk-scanner

Each port is asked what answers there, and named for it: kiosk-pad, kiosk-nfc and so on. A scanner answers
nothing: it is named with --name. By serial number where the adapter has one, else by its USB socket.
"""

import argparse
import re
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from devices.errors import DeviceError
from devices.finding import SerialPort
from devices.hotplug import serial_ports
from devices.kinds import Kind
from devices.registry import MODELS, probe

NAMES: dict[Kind, str] = {
    Kind.TAG_READER: "kiosk-pad",
    Kind.CARD_READER: "kiosk-nfc",
    Kind.SCANNER: "kiosk-scanner",
    Kind.RECEIPT_PRINTER: "kiosk-printer",
    Kind.DOOR_COUNTER: "kiosk-counter",
}
ENDING = 'GROUP="dialout", MODE="0660"'
_NAME = re.compile("[A-Za-z0-9-]{1,40}")
# a serial number is put between quotes, where udev knows patterns
_PLAIN = re.compile("[A-Za-z0-9._-]+")


def add_udev_parser(commands: Any) -> None:
    parser = commands.add_parser("udev", help="print udev rules for what is plugged in now")
    parser.add_argument("--name", action="append", default=[], metavar="PORT=NAME", help="may be given again")
    parser.set_defaults(run=_run)


def rule(port: SerialPort, name: str, *, shared_serial: bool = False) -> str:
    """One line. ValueError for a port that nothing tells from its neighbours."""
    by_serial = port.serial and not shared_serial and _PLAIN.fullmatch(port.serial)
    if by_serial and port.vid is not None and port.pid is not None:
        which = (
            f'ATTRS{{idVendor}}=="{port.vid:04x}", ATTRS{{idProduct}}=="{port.pid:04x}", '
            f'ATTRS{{serial}}=="{port.serial}"'
        )
    elif port.usb_path:
        which = f'KERNELS=="{port.usb_path}"'
    else:
        raise ValueError(f"{port.path}: neither a serial number nor a USB socket; its own name has to do")
    return f'SUBSYSTEM=="tty", {which}, SYMLINK+="{name}", {ENDING}'


def rules(
    ports: Sequence[SerialPort], named: Mapping[str, str], asked: Callable[[str], Kind | None]
) -> list[str]:
    """Lines for a rules file: a remark and a rule for each port on USB. `named` by path goes before what
    answers there (`asked`)."""
    lines: list[str] = []
    serials = [(port.vid, port.pid, port.serial) for port in ports]
    taken: set[str] = set(named.values())
    for port in ports:
        if port.vid is None:
            continue
        kind = None if port.path in named else asked(port.path)
        name = named.get(port.path) or (NAMES[kind] if kind else "")
        told = (
            f"# {port.path}: {port.product or 'unknown adapter'}, {kind.value if kind else name or 'silent'}"
        )
        if not name:
            lines.append(f"{told}; if it is a scanner: --name {port.path}=kiosk-scanner")
            continue
        if kind and name in taken:
            name = _another(name, taken)
        taken.add(name)
        shared = serials.count((port.vid, port.pid, port.serial)) > 1
        lines += [told, rule(port, name, shared_serial=shared)]
    return lines


def _another(name: str, taken: Iterable[str]) -> str:
    return next(f"{name}-{n}" for n in range(2, 100) if f"{name}-{n}" not in taken)


def ask_port(path: str) -> Kind | None:
    """The kind of what answers there, asked as each model in turn; None for silence."""
    for model, entry in MODELS.items():
        if entry.answers is None:
            continue
        try:
            return probe(model, path).kind
        except DeviceError:
            continue
    return None


def _run(args: argparse.Namespace) -> int:
    named = dict(pair.partition("=")[::2] for pair in args.name)
    for path, name in named.items():
        if not path or not _NAME.fullmatch(name):
            print(f"--name {path}={name}: expected PORT=NAME of letters, digits and hyphens", file=sys.stderr)
            return 2
    lines = rules(serial_ports(), named, ask_port)
    if not lines:
        print("no serial port on USB is plugged in, or udev cannot be asked", file=sys.stderr)
        return 1
    print("\n".join(lines))
    return 0
