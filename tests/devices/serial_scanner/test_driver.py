"""The driver on a pseudo-terminal: the simulated scanner at the other end, and a rude one."""

import time
import tracemalloc
from types import SimpleNamespace

import pytest

from devices.errors import BadFrame, DeviceLost
from devices.kinds import CodeScanned, DeviceInfo, Kind
from devices.serial_scanner.driver import SerialScanner
from hardware_sim import serial_scanner as simulator
from hardware_sim.faults import FAULTS
from hardware_sim.pty_link import PtyLink
from hardware_sim.world import World

SOON_S = 5.0


@pytest.fixture
def world():
    return World()


@pytest.fixture
def link(world, tmp_path):
    with PtyLink(simulator.SerialScanner(world), tmp_path / "scanner") as link:
        yield link


@pytest.fixture
def scanner(link):
    scanner = SerialScanner(str(link.path))
    yield scanner
    scanner.close()


def test_what_is_held_before_it_is_read_in_order(world, scanner):
    world.scans.extend(["]F033191000105864", "麻章区图书馆"])
    assert scanner.read(SOON_S) == CodeScanned("33191000105864", "codabar")
    assert scanner.read(SOON_S) == CodeScanned("麻章区图书馆")
    assert scanner.read(0.05) is None


def test_it_says_what_it_is(scanner, link):
    assert scanner.info == DeviceInfo(Kind.SCANNER, "serial_scanner", str(link.path))


@pytest.mark.parametrize("fault", ["byte_by_byte", "late"])
def test_slow_wires_change_nothing(world, link, scanner, fault):
    link.faults = FAULTS[fault]
    world.scans.append("33191000105864")
    assert scanner.read(SOON_S) == CodeScanned("33191000105864")


def test_without_suffix_silence_ends_the_code(link, scanner):
    link.say(b"33191000105864")
    assert scanner.read(SOON_S) == CodeScanned("33191000105864")


def test_a_code_that_lay_there_half_read_is_not_torn(link, scanner, monkeypatch):
    """The host was busy for a second: silence between its looks is none between the scanner's bytes."""
    link.say(b"3319100")
    assert scanner.read(0.0) is None
    link.say(b"0105864\r")
    a_second_later = SimpleNamespace(monotonic=lambda: time.monotonic() + 1.0)
    monkeypatch.setattr("devices.serial_scanner.driver.time", a_second_later)
    assert scanner.read(SOON_S) == CodeScanned("33191000105864")


def test_a_code_too_long_is_refused_once_and_the_next_is_read(link, scanner):
    link.say(b"8" * 2500 + b"\r33191000105864\r")
    with pytest.raises(BadFrame, match="longer than 512"):
        scanner.read(SOON_S)
    assert scanner.read(SOON_S) == CodeScanned("33191000105864")


def test_a_megabyte_neither_stalls_it_nor_fills_memory(link, scanner):
    refusals, longest_s = 0, 0.0
    tracemalloc.start()
    for _ in range(500):
        link.say(b"8" * 2048)
        began = time.monotonic()
        try:
            assert scanner.read(0.0) is None
        except BadFrame:
            refusals += 1
        longest_s = max(longest_s, time.monotonic() - began)
    _, peak_bytes = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert refusals >= 1
    assert longest_s < 1.0
    assert peak_bytes < 200_000
    link.say(b"\r33191000105864\r")
    assert scanner.read(SOON_S) == CodeScanned("33191000105864")


def test_unplugged_it_is_lost_and_plugged_back_it_works(world, link, scanner):
    link.unplug()
    with pytest.raises(DeviceLost, match=str(link.path)):
        scanner.read(SOON_S)
    scanner.close()
    scanner.close()
    with pytest.raises(DeviceLost, match="open"):
        SerialScanner(str(link.path))
    link.plug()
    again = SerialScanner(str(link.path))
    world.scans.append("33191000105864")
    assert again.read(SOON_S) == CodeScanned("33191000105864")
    again.close()
