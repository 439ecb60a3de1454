"""A finger that stays: a long press, for what readers are not meant to find by chance."""

from collections.abc import Callable

from kivy.clock import Clock
from kivy.input.motionevent import MotionEvent

from kiosk.flow.touch import Touch

HOLD_S = 2.0
STRAY_PX = 40.0
"""How far a finger may stray meanwhile."""


class Hold:
    def __init__(
        self, meaning_at: Callable[[float, float], Touch | None], report: Callable[[Touch], None]
    ) -> None:
        """`meaning_at` tells what staying at a place means, if anything."""
        self._meaning_at, self._report = meaning_at, report
        self._touch: MotionEvent | None = None
        self._due = Clock.create_trigger(self._stayed, HOLD_S)

    @property
    def under_way(self) -> bool:
        return self._touch is not None

    def begin(self, touch: MotionEvent) -> None:
        if self._meaning_at(*touch.pos) is not None:
            self._touch = touch
            self._due()

    def end(self) -> None:
        self._touch = None
        self._due.cancel()

    def _stayed(self, _: float) -> None:
        touch, self._touch = self._touch, None
        if touch is None or abs(touch.x - touch.ox) + abs(touch.y - touch.oy) > STRAY_PX:
            return
        meaning = self._meaning_at(*touch.pos)
        if meaning is not None:
            self._report(meaning)
