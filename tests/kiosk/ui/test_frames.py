"""How often the screen's loop runs, and what ends its rest."""

from collections.abc import Iterator

import pytest
from kivy.clock import Clock

from kiosk.ui.environment import FRAMES_PER_S
from kiosk.ui.frames import RESTING_FRAMES_PER_S, Frames
from tests.kiosk.ui.offscreen import Offscreen
from tests.kiosk.ui.samples import EVERY


class Time:
    now_s = 100.0

    def __call__(self) -> float:
        return self.now_s


@pytest.fixture
def clock() -> Iterator[Time]:
    before = Clock._max_fps
    yield Time()
    Clock._max_fps = before


@pytest.fixture
def frames(window: Offscreen, clock: Time) -> Frames:
    """At rest."""
    window.show(EVERY["idle-zh"])
    frames = Frames(clock)
    frames.pace()
    assert Clock._max_fps == FRAMES_PER_S
    clock.now_s += 60
    frames.pace()
    assert pytest.approx(RESTING_FRAMES_PER_S) == Clock._max_fps
    return frames


def test_a_finger_ends_the_rest_at_once(frames: Frames, window: Offscreen, clock: Time) -> None:
    window.press(2, 2)
    assert Clock._max_fps == FRAMES_PER_S
    clock.now_s += 60
    frames.pace()
    window.slide(4, 2)
    assert Clock._max_fps == FRAMES_PER_S, "a finger that moves is somebody there"


def test_what_is_painted_ends_the_rest(frames: Frames, window: Offscreen) -> None:
    window.show(EVERY["stack-3-zh"])
    assert Clock._max_fps == FRAMES_PER_S


def test_a_loop_that_finds_nothing_new_stays_at_rest(frames: Frames, window: Offscreen) -> None:
    window.draw(2)
    frames.pace()
    assert pytest.approx(RESTING_FRAMES_PER_S) == Clock._max_fps
