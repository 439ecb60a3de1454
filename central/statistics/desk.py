"""The door to the statistics: reports read from the store, months closed, numbers entered.

    desk = Desk(store, office, places, zone, now)
    report = desk.report(Month(2026, 11), places.place)

A report of some places is read anew at every call; with 104 of them in milliseconds.
"""

from collections.abc import Callable, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from central.accounts.roles import Actor
from central.alerts.tables import Tables
from central.office import Office
from central.places import Place, Places
from central.statistics.closing import Closings, Refusal, Refused, Snapshot, shown
from central.statistics.counters import counters
from central.statistics.daily import Daily, Told, daily
from central.statistics.entries import Entries
from central.statistics.gather import gather, span_of, subjects
from central.statistics.periods import Month, begins
from central.statistics.report import Report, Surroundings, report
from central.store import Store


class Desk:
    """Safe for all threads. Methods that read raise StoreError and OfficeError."""

    def __init__(
        self, store: Store, office: Office, places: Places, zone: ZoneInfo, now: Callable[[], datetime]
    ) -> None:
        self._store, self._places, self._zone, self._now = store, places, zone, now
        self._windows = Tables(office).windows
        self.entries, self.closings = Entries(office), Closings(office)

    def this_month(self) -> Month:
        return Month.of(self._now().astimezone(self._zone).date())

    def report(self, month: Month, places: Sequence[Place]) -> Report:
        around = Surroundings(
            places=self._places,
            zone=self._zone,
            windows=self._windows(*span_of(month, self._zone)),
            entries=self.entries.of(month),
            closing=self.closings.latest(month),
            distinct=lambda ids: self._store.distinct_readers(str(month), ids),
            now=self._now(),
        )
        return report(month, gather(self._store, places, month, self._zone), around)

    def year(self, year: int, places: Sequence[Place]) -> list[Report]:
        """The months of `year` that have begun."""
        months = [Month(year, number) for number in range(1, 13)]
        return [self.report(month, places) for month in months if month <= self.this_month()]

    def daily(self, month: Month, places: Sequence[Place]) -> list[Daily]:
        """Every day of the month, for a chart."""
        start, end = begins(month.first, self._zone), begins(month.after, self._zone)
        ids = [place.id for place in places]
        own = counters(self._store.kiosks(ids))
        spans = self._store.condition_history(start, end, ids, subjects(own))
        counts = self._store.days(month.first, month.after, ids)
        marks = self._store.door_marks(start, end, ids)
        return daily(month, Told(counts, spans, own, marks), self._zone, self._now())

    def close(self, actor: Actor, month: Month) -> None:
        """Keep the month of all places as it is now; Refused."""
        found = self.report(month, self._places.place)
        if not found.over:
            raise Refused(Refusal.NOT_OVER)
        self.closings.close(actor, month, snapshot(found))


def snapshot(found: Report) -> Snapshot:
    return {
        row.place.id: {item.value: shown(item, figure) for item, figure in row.figures.items()}
        for row in found.rows
    }
