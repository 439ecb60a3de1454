"""Maintenance that people planned: its places are shown as such, alarm nobody and lose no availability."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from central.health import Verdict


@dataclass(frozen=True)
class Window:
    """[`starts_at`, `ends_at`) for `places` (ids); `by` is whose word it is."""

    id: int
    places: frozenset[str]
    starts_at: datetime
    ends_at: datetime
    by: str
    reason: str

    def covers(self, place: str, now: datetime) -> bool:
        return place in self.places and self.starts_at <= now < self.ends_at


def with_plans(verdict: Verdict, place: str, windows: Iterable[Window], now: datetime) -> Verdict:
    """The same verdict, which says when it falls into maintenance and why."""
    reason = next((window.reason for window in windows if window.covers(place, now)), None)
    return replace(verdict, planned=reason) if reason is not None else verdict
