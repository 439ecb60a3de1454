"""Figures of places: unknown is not zero, and days are the library's."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from broker_config.events import Loan, Visits
from broker_config.values import Condition, hour, timestamp
from central.board import Board
from central.places import Level, Place, Places, Town
from central.store import Store
from central.store.sqlite import SqliteStore
from central.views import Day
from tests.central.heard import NOW, READER, Kiosk, ago, device

PLACES = Places(
    town=(Town("taiping", "太平镇", "Taiping Town"),),
    place=tuple(
        Place(
            f"mz-taiping-0{n}",
            f"麻章区图书馆{n}村服务点",
            f"{n}村",
            f"Point {n}",
            f"P{n}",
            Level.POINT,
            "taiping",
        )
        for n in (3, 4)
    ),
)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = SqliteStore(tmp_path / "centre.db")
    yield opened
    opened.close()


@pytest.fixture
def board(store: Store) -> Board:
    return Board(store, PLACES, ZoneInfo("Asia/Shanghai"), lambda: NOW)


def test_a_place_nobody_has_heard_of_counts_nothing_and_not_zero(board: Board) -> None:
    place = board.overview()[1]
    assert (place.condition, place.heard_at) == (Condition.UNKNOWN, None)
    assert place.today == Day(loans=None, returns=None, visits=None)


def test_a_place_that_reports_and_had_no_reader_is_zero(store: Store, board: Board) -> None:
    store.take([Kiosk().heartbeat()])
    assert board.overview()[0].today == Day(loans=0, returns=0, visits=0)


def test_without_a_door_counter_visits_are_unknown(store: Store, board: Board) -> None:
    store.take([Kiosk().heartbeat(devices=(READER,))])
    assert board.overview()[0].today == Day(loans=0, returns=0, visits=None)


def test_a_kiosk_last_heard_yesterday_has_no_figures_for_today(store: Store, board: Board) -> None:
    store.take([Kiosk().heartbeat(ago(hours=12))])
    assert board.overview()[0].today == Day(loans=None, returns=None, visits=None)


def test_a_day_is_a_day_of_the_library(store: Store, board: Board) -> None:
    """Midnight in Zhanjiang is 16:00 UTC."""
    kiosk = Kiosk()
    midnight_utc = NOW.replace(hour=16, minute=0, second=0)
    store.take([kiosk.heartbeat(), kiosk.loan(midnight_utc - (NOW - ago(days=1)))])
    store.take([kiosk.loan(midnight_utc - (NOW - ago(days=1, seconds=1)))])
    assert board.overview()[0].today.loans == 1
    assert board.hours("mz-taiping-03", date(2026, 11, 22))[0].loans == 1
    assert board.hours("mz-taiping-03", date(2026, 11, 21))[23].loans == 1


def test_hours_are_known_only_while_the_place_was_heard(store: Store, board: Board) -> None:
    """First heard at 09:04, last at 11:04 local time."""
    kiosk = Kiosk()
    store.take([kiosk.heartbeat(ago(hours=2)), kiosk.heartbeat(), kiosk.visits(5, ago(hours=1))])
    hours = board.hours("mz-taiping-03", date(2026, 11, 22))
    assert [hour.loans for hour in hours[8:13]] == [None, 0, 0, 0, None]
    assert [hour.visits for hour in hours[8:13]] == [None, 0, 5, 0, None]


def test_people_of_a_gap_are_in_no_hour(store: Store, board: Board) -> None:
    """From 09:34 to 11:04 local time nobody counted."""
    kiosk = Kiosk()
    gap = {"complete": False, "since": timestamp(ago(minutes=90)), "count_type": "entries", "entries": 30}
    store.take([kiosk.heartbeat(ago(hours=4)), kiosk.visits(5, ago(hours=2)), kiosk.heartbeat()])
    store.take([kiosk.event(Visits, NOW, hour=hour(NOW), **gap)])
    hours = board.hours("mz-taiping-03", date(2026, 11, 22))
    assert [hour.visits for hour in hours[8:13]] == [0, 5, None, None, None]
    assert [hour.visits_partial for hour in hours[8:13]] == [False, True, True, True, False]
    assert board.overview()[0].today.visits == 35, "and yet they were here today"


def test_one_place(store: Store, board: Board) -> None:
    kiosk = Kiosk()
    broken = device(Condition.DOWN, "缺纸")
    store.take([kiosk.birth(), kiosk.heartbeat(devices=(READER, broken)), kiosk.loan()])
    detail = board.place("mz-taiping-03")
    assert detail is not None
    assert detail.summary.condition is Condition.DEGRADED
    assert [(d.kind, d.condition) for d in detail.kiosks[0].devices] == [
        ("tag_reader", Condition.OK),
        ("receipt_printer", Condition.DOWN),
    ]
    assert detail.kiosks[0].figures is not None
    assert detail.kiosks[0].figures.disk_free_mb is None
    assert board.place("nowhere") is None


def test_a_silent_kiosks_devices_tell_what_they_last_said(store: Store, board: Board) -> None:
    store.take([Kiosk().heartbeat(ago(hours=1))])
    devices = board.devices("mz-taiping-03")
    assert {d.condition for d in devices} == {Condition.UNKNOWN}
    assert {d.told_condition for d in devices} == {Condition.OK}


def test_reader_tokens_are_never_shown(store: Store, board: Board) -> None:
    kiosk = Kiosk()
    token = "0123456789abcdef" * 2
    store.take([kiosk.event(Loan, op_id="op", reader_token=token)])
    detail = board.place("mz-taiping-03")
    assert detail is not None
    assert detail.recent[0].details == {"op_id": "op", "due": None}
    assert token not in repr(detail)
