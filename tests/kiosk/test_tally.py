"""What a device's calls are counted as."""

from datetime import UTC, datetime

import pytest

from devices.errors import BadFrame, DeviceLost, DeviceRefused
from devices.kinds import Identifiable
from kiosk.tally import Tally, Watched

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)


class Device:
    def __init__(self) -> None:
        self.info = "who"
        self.error: Exception | None = None

    def sense(self) -> str:
        if self.error:
            raise self.error
        return "card"


@pytest.mark.parametrize(
    ("error", "counted"),
    [
        (None, Tally(0, 0, 0, NOON)),
        (DeviceRefused("port", "sense", "no"), Tally(0, 0, 0, NOON)),
        (DeviceLost("port", "sense", "gone"), Tally(0, 1, 0, None)),
        (BadFrame("port", "sense", "noise"), Tally(1, 1, 0, None)),
    ],
)
def test_each_answer_counts_for_what_it_is(error: Exception | None, counted: Tally) -> None:
    device, tally = Device(), Tally()
    device.error = error
    watched = Watched(device, tally, lambda: NOON)
    assert watched.info == "who"
    if error:
        with pytest.raises(type(error)):
            watched.sense()
    else:
        assert watched.sense() == "card"
    assert tally == counted


def test_it_can_what_its_device_can() -> None:
    assert not isinstance(Watched(Device(), Tally(), lambda: NOON), Identifiable)
