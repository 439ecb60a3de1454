"""The control thread while nobody is there: it ticks rarely, and still no event meets an old time."""

import time
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest

from devices.kinds import CardTapped
from hardware_sim.ils import IlsServer
from kiosk import app
from kiosk.flow.circulate import Turn
from kiosk.flow.events import DoorCounted, Event, Tick
from kiosk.flow.session import Session
from kiosk.flow.step import step
from tests.broker import Broker
from tests.kiosk.place import place
from tests.kiosk.test_app import READER, Point
from tests.waiting import wait_for

Heard = list[tuple[Event, float]]
"""Each event, and what time the session had when it came."""


@pytest.fixture
def heard(monkeypatch: pytest.MonkeyPatch) -> Heard:
    """What the control thread took up while nobody was there. By itself it ticks once an hour then."""
    monkeypatch.setattr(app, "RESTING_TICK_S", 3600.0)
    heard: Heard = []

    def overheard(session: Session, event: Event) -> Turn:
        if not session.attended:
            heard.append((event, session.now_s))
        return step(session, event)

    monkeypatch.setattr(app, "step", overheard)
    return heard


@pytest.fixture
def point(tmp_path: Path, heard: Heard) -> Iterator[Point]:
    with (
        place(tmp_path / "wires") as here,
        IlsServer(tmp_path / "ils.sqlite") as ils,
        Broker(tmp_path) as broker,
    ):
        made = Point(tmp_path, here, ils, broker)
        made.start()
        yield made
        made.kiosk.stop()


def doors_counted(heard: Heard) -> int:
    """About once a second."""
    return sum(isinstance(event, DoorCounted) for event, _ in list(heard))


def test_it_ticks_for_what_happens_and_not_else(point: Point, heard: Heard) -> None:
    wait_for(lambda: doors_counted(heard) >= 3, "the door is counted a few times")
    kinds = [type(event) for event, _ in list(heard)[:-1]]
    assert (Tick, Tick) not in list(pairwise(kinds)), "nobody was there, and nothing happened"
    assert Tick in kinds


def test_a_reader_who_comes_meets_the_time_of_now(point: Point, heard: Heard) -> None:
    wait_for(lambda: doors_counted(heard) >= 2, "it has been at rest for a while")
    came_s = time.monotonic()
    point.here.world.card = point.here.world.cards[READER]
    point.screen.see("stack", "")
    (at_s,) = (at_s for event, at_s in heard if isinstance(event, CardTapped))
    assert at_s >= came_s - app.TICK_S
    wait_for(
        lambda: point.kiosk._session.now_s >= came_s + 1, "time goes on by itself while they stand there"
    )
