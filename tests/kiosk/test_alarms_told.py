"""An alarm from the wire to the centre, and its end told by the next start of the kiosk."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from broker_config.alarms import AlarmName
from broker_config.events import AlarmCleared, AlarmRaised
from hardware_sim.ils import IlsServer
from kiosk.app import Kiosk
from tests.broker import Broker
from tests.kiosk.place import place
from tests.kiosk.test_app import Point
from tests.waiting import wait_for

PAPER_OUT = AlarmName.PAPER_OUT.value


@pytest.fixture
def point(tmp_path: Path) -> Iterator[Point]:
    with (
        place(tmp_path / "wires") as here,
        IlsServer(tmp_path / "ils.sqlite") as ils,
        Broker(tmp_path) as broker,
    ):
        made = Point(tmp_path, here, ils, broker)
        yield made
        made.kiosk.stop()


def names(point: Point, cls: type) -> list[str]:
    """Each event counts once: nobody here confirms any, so a new connection says them again."""
    return [alarm.name for alarm in {alarm.seq: alarm for alarm in point.heard(cls)}.values()]


def test_an_alarm_that_ended_while_the_kiosk_was_off_is_told_to_be_over(point: Point) -> None:
    printer = point.here.world.printer
    full_mm = printer.paper_mm
    point.start()
    printer.paper_mm = 0.0
    wait_for(lambda: PAPER_OUT in names(point, AlarmRaised), "the centre hears that there is no paper")
    point.kiosk.stop()
    printer.paper_mm = full_mm
    point.kiosk = Kiosk(point.config)
    point.start()
    wait_for(lambda: names(point, AlarmCleared), "the centre hears that there is paper")
    assert names(point, AlarmCleared) == [PAPER_OUT]
    assert names(point, AlarmRaised) == [PAPER_OUT]
