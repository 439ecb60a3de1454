"""A simulated ILS with the sample library on a fixed day, and its hands."""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest

from hardware_sim.ils import IlsAdmin, IlsServer
from hardware_sim.ils.circulation import Circulation
from hardware_sim.ils.seed import seed
from hardware_sim.ils.store import Store

TODAY = datetime(2026, 11, 22, 9, 30)


@pytest.fixture
def circulation(tmp_path: Path) -> Iterator[Circulation]:
    store = Store(tmp_path / "ils.sqlite")
    seed(store, TODAY)
    yield Circulation(store, lambda: TODAY)
    store.close()


@pytest.fixture
def ils(tmp_path: Path) -> Iterator[IlsServer]:
    with IlsServer(tmp_path / "ils.sqlite", now=lambda: TODAY) as server:
        yield server


@pytest.fixture
def admin(ils: IlsServer) -> Iterator[IlsAdmin]:
    hands = IlsAdmin(ils.admin_port)
    yield hands
    hands.close()
