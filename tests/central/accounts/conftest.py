"""An office of its own for every test, and the doors of accounts on it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from central.accounts.entrance import Entrance
from central.accounts.register import Register
from central.office import Office
from tests.central.accounts.people import HASHER, PLACES


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    made = Office(tmp_path / "office.db")
    yield made
    made.close()


@pytest.fixture
def register(office: Office) -> Register:
    return Register(office, HASHER, PLACES)


@pytest.fixture
def entrance(office: Office, register: Register) -> Entrance:
    return Entrance(office, HASHER)
