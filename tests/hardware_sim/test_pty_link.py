"""The wire itself, with the plainest device behind it: one that answers every piece in capitals."""

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from devices.errors import DeviceLost
from devices.port import Deadline, LineSettings, Port
from hardware_sim.faults import FAULTS
from hardware_sim.pty_link import LineSpeed, PtyLink
from tests.waiting import wait_for

LINE = LineSettings(9600)


class Shouter:
    """Answers in capitals; says `unasked` once at its next tick."""

    def __init__(self) -> None:
        self.heard = b""
        self.unasked = b""

    def receive(self, data: bytes) -> bytes:
        self.heard += data
        return data.upper()

    def tick(self, now: float) -> bytes:
        unasked, self.unasked = self.unasked, b""
        return unasked


def read_until(port: Port, wanted: bytes, timeout_s: float = 3.0) -> bytes:
    deadline = Deadline(timeout_s)
    got = b""
    while wanted not in got and not deadline.over:
        got += port.read(deadline.left_s, "test")
    return got


@pytest.fixture
def link(tmp_path: Path) -> Iterator[PtyLink]:
    with PtyLink(Shouter(), tmp_path / "kiosk-pad") as link:
        yield link


@pytest.fixture
def port(link: PtyLink) -> Iterator[Port]:
    port = Port(str(link.path), LINE)
    yield port
    port.close()


@pytest.mark.parametrize("fault", ["none", "late", "byte_by_byte", "noisy"])
def test_the_answer_arrives_over_every_wire_that_loses_nothing(link: PtyLink, port: Port, fault: str) -> None:
    link.faults = FAULTS[fault]
    port.write(b"hello", "test")
    assert read_until(port, b"HELLO").endswith(b"HELLO")


def test_every_byte_value_passes_unchanged(link: PtyLink, port: Port) -> None:
    every_byte = bytes(range(256))
    port.write(every_byte, "test")
    assert read_until(port, every_byte.upper()) == every_byte.upper()


@pytest.mark.parametrize("fault, hears", [("silent", True), ("deaf", False)])
def test_silent_hears_without_a_word_and_deaf_hears_nothing(fault: str, hears: bool, tmp_path: Path) -> None:
    shouter = Shouter()
    with PtyLink(shouter, tmp_path / "kiosk-pad", FAULTS[fault]) as link:
        port = Port(str(link.path), LINE)
        port.write(b"hello", "test")
        assert port.read(0.2, "test") == b""
        assert shouter.heard == (b"hello" if hears else b"")
        port.close()


def test_a_device_may_speak_of_its_own_accord(tmp_path: Path) -> None:
    shouter = Shouter()
    with PtyLink(shouter, tmp_path / "kiosk-scanner") as link:
        port = Port(str(link.path), LINE)
        shouter.unasked = b"9787302511625\r"
        assert read_until(port, b"\r") == b"9787302511625\r"
        port.close()


def test_a_port_with_parity_may_be_opened_again_at_the_same_speed(tmp_path: Path) -> None:
    with PtyLink(Shouter(), tmp_path / "kiosk-pad", line=LineSpeed((38400,), "E")) as link:
        for _ in range(3):
            port = Port(str(link.path), LineSettings(38400, "E"))
            port.write(b"hello", "test")
            assert read_until(port, b"HELLO") == b"HELLO"
            port.close()


def test_a_wire_with_a_speed_is_mute_at_any_other(tmp_path: Path) -> None:
    with PtyLink(Shouter(), tmp_path / "kiosk-pad", line=LineSpeed((38400, 115200), "E")) as link:
        heard = {}
        for baud in (9600, 38400, 57600, 115200):
            port = Port(str(link.path), LineSettings(baud, "E"))
            port.write(b"hello", "test")
            heard[baud] = read_until(port, b"HELLO", 0.15)
            port.close()
    assert heard == {9600: b"", 38400: b"HELLO", 57600: b"", 115200: b"HELLO"}


def test_unplugged_the_open_driver_sees_a_hang_up_and_the_name_is_gone(link: PtyLink, port: Port) -> None:
    link.unplug()
    with pytest.raises(DeviceLost):
        port.read(3.0, "test")
    assert not link.path.is_symlink()
    with pytest.raises(DeviceLost, match="No such file"):
        Port(str(link.path), LINE)


def test_plugged_back_the_same_name_works_again(link: PtyLink) -> None:
    for _ in range(3):
        link.unplug()
        link.plug()
        port = Port(str(link.path), LINE)
        port.write(b"again", "test")
        assert read_until(port, b"AGAIN") == b"AGAIN"
        port.close()


def test_a_plug_may_bring_a_device_that_started_afresh(link: PtyLink) -> None:
    fresh = Shouter()
    link.unplug()
    link.simulator = fresh
    link.plug()
    port = Port(str(link.path), LINE)
    port.write(b"hello", "test")
    wait_for(lambda: fresh.heard == b"hello", "it hears what was sent")
    port.close()


def test_a_driver_may_close_and_open_again(link: PtyLink) -> None:
    for _ in range(3):
        port = Port(str(link.path), LINE)
        port.write(b"hello", "test")
        assert read_until(port, b"HELLO") == b"HELLO"
        port.close()


def test_a_flood_that_nobody_reads_blocks_nothing(link: PtyLink) -> None:
    for _ in range(200):
        link.say(bytes(1000))
    port = Port(str(link.path), LINE)
    port.discard_input()
    port.write(b"hello", "test")
    assert b"HELLO" in read_until(port, b"HELLO")
    port.close()


def test_a_file_in_the_way_is_left_alone(tmp_path: Path) -> None:
    precious = tmp_path / "kiosk-pad"
    precious.write_text("precious", encoding="utf-8")
    with pytest.raises(FileExistsError, match="choose another name"):
        PtyLink(Shouter(), precious).start()
    assert precious.read_text(encoding="utf-8") == "precious"


def test_an_idle_wire_costs_next_to_no_processor_time(link: PtyLink) -> None:
    before_s = time.process_time()
    wall_s = time.monotonic()
    wait_for(lambda: time.monotonic() - wall_s > 0.5, "half a second passes")
    used_s = time.process_time() - before_s
    assert used_s < 0.25


def test_every_descriptor_is_given_back(tmp_path: Path) -> None:
    def open_descriptors() -> int:
        return len(list(Path("/proc/self/fd").iterdir()))

    before = open_descriptors()
    for _ in range(5):
        with PtyLink(Shouter(), tmp_path / "kiosk-pad"):
            pass
    assert open_descriptors() == before
