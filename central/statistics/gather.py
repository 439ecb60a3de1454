"""Reads from the store what a report needs, all places at once, and decides nothing."""

import json
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from central.doors import DoorMark
from central.places import Place
from central.statistics.counters import counters
from central.statistics.periods import WEEK, Month, begins
from central.store import Gap, Kiosk, Loss, SeenDevice, Span, Store, Sum

PLACE_ITSELF = ""
"""The subject of its own spans."""
ROTATION = "rotation"
_T = TypeVar("_T")


@dataclass(frozen=True)
class Crates:
    """What the rotation events of a place add up to; `events` of them could still be read."""

    received: int = 0
    sent: int = 0
    events: int = 0


@dataclass(frozen=True)
class Material:
    """All that the store knows of one place that matters in a month; `spans` are those of the place itself
    and of its door counters."""

    place: Place
    kiosks: Sequence[Kiosk]
    devices: Sequence[SeenDevice]
    spans: Sequence[Span]
    sums: Mapping[str, Sum]
    readers: int
    crates: Crates
    gaps: Sequence[Gap]
    losses: Sequence[Loss]
    marks: Sequence[DoorMark]


def gather(store: Store, places: Sequence[Place], month: Month, zone: ZoneInfo) -> list[Material]:
    """StoreError."""
    ids = [place.id for place in places]
    start, end = begins(month.first, zone), begins(month.after, zone)
    first, last = span_of(month, zone)
    known = store.kiosks(ids)
    told = store.condition_history(first, last, ids, subjects(counters(known)))
    kiosks = _grouped(known, lambda kiosk: kiosk.identity.place)
    devices = _grouped(store.device_history(ids), lambda device: device.identity.place)
    spans = _grouped(told, lambda span: span.told.place)
    losses = _grouped(store.losses(ids), lambda loss: loss.gap.identity.place)
    marks = _grouped(store.door_marks(start, end, ids), lambda mark: mark.place)
    gaps = _grouped(store.gaps(), lambda gap: gap.identity.place)
    sums: dict[str, dict[str, Sum]] = {}
    for one in store.sums(month.first, month.after, ids):
        sums.setdefault(one.place, {})[one.kind] = one
    readers = store.readers(str(month), ids)
    rotated = any(ROTATION in kinds for kinds in sums.values())
    crates = _crates(store, start, end, frozenset(ids)) if rotated else {}
    return [
        Material(
            place=place,
            kiosks=kiosks.get(place.id, []),
            devices=devices.get(place.id, []),
            spans=spans.get(place.id, []),
            sums=sums.get(place.id, {}),
            readers=readers.get(place.id, 0),
            crates=crates.get(place.id, Crates()),
            gaps=gaps.get(place.id, []),
            losses=losses.get(place.id, []),
            marks=marks.get(place.id, []),
        )
        for place in places
    ]


def span_of(month: Month, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """The month together with the whole of its weeks."""
    mondays = month.mondays()
    first, after = min(month.first, mondays[0]), max(month.after, mondays[-1] + WEEK)
    return begins(first, zone), begins(after, zone)


def subjects(own: Iterable[tuple[str, str]]) -> set[str]:
    """Whose spans are asked for, where `own` are the places' door counters."""
    return {PLACE_ITSELF, *(subject for _, subject in own)}


def _grouped(found: Iterable[_T], place_of: Callable[[_T], str]) -> dict[str, list[_T]]:
    groups: dict[str, list[_T]] = {}
    for one in found:
        groups.setdefault(place_of(one), []).append(one)
    return groups


def _crates(store: Store, start: datetime, end: datetime, ids: Collection[str]) -> dict[str, Crates]:
    """Rare events: all places' at once cost less than a look for each."""
    found: dict[str, Crates] = {}
    for event in store.events(start, end, [ROTATION]):
        place = event.identity.place
        if place in ids:
            found[place] = _with(found.get(place, Crates()), json.loads(event.body))
    return found


def _with(crates: Crates, told: Mapping[str, Any]) -> Crates:
    received = told["direction"] == "received"
    volumes = told["volumes"]
    return Crates(
        crates.received + (volumes if received else 0),
        crates.sent + (0 if received else volumes),
        crates.events + 1,
    )
