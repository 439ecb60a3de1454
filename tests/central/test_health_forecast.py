"""Forecasts from series made by hand: what is foretold, and when nothing is."""

import random
from datetime import date, timedelta

import pytest

from central.health.forecast import (
    Drift,
    Forecast,
    NotEnough,
    Steady,
    Week,
    disk_full,
    drifting,
    expires_soon,
    paper_ends,
    visits_while_closed,
)
from tests.central.heard import NOW

TODAY = date(2026, 11, 22)


def by_day(*free_mb: float) -> dict[date, float]:
    """The last one is today's."""
    return {TODAY - timedelta(days=len(free_mb) - 1 - n): mb for n, mb in enumerate(free_mb)}


def test_a_disk_that_fills_evenly() -> None:
    found = disk_full(by_day(*[2000 - 100 * n for n in range(10)]), NOW, 500)
    assert found == Forecast(NOW + timedelta(days=6), *[NOW + timedelta(days=6)] * 2, 10, "days")


def test_one_odd_day_does_not_turn_it() -> None:
    days = [2000 - 100 * n for n in range(10)]
    days[4] = 200
    found = disk_full(by_day(*days), NOW, 500)
    assert isinstance(found, Forecast)
    assert abs(found.at - NOW - timedelta(days=6)) < timedelta(days=1)
    assert found.earliest <= found.at <= found.latest


@pytest.mark.parametrize(
    "free_mb",
    [
        [5000.0] * 10,
        [5000 + 10 * n for n in range(10)],
        [5000, 4000, 5000, 4000, 5000, 4000, 5000, 4000],  # a log that is cut every other day
        [50_000 - n for n in range(20)],  # falls, but for a hundred years
    ],
)
def test_a_disk_of_which_nothing_is_foretold(free_mb: list[float]) -> None:
    assert disk_full(by_day(*free_mb), NOW, 500) == Steady()


def test_a_noisy_trend_is_found() -> None:
    noise = random.Random(7)
    days = [9000 - 150 * n + noise.uniform(-100, 100) for n in range(21)]
    found = disk_full(by_day(*days), NOW, 500)
    assert isinstance(found, Forecast)
    left = (days[-1] - 500) / 150
    assert abs((found.at - NOW) / timedelta(days=1) - left) < left / 5


def test_six_days_are_not_enough() -> None:
    assert disk_full(by_day(*[900.0] * 6), NOW, 500) == NotEnough(6, 7, "days")
    assert disk_full({}, NOW, 500) == NotEnough(0, 7, "days")


def test_paper_from_the_rolls_before() -> None:
    found = paper_ends([300, 400, 350], since_change=250, a_day=20, now=NOW)
    assert found == Forecast(
        NOW + timedelta(days=5), NOW + timedelta(days=2.5), NOW + timedelta(days=7.5), 3, "rolls"
    )
    assert paper_ends([300, 400], 250, 20, NOW) == NotEnough(2, 3, "rolls")
    assert paper_ends([300, 400, 350], 250, 0, NOW) == Steady()


USUAL = [Week(visits, 50) for visits in (150, 160, 140, 155, 145, 150)]


@pytest.mark.parametrize(
    ("latest", "found"),
    [
        (Week(155, 50), Steady()),
        (Week(100, 50), Steady()),  # fewer, not by half
        (Week(60, 50), Drift(1.2, 3.0, 6)),
        (Week(400, 50), Drift(8.0, 3.0, 6)),
        (Week(0, 50), Drift(0.0, 3.0, 6)),
        (Week(60, 19), NotEnough(19, 20, "loans in the latest week")),
        (Week(None, 50), NotEnough(0, 20, "loans in the latest week")),
    ],
)
def test_a_counter_against_its_own_history(latest: Week, found: object) -> None:
    assert drifting([*USUAL, latest]) == found


def test_a_place_whose_ratio_always_swings_is_not_drifting() -> None:
    swinging = [Week(visits, 50) for visits in (20, 300, 40, 280, 30, 250)]
    assert drifting([*swinging, Week(45, 50)]) == Steady()


def test_weeks_that_say_nothing_are_no_history() -> None:
    assert drifting([*USUAL[:5], Week(None, 50), Week(3, 2), Week(60, 50)]) == NotEnough(5, 6, "weeks")
    assert drifting([]) == NotEnough(0, 20, "loans in the latest week")


@pytest.mark.parametrize(
    ("closed", "every", "suspicious"), [(0, 0, False), (9, 9, False), (10, 100, True), (10, 101, False)]
)
def test_visits_while_nobody_can_come_in(closed: int, every: int, suspicious: bool) -> None:
    assert visits_while_closed(closed, every) is suspicious


def test_a_certificate_needs_no_trend() -> None:
    assert expires_soon(NOW + timedelta(days=30), NOW)
    assert not expires_soon(NOW + timedelta(days=31), NOW)
