"""Why a count of a place is missing or may be incomplete. Pure.

A kiosk that was offline and came back has told everything since: an outage takes from the hours, not from the
counts. What is not known is what lies after its last word, what it says still waits, and what is lost. People
at the door are another matter: nobody counts them while the counter is away, and it says so itself.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from msgspec import structs

from broker_config.values import Condition
from central.doors import DoorMark, What
from central.health import SILENT_AFTER
from central.statistics.counters import COUNTER, counters
from central.statistics.figures import Cause, Figure, Item, Note, unknown
from central.statistics.gather import ROTATION, Material
from central.store import Span, Sum

WAITING_FROM = 20
"""Fewer reports than this are on their way and not stuck."""
FRESH = timedelta(days=31)
"""For so long after a month an event that is missing may be one of it."""
SILENCES_AT_MOST = 4
WITH_THE_KIOSK = timedelta(hours=1)
"""A counter that is seen so soon was installed together with its kiosk."""


def first_heard(material: Material) -> datetime | None:
    return min((k.first_heard_at for k in material.kiosks if k.first_heard_at), default=None)


def of_place(material: Material, start: datetime, end: datetime, now: datetime) -> tuple[Note, ...]:
    """Notes that go for everything kiosks count in [start, end); one NOT_INSTALLED says there was none."""
    since = first_heard(material)
    if since is None or since >= min(end, now):
        return (Note(Cause.NOT_INSTALLED),)
    notes = [Note(Cause.INSTALLED, since=since)] if since > start else []
    if silent_since := _silent_since(material, start, min(end, now) - SILENT_AFTER):
        notes.append(Note(Cause.NOT_HEARD, since=silent_since))
    waiting = sum(k.health.outbox_depth or 0 for k in material.kiosks if k.health is not None)
    if waiting >= WAITING_FROM:
        notes.append(Note(Cause.WAITING, count=waiting))
    if now - end < FRESH and material.gaps:
        notes.append(Note(Cause.MISSING, count=sum(gap.last - gap.first + 1 for gap in material.gaps)))
    lost = sum(loss.gap.last - loss.gap.first + 1 for loss in material.losses if start <= loss.noted_at < end)
    if lost:
        notes.append(Note(Cause.LOST, count=lost))
    return tuple(notes)


def _silent_since(material: Material, start: datetime, limit: datetime) -> datetime | None:
    """The first last word of a kiosk that fell silent in the time; of all, if none was heard any more."""
    heard = [kiosk.heard_at for kiosk in material.kiosks if kiosk.heard_at is not None]
    fell_silent = [at for at in heard if start <= at < limit]
    return min(fell_silent, default=max(heard) if heard and max(heard) < limit else None)


def count(sum_: Sum | None, notes: tuple[Note, ...], start: datetime) -> Figure:
    """A count whose events are `sum_`: none of them is 0 only where somebody was there to count."""
    if sum_ is not None:
        return Figure(float(sum_.amount), _of_some(notes), estimated=bool(sum_.estimated_days))
    silent = any(note.cause is Cause.NOT_HEARD and note.since and note.since <= start for note in notes)
    absent = any(note.cause is Cause.NOT_INSTALLED for note in notes)
    return Figure(None if silent or absent else 0.0, notes)


def visits(
    material: Material, notes: tuple[Note, ...], start: datetime, end: datetime, now: datetime
) -> Figure:
    sum_ = material.sums.get("visits")
    seen = [device for device in material.devices if device.kind == COUNTER]
    told_now = [d for kiosk in material.kiosks for d in kiosk.devices if d.kind == COUNTER]
    since = min((device.first_seen for device in seen), default=None)
    if sum_ is None and not told_now and (since is None or since >= min(end, now)):
        absent = any(note.cause is Cause.NOT_INSTALLED for note in notes)
        return Figure(None, notes if absent else (Note(Cause.NO_COUNTER),))
    own = []
    installed = first_heard(material)
    if since is not None and installed is not None and since > max(start, installed + WITH_THE_KIOSK):
        own.append(Note(Cause.COUNTER_INSTALLED, since=since))
    if sum_ is not None and sum_.partial_days:
        own.append(Note(Cause.COUNTER_GAPS, count=sum_.partial_days))
    own_counters = counters(material.kiosks)
    spans = [span for span in material.spans if (span.told.place, span.told.subject) in own_counters]
    silent = _silences(spans, start, min(end, now))
    figure = count(sum_, (*notes, *own, *marked(material.marks, LACKING), *silent), start)
    worked = any(s.told.condition is Condition.OK and (s.ended_at or now) > start for s in spans)
    if figure.amount == 0 and silent and not worked:
        return Figure(None, figure.notes)
    return structs.replace(figure, remarks=marked(material.marks, REMARKED))


LACKING = (
    (Cause.COUNTER_SPANS, What.SPAN, True),
    (Cause.COUNTER_LOST, What.LOST, True),
    (Cause.COUNTER_ANEW, What.LOST, False),
)
"""Each cause with the marks it tells of, and whether their number is known."""
REMARKED = ((Cause.COUNTER_CLOSED, What.CLOSED, True), (Cause.COUNTER_DOUBTS, What.DOUBTFUL, True))


def marked(marks: Sequence[DoorMark], told: Sequence[tuple[Cause, What, bool]]) -> tuple[Note, ...]:
    """One note for all marks of a kind, from the beginning of the first to the end of the last."""
    notes = []
    for cause, what, known in told:
        own = [mark for mark in marks if mark.what is what and (mark.visits is not None) is known]
        if own:
            count = sum(mark.visits or 0 for mark in own) if known else None
            since, until = min(mark.since for mark in own), max(mark.until for mark in own)
            notes.append(Note(cause, since, until, count))
    return tuple(notes)


def _silences(spans: Sequence[Span], start: datetime, end: datetime) -> tuple[Note, ...]:
    """When a counter did not work. Unknown is another thing: its kiosk was not heard, and tells later."""
    down = [
        Note(Cause.COUNTER_SILENT, max(span.started_at, start), min(span.ended_at or end, end))
        for span in spans
        if span.told.condition is Condition.DOWN and span.started_at < end and (span.ended_at or end) > start
    ]
    longest = sorted(down, key=_length, reverse=True)[:SILENCES_AT_MOST]
    return tuple(sorted(longest, key=lambda note: note.since or start))


def _length(note: Note) -> timedelta:
    return note.until - note.since if note.since and note.until else timedelta()


def readers(material: Material, notes: tuple[Note, ...], start: datetime) -> Figure:
    """Distinct readers who borrowed or renewed; without tokens nobody can tell them apart."""
    if material.readers:
        return Figure(float(material.readers), _of_some(notes))
    borrowed = any(kind in material.sums for kind in ("loan", "renewal"))
    return unknown(Cause.NO_TOKENS, *notes) if borrowed else count(None, notes, start)


def crates(material: Material, notes: tuple[Note, ...], start: datetime) -> dict[Item, Figure]:
    """A place that has never told of a crate may well get some: that is no 0."""
    sum_, known = material.sums.get(ROTATION), material.crates
    if sum_ is None:
        figure = count(None, notes, start)
        told = figure.notes if figure.amount is None else (Note(Cause.NO_ROTATION), *notes)
        return {item: Figure(None, told) for item in (Item.RECEIVED, Item.SENT)}
    gone = sum_.events - known.events
    told = (*_of_some(notes), *((Note(Cause.NOT_KEPT, count=gone),) if gone else ()))
    amounts = {Item.RECEIVED: known.received, Item.SENT: known.sent}
    return {item: Figure(float(n) if known.events else None, told) for item, n in amounts.items()}


def _of_some(notes: tuple[Note, ...]) -> tuple[Note, ...]:
    """What remains to be said where something was counted."""
    return tuple(note for note in notes if note.cause is not Cause.NOT_INSTALLED)
