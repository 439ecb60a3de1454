"""Which kiosks go by the settings of their place, from what they last said."""

from datetime import timedelta

import pytest

from broker_config.from_centre import Settings
from broker_config.topics import Identity
from central.store import Kiosk
from central.uptake import PATIENCE, KioskUptake, Sent, Uptake, uptakes
from tests.central.heard import NOW, ago
from tests.central.heard import Kiosk as Told

WISHED = Settings(idle_s=90.0)
HERE = Identity.parse("mz-taiping-03.kiosk-1")


def kiosk(version: int | None, online: bool = True) -> Kiosk:
    state = Told.state(NOW, 1, online=True, wanted_version=version)
    return Kiosk(identity=HERE, online=online, state=state)


def sent(settings: Settings = WISHED, **more: object) -> Sent:
    values = {"version": 3, "latest": 5, "sent_at": ago(minutes=2), "taken_at": None} | more
    return Sent(identity=HERE, settings=settings, **values)  # type: ignore[arg-type]


TAKEN = ago(minutes=1)


@pytest.mark.parametrize(
    ("told", "online", "last", "uptake", "since"),
    [
        (3, True, sent(taken_at=TAKEN), Uptake.IN_FORCE, TAKEN),
        (5, True, sent(taken_at=TAKEN), Uptake.IN_FORCE, TAKEN),
        (4, False, sent(taken_at=TAKEN), Uptake.IN_FORCE, TAKEN),
        (None, False, sent(taken_at=TAKEN), Uptake.IN_FORCE, TAKEN),
        (3, True, sent(), Uptake.IN_FORCE, None),
        (2, True, sent(), Uptake.WAITING, ago(minutes=2)),
        (9, True, sent(), Uptake.WAITING, ago(minutes=2)),
        (None, True, sent(), Uptake.WAITING, ago(minutes=2)),
        (2, False, sent(), Uptake.OFFLINE, ago(minutes=2)),
        (2, True, sent(sent_at=NOW - PATIENCE), Uptake.OVERDUE, NOW - PATIENCE),
        (2, False, sent(sent_at=NOW - PATIENCE), Uptake.OFFLINE, NOW - PATIENCE),
        (3, True, sent(Settings(), taken_at=TAKEN), Uptake.WAITING, None),
        (3, True, None, Uptake.WAITING, None),
    ],
)
def test_what_a_kiosk_goes_by(
    told: int | None, online: bool, last: Sent | None, uptake: Uptake, since: object
) -> None:
    said = [] if last is None else [last]
    assert uptakes([kiosk(told, online)], said, WISHED, NOW) == [KioskUptake("kiosk-1", uptake, since)]  # type: ignore[arg-type]


def test_the_level_is_nobodys_wish() -> None:
    last = sent(Settings(idle_s=90.0, level="point"))
    (one,) = uptakes([kiosk(4)], [last], WISHED, NOW + timedelta(days=1))
    assert one.uptake is Uptake.IN_FORCE


def test_a_kiosk_that_never_spoke_waits() -> None:
    (one,) = uptakes([Kiosk(identity=HERE)], [], WISHED, NOW)
    assert one.uptake is Uptake.OFFLINE
