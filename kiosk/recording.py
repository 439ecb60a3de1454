"""Performs the effects that must be on the disk before any other act of a turn begins: one commit for all."""

from collections.abc import Iterable
from datetime import datetime

from kiosk import clock, reports
from kiosk.flow import effects as fx
from kiosk.flow.operation import Operation
from kiosk.journal import Journal
from kiosk.opening_hours import OpeningHours

Durable = fx.Journal | fx.Tell | fx.KeepAlarms | fx.StoreDoorCount


def record(
    journal: Journal, effects: Iterable[Durable], local: datetime, opening: OpeningHours | None
) -> None:
    """All of them or none; JournalError. `local`: a reader's token is of the place's own month."""
    with journal.one_commit():
        for effect in effects:
            _record(journal, effect, local, opening)


def _record(journal: Journal, effect: Durable, local: datetime, opening: OpeningHours | None) -> None:
    match effect:
        case fx.Journal():
            journal.record(effect.operations, effect.step, clock.now(), _event_maker(journal, effect, local))
        case fx.Tell():
            journal.tell(reports.event_maker(effect.report), clock.now())
        case fx.KeepAlarms():
            journal.set_alarms(effect.raised)
        case fx.StoreDoorCount():
            journal.store_door_count(effect.count, clock.now(), opening)


def _event_maker(journal: Journal, effect: fx.Journal, local: datetime) -> reports.MakeEvent | None:
    if effect.report is None:
        return None
    return reports.event_maker(effect.report, _token(journal, effect.operations, local))


def _token(journal: Journal, operations: tuple[Operation, ...], local: datetime) -> str | None:
    reader_id = operations[0].reader_id if operations else None
    return reports.reader_token(reader_id, local, journal.token_keys())
