"""Hours open, week by week, computed by hand on a calendar."""

from datetime import date, datetime, timedelta

import pytest

from broker_config.values import Condition
from central.health.hours import Holiday, Interval, Schedule, Week
from central.statistics.figures import Cause, Note
from central.statistics.opening import Hours, Standing, judged, outages, standing_of, weeks
from central.statistics.periods import Month
from central.store import Span, Told
from tests.central.statistics.world import ZONE, at

FIVE_A_DAY = Week(**dict.fromkeys(("mon", "tue", "wed", "thu", "fri", "sat", "sun"), "15:00-20:00"))
OCTOBER = Month(2026, 10)
LATER = at(12, 1)


def spell(condition: Condition, since: datetime, until: datetime | None = None, *causes: str) -> Span:
    return Span(Told("p", "", condition, causes), since, until)


def hours(
    *spans: Span,
    planned: tuple[Interval, ...] = (),
    since: datetime | None = None,
    now: datetime = LATER,
    holidays: tuple[Holiday, ...] = (),
) -> Hours:
    return Hours(spans, Schedule(ZONE, FIVE_A_DAY, holidays), planned, since or at(1, 1), now)


def found(given: Hours) -> list[tuple[float, float, Standing]]:
    return [(w.open_h, w.unknown_h, w.standing) for w in weeks(given, OCTOBER.mondays(), 35)]


def test_a_month_of_five_hours_a_day() -> None:
    well = hours(spell(Condition.OK, at(1, 1)))
    assert found(well) == [(35, 0, Standing.MET)] * 5
    assert standing_of(weeks(well, OCTOBER.mondays(), 35)) is Standing.MET
    assert well.within(at(10, 1), at(11, 1)).up_s == 31 * 5 * 3600


def test_two_hours_out_of_service_cost_the_week() -> None:
    """Tuesday the 6th, 16:00 to 18:00; at night it costs nothing."""
    given = hours(
        spell(Condition.OK, at(1, 1), at(10, 6, "16:00")),
        spell(Condition.DOWN, at(10, 6, "16:00"), at(10, 6, "18:00"), "ils_down"),
        spell(Condition.DEGRADED, at(10, 6, "18:00"), at(10, 14, "22:00")),
        spell(Condition.DOWN, at(10, 14, "22:00"), at(10, 15, "06:00"), "offline"),
        spell(Condition.OK, at(10, 15, "06:00")),
    )
    assert [open_h for open_h, _, _ in found(given)] == [35, 33, 35, 35, 35]
    assert standing_of(weeks(given, OCTOBER.mondays(), 35)) is Standing.NOT_MET
    assert outages(given, at(10, 1), at(11, 1)) == (
        Note(Cause.OUTAGE, at(10, 6, "16:00"), at(10, 6, "18:00"), why="ils_down"),
    )


def test_what_nobody_watched_is_neither_open_nor_shut() -> None:
    given = hours(
        spell(Condition.OK, at(1, 1), at(10, 20, "18:00")), spell(Condition.OK, at(10, 20, "19:00"))
    )
    assert found(given)[3] == (34, 1, Standing.UNSURE)
    assert standing_of(weeks(given, OCTOBER.mondays(), 35)) is Standing.UNSURE


def test_weeks_before_it_was_there_are_not_its_own() -> None:
    given = hours(spell(Condition.OK, at(10, 14)), since=at(10, 14))
    assert [w.monday for w in weeks(given, OCTOBER.mondays(), 35)] == [date(2026, 10, 19), date(2026, 10, 26)]


def test_a_week_that_is_not_over_is_not_judged_unless_it_is_met() -> None:
    now = at(10, 24, "12:00")
    assert found(hours(spell(Condition.OK, at(1, 1)), now=now))[-1] == (25, 0, Standing.ONGOING)
    assert judged(36, 0, 35, over=False) is Standing.MET
    assert len(found(hours(spell(Condition.OK, at(1, 1)), now=now))) == 4, "the last week has not begun"


def test_holidays_and_maintenance_are_hours_less() -> None:
    feast = Holiday(date(2026, 10, 1), date(2026, 10, 3), "国庆")
    planned = ((at(10, 5, "00:00"), at(10, 6, "00:00")),)
    given = hours(spell(Condition.OK, at(1, 1)), holidays=(feast,), planned=planned)
    assert [open_h for open_h, _, _ in found(given)] == [20, 30, 35, 35, 35]


@pytest.mark.parametrize(
    ("open_h", "unknown_h", "standard_h", "standing"),
    [
        (35.0, 0, 35, Standing.MET),
        (34.96, 0, 35, Standing.MET),  # shown as 35.0
        (34.94, 0, 35, Standing.NOT_MET),
        (34.94, 0.1, 35, Standing.UNSURE),
        (0, 34.9, 35, Standing.NOT_MET),
        (12, 0, None, Standing.NO_STANDARD),
    ],
)
def test_judging(open_h: float, unknown_h: float, standard_h: float | None, standing: Standing) -> None:
    assert judged(open_h, unknown_h, standard_h, over=True) is standing


def test_the_longest_outages_are_told_in_their_order() -> None:
    spans = [
        spell(Condition.DOWN, at(10, day, "15:00"), at(10, day, "15:00") + timedelta(minutes=day), "hot")
        for day in range(2, 9)
    ]
    told = outages(hours(*spans), at(10, 1), at(11, 1))
    assert [note.since for note in told] == [at(10, day, "15:00") for day in (5, 6, 7, 8)]
