"""A year as the sum of its months, which says what it lacks."""

from central.statistics.desk import Desk
from central.statistics.figures import Cause, Figure, Item, Note
from central.statistics.years import sums_of, totals_of
from central.web.statistics_view import crates_came, reached, standards_of
from central.web.texts import Language, Words
from tests.central.accounts.people import by
from tests.central.statistics.world import ABSENT, BRANCH, OCTOBER, PLACES, WELL, ZONE, Clock, at, place

ZH = Words(Language.CHINESE, ZONE)


def test_a_year_adds_up_what_is_known(october: Desk) -> None:
    year = october.year(2026, [place(WELL)])
    monthly = [totals_of(found)[Item.LOANS].figure.amount for found in year]
    assert monthly[:8] == [None] * 8 and monthly[8] and monthly[9]
    loans = sums_of(year)[Item.LOANS]
    assert loans.amount == sum(amount or 0 for amount in monthly)
    assert loans.notes == (Note(Cause.MONTHS, count=8),)
    assert sums_of(year)[Item.READERS] == Figure(None, (Note(Cause.ANOTHER_MONTH),))


def test_availability_of_a_year_weighs_its_hours(october: Desk) -> None:
    year = october.year(2026, [place(WELL), place(BRANCH)])
    up_s = sum(row.worked.up_s for found in year for row in found.rows)
    down_s = sum(row.worked.down_s for found in year for row in found.rows)
    assert down_s == 2 * 3600
    assert sums_of(year)[Item.AVAILABILITY].amount == 100 * up_s / (up_s + down_s)


def test_hours_a_week_are_a_mean(october: Desk) -> None:
    year = october.year(2026, [place(BRANCH)])
    assert sums_of(year)[Item.WEEKLY_H].amount == 42


def test_standards_of_the_year(october: Desk, clock: Clock) -> None:
    year = october.year(2026, PLACES.place)
    found = {each.row.place.id: each for each in standards_of(year, PLACES, PLACES.place, ZH)}
    assert "mz-main" not in found, "nothing is demanded of it"
    crates = found[WELL].crates
    assert crates is not None and (crates.came, crates.unknown, crates.stretches) == (1, 9, 10)
    branch = found[BRANCH].crates
    assert branch is not None and (branch.came, branch.unknown, branch.stretches) == (0, 3, 3)
    added = found[WELL].added
    assert added is not None and (added.met, added.cell.text) == (None, "未填报")


def test_a_standard_is_missed_only_when_every_month_is_known(october: Desk, clock: Clock) -> None:
    clock.now = at(1, 5, year=2027)
    for number in range(1, 12):
        month = type(OCTOBER)(2026, number)
        october.entries.enter(by(), WELL, month, {Item.ADDED: 5})
    year = october.year(2026, [place(WELL)])
    assert (reached(year, WELL, Item.ADDED, 100, ZH).met, reached(year, WELL, Item.ADDED, 55, ZH).met) == (
        None,
        True,
    )
    october.entries.enter(by(), WELL, type(OCTOBER)(2026, 12), {Item.ADDED: 5})
    whole = october.year(2026, [place(WELL)])
    told = reached(whole, WELL, Item.ADDED, 100, ZH)
    assert (told.met, told.cell.text) == (False, "60")
    assert crates_came(october.year(2026, [place(ABSENT)]), ABSENT, 3).stretches == 4
