"""Opening hours of places: weeks, holidays, midnight, and the standards of the plan."""

import itertools
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

import central
from broker_config.opening_hours import BadHours, Span, spans
from broker_config.toml import ConfigError
from central.health.hours import DAY_NAMES, Holiday, Schedule, Week
from central.places import Level, load_places

SHANGHAI = ZoneInfo("Asia/Shanghai")
EXAMPLE = Path(central.__file__).with_name("places.toml")
WEEK = Week(tue="09:00-12:00 14:30-18:00", sat="20:00-24:00", sun="00:00-02:00")


def local(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("", ()),
        ("09:00-12:00", (Span(540, 720),)),
        ("09:00-12:00 14:30-18:00", (Span(540, 720), Span(870, 1080))),
        ("00:00-24:00", (Span(0, 1440),)),
    ],
)
def test_spans(text: str, found: tuple[Span, ...]) -> None:
    assert spans(text) == found


@pytest.mark.parametrize(
    "text",
    ["9-12", "09:00", "12:00-09:00", "09:00-09:00", "25:00-26:00", "09:00-24:30", "09:00-12:00 11:00-13:00"],
)
def test_hours_that_are_none_are_named(text: str) -> None:
    with pytest.raises(BadHours, match="expected"):
        spans(text)


def test_hours_of_a_week() -> None:
    assert WEEK.open_h == 3 + 3.5 + 4 + 2


def test_the_example_holds_the_plans_standard() -> None:
    """Mazhang's plan: a branch is open 42 hours a week at least, a point 35."""
    hours = load_places(EXAMPLE).hours
    assert hours[Level.BRANCH].open_h >= 42
    assert hours[Level.POINT].open_h >= 35


def test_when_it_is_open_in_utc() -> None:
    """2026-11-24 is a Tuesday; Shanghai is eight hours ahead."""
    found = Schedule(SHANGHAI, WEEK).intervals(local("2026-11-24T10:00"), local("2026-11-25T00:00"))
    assert [(start.astimezone(UTC).isoformat(), end.astimezone(UTC).isoformat()) for start, end in found] == [
        ("2026-11-24T02:00:00+00:00", "2026-11-24T04:00:00+00:00"),
        ("2026-11-24T06:30:00+00:00", "2026-11-24T10:00:00+00:00"),
    ]


def test_open_for_a_while() -> None:
    schedule = Schedule(SHANGHAI, WEEK)
    ten_minutes = timedelta(minutes=10)
    assert schedule.is_open(local("2026-11-24T09:00"))
    assert not schedule.is_open(local("2026-11-24T09:09"), ten_minutes)
    assert schedule.is_open(local("2026-11-24T09:10"), ten_minutes)
    assert not schedule.is_open(local("2026-11-24T12:00"))
    assert schedule.is_open(local("2026-11-28T23:59"))


def test_without_hours_it_is_always_open() -> None:
    schedule = Schedule(SHANGHAI)
    assert schedule.is_open(local("2026-11-24T00:01"), timedelta(minutes=10))
    start, end = local("2026-11-24T10:00"), local("2026-11-26T10:00")
    assert sum((b - a for a, b in schedule.intervals(start, end)), timedelta()) == end - start


def test_holidays_by_everybody_level_and_place_the_last_one_wins() -> None:
    day = date(2026, 11, 24)
    closed = Holiday(day, day, "停电")
    short = Holiday(day, day, "半日", hours="09:00-12:00", levels=("point",))
    own = Holiday(day, day, "赶集", hours="06:00-08:00", places=("a",))
    assert closed.concerns("b", "main") and short.concerns("b", "point") and own.concerns("a", "point")
    assert not short.concerns("b", "branch") and not own.concerns("b", "point")
    assert Schedule(SHANGHAI, WEEK, (closed,)).on(day) == ()
    assert Schedule(SHANGHAI, WEEK, (closed, short)).on(day) == (Span(540, 720),)
    assert Schedule(SHANGHAI, WEEK, (closed, short)).on(day + timedelta(days=7)) == WEEK.on(day)


@given(st.datetimes(datetime(2026, 1, 1), datetime(2026, 12, 1)), st.integers(0, 72), st.integers(0, 72))
def test_intervals_are_within_in_order_and_add_up(start: datetime, hours: int, more: int) -> None:
    """Cut anywhere, the pieces hold as much as the whole."""
    schedule = Schedule(SHANGHAI, WEEK)
    begins = start.replace(tzinfo=SHANGHAI)
    middle, ends = begins + timedelta(hours=hours), begins + timedelta(hours=hours + more)
    whole = schedule.intervals(begins, ends)
    pieces = schedule.intervals(begins, middle) + schedule.intervals(middle, ends)
    assert sum((b - a for a, b in whole), timedelta()) == sum((b - a for a, b in pieces), timedelta())
    assert all(begins <= a < b <= ends for a, b in whole)
    assert all(before[1] <= after[0] for before, after in itertools.pairwise(whole))


TOWN = '[[town]]\nid = "t"\nname = "镇"\nname_en = "Town"\n'
PLACE = (
    '[[place]]\nid = "a"\nname = "甲"\nshort = "甲"\nname_en = "A"\nshort_en = "A"\n'
    'level = "point"\ntown = "t"\n'
)


def test_a_places_own_hours_come_before_those_of_its_level(tmp_path: Path) -> None:
    path = tmp_path / "places.toml"
    own = 'hours = { mon = "08:00-09:00" }\n'
    level = '[hours.point]\nmon = "10:00-12:00"\n'
    for text, span in ((level + TOWN + PLACE, Span(600, 720)), (level + TOWN + PLACE + own, Span(480, 540))):
        path.write_text(text, encoding="utf-8")
        places = load_places(path)
        assert places.schedule(places.place[0], SHANGHAI).on(date(2026, 11, 23)) == (span,)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('[hours.point]\nmon = "9-12"\n', "mon: '9-12': expected an opening and a later closing time"),
        ('[hours.shop]\nmon = ""\n', "invalid enum value 'shop'"),
        ('[hours.point]\nmonday = ""\n', "monday: unknown key, expected one of: mon, tue"),
        (
            '[[holiday]]\nfirst = 2026-10-03\nlast = 2026-10-01\nname = "国庆"\n',
            "expected a day not before first",
        ),
        (
            '[[holiday]]\nfirst = 2026-10-01\nlast = 2026-10-03\nname = "国庆"\nplaces = ["b"]\n',
            "holiday '国庆': places: 'b' is none of the places of this file",
        ),
    ],
)
def test_a_mistake_in_the_hours_is_one_sentence(tmp_path: Path, text: str, said: str) -> None:
    path = tmp_path / "places.toml"
    path.write_text(text + TOWN + PLACE, encoding="utf-8")
    with pytest.raises(ConfigError) as caught:
        load_places(path)
    assert said in str(caught.value)
    assert str(path) in str(caught.value)


def test_every_day_has_a_name() -> None:
    assert tuple(Week.__struct_fields__) == DAY_NAMES
