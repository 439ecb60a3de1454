"""A month at a door, from raw events to the report: gaps with their number and cause, nothing invented."""

from datetime import datetime, timedelta

import pytest

from broker_config.events import Visits
from broker_config.values import hour, timestamp
from central.intake import Heard
from central.statistics.desk import Desk
from central.statistics.figures import Cause, Figure, Item, Note
from central.statistics.form import Cell
from central.statistics.periods import Month
from central.store import Store
from central.web.statistics_words import figure_cell, reasons
from central.web.texts import Language, Words
from tests.central.heard import DOOR, Kiosk
from tests.central.statistics.world import NOW, OCTOBER, ZONE, alive, at, came, kiosk, place

HERE = "mz-taiping-20"
SEPTEMBER = Month(2026, 9)
ZH, EN = Words(Language.CHINESE, ZONE), Words(Language.ENGLISH, ZONE)


@pytest.fixture
def door(store: Store) -> Kiosk:
    """A kiosk that is well, and a counter that stands alone beside it."""
    alone = Kiosk(f"{HERE}.door-1", "n-door")
    store.take(alive(kiosk(HERE), at(8, 1), NOW, counter=False))
    store.take([alone.birth(at(8, 1), devices=(DOOR,)), alone.heartbeat(NOW, devices=(DOOR,))])
    return alone


def told(door: Kiosk, when: datetime, entries: int, **more: object) -> Heard:
    values = {"hour": hour(when), "entries": entries, "count_type": "entries", "complete": True} | more
    return door.event(Visits, when, **values)


def figure(desk: Desk, month: Month = OCTOBER) -> Figure:
    return desk.report(month, [place(HERE)]).rows[0].figures[Item.VISITS]


def partial_days(desk: Desk, month: Month = OCTOBER) -> list[int]:
    return [day.day.day for day in desk.daily(month, [place(HERE)]) if day.partial]


def said(desk: Desk, words: Words) -> list[str]:
    row = desk.report(OCTOBER, [place(HERE)]).rows[0]
    visits = words("statistics_visits")
    return [sentence for items, sentence in reasons(words, row) if items == visits]


def test_visits_lost_on_the_way_are_a_gap_with_their_number(october: Desk, store: Store, door: Kiosk) -> None:
    """The event of 21 people never came; the counter's next total tells of them."""
    store.take([told(door, at(10, 5, "16:00"), 10, entries_total=110)])
    door.seq += 1
    store.take([told(door, at(10, 6, "17:00"), 4, entries_total=135)])
    notes = figure(october).notes
    assert figure(october).amount == 14, "they are told, and not counted"
    assert Note(Cause.COUNTER_LOST, at(10, 5, "16:00"), at(10, 6, "17:00"), 21) in notes
    assert Note(Cause.MISSING, count=1) in notes
    assert partial_days(october) == [5, 6]
    assert any("10月5日 16:00 至 10月6日 17:00 有 21 人次未收到" in one for one in said(october, ZH)), said(
        october, ZH
    )
    assert any(one.startswith("21 visits between ") for one in said(october, EN))
    door.seq = 1
    store.take([told(door, at(10, 6, "10:00"), 21, entries_total=131)])
    assert figure(october) == Figure(35.0), "it came after all"


def test_people_of_a_gap_count_in_the_month_and_on_no_days_hour(
    october: Desk, store: Store, door: Kiosk
) -> None:
    since, until = at(10, 9, "18:00"), at(10, 12, "09:30")
    store.take([told(door, until, 40, complete=False, since=timestamp(since))])
    assert figure(october).amount == 40
    assert Note(Cause.COUNTER_SPANS, since, until, 40) in figure(october).notes
    assert partial_days(october) == [9, 10, 11, 12]
    days = {day.day.day: day.amounts[Item.VISITS] for day in october.daily(OCTOBER, [place(HERE)])}
    assert (days[10], days[11], days[12]) == (None, None, 40)
    assert store.hours(HERE, at(10, 1), at(11, 1)) == []
    assert any("共 40 人次不知具体时间" in one for one in said(october, ZH))


def test_a_gap_over_the_end_of_a_month_marks_both(october: Desk, store: Store, door: Kiosk) -> None:
    since, until = at(9, 30, "20:00"), at(10, 1, "08:00")
    store.take([told(door, at(9, 20), 5), told(door, until, 6, complete=False, since=timestamp(since))])
    note = Note(Cause.COUNTER_SPANS, since, until, 6)
    assert figure(october).amount == 6 and note in figure(october).notes
    assert figure(october, SEPTEMBER) == Figure(5.0, (note,))
    assert partial_days(october, SEPTEMBER) == [30]


def test_visits_while_closed_and_doubts_are_told_and_touch_no_number(
    october: Desk, store: Store, door: Kiosk
) -> None:
    night = at(10, 8, "03:10")
    store.take([told(door, night, 2, while_closed=True), told(door, at(10, 8, "16:00"), 9, doubts=3)])
    found = figure(october)
    of_hour = at(10, 8, "03:00"), at(10, 8, "04:00")
    assert found.whole and found.amount == 11
    assert found.remarks == (
        Note(Cause.COUNTER_CLOSED, *of_hour, 2),
        Note(Cause.COUNTER_DOUBTS, at(10, 8, "16:00"), at(10, 8, "17:00"), 3),
    )
    assert partial_days(october) == []
    cell = figure_cell(ZH, Item.VISITS, found)
    assert cell == Cell(11, 0, "", "其中 2 人次在闭馆时间进入，已计入\n计数器拿不准，可能有 3 人次之差")


@pytest.mark.parametrize(
    ("totals", "lost"),
    [
        ((2**32 - 4, 3), []),
        ((2**32 - 4, 8), [Note(Cause.COUNTER_LOST, at(10, 3), at(10, 4), 5)]),
        ((70_000, 7), [Note(Cause.COUNTER_ANEW, at(10, 3), at(10, 4))]),
        ((70_000, 3_000_000_000), [Note(Cause.COUNTER_ANEW, at(10, 3), at(10, 4))]),
    ],
    ids=["roll-over", "roll-over with a loss", "reset", "another counter"],
)
def test_no_total_makes_a_crowd(
    october: Desk, store: Store, door: Kiosk, totals: tuple[int, int], lost: list[Note]
) -> None:
    store.take([told(door, at(10, 3), 2, entries_total=totals[0])])
    store.take([told(door, at(10, 4), 7, entries_total=totals[1], boot_id="n-door-2")])
    assert figure(october) == Figure(9.0, tuple(lost))


def test_two_counters_of_a_place_are_summed_up_apart(october: Desk, store: Store, door: Kiosk) -> None:
    east = Kiosk(f"{HERE}.door-2", "n-east")
    store.take([came(kiosk(HERE), at(10, 2), 1)])
    for one, more in ((door, 3), (east, 4)):
        store.take([told(one, at(10, 3), 1, entries_total=100)])
        store.take([told(one, at(10, 3) + timedelta(hours=2), 1, entries_total=101 + more)])
    (note,) = figure(october).notes
    assert note == Note(Cause.COUNTER_LOST, at(10, 3), at(10, 3, "02:00"), 7)
