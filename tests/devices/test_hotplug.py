"""What udev tells, at its edge: only pyudev itself is made up here, as its own objects look."""

from pathlib import Path
from typing import Any

import pytest
import pyudev
from pytest_mock import MockerFixture

from devices import hotplug
from devices.finding import SerialPort
from hardware_sim.pty_link import PtyLink
from hardware_sim.serial_scanner import SerialScanner
from hardware_sim.world import World


class Attributes(dict[str, str]):
    def asstring(self, name: str) -> str:
        return self[name]


class Node:
    """As `pyudev.Device` answers."""

    def __init__(self, sys_name: str, attributes: dict[str, str] | None = None, **parents: "Node") -> None:
        self.sys_name, self.device_node = sys_name, f"/dev/{sys_name}"
        self.device_links = iter([f"/dev/serial/by-id/{sys_name}"])
        self.attributes, self._parents = Attributes(attributes or {}), parents
        self.parent = next(iter(parents.values()), None)

    def find_parent(self, subsystem: str, device_type: str) -> "Node | None":
        assert subsystem == "usb"
        return self._parents.get(device_type)


def adapter(**attributes: str) -> Node:
    usb = Node("1-1.2", {"idVendor": "0403", "idProduct": "6001"} | attributes)
    return Node("ttyUSB0", usb_device=usb, usb_interface=Node("1-1.2:1.0"))


def test_an_adapter_is_told_with_its_numbers_and_its_socket(mocker: MockerFixture) -> None:
    context = mocker.patch.object(pyudev, "Context")
    devices = [adapter(serial="A50285BI ", product="FT232R"), Node("ttyS0", platform=Node("serial8250"))]
    context.return_value.list_devices.return_value = [*devices, Node("tty7")]
    port, built_in = hotplug.serial_ports()
    links = ("/dev/serial/by-id/ttyUSB0",)
    assert port == SerialPort("/dev/ttyUSB0", links, 0x0403, 0x6001, "A50285BI", "1-1.2:1.0", "FT232R")
    assert (built_in.path, built_in.vid) == ("/dev/ttyS0", None)


def test_an_adapter_without_a_serial_number_has_none(mocker: MockerFixture) -> None:
    mocker.patch.object(pyudev, "Context").return_value.list_devices.return_value = [adapter()]
    assert hotplug.serial_ports()[0].serial is None


@pytest.mark.parametrize("error", [ImportError("no libudev"), OSError("no netlink")])
def test_where_udev_cannot_be_asked_there_are_no_ports(mocker: MockerFixture, error: Exception) -> None:
    mocker.patch.object(pyudev, "Context", side_effect=error)
    assert hotplug.serial_ports() == ()
    assert hotplug.usb_serial("/dev/null") is None


def test_the_serial_number_behind_a_path(mocker: MockerFixture) -> None:
    mocker.patch.object(pyudev, "Context")
    from_number = mocker.patch.object(pyudev.Devices, "from_device_number", return_value=adapter(serial="77"))
    assert hotplug.usb_serial("/dev/null") == "77"
    assert from_number.call_args.args[1:] == ("char", Path("/dev/null").stat().st_rdev)
    from_number.side_effect = pyudev.DeviceNotFoundByNumberError("char", 1)
    assert hotplug.usb_serial("/dev/null") is None


def test_the_bell_rings_once_for_what_comes_together(mocker: MockerFixture) -> None:
    mocker.patch.object(pyudev, "Context")
    events: list[Any] = ["add", "add", "remove"]
    monitor = mocker.patch.object(pyudev.Monitor, "from_netlink").return_value
    monitor.poll.side_effect = lambda timeout: events.pop(0) if events else None
    bell = hotplug.UdevBell()
    monitor.filter_by.assert_called_once_with("tty")
    assert [bell.wait(0.01), bell.wait(0.01)] == [True, False]


def test_the_real_monitor_waits_as_long_as_it_is_told_or_cannot_be_had() -> None:
    try:
        bell = hotplug.UdevBell()
    except (ImportError, OSError):
        return
    assert bell.wait(0.01) in (True, False)


def test_each_plugging_in_of_a_simulated_wire_has_a_token_of_its_own(tmp_path: Path) -> None:
    path = tmp_path / "kiosk-scanner"
    assert hotplug.token(str(path)) is None
    link = PtyLink(SerialScanner(World()), path)
    with link:
        first = hotplug.token(str(path))
        assert first is not None
        assert hotplug.token(str(path)) == first
        link.unplug()
        assert hotplug.token(str(path)) is None
        link.plug()
        assert hotplug.token(str(path)) not in (None, first)
