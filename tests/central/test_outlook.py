"""What is foretold of places from a real store: disks, paper, counters, certificates."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest

import central
from broker_config.events import AlarmCleared, AlarmRaised, Loan, Visits
from broker_config.values import hour
from central.alerts.details import CHINESE, Code, Fact, worded
from central.alerts.signs import Sign
from central.enrolment.authority import init_ca, issue
from central.health.forecast import Drift, Forecast, NotEnough, Week
from central.outlook import Outlook, operations_a_roll, weeks
from central.places import Level, Places, load_places
from central.store import DayCount, Store, opened
from tests.central.alerts.world import ZONE
from tests.central.heard import NOW, Kiosk, ago

EXAMPLE = load_places(Path(central.__file__).with_name("places.toml"))
PLACE = "mz-taiping-03"
ONE = Places(EXAMPLE.town, tuple(p for p in EXAMPLE.place if p.id == PLACE), EXAMPLE.hours)
TODAY = date(2026, 11, 22)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    made = opened(f"sqlite:{tmp_path / 'centre.db'}", ZONE)
    yield made
    made.close()


def looked(store: Store, now: datetime = NOW, certificates: dict[str, Path] | None = None) -> Outlook:
    outlook = Outlook(store, ONE, ZONE, certificates or {})
    outlook.look(now)  # begins the round
    outlook.look(now)
    return outlook


def rules(outlook: Outlook) -> dict[str, Sign]:
    return {sign.key.rule: sign for sign in outlook.signs(NOW)}


def test_a_new_place_foretells_nothing(store: Store) -> None:
    store.take([Kiosk().heartbeat()])
    found = looked(store)
    assert list(found.signs(NOW)) == []
    place = found.by_place[PLACE]
    assert all(isinstance(a, NotEnough) for a in (*place.disk.values(), place.paper, place.counter))


def test_a_place_nobody_has_heard_of_is_not_looked_at(store: Store) -> None:
    assert looked(store).by_place == {}


def test_a_disk_that_fills_is_foretold_from_the_figures_of_heartbeats(store: Store) -> None:
    kiosk = Kiosk()
    for day in range(12, -1, -1):
        store.take([kiosk.heartbeat(ago(days=day), disk_free_mb=1000.0 + 100 * day)])
    found = looked(store)
    (disk,) = found.by_place[PLACE].disk.values()
    assert isinstance(disk, Forecast)
    assert rules(found)["disk_filling"].said == Fact(Code.DISK_FULL_ON, ("2026-11-27", 13))


def test_paper_is_foretold_from_the_rolls_before(store: Store) -> None:
    """Ten loans a day; the paper was changed every 30 days, the last time 29 days ago."""
    kiosk = Kiosk()
    for day in range(150, 0, -1):
        store.take([kiosk.event(Loan, ago(days=day), op_id=f"op-{day}-{n}") for n in range(10)])
        if day % 30 == 29:
            store.take([kiosk.event(AlarmRaised, ago(days=day), name="paper_out")])
            store.take([kiosk.event(AlarmCleared, ago(days=day), name="paper_out")])
    store.take([kiosk.heartbeat()])
    found = looked(store)
    paper = found.by_place[PLACE].paper
    assert isinstance(paper, Forecast)
    assert paper.basis == 4
    assert abs(paper.at - NOW) < timedelta(days=2)
    assert rules(found)["paper_ending"].said == Fact(Code.PAPER_ENDS_ON, (paper.at.date().isoformat(), 4))


def test_a_counter_that_sees_people_at_night(store: Store) -> None:
    """A point is open from 15 to 20 o'clock; at 3 somebody's curtain waves before the sensor."""
    kiosk = Kiosk()
    for day in range(7, 0, -1):
        night = (NOW - timedelta(days=day)).replace(hour=19)  # 03:00 of the next day
        store.take([kiosk.visits(5, night), kiosk.visits(20, night.replace(hour=8))])
    store.take([kiosk.heartbeat()])
    found = looked(store)
    assert found.by_place[PLACE].night[0] >= 30
    night = found.by_place[PLACE].night
    assert rules(found)["door_counter_drifting"].said == Fact(Code.VISITS_WHILE_CLOSED, night)
    assert EXAMPLE.hours[Level.POINT].sun == "15:00-20:00"


def test_visits_lost_on_the_way_are_a_sign(store: Store) -> None:
    """The counter's own total went from 10 to 31; two of those in between came."""
    counter = Kiosk(f"{PLACE}.door-1", "n-1")
    told = {"count_type": "entries", "complete": True}
    for back, seq, entries, total in ((3, 1, 10, 10), (2, 4, 2, 31)):
        counter.seq = seq - 1
        at = ago(days=back)
        store.take([counter.event(Visits, at, hour=hour(at), entries=entries, entries_total=total, **told)])
    store.take([counter.heartbeat()])
    found = looked(store)
    assert found.by_place[PLACE].lost == 19
    said = rules(found)["door_visits_lost"].said
    assert said == Fact(Code.VISITS_LOST, (19,))
    assert worded(said, CHINESE) == "最近 7 天漏报 19 人次：计数器的累计数比收到的多"
    later = NOW + timedelta(days=8)
    assert looked(store, later).by_place[PLACE].lost == 0, "old news by then"


def test_certificates_of_the_centre(store: Store, tmp_path: Path) -> None:
    folder = tmp_path / "certificates"
    init_ca(folder)
    issued = issue(folder, "centre")
    files = {"broker.cert": issued.certificate, "broker.ca": tmp_path / "nowhere.pem"}
    assert [(s.key.subject, s.said) for s in looked(store, certificates=files).signs(NOW)] == [
        ("broker.ca", Fact(Code.UNREADABLE))
    ]
    ends_at = NOW + timedelta(days=100 * 365)
    found = {s.key.subject: s.key.rule for s in looked(store, ends_at, files).signs(ends_at)}
    assert found == {"broker.cert": "centre_certificate", "broker.ca": "centre_certificate"}


def test_it_looks_again_after_an_hour_and_not_before(store: Store) -> None:
    kiosk = Kiosk()
    store.take([kiosk.heartbeat()])
    found = looked(store)
    first = found.by_place[PLACE]
    for seconds in (1, 2, 3598):
        found.look(NOW + timedelta(seconds=seconds))
        assert found.by_place[PLACE] is first
    found.look(NOW + timedelta(hours=1))
    found.look(NOW + timedelta(hours=1))
    assert found.by_place[PLACE] is not first


# -- what goes in ------------------------------------------------------------------------------------------


def day(back: int) -> date:
    return TODAY - timedelta(days=back)


def test_operations_between_changes_of_paper() -> None:
    used = {day(back): 10 for back in range(100)}
    assert operations_a_roll([], used) == ([], 0)
    assert operations_a_roll([day(10)], used) == ([], 110)
    assert operations_a_roll([day(40), day(70), day(69), day(10)], used) == ([300, 300], 110)


def test_weeks_of_seven_days_up_to_yesterday() -> None:
    def count(back: int, kind: str, amount: int, partial: bool = False) -> DayCount:
        return DayCount(PLACE, day(back), kind, amount, amount, partial, False)

    found = weeks(
        [count(0, "loan", 99), count(1, "loan", 5), count(1, "visits", 20), count(8, "loan", 7)], TODAY
    )
    assert found[-2:] == [Week(None, 7), Week(20, 5)]
    unsure = weeks([count(1, "visits", 20), count(8, "visits", 9)], TODAY, {day(8)})
    assert unsure[-2:] == [Week(None, 0), Week(20, 0)]
    gap = weeks([count(1, "visits", 20), count(2, "visits", 3, partial=True)], TODAY)
    assert gap[-1] == Week(None, 0)


def test_a_drifting_counter_is_a_sign(store: Store) -> None:
    kiosk = Kiosk()
    for week in range(8, 0, -1):
        at = NOW - timedelta(days=7 * week - 3)
        store.take([kiosk.event(Loan, at, op_id=f"op-{week}-{n}") for n in range(30)])
        store.take([kiosk.visits(90 if week > 1 else 20, at.replace(hour=8))])
    store.take([kiosk.heartbeat()])
    found = looked(store)
    assert isinstance(found.by_place[PLACE].counter, Drift)
    said = rules(found)["door_counter_drifting"].said
    assert isinstance(said, Fact) and said.code is Code.VISITS_FOR_EACH_LOAN
    assert worded(said, CHINESE) == "上周每借 1 册进馆 0.7 人次，平时 3.0（前 7 周）"
