"""What the operating system shows of plugs: serial ports, and a bell that rings when one comes or goes.

The only place that speaks with udev. Without udev (a container, a board that is still starting) there are no
USB numbers and the bell never rings: whoever waits for it looks again anyway after some time, at names in the
file system, which come and go alike for adapters and for simulated wires.
"""

import logging
import os
import stat
from pathlib import Path
from typing import Any, Protocol

import pyudev

from devices.finding import SerialPort

log = logging.getLogger(__name__)

Token = tuple[int, ...]


class Bell(Protocol):
    def wait(self, timeout_s: float) -> bool:
        """Whether something was plugged in or pulled within `timeout_s`."""


class UdevBell:
    """Rings for serial ports; what rings together is heard as one."""

    def __init__(self) -> None:
        """OSError when the kernel's messages cannot be had."""
        self._monitor = pyudev.Monitor.from_netlink(pyudev.Context())
        self._monitor.filter_by("tty")
        self._monitor.start()

    def wait(self, timeout_s: float) -> bool:
        rang = self._monitor.poll(timeout_s) is not None
        while self._monitor.poll(0) is not None:
            pass
        return rang


def serial_ports() -> tuple[SerialPort, ...]:
    """Every serial port that hangs on some hardware; none where udev cannot be asked."""
    try:
        return tuple(
            _port(device) for device in pyudev.Context().list_devices(subsystem="tty") if device.parent
        )
    except (ImportError, OSError) as error:
        log.debug("udev cannot be asked: %s", error)
        return ()


def usb_serial(path: str) -> str | None:
    """The serial number of the USB adapter behind `path`; None where there is none, or no USB."""
    try:
        number = Path(path).stat().st_rdev
        device = pyudev.Devices.from_device_number(pyudev.Context(), "char", number)
    except (ImportError, OSError, pyudev.DeviceNotFoundError):
        return None
    return _port(device).serial


def token(path: str) -> Token | None:
    """Tells one plugging-in at `path` from the next; None while nothing is there."""
    try:
        name, node = os.lstat(path), Path(path).stat()
    except OSError:
        return None
    linked_at_ns = name.st_ctime_ns if stat.S_ISLNK(name.st_mode) else 0
    return name.st_ino, linked_at_ns, node.st_rdev, node.st_ino


def _port(device: Any) -> SerialPort:
    usb = device.find_parent("usb", "usb_device")
    interface = device.find_parent("usb", "usb_interface")
    node = device.device_node or ""
    if usb is None:
        return SerialPort(node, tuple(device.device_links))
    return SerialPort(
        node,
        tuple(device.device_links),
        int(usb.attributes.asstring("idVendor"), 16),
        int(usb.attributes.asstring("idProduct"), 16),
        _attribute(usb, "serial"),
        interface.sys_name if interface is not None else usb.sys_name,
        _attribute(usb, "product"),
    )


def _attribute(device: Any, name: str) -> str | None:
    """None for one that is missing or is no text."""
    try:
        text: str = device.attributes.asstring(name)
    except (KeyError, UnicodeDecodeError):
        return None
    return text.strip() or None
