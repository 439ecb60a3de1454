"""Where a configured device is plugged in: by a name of udev's, by USB numbers, or by the socket it sits in.

Pure: takes the serial ports that the operating system shows now (`hotplug.py` asks for them) and says which
is whose. Whether the right thing answers there is found out by opening it.

    find = "1A86:7523:A50285BI"     vendor, product and serial number of the USB adapter
    find = "1A86:7523"              for adapters without a serial number, if there is one of them
    usb_path = "1-1.2:1.0"          whatever is plugged into that socket
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass


class BadAddress(ValueError):
    """What tells where a device is makes no sense; the message says what was expected."""


@dataclass(frozen=True)
class SerialPort:
    """One that the operating system shows. `links` are udev's other names for it; the USB numbers are None
    for a port that is on no USB."""

    path: str
    links: tuple[str, ...] = ()
    vid: int | None = None
    pid: int | None = None
    serial: str | None = None
    usb_path: str | None = None
    product: str | None = None


@dataclass(frozen=True)
class ByPath:
    """Always there by this name, or not at all."""

    path: str

    def __str__(self) -> str:
        return self.path


@dataclass(frozen=True)
class ByIds:
    vid: int
    pid: int
    serial: str | None = None

    def __str__(self) -> str:
        return f"USB {self.vid:04X}:{self.pid:04X}" + (f":{self.serial}" if self.serial else "")


@dataclass(frozen=True)
class ByUsbPath:
    usb_path: str

    def __str__(self) -> str:
        return f"USB socket {self.usb_path}"


Address = ByPath | ByIds | ByUsbPath

_IDS = re.compile(r"(?P<vid>[0-9A-Fa-f]{4}):(?P<pid>[0-9A-Fa-f]{4})(:(?P<serial>[^\s:]+))?")
_USB_PATH = re.compile(r"[0-9]+-[0-9]+(\.[0-9]+)*(:[0-9]+\.[0-9]+)?")


def by_ids(text: str) -> ByIds:
    """`VID:PID` or `VID:PID:SERIAL`; BadAddress."""
    found = _IDS.fullmatch(text)
    if not found:
        raise BadAddress(f"{text!r}: expected VID:PID or VID:PID:SERIAL, such as 1A86:7523")
    return ByIds(int(found["vid"], 16), int(found["pid"], 16), found["serial"])


def by_usb_path(text: str) -> ByUsbPath:
    """A USB interface as the kernel names it; BadAddress."""
    if not _USB_PATH.fullmatch(text):
        raise BadAddress(f"{text!r}: expected a USB path such as 1-1.2:1.0")
    return ByUsbPath(text)


def locate(wanted: Mapping[str, Address], ports: Sequence[SerialPort]) -> dict[str, str]:
    """Device name → path, of those that are there. A path stands for itself, there or not.

    Where a unit with another serial number, or with other USB numbers, was plugged in instead of the one
    looked for, it is taken if there is only one that nobody else claims: asking it decides.
    """
    found = {name: address.path for name, address in wanted.items() if isinstance(address, ByPath)}
    free = [port for port in ports if not any(path in (port.path, *port.links) for path in found.values())]
    for fits in (_exactly, _same_adapter, _any_usb):
        fitting = {
            name: [port for port in free if fits(address, port)]
            for name, address in wanted.items()
            if name not in found
        }
        for name, candidates in fitting.items():
            if len(candidates) == 1 and sum(candidates[0] in others for others in fitting.values()) == 1:
                found[name] = candidates[0].path
                free.remove(candidates[0])
    return found


def _exactly(address: Address, port: SerialPort) -> bool:
    match address:
        case ByIds(vid, pid, serial):
            return (port.vid, port.pid) == (vid, pid) and serial in (None, port.serial)
        case ByUsbPath(usb_path):
            return port.usb_path is not None and port.usb_path in (usb_path, usb_path.split(":")[0])
        case ByPath():
            return False


def _same_adapter(address: Address, port: SerialPort) -> bool:
    return isinstance(address, ByIds) and (port.vid, port.pid) == (address.vid, address.pid)


def _any_usb(address: Address, port: SerialPort) -> bool:
    return isinstance(address, ByIds) and port.vid is not None
