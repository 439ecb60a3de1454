"""How a place was: conditions, counts by day, swaps, gaps, events page by page."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from broker_config import commands, events
from broker_config.events import DeviceChanged, Visits
from broker_config.values import Condition, hour, timestamp
from central.health.planned import Window
from central.history import History
from central.places import Place
from central.store import Store, StoreError, Told
from central.store.sqlite import SqliteStore
from central.views import Missing, Week
from tests.central.heard import NOW, Kiosk, ago
from tests.central.test_board import PLACES

ZONE = ZoneInfo("Asia/Shanghai")
PLACE = PLACES.place[0]
TODAY = date(2026, 11, 22)
OK, DOWN, UNKNOWN = Condition.OK, Condition.DOWN, Condition.UNKNOWN


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = SqliteStore(tmp_path / "centre.db")
    yield opened
    opened.close()


def history(store: Store, *windows: Window) -> History:
    return History(store, PLACES, ZONE, lambda start, end: windows)


def week(store: Store, *windows: Window, place: Place = PLACE) -> Week:
    return history(store, *windows).week(place, NOW)


def record(store: Store, *told: tuple[float, Condition, str]) -> None:
    for hours, condition, cause in told:
        causes = (cause,) if cause else ()
        store.record_conditions([Told(PLACE.id, "", condition, causes)], ago(hours=hours))


# -- the week --------------------------------------------------------------------------------------------


def test_time_that_nobody_recorded_is_unknown(store: Store) -> None:
    found = week(store)
    assert [band.day for band in found.bands] == [TODAY - timedelta(days=back) for back in range(6, -1, -1)]
    assert {s.condition for band in found.bands for s in band.segments} == {UNKNOWN}
    assert (found.troubles, found.availability) == ((), None)


def test_a_day_is_cut_at_the_librarys_midnight_and_ends_now(store: Store) -> None:
    """11:04 in Zhanjiang: midnight was 11 h 4 min 5 s ago."""
    record(store, (20, OK, ""), (12, DOWN, "offline"), (10, OK, ""))
    yesterday, today = week(store).bands[-2:]
    assert [s.condition for s in yesterday.segments] == [UNKNOWN, OK, DOWN]
    assert [s.condition for s in today.segments] == [DOWN, OK]
    assert (today.segments[0].start, today.segments[0].end) == (today.start, ago(hours=10))
    assert today.segments[-1].end == NOW
    assert (today.share(today.start), today.share(today.end)) == (0, 100)
    assert today.share(NOW) == pytest.approx(46.1, abs=0.05)


@pytest.mark.parametrize("hours", [1, 30, 100])
def test_segments_of_a_day_have_no_hole_and_no_overlap(store: Store, hours: int) -> None:
    record(store, (150, OK, ""), (hours, DOWN, "silent"), (hours / 2, OK, ""))
    for band in week(store).bands:
        ends = [band.start, *(segment.end for segment in band.segments)]
        assert [segment.start for segment in band.segments] == ends[:-1]
        assert ends[-1] == min(band.end, NOW)


def test_troubles_are_the_newest_first_and_may_last(store: Store) -> None:
    record(store, (90, OK, ""), (50, DOWN, "offline"), (49, OK, ""), (2, Condition.DEGRADED, "hot"))
    found = week(store).troubles
    assert [(t.condition, t.causes, t.end) for t in found] == [
        (Condition.DEGRADED, ("hot",), None),
        (DOWN, ("offline",), ago(hours=49)),
    ]


def test_availability_counts_known_time_and_no_maintenance(store: Store) -> None:
    record(store, (20, OK, ""), (8, DOWN, "offline"), (6, OK, ""))
    assert week(store).availability == 90.0
    planned = Window(1, frozenset({PLACE.id}), ago(hours=8), ago(hours=6), "li", "线路检修")
    assert week(store, planned).availability == 100.0
    assert week(store, replace(planned, places=frozenset({"elsewhere"}))).availability == 90.0


def test_never_all_while_a_second_is_missing(store: Store) -> None:
    record(store, (150, OK, ""), (6, DOWN, "offline"), (6 - 1 / 3600, OK, ""))
    assert week(store).availability == 99.9


# -- counts by day ---------------------------------------------------------------------------------------


def test_a_day_before_the_first_and_after_the_last_sign_of_life_is_unknown(store: Store) -> None:
    kiosk = Kiosk()
    store.take([kiosk.heartbeat(ago(days=3)), kiosk.loan(ago(days=2)), kiosk.heartbeat(ago(days=1))])
    days = history(store).days(PLACE.id, TODAY, 5)
    assert [day.day for day in days] == [TODAY - timedelta(days=back) for back in (4, 3, 2, 1, 0)]
    assert [day.loans for day in days] == [None, 0, 1, 0, None]


def test_a_counter_that_missed_some_is_marked(store: Store) -> None:
    kiosk = Kiosk()
    store.take([kiosk.heartbeat(), kiosk.visits(4, complete=False), kiosk.visits(2, ago(minutes=5))])
    (day,) = history(store).days(PLACE.id, TODAY, 1)
    assert (day.visits, day.visits_partial, day.visits_estimated) == (6, True, False)


def test_days_in_a_gap_of_counting_are_unknown_and_the_day_it_ended_has_its_people(store: Store) -> None:
    kiosk = Kiosk()
    gap = {"complete": False, "since": timestamp(ago(days=2)), "count_type": "entries", "entries": 30}
    store.take([kiosk.heartbeat(ago(days=4)), kiosk.visits(3, ago(days=2)), kiosk.heartbeat()])
    store.take([kiosk.event(Visits, NOW, hour=hour(NOW), **gap)])
    days = history(store).days(PLACE.id, TODAY, 4)
    assert [day.visits for day in days] == [0, 3, None, 30]
    assert [day.visits_partial for day in days] == [False, True, True, True]
    assert [day.loans for day in days] == [0, 0, 0, 0], "borrowing went on"


# -- devices and gaps ------------------------------------------------------------------------------------


def changed(kiosk: Kiosk, at: datetime, old: str | None, new: str | None) -> object:
    return kiosk.event(
        DeviceChanged, at, kind="scanner", model="serial_scanner", port="/dev/s", old_condition=Condition.OK,
        new_condition=Condition.OK, old_serial=old, new_serial=new,
    )  # fmt: skip


def test_a_swap_is_another_serial_and_nothing_else(store: Store) -> None:
    kiosk, other = Kiosk(), Kiosk("mz-taiping-04.kiosk-1", "i-2")
    store.take(
        [
            changed(kiosk, ago(days=3), "A", "B"),  # type: ignore[list-item]
            changed(kiosk, ago(days=2), "B", "B"),  # type: ignore[list-item]
            changed(kiosk, ago(days=1), None, "B"),  # type: ignore[list-item]
            changed(other, ago(hours=1), "X", "Y"),  # type: ignore[list-item]
        ]
    )
    found = history(store).swaps(ago(days=9), NOW)
    assert [(s.place, s.old_serial, s.new_serial) for s in found] == [
        ("mz-taiping-04", "X", "Y"),
        ("mz-taiping-03", "A", "B"),
    ]
    assert [s.new_serial for s in history(store).swaps(ago(days=9), NOW, PLACE.id)] == ["B"]
    assert history(store).swaps(ago(hours=2), NOW, PLACE.id) == []


def test_what_is_missing_is_said(store: Store) -> None:
    kiosk = Kiosk()
    store.take([kiosk.loan(seq=1), kiosk.loan(seq=4)])
    assert history(store).missing(PLACE.id) == [Missing("mz-taiping-03.kiosk-1", 2, None)]
    assert history(store).missing("mz-taiping-04") == []
    store.take([kiosk.birth(install_id="i-1", oldest_seq=4)])
    (lost,) = history(store).missing(PLACE.id)
    assert (lost.events, lost.lost_at is not None) == (2, True)


# -- events ----------------------------------------------------------------------------------------------


def test_events_come_page_by_page(store: Store) -> None:
    kiosk = Kiosk()
    store.take([kiosk.loan(ago(minutes=minutes)) for minutes in range(5)])
    pages, before = [], None
    while True:
        page = history(store).events(PLACE.id, limit=2, before=before)
        pages.append([event.happened_at for event in page.events])
        before = page.older
        if before is None:
            break
    assert pages == [[NOW, ago(minutes=1)], [ago(minutes=2), ago(minutes=3)], [ago(minutes=4)]]


def test_events_of_one_kind(store: Store) -> None:
    kiosk = Kiosk()
    store.take([kiosk.loan(), kiosk.give_back(), kiosk.visits(3)])
    assert [event.kind for event in history(store).events(PLACE.id, kind="visits").events] == ["visits"]


def test_a_mark_that_is_none_of_ours_is_refused(store: Store) -> None:
    with pytest.raises(StoreError, match="expected the mark of an event"):
        history(store).events(PLACE.id, before="'; DROP TABLE events")


def test_nothing_personal_and_nothing_bulky_is_shown(store: Store) -> None:
    kiosk = Kiosk()
    told = {"op_id": "op", "what": "loan", "item_id": "MZ1", "reader_id": "R-9", "words": "陈大文挂失"}
    picture = {"command_id": "c-1", "outcome": "done", "media_type": "image/png", "attachment": b"secret"}
    store.take(
        [
            kiosk.event(events.Dispute, done_at=timestamp(NOW), **told),
            kiosk.event(commands.CommandResult, **picture),
        ]
    )
    shown = repr(history(store).events(PLACE.id))
    assert not any(secret in shown for secret in ("MZ1", "R-9", "陈大文", "c2VjcmV0"))
    assert "'what': 'loan'" in shown and "'outcome': 'done'" in shown
