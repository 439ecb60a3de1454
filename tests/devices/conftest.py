"""What tests of book-tag readers share: a module that has a `bench` (`benches.one_book`) gets the rest."""

import pytest

from hardware_sim.pty_link import PtyLink
from hardware_sim.world import World
from tests.devices.benches import WiredBench


@pytest.fixture
def world(bench: WiredBench) -> World:
    return bench.world


@pytest.fixture
def link(bench: WiredBench) -> PtyLink:
    return bench.simulated.link


@pytest.fixture
def uid(world: World) -> bytes:
    """Of the one book that there is."""
    return world.chip("1").uid
