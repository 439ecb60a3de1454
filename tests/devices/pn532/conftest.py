"""A simulated PN532 on its wire, which carries only at the speed the chip is at, as a real one does."""

import pytest

from hardware_sim.registry import SimulatedDevice
from hardware_sim.world import World


@pytest.fixture
def world():
    return World()


@pytest.fixture
def device(world, tmp_path):
    device = SimulatedDevice("pn532", world, tmp_path / "kiosk_nfc", tmp_path)
    device.plug()
    yield device
    device.unplug()


@pytest.fixture
def link(device):
    return device.link
