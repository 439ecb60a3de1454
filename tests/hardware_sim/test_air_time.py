"""Air times against figures worked out from the standard's lengths by somebody else, in milliseconds."""

from random import Random

import pytest

from hardware_sim import air_time
from hardware_sim.anticollision import rounds

FIGURES = {
    "one-slot inventory": (
        air_time.request_s(5) + air_time.T1_S + air_time.answer_s(12) + air_time.T2_S,
        6.18,
    ),
    "eight blocks": (air_time.read_s(8), 15.85),
    "twenty-eight blocks": (air_time.read_s(28), 40.01),
    "system information": (
        air_time.request_s(12) + air_time.T1_S + air_time.answer_s(17) + air_time.T2_S,
        9.81,
    ),
    "AFI write before programming": (air_time.request_s(13) + air_time.T1_S + air_time.answer_s(3), 5.56),
    "block write before programming": (air_time.request_s(17) + air_time.T1_S + air_time.answer_s(3), 6.77),
    "round with one answer": (air_time.inventory_round_s(1), 13.9),
    "round with five answers": (air_time.inventory_round_s(5), 30.2),
    "round with ten answers": (air_time.inventory_round_s(10), 50.6),
    "two rounds, of sixteen answers and of five": (
        air_time.inventory_round_s(16) + air_time.inventory_round_s(5, mask_bytes=1),
        105.6,
    ),
}
EXPECTED_INVENTORY = {1: 13.9, 5: 38.6, 10: 81.9, 20: 183}
"""Mean over random UIDs."""


@pytest.mark.parametrize("name", FIGURES)
def test_figures(name: str) -> None:
    seconds, milliseconds = FIGURES[name]
    assert 1000 * seconds == pytest.approx(milliseconds, abs=0.06)


def inventory_s(uids: list[bytes]) -> float:
    return sum(air_time.inventory_round_s(each.answered, each.mask_bytes) for each in rounds(uids))


@pytest.mark.parametrize("tags", EXPECTED_INVENTORY)
def test_collisions_cost_as_much_as_chance_lets_expect(tags: int) -> None:
    random = Random(1)
    draws = [inventory_s([random.randbytes(8) for _ in range(tags)]) for _ in range(600)]
    assert 1000 * sum(draws) / len(draws) == pytest.approx(EXPECTED_INVENTORY[tags], rel=0.03)


def test_asking_for_one_family_costs_a_byte() -> None:
    extra_s = air_time.inventory_round_s(3, selective=True) - air_time.inventory_round_s(3)
    assert extra_s == pytest.approx(air_time.BYTE_S)
