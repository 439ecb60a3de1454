"""How a place was: its condition by the hour, counts by day, figures, swaps, gaps, and its events by page.

Beside `board.py`, which shows how it is. Whose place it is, the caller has asked. Counts are None where
nobody can know them; events carry nothing personal.
"""

import json
from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from broker_config.topics import Identity
from broker_config.values import Condition
from central.doors import days_hidden
from central.health.availability import Availability, Spell, availability
from central.health.planned import Window
from central.places import Place, Places
from central.store import Kiosk, Sample, Span, Store, StoredEvent
from central.views import Band, DayFigures, EventPage, EventView, Missing, Segment, Swap, Week

DAYS = 7
"""Days of the bands of one place."""
COUNTED = {"loan": "loans", "return": "returns", "visits": "visits"}
PAGE_EVENTS = 50
SWAP_KINDS = frozenset({"device_changed"})
ENVELOPE = frozenset({"type", "at", "clock_synced", "install_id", "seq"})
PERSONAL = frozenset({"reader_token", "reader_id", "item_id", "words"})
"""A token serves counting only; what a dispute tells of its reader belongs to the worklist alone."""
BULKY = frozenset({"attachment", "csr"})
"""Pictures, logs, keys: asked for by themselves."""
HIDDEN = ENVELOPE | PERSONAL | BULKY

Planned = Callable[[datetime, datetime], Sequence[Window]]
"""Maintenance that touches [start, end)."""


class History:
    """Answers for pages and REST; reads the store."""

    def __init__(self, store: Store, places: Places, zone: ZoneInfo, planned: Planned) -> None:
        self._store, self._places, self._zone, self._planned = store, places, zone, planned

    def week(self, place: Place, now: datetime) -> Week:
        """The condition of the place today and on the six days before, and its share of the opening hours."""
        today = now.astimezone(self._zone).date()
        start = self._begin(today - timedelta(days=DAYS - 1))
        spans = self._store.condition_history(start, now, place.id, "")
        windows = [w for w in self._planned(start, now) if place.id in w.places]
        share = availability(
            [_spell(span, now) for span in spans],
            self._places.schedule(place, self._zone).intervals(start, now),
            [(window.starts_at, window.ends_at) for window in windows],
            now,
        )
        days = [today - timedelta(days=back) for back in reversed(range(DAYS))]
        return Week(
            bands=tuple(self._band(day, spans, now) for day in days),
            troubles=tuple(_troubles(spans, start, now)),
            availability=_rounded(share),
        )

    def days(self, place_id: str, last: date, count: int) -> list[DayFigures]:
        """`count` days up to `last`. A day without an event is 0 from the day the place was first heard to
        that of its last sign of life; before and after nobody knows, nor of visits in a gap of counting."""
        first = last - timedelta(days=count - 1)
        counts = {
            (one.day, one.kind): one
            for one in self._store.days(first, last + timedelta(days=1), {place_id})
            if one.kind in COUNTED
        }
        after = last + timedelta(days=1)
        marks = self._store.door_marks(self._begin(first), self._begin(after), place_id)
        hidden = days_hidden(marks, first, after, self._zone)
        known = _known_days(self._store.kiosks(place_id), self._zone)
        found = []
        for back in range(count):
            day = first + timedelta(days=back)
            nothing = 0 if known and known[0] <= day <= known[1] else None
            visits = counts.get((day, "visits"))
            amounts = {
                name: counts[day, kind].amount if (day, kind) in counts else nothing
                for kind, name in COUNTED.items()
            }
            if visits is None and day in hidden:
                amounts["visits"] = None
            found.append(
                DayFigures(
                    day=day,
                    **amounts,
                    visits_partial=bool(visits and visits.partial) or day in hidden,
                    visits_estimated=bool(visits and visits.estimated),
                )
            )
        return found

    def figures(self, identity: Identity, start: datetime, end: datetime) -> list[Sample]:
        return self._store.figures(identity, start, end)

    def swaps(self, since: datetime, now: datetime, place_id: str | None = None) -> list[Swap]:
        """Devices that became another unit, the newest first."""
        events = self._store.events(since, now + timedelta(seconds=1), SWAP_KINDS, place_id)
        return [swap for event in events if (swap := _swap(event))][::-1]

    def missing(self, place_id: str) -> list[Missing]:
        """Events that have not come, and those that never will."""
        open_ = [gap for gap in self._store.gaps() if gap.identity.place == place_id]
        return [Missing(str(g.identity), g.last - g.first + 1, None) for g in open_] + [
            Missing(str(loss.gap.identity), loss.gap.last - loss.gap.first + 1, loss.noted_at)
            for loss in self._store.losses(place_id)
        ]

    def events(
        self, place_id: str, limit: int = PAGE_EVENTS, kind: str | None = None, before: str | None = None
    ) -> EventPage:
        """A page of what happened, newest first; StoreError when `before` is no mark of ours."""
        found = self._store.recent(place_id, limit + 1, {kind} if kind else None, before)
        shown = found[:limit]
        older = shown[-1].mark if len(found) > limit else None
        return EventPage(tuple(event_view(event) for event in shown), older)

    # -- days ----------------------------------------------------------------------------------------------

    def _begin(self, day: date) -> datetime:
        return datetime.combine(day, time(), self._zone)

    def _band(self, day: date, spans: Sequence[Span], now: datetime) -> Band:
        start, end = self._begin(day), self._begin(day + timedelta(days=1))
        return Band(day, tuple(_segments(spans, start, min(end, now))), start, end)


def event_view(event: StoredEvent) -> EventView:
    """What may be shown of it to everybody who sees its place."""
    return EventView(
        kiosk=event.identity.device,
        kind=event.kind,
        happened_at=event.happened_at,
        received_at=event.received_at,
        details=_details(event.body),
    )


def _details(body: str) -> dict[str, Any]:
    return {key: value for key, value in json.loads(body).items() if key not in HIDDEN}


def _spell(span: Span, now: datetime) -> Spell:
    return Spell(span.told.condition, span.started_at, span.ended_at or now)


def _segments(spans: Iterable[Span], start: datetime, end: datetime) -> Iterable[Segment]:
    """[start, end) without a break: what nobody recorded is unknown."""
    at = start
    for span in spans:
        begins, ends = max(span.started_at, at), min(span.ended_at or end, end)
        if begins >= ends:
            continue
        if at < begins:
            yield Segment(Condition.UNKNOWN, (), at, begins)
        yield Segment(span.told.condition, span.told.causes, begins, ends)
        at = ends
    if at < end:
        yield Segment(Condition.UNKNOWN, (), at, end)


def _troubles(spans: Iterable[Span], start: datetime, now: datetime) -> Iterable[Segment]:
    """The newest first; `end` None: it lasts."""
    for span in reversed(list(spans)):
        if span.told.condition is not Condition.OK and (span.ended_at or now) > start:
            yield Segment(span.told.condition, span.told.causes, span.started_at, span.ended_at)


def _known_days(kiosks: Sequence[Kiosk], zone: ZoneInfo) -> tuple[date, date] | None:
    first = min((k.first_heard_at for k in kiosks if k.first_heard_at), default=None)
    last = max((k.heard_at for k in kiosks if k.heard_at), default=None)
    return (first.astimezone(zone).date(), last.astimezone(zone).date()) if first and last else None


def _swap(event: StoredEvent) -> Swap | None:
    said = json.loads(event.body)
    before, after = said.get("old_serial"), said.get("new_serial")
    if not before or not after or before == after:
        return None
    return Swap(
        place=event.identity.place,
        kiosk=event.identity.device,
        kind=said["kind"],
        at=event.happened_at,
        old_serial=before,
        new_serial=after,
        old_model=said.get("old_model"),
        model=said["model"],
    )


def _rounded(share: Availability) -> float | None:
    """One decimal, and never 100 % while a second is missing."""
    percent = share.percent
    return None if percent is None else min(round(percent, 1), 99.9 if share.down_s else 100.0)
