"""Hours of a place split into up, down, unknown and planned: none twice, none lost."""

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broker_config.values import Condition
from central.health import Verdict
from central.health.availability import Availability, Spell, availability
from central.health.planned import Window, with_plans
from tests.central.heard import NOW

OK, DEGRADED, DOWN, UNKNOWN = Condition.OK, Condition.DEGRADED, Condition.DOWN, Condition.UNKNOWN
LATER = NOW + timedelta(days=9)


def hour(number: float) -> datetime:
    return NOW + timedelta(hours=number)


def spell(condition: Condition, start: float, end: float) -> Spell:
    return Spell(condition, hour(start), hour(end))


OPEN = [(hour(0), hour(4)), (hour(6), hour(10))]
"""Eight hours."""


@pytest.mark.parametrize(
    ("spells", "planned", "found", "percent"),
    [
        ([spell(OK, -5, 20)], [], (8, 0, 0, 0), 100),
        ([spell(DEGRADED, -5, 20)], [], (8, 0, 0, 0), 100),
        ([spell(DOWN, -5, 20)], [], (0, 8, 0, 0), 0),
        ([spell(UNKNOWN, -5, 20)], [], (0, 0, 8, 0), None),
        ([], [], (0, 0, 8, 0), None),
        ([spell(OK, 0, 2), spell(DOWN, 2, 3), spell(OK, 3, 10)], [], (7, 1, 0, 0), 87.5),
        ([spell(OK, 0, 2), spell(DOWN, 4, 6), spell(OK, 6, 10)], [], (6, 0, 2, 0), 100),  # down while closed
        ([spell(OK, 0, 4), spell(UNKNOWN, 4, 8), spell(OK, 8, 10)], [], (6, 0, 2, 0), 100),
        ([spell(OK, 0, 2), spell(DOWN, 2, 10)], [(2, 4)], (2, 4, 0, 2), 100 / 3),
        ([spell(OK, 0, 10)], [(3, 7), (5, 8)], (5, 0, 0, 3), 100),
        ([spell(OK, 0, 10), spell(DOWN, 1, 2)], [], (7, 1, 0, 0), 87.5),  # overlapping: the worse counts
    ],
)
def test_hours_up_down_unknown_planned(
    spells: list[Spell],
    planned: list[tuple[float, float]],
    found: tuple[float, ...],
    percent: float | None,
) -> None:
    windows = [(hour(a), hour(b)) for a, b in planned]
    result = availability(spells, OPEN, windows, LATER)
    assert result == Availability(*(3600 * hours for hours in found))
    assert result.percent == (pytest.approx(percent) if percent is not None else None)


def test_the_future_does_not_count() -> None:
    result = availability([spell(OK, 0, 10)], OPEN, [], now=hour(7))
    assert (result.up_s, result.open_s) == (5 * 3600, 5 * 3600)


SPELL = st.builds(
    lambda condition, start, length: spell(condition, start / 60, (start + length) / 60),
    st.sampled_from(Condition),
    st.integers(-100, 700),
    st.integers(1, 400),
)
MINUTES = st.tuples(st.integers(-100, 700), st.integers(1, 300))


@given(st.lists(SPELL, max_size=8), st.lists(MINUTES, max_size=4), st.integers(-60, 800))
def test_every_opened_minute_counts_once(
    spells: list[Spell], planned: list[tuple[int, int]], now_min: int
) -> None:
    """Against a count minute by minute, which is slow and plain."""
    windows = [(hour(a / 60), hour((a + b) / 60)) for a, b in planned]
    now = hour(now_min / 60)
    counted = {"up": 0, "down": 0, "unknown": 0, "planned": 0}
    for minute in range(-120, 800):
        at = hour(minute / 60)
        if at >= now or not any(a <= at < b for a, b in OPEN):
            continue
        said = {s.condition for s in spells if s.start <= at < s.end}
        if any(a <= at < b for a, b in windows):
            counted["planned"] += 60
        elif DOWN in said:
            counted["down"] += 60
        elif said & {OK, DEGRADED}:
            counted["up"] += 60
        else:
            counted["unknown"] += 60
    result = availability(spells, OPEN, windows, now)
    assert result == Availability(*map(float, counted.values()))


def test_maintenance_is_said_beside_the_condition() -> None:
    window = Window(1, frozenset({"a"}), hour(0), hour(1), "李四", "换机")
    verdict = Verdict(DOWN)
    assert with_plans(verdict, "a", [window], hour(0)).planned == "换机"
    assert with_plans(verdict, "a", [window], hour(0)).condition is DOWN
    assert with_plans(verdict, "a", [window], hour(1)) is verdict
    assert with_plans(verdict, "b", [window], hour(0)) is verdict
