"""When to look again: briskly, or at rest after a while of nothing."""

import pytest

from kiosk.pace import Pace, Pacer

PACE = Pace(brisk_s=0.1, resting_s=0.5, rests_after_s=10.0)


class Clock:
    now_s = 1000.0

    def __call__(self) -> float:
        return self.now_s


@pytest.mark.parametrize(
    ("quiet_s", "attended", "pause_s"),
    [(0.0, False, 0.1), (9.9, False, 0.1), (10.0, False, 0.5), (86_400.0, False, 0.5), (86_400.0, True, 0.1)],
)
def test_the_next_pause(quiet_s: float, attended: bool, pause_s: float) -> None:
    assert PACE.next_pause_s(quiet_s, attended) == pause_s


def test_one_stir_is_enough_and_every_stir_counts() -> None:
    clock = Clock()
    pacer = Pacer(PACE, clock)
    assert pacer.pause_s == 0.1, "what has only begun is not at rest"
    clock.now_s += 10
    assert pacer.pause_s == 0.5
    pacer.stir()
    assert pacer.pause_s == 0.1
    clock.now_s += 9
    pacer.stir()
    clock.now_s += 9
    assert pacer.pause_s == 0.1
    clock.now_s += 1
    assert pacer.pause_s == 0.5


def test_somebody_who_comes_ends_the_rest_at_once() -> None:
    clock, there = Clock(), False
    pacer = Pacer(PACE, clock, lambda: there)
    clock.now_s += 60
    assert pacer.pause_s == 0.5
    there = True
    assert pacer.pause_s == 0.1
