"""Under a service manager: alive while all of it lives, and out by itself after a fault."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from hardware_sim.ils import IlsServer
from kiosk import app
from kiosk.app import Kiosk
from kiosk.watchdog import Notifier
from tests.broker import Broker
from tests.kiosk.place import place
from tests.kiosk.test_app import Point, Screen
from tests.kiosk.test_watchdog import Systemd
from tests.waiting import wait_for


@dataclass(frozen=True)
class Unforeseen:
    """A fault in the kiosk's own software."""


class Window(Screen):
    """Its loop beats or stands; it can be closed."""

    beat_age_s = 0.0
    stopped = False

    def heartbeat_age_s(self) -> float:
        return self.beat_age_s

    def stop(self) -> None:
        self.stopped = True


@pytest.fixture
def systemd(tmp_path: Path) -> Iterator[Systemd]:
    made = Systemd(str(tmp_path / "notify"))
    yield made
    made.close()


@pytest.fixture
def point(tmp_path: Path, systemd: Systemd) -> Iterator[Point]:
    with (
        place(tmp_path / "wires") as here,
        IlsServer(tmp_path / "ils.sqlite") as ils,
        Broker(tmp_path) as broker,
    ):
        made = Point(tmp_path, here, ils, broker)
        made.kiosk.stop()
        made.screen = Window()
        made.kiosk = Kiosk(made.config, Notifier.from_environment(systemd.environment(0.3)))
        yield made
        made.kiosk.stop()


def test_it_pings_while_the_screen_lives_and_not_while_it_hangs(point: Point, systemd: Systemd) -> None:
    point.start()
    wait_for(lambda: systemd.heard().count("WATCHDOG=1") >= 2, "pings")
    window: Any = point.screen
    window.beat_age_s = app.SCREEN_STANDS_S + 1
    wait_for(lambda: "STATUS=停住了 stands still: screen" in systemd.heard(), "the reason")


def test_a_worker_that_ended_is_missed(point: Point, systemd: Systemd) -> None:
    point.start()
    wait_for(lambda: "WATCHDOG=1" in systemd.heard(), "a ping")
    point.kiosk._fleet.workers["scanner"].stop()
    wait_for(lambda: "STATUS=停住了 stands still: scanner" in systemd.heard(), "the reason")


def test_after_a_fault_it_shows_so_and_ends(
    point: Point, systemd: Systemd, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(app, "RESTART_AFTER_S", 0.5)
    point.start()
    assert not point.kiosk.failed
    broken: Any = Unforeseen()
    point.kiosk.post(broken)
    point.screen.see("message", "暂停服务")
    window: Any = point.screen
    wait_for(lambda: window.stopped, "the window is closed")
    assert point.kiosk.failed
