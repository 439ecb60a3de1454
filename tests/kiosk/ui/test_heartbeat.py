"""The longest stand-still, told once."""

from kiosk.ui.heartbeat import Heartbeat


class Clock:
    now = 100.0

    def __call__(self) -> float:
        return self.now


def test_the_longest_gap_is_told_once() -> None:
    clock = Clock()
    heart = Heartbeat(clock)
    for gap_s in (0.1, 0.7, 0.1):
        clock.now += gap_s
        heart.beat()
    assert heart.take_stall_ms() == 700
    clock.now += 0.1
    heart.beat()
    assert heart.take_stall_ms() == 100


def test_a_gap_that_still_lasts_counts() -> None:
    clock = Clock()
    heart = Heartbeat(clock)
    clock.now += 2.5
    assert heart.age_s() == 2.5
    assert heart.take_stall_ms() == 2500
