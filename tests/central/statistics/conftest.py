"""A store with the months of `world.py` in it, an office, and the desk of statistics over both."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from central.accounts import audit
from central.office import Office
from central.statistics.desk import Desk
from central.store import Store, opened
from tests.central.statistics.world import ZONE, Clock, desk, fill


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    made = opened(f"sqlite:{tmp_path / 'centre.db'}", ZONE)
    fill(made)
    yield made
    made.close()


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    made = Office(tmp_path / "office.db")
    audit.have_log(made)
    yield made
    made.close()


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def october(store: Store, office: Office, clock: Clock) -> Desk:
    return desk(store, office, clock)
