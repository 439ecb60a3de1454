"""One place at a glance, from what the store has of it. Pure, but for remembering what it said before: it is
asked of ten thousand places every few seconds, of which few have changed.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from msgspec import Struct, structs

from central.health import SILENT_AFTER, Verdict, judge_kiosk, judge_place
from central.health.planned import Window, with_plans
from central.places import Place
from central.store import Kiosk
from central.views import Day, PlaceSummary

DOOR_COUNTER = "door_counter"
NEVER = datetime.max.replace(tzinfo=UTC)
LOANS, RETURNS, VISITS = "loan", "return", "visits"


class Ground(Struct, frozen=True, gc=False):
    """All that a summary rests on but the time: totals of the day that began at `midnight`, and maintenance
    that is under way."""

    kiosks: tuple[Kiosk, ...]
    loans: int | None
    returns: int | None
    visits: int | None
    midnight: datetime
    windows: tuple[Window, ...] = ()


class _Kept(Struct, frozen=True, gc=False):
    """Time alone does not change `summary` from `made_at` to `until`."""

    ground: Ground
    made_at: datetime
    until: datetime
    summary: PlaceSummary


class Summaries:
    """Safe for all threads."""

    def __init__(self) -> None:
        self._kept: dict[str, _Kept] = {}

    def of(self, place: Place, ground: Ground, now: datetime) -> PlaceSummary:
        kept = self._kept.get(place.id)
        if kept is not None and kept.ground == ground and kept.made_at <= now <= kept.until:
            return kept.summary
        made = summary(place, ground, now)
        self._kept[place.id] = _Kept(ground, now, _silent_at(ground.kiosks, now), made)
        return made


def ground_of(
    place_id: str, kiosks: Sequence[Kiosk], totals: Mapping[tuple[str, str], int], midnight: datetime
) -> Ground:
    """`totals` by place and kind, of the day that began at `midnight`; what is not in them is not known."""
    return Ground(
        tuple(kiosks),
        totals.get((place_id, LOANS)),
        totals.get((place_id, RETURNS)),
        totals.get((place_id, VISITS)),
        midnight,
    )


def with_windows(ground: Ground, place_id: str, windows: Sequence[Window], now: datetime) -> Ground:
    current = tuple(window for window in windows if window.covers(place_id, now))
    return structs.replace(ground, windows=current) if current else ground


def summary(place: Place, ground: Ground, now: datetime) -> PlaceSummary:
    """Judged anew at `now`, from values alone."""
    verdict = judge_place([judge_kiosk(kiosk, now) for kiosk in ground.kiosks])
    return PlaceSummary(
        id=place.id,
        name=place.name,
        short=place.short,
        name_en=place.name_en,
        short_en=place.short_en,
        level=place.level,
        town=place.town,
        condition=verdict.condition,
        findings=verdict.findings,
        heard_at=verdict.heard_at,
        today=_day(ground, verdict),
        planned=with_plans(verdict, place.id, ground.windows, now).planned,
    )


def _day(ground: Ground, verdict: Verdict) -> Day:
    """Nothing is 0 only where the place was heard today, and visits only where somebody counts them."""
    heard_today = verdict.heard_at is not None and verdict.heard_at >= ground.midnight
    counter = any(device.kind == DOOR_COUNTER for kiosk in ground.kiosks for device in kiosk.devices)
    nothing = 0 if heard_today else None
    return Day(
        loans=nothing if ground.loans is None else ground.loans,
        returns=nothing if ground.returns is None else ground.returns,
        visits=(nothing if counter else None) if ground.visits is None else ground.visits,
    )


def _silent_at(kiosks: Sequence[Kiosk], now: datetime) -> datetime:
    """When the next of them will be silent; NEVER: time changes nothing any more."""
    ends = [kiosk.heard_at + SILENT_AFTER for kiosk in kiosks if kiosk.online and kiosk.heard_at]
    return min((end for end in ends if end >= now), default=NEVER)
