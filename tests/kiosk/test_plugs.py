"""Plugs that are pulled and put back, by name and by USB numbers, and what is opened then."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from devices import hotplug
from devices.errors import DeviceError, DeviceLost
from devices.finding import ByIds, ByPath, SerialPort
from devices.kinds import Kind
from hardware_sim.registry import SimulatedDevice
from hardware_sim.world import World
from kiosk import plugs
from kiosk.flow import events as ev
from kiosk.opening import PATIENCE, Opener
from kiosk.plugs import PlugWatch, Quiet, Sockets
from kiosk.workers import DeviceWorker
from tests.waiting import wait_for

SERIAL, OTHER = "0C1A77D3", "0C1A99E0"


@pytest.fixture
def pad(tmp_path: Path) -> Iterator[SimulatedDevice]:
    device = SimulatedDevice("feig_obid", World(), tmp_path / "kiosk-pad", tmp_path)
    yield device
    device.unplug()


def test_a_name_that_comes_and_goes(tmp_path: Path) -> None:
    path = tmp_path / "kiosk-pad"
    sockets = Sockets({"pad": ByPath(str(path))}, tuple, hotplug.token)
    assert sockets.look(0.5, False) == []
    path.touch()
    assert [sockets.look(0.5, False), sockets.look(0.5, False)] == [[("pad", True)], []]
    path.unlink()
    assert sockets.look(0.5, False) == [("pad", False)]


def test_what_was_changed_between_two_looks_is_told_as_both() -> None:
    tokens = {"/dev/kiosk-pad": (1,)}
    sockets = Sockets({"pad": ByPath("/dev/kiosk-pad")}, tuple, tokens.get)
    sockets.look(0.5, False)
    tokens["/dev/kiosk-pad"] = (2,)
    assert sockets.look(0.5, False) == [("pad", False), ("pad", True)]


def test_ports_are_listed_when_the_bell_rings_or_something_is_missing_for_long() -> None:
    ports: list[SerialPort] = []
    listed = 0

    def all_ports() -> list[SerialPort]:
        nonlocal listed
        listed += 1
        return list(ports)

    sockets = Sockets({"pad": ByIds(0x0403, 0x6001)}, all_ports, lambda path: (1,))
    assert sockets.look(0.5, False) == []
    ports.append(SerialPort("/dev/ttyUSB0", (), 0x0403, 0x6001))
    assert sockets.path("pad") is None
    assert sockets.look(0.5, True) == [("pad", True)]
    assert sockets.path("pad") == "/dev/ttyUSB0"
    so_far = listed
    for _ in range(20):
        assert sockets.look(0.5, False) == []
    assert listed == so_far
    ports.clear()
    assert sockets.look(0.5, True) == [("pad", False)]


class Watched:
    """A pad's worker, the watch over its plug, and what both told."""

    def __init__(self, pad: SimulatedDevice, model: str = "feig_obid") -> None:
        self.events: list[ev.Event] = []
        path = str(pad.link.path)
        sockets = Sockets({"tag_reader": ByPath(path)}, tuple, hotplug.token)
        opener = Opener(model, {}, lambda: sockets.path("tag_reader"), address=path)
        self.worker = DeviceWorker(
            Kind.TAG_READER, model, path, opener, self.events.append, plug=hotplug.token
        )

        def moved(name: str) -> None:
            opener.look_again()
            self.worker.plug_moved()

        self.watch = PlugWatch(sockets, Quiet(), self.events.append, moved)
        self.watch.start()
        self.worker.start()

    def units(self) -> list[tuple[str, str | None]]:
        """Model and serial number of each time the pad came up."""
        return [
            (event.info.model, event.info.serial) for event in self.events if isinstance(event, ev.DeviceUp)
        ]

    def told(self, cls: type) -> list:
        return [event for event in self.events if isinstance(event, cls)]

    def stop(self) -> None:
        for thread in (self.watch, self.worker):
            thread.stop()
            thread.join(10)
            assert not thread.is_alive()


@pytest.fixture
def watched(pad: SimulatedDevice, monkeypatch: pytest.MonkeyPatch) -> Iterator[Watched]:
    monkeypatch.setattr(plugs, "LOOK_S", 0.05)
    pad.plug()
    made = Watched(pad)
    yield made
    made.stop()


def test_pulled_and_put_back(watched: Watched, pad: SimulatedDevice) -> None:
    wait_for(lambda: watched.units() == [("feig_obid", SERIAL)], "the pad is up")
    pad.unplug()
    wait_for(lambda: watched.told(ev.DeviceDown), "the pad is down")
    wait_for(lambda: ev.Plug("tag_reader", False) in watched.events, "the plug is out")
    pad.plug()
    wait_for(lambda: watched.units() == [("feig_obid", SERIAL)] * 2, "the pad is up again")
    assert watched.worker.tally.losses == 1


def test_another_unit_of_the_same_model(watched: Watched, pad: SimulatedDevice) -> None:
    wait_for(watched.units, "the pad is up")
    pad.swap(serial=OTHER)
    wait_for(lambda: watched.units()[-1] == ("feig_obid", OTHER), "the other unit is up")


def test_another_model_of_the_same_kind(watched: Watched, pad: SimulatedDevice) -> None:
    wait_for(watched.units, "the pad is up")
    pad.swap(model="rl866")
    wait_for(lambda: watched.units()[-1][0] == "rl866", "the other model is up")
    pad.swap(model="feig_obid")
    wait_for(lambda: watched.units()[-1] == ("feig_obid", SERIAL), "the first model is back")


def test_a_silent_device_is_not_taken_for_another_model_at_once(pad: SimulatedDevice) -> None:
    pad.swap(model="mmm_810")
    pad.plug()
    opener = Opener("feig_obid", {}, lambda: str(pad.link.path))
    for _ in range(PATIENCE - 1):
        with pytest.raises(DeviceError):
            opener()
    tried = [DeviceError] * 3
    while tried:
        tried.pop()
        try:
            device = opener()
        except DeviceError:
            continue
        assert device.info.model == "mmm_810"
        device.close()
        return
    raise AssertionError("nothing was found")


def test_what_is_not_plugged_in_says_where_it_was_looked_for() -> None:
    opener = Opener("feig_obid", {}, lambda: None, address="USB 0403:6001")
    with pytest.raises(DeviceLost, match="USB 0403:6001: find: not plugged in"):
        opener()


def test_the_model_that_answered_last_is_asked_first(pad: SimulatedDevice) -> None:
    pad.swap(model="rl866")
    pad.plug()
    device = Opener("feig_obid", {}, lambda: str(pad.link.path), last="rl866")()
    assert device.info.model == "rl866"
    device.close()
