"""October of six places, as staff would find it with pencil and paper: every gap has its cause."""

from datetime import timedelta

import pytest
from msgspec import structs

from broker_config.status import State
from broker_config.values import Condition
from central.accounts.roles import Actor
from central.alerts.desk import Desk as AlertDesk
from central.office import Office
from central.statistics.desk import Desk
from central.statistics.figures import Cause, Figure, Item, Note
from central.statistics.opening import Standing
from central.statistics.periods import Month
from central.statistics.report import Group, Row, Scope
from central.store import Store, Told
from tests.central.heard import DOOR, READER, Kiosk
from tests.central.statistics.world import (
    ABSENT,
    BRANCH,
    HEARD_LAST,
    INSTALLED,
    MAIN,
    NEW,
    NOW,
    OCTOBER,
    PLACES,
    SILENT,
    WELL,
    Clock,
    alive,
    at,
    came,
    crate,
    kiosk,
    lend,
    place,
    was,
)

ALL = PLACES.place


def row_of(desk: Desk, place_id: str, month: Month = OCTOBER) -> Row:
    return desk.report(month, [place(place_id)]).rows[0]


def causes(figure: Figure) -> set[Cause]:
    return {note.cause for note in figure.notes}


def test_a_place_that_is_well_has_whole_figures(october: Desk) -> None:
    row = row_of(october, WELL)
    for item in (Item.VISITS, Item.READERS, Item.LOANS, Item.RENEWALS, Item.RETURNS):
        assert row.figures[item].whole and row.figures[item].amount, item
    assert (row.figures[Item.RECEIVED].amount, row.figures[Item.SENT].amount) == (60, 58)
    assert row.figures[Item.OPEN_H] == Figure(
        153.0, (), remarks=(Note(Cause.OUTAGE, at(10, 6, "16:00"), at(10, 6, "18:00"), why="ils_down"),)
    )
    assert round(row.figures[Item.AVAILABILITY].amount or 0, 2) == round(100 * 153 / 155, 2)
    assert row.standing is Standing.NOT_MET and row.standard_h == 35


def test_a_place_without_a_kiosk_has_no_zero(october: Desk) -> None:
    row = row_of(october, ABSENT)
    for item, figure in row.figures.items():
        assert figure.amount is None, item
        assert causes(figure) <= {Cause.NOT_INSTALLED, Cause.NO_ROTATION, Cause.NOT_ENTERED}, item
    assert row.weeks == ()


def test_a_kiosk_that_came_in_mid_month(october: Desk) -> None:
    row = row_of(october, NEW)
    assert row.figures[Item.LOANS].partial
    assert row.figures[Item.LOANS].notes == (Note(Cause.INSTALLED, since=INSTALLED),)
    assert len(row.weeks) == 2 and row.figures[Item.WEEKLY_H].amount == 35
    before = row_of(october, NEW, Month(2026, 9))
    assert before.figures[Item.LOANS] == Figure(None, (Note(Cause.NOT_INSTALLED),))


def test_a_counter_that_was_silent_is_told_with_its_times(october: Desk) -> None:
    notes = row_of(october, NEW).figures[Item.VISITS].notes
    assert Note(Cause.COUNTER_GAPS, count=1) in notes
    assert Note(Cause.COUNTER_SILENT, at(10, 20, "08:00"), at(10, 22, "12:00")) in notes
    assert Cause.COUNTER_SILENT not in causes(row_of(october, NEW).figures[Item.LOANS])


def test_a_kiosk_that_fell_silent_may_still_tell(october: Desk, store: Store) -> None:
    row = row_of(october, SILENT)
    assert row.figures[Item.LOANS].notes == (Note(Cause.NOT_HEARD, since=HEARD_LAST),)
    outage = Note(Cause.OUTAGE, HEARD_LAST, at(11, 1), why="offline")
    assert row.figures[Item.OPEN_H].remarks == (outage,)
    assert Cause.COUNTER_SILENT not in causes(row.figures[Item.VISITS]), "it was the kiosk that was not heard"
    store.take([lend(kiosk(SILENT), at(10, 25, "16:00"), 3), kiosk(SILENT).heartbeat(NOW)])
    later = row_of(october, SILENT)
    assert later.figures[Item.LOANS].whole
    assert later.figures[Item.LOANS].amount == row.figures[Item.LOANS].amount


def test_a_month_after_its_last_word_is_unknown(october: Desk, clock: Clock) -> None:
    clock.now = at(12, 1)
    assert row_of(october, SILENT, Month(2026, 11)).figures[Item.LOANS].amount is None


def test_of_two_kiosks_the_silent_one_is_told(october: Desk, store: Store) -> None:
    second = Kiosk(f"{WELL}.kiosk-2", "i-second")
    store.take(alive(second, at(9, 1), HEARD_LAST))
    assert row_of(october, WELL).figures[Item.LOANS].notes == (Note(Cause.NOT_HEARD, since=HEARD_LAST),)
    assert row_of(october, WELL, Month(2026, 11)).figures[Item.LOANS].whole, "it was taken away long ago"


def test_a_counter_by_another_name_and_one_that_came_later(october: Desk, store: Store) -> None:
    east = structs.replace(DOOR, name="east")
    main = kiosk(MAIN)
    store.take(
        [main.heartbeat(at(10, 9), devices=(READER, east)), main.heartbeat(NOW, devices=(READER, east))]
    )
    store.record_conditions([Told(MAIN, "kiosk-1/east", Condition.OK)], at(10, 9))
    store.record_conditions([Told(MAIN, "kiosk-1/east", Condition.DOWN)], at(10, 30))
    figure = row_of(october, MAIN).figures[Item.VISITS]
    assert figure == Figure(
        0, (Note(Cause.COUNTER_INSTALLED, since=at(10, 9)), Note(Cause.COUNTER_SILENT, at(10, 30), at(11, 1)))
    )
    days = {day.day.day: day.amounts[Item.VISITS] for day in october.daily(OCTOBER, [place(MAIN)])}
    assert (days[8], days[9], days[29], days[31]) == (None, 0, 0, None)


def test_no_counter_is_no_zero_and_half_a_count_is_an_estimate(october: Desk) -> None:
    main, branch = row_of(october, MAIN), row_of(october, BRANCH)
    assert main.figures[Item.VISITS] == Figure(None, (Note(Cause.NO_COUNTER),))
    assert branch.figures[Item.VISITS] == Figure(200, estimated=True)


def test_loans_without_tokens_are_not_nobody(october: Desk) -> None:
    main = row_of(october, MAIN)
    assert main.figures[Item.LOANS].amount == 5
    assert main.figures[Item.READERS].amount is None
    assert causes(main.figures[Item.READERS]) == {Cause.NO_TOKENS}


def test_nothing_is_zero_where_somebody_was_there_to_count(october: Desk) -> None:
    branch = row_of(october, BRANCH)
    assert branch.figures[Item.RENEWALS] == Figure(0.0)
    assert row_of(october, WELL, Month(2026, 8)).figures[Item.RENEWALS].amount is None


def test_a_counter_that_never_worked_counted_nobody(october: Desk, store: Store) -> None:
    store.take([came(kiosk("mz-taiping-07"), at(9, 1), 1), *alive(kiosk("mz-taiping-07"), at(9, 1), NOW)])
    was(store, "mz-taiping-07", at(9, 2), Condition.OK, counter=Condition.DOWN)
    figure = row_of(october, "mz-taiping-07").figures[Item.VISITS]
    assert figure == Figure(None, (Note(Cause.COUNTER_SILENT, at(10, 1), at(11, 1)),))


def test_events_that_are_missing_or_lost_are_told(october: Desk, store: Store) -> None:
    late = kiosk(BRANCH)
    late.seq = 90
    store.take([lend(late, at(10, 12, "12:00"), 1)])
    notes = row_of(october, BRANCH).figures[Item.LOANS].notes
    assert notes == (Note(Cause.MISSING, count=70),)
    state: State = late.state(NOW, 1, online=True, install_id=late.install_id, oldest_seq=91)
    store.take([late.says(state, at(10, 30))])
    assert row_of(october, BRANCH).figures[Item.LOANS].notes == (Note(Cause.LOST, count=70),)


def test_reports_that_wait_in_a_kiosk_are_told(october: Desk, store: Store) -> None:
    store.take([kiosk(WELL).heartbeat(NOW + timedelta(seconds=1), outbox_depth=120)])
    assert row_of(october, WELL).figures[Item.LOANS].notes == (Note(Cause.WAITING, count=120),)


def test_maintenance_is_told_and_costs_no_availability(october: Desk, office: Office) -> None:
    planned = Actor("boss", "", at(10, 5))
    AlertDesk(office).plan(planned, [WELL], at(10, 6, "14:00"), at(10, 6, "22:00"), "换读写器")
    row = row_of(october, WELL)
    assert row.figures[Item.AVAILABILITY].amount == 100
    assert Note(Cause.PLANNED, count=5) in row.figures[Item.AVAILABILITY].remarks
    assert row.figures[Item.OPEN_H].amount == 150


def test_crates_that_are_no_longer_kept(october: Desk, store: Store) -> None:
    while store.prune(NOW.date(), at(1, 1), 100):
        pass
    figure = row_of(october, WELL).figures[Item.RECEIVED]
    assert figure == Figure(None, (Note(Cause.NOT_KEPT, count=2),))
    again = kiosk(WELL)
    again.seq = next(c.confirmed.seq for c in store.confirmations() if c.confirmed.install_id == f"i-{WELL}")
    store.take([crate(again, at(10, 28), "received", 9)])
    assert row_of(october, WELL).figures[Item.RECEIVED] == Figure(9, (Note(Cause.NOT_KEPT, count=2),))


# -- totals ------------------------------------------------------------------------------------------------


def group(desk: Desk, scope: Scope, key: str = "") -> Group:
    found = desk.report(OCTOBER, ALL)
    return next(one for one in found.groups if (one.scope, one.key) == (scope, key))


def test_totals_say_how_many_places_they_rest_on(october: Desk) -> None:
    district, points = group(october, Scope.DISTRICT), group(october, Scope.LEVEL, "point")
    assert (district.totals[Item.LOANS].known, district.totals[Item.LOANS].places) == (5, 104)
    assert (points.totals[Item.LOANS].known, points.totals[Item.LOANS].places) == (3, 100)
    assert district.totals[Item.LOANS].figure.notes == (Note(Cause.PLACES, count=104 - 3),)
    assert district.totals[Item.VISITS].figure.estimated and not points.totals[Item.VISITS].figure.estimated
    assert (points.met, points.judged) == (1, 3)


def test_who_reads_at_two_places_is_one_reader(october: Desk, store: Store) -> None:
    district = group(october, Scope.DISTRICT)
    own = [
        row_of(october, place_id).figures[Item.READERS].amount or 0
        for place_id in (WELL, NEW, SILENT, BRANCH)
    ]
    assert district.totals[Item.READERS].figure.amount == store.distinct_readers("2026-10") < sum(own)


def test_the_main_library_is_told_once(october: Desk) -> None:
    found = [(one.scope, one.key) for one in october.report(OCTOBER, ALL).groups]
    assert found.count((Scope.LEVEL, "main")) == 1 and (Scope.TOWN, "district") not in found
    assert october.report(OCTOBER, [place(WELL)]).groups == ()


def test_days_without_anything_are_zero_only_where_somebody_counted(october: Desk) -> None:
    days = {day.day.day: day for day in october.daily(OCTOBER, [place(SILENT)])}
    assert days[3].amounts[Item.LOANS] is not None
    assert {days[n].amounts[Item.LOANS] for n in range(19, 32)} == {None}
    new = {day.day.day: day for day in october.daily(OCTOBER, [place(NEW)])}
    assert new[22].partial and new[11].amounts[Item.LOANS] is None and new[30].amounts[Item.LOANS] is not None
    both = october.daily(OCTOBER, [place(WELL), place(BRANCH)])
    assert sum(day.amounts[Item.VISITS] or 0 for day in both) == sum(
        row_of(october, one).figures[Item.VISITS].amount or 0 for one in (WELL, BRANCH)
    )


@pytest.mark.parametrize("month", [Month(2026, 11), Month(2026, 10)])
def test_a_month_knows_whether_it_is_over(october: Desk, month: Month) -> None:
    found = october.report(month, [place(WELL)])
    assert found.over is (month == OCTOBER) and found.as_of == NOW


def test_a_year_has_the_months_that_have_begun(october: Desk) -> None:
    year = october.year(2026, [place(WELL), place(BRANCH)])
    assert [one.month.number for one in year] == list(range(1, 12))
