"""What is remembered of ten thousand places is what would be found anew."""

from datetime import datetime, timedelta
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

import central
from broker_config.topics import Identity
from broker_config.values import Condition
from central.health import SILENT_AFTER
from central.health.planned import Window
from central.places import load_places
from central.store import Kiosk as KioskKept
from central.summaries import Ground, Summaries, summary, with_windows
from tests.central.heard import DOOR, NOW, Kiosk, ago, device

PLACE = load_places(Path(central.__file__).with_name("places.toml")).place[5]
MIDNIGHT = ago(hours=11)


def kiosk(heard_s_ago: int, online: bool = True, broken: bool = False) -> KioskKept:
    devices = (DOOR, device(Condition.DOWN if broken else Condition.OK))
    state = Kiosk.state(NOW, 1, online=online, devices=devices)
    at = ago(seconds=heard_s_ago)
    return KioskKept(Identity(PLACE.id, "kiosk-1"), online, at, at, at, state)


def ground(*kiosks: KioskKept, loans: int | None = None, midnight: datetime = MIDNIGHT) -> Ground:
    return Ground(kiosks, loans, None, None, midnight)


KIOSKS = [
    kiosk(s, online, broken) for s in (0, 60, 100) for online in (True, False) for broken in (False, True)
]
GROUNDS = [
    ground(),
    *(ground(one, loans=loans) for one in KIOSKS for loans in (None, 3)),
    ground(KIOSKS[0], KIOSKS[4]),
    ground(KIOSKS[0], midnight=NOW + timedelta(hours=1)),
]


@given(st.lists(st.tuples(st.sampled_from(GROUNDS), st.integers(-300, 300)), max_size=30))
def test_remembering_changes_nothing(asked: list[tuple[Ground, int]]) -> None:
    """Also when the clock is set back."""
    summaries = Summaries()
    for each, seconds in asked:
        now = NOW + timedelta(seconds=seconds)
        assert summaries.of(PLACE, each, now) == summary(PLACE, each, now)


def test_what_does_not_change_is_not_made_again() -> None:
    summaries, one = Summaries(), ground(kiosk(30))
    first, left = summaries.of(PLACE, one, NOW), SILENT_AFTER - timedelta(seconds=30)
    assert summaries.of(PLACE, ground(kiosk(30)), NOW + left) is first
    silent = summaries.of(PLACE, one, NOW + left + timedelta(seconds=1))
    assert (first.condition, silent.condition) == (Condition.OK, Condition.UNKNOWN)
    assert summaries.of(PLACE, one, NOW + timedelta(days=1)) is silent


def test_maintenance_begins_and_ends() -> None:
    window = Window(1, frozenset({PLACE.id}), NOW, NOW + timedelta(hours=1), "boss", "换电表")
    other = Window(2, frozenset({"elsewhere"}), NOW, NOW + timedelta(hours=1), "boss", "x")
    summaries = Summaries()

    def planned(now: datetime) -> str | None:
        return summaries.of(PLACE, with_windows(ground(), PLACE.id, [other, window], now), now).planned

    times = (ago(seconds=1), NOW, NOW + timedelta(hours=1))
    assert [planned(now) for now in times] == [None, "换电表", None]
