"""Retention in short steps, and counting anew: what the store does when nobody asks.

Raw events go after some time, what was counted of them stays. So counting anew begins with the first day
whose events are all there (the fact `pruned_before`); it goes day by day, each in a transaction of its own,
and may run beside a collector.
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from broker_config.values import moment, timestamp
from central.intake import counts_in
from central.store.database import Database, Row, Writing
from central.store.sift import DayOf, Tallies
from central.store.statements import COUNT_DAY, COUNT_HOUR, DOOR_MARK, READER, marks

STEP = 2000
"""Rows of one table that go in one transaction: the collector waits meanwhile."""
SPANS_KEPT = timedelta(days=3 * 365)
"""Before the day raw events are kept from: availability is compared over years."""
PIECE = 5000

_FACT = "SELECT value FROM facts WHERE name = ?"
_SET_FACT = """
    INSERT INTO facts (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value"""
_OLD_SAMPLES = """
    DELETE FROM samples WHERE (place, device, slot) IN
        (SELECT place, device, slot FROM samples WHERE slot < ? LIMIT ?)"""
_OLD_SPANS = "DELETE FROM spans WHERE id IN (SELECT id FROM spans WHERE ended_at < ? LIMIT ?)"
_LATEST_TO_GO = "SELECT id FROM rejects ORDER BY id DESC LIMIT 1 OFFSET ?"
# A reject above the mark stands for its seq: without it the mark would never pass.
_OLD_REJECTS = """
    SELECT rejects.id, rejects.place FROM rejects LEFT JOIN installs ON installs.id = rejects.install
    WHERE (rejects.id <= ? OR received_at < ?) AND (install IS NULL OR seq <= confirmed)
    ORDER BY rejects.id LIMIT ?"""
_DROP = """
    INSERT INTO dropped_rejects (place, dropped) VALUES (?, 1)
    ON CONFLICT (place) DO UPDATE SET dropped = dropped_rejects.dropped + 1"""
_BOUNDS = "SELECT min(day), max(day) FROM days"
_RAW = """
    SELECT place, kind, happened_at, body, install, seq FROM events
    WHERE happened_at < ? AND (happened_at, install, seq) > (?, ?, ?)
    ORDER BY happened_at, install, seq LIMIT ?"""


class Upkeep:
    _db: Database
    _zone: ZoneInfo
    _day_of: DayOf

    # -- retention -----------------------------------------------------------------------------------------

    def prune(self, before: date, samples_before: datetime, rejects_kept: int) -> int:
        boundary = timestamp(self._begin(before))
        with self._db.transaction() as writing:
            pruned = writing.execute(_FACT, ["pruned_before"])
            if not pruned or pruned[0][0] < boundary:
                writing.execute(_SET_FACT, ["pruned_before", boundary])
            gone = self._db.forget_events(writing, boundary, STEP)
            gone += writing.changes(_OLD_SAMPLES, [timestamp(samples_before), STEP])
            spans_before = timestamp(self._begin(before) - SPANS_KEPT)
            gone += writing.changes(_OLD_SPANS, [spans_before, STEP])
            return gone + _drop_rejects(writing, boundary, rejects_kept)

    # -- counting anew -------------------------------------------------------------------------------------

    def rebuild(self) -> int:
        bounds = self._bounds()
        if bounds is None:
            return 0
        day, last = bounds
        # a month of which some days are gone keeps the readers of those
        whole_from = day if day.day == 1 or not self._pruned() else _next_month(day)
        differed, month, readers, known = 0, "", set[tuple[str, str, str]](), set[Row]()
        while day <= last:
            if f"{day:%Y-%m}" != month:
                month, readers = f"{day:%Y-%m}", set()
                known = set(self._db.rows("SELECT month, place, token FROM readers WHERE month = ?", [month]))
            with self._db.transaction() as writing:
                tallies = self._tallied(writing, day)
                differed += self._replaced(writing, day, tallies)
                writing.executemany(READER, sorted(tallies.readers))
            readers |= tallies.readers
            day += timedelta(days=1)
            if f"{day:%Y-%m}" != month and f"{whole_from:%Y-%m}" <= month:
                self._forget_readers(known - readers)
        if day.day != 1 and f"{whole_from:%Y-%m}" <= month:
            self._forget_readers(known - readers)
        return differed

    def _bounds(self) -> tuple[date, date] | None:
        """The first and the last day to count anew."""
        ((first, last),) = self._db.rows(_BOUNDS)
        ((oldest, newest),) = self._db.rows("SELECT min(happened_at), max(happened_at) FROM events")
        if oldest:
            first = min(first or "9", self._day_of(oldest))
            last = max(last or "", self._day_of(newest))
        if not last:
            return None
        begin = date.fromisoformat(first)
        if pruned := self._pruned():
            day = moment(pruned).astimezone(self._zone).date()
            begin = max(begin, day if self._begin(day) >= moment(pruned) else day + timedelta(days=1))
        return begin, date.fromisoformat(last)

    def _pruned(self) -> str | None:
        found = self._db.rows(_FACT, ["pruned_before"])
        return found[0][0] if found else None

    def _begin(self, day: date) -> datetime:
        return datetime.combine(day, time(), self._zone)

    def _tallied(self, writing: Writing, day: date) -> Tallies:
        """Of the day, and of the whole hours that begin in it as UTC counts them."""
        first, end = (_hour(self._begin(one)) for one in (day, day + timedelta(days=1)))
        after_end = end if end == self._begin(day + timedelta(days=1)) else end + timedelta(hours=1)
        tallies = Tallies(self._day_of)
        for place, kind, happened_at, body, install, _ in _raw(
            writing, timestamp(first), timestamp(after_end)
        ):
            tallies.add(place, kind, happened_at, counts_in(kind, body, happened_at), install)
        name, hours = day.isoformat(), (timestamp(first)[:13], timestamp(end)[:13])
        tallies.days = {key: tally for key, tally in tallies.days.items() if key[1] == name}
        tallies.hours = {key: tally for key, tally in tallies.hours.items() if hours[0] <= key[1] < hours[1]}
        after, last = timestamp(first), timestamp(end)
        tallies.marks = {key: visits for key, visits in tallies.marks.items() if after < key[4] <= last}
        return tallies

    def _replaced(self, writing: Writing, day: date, tallies: Tallies) -> bool:
        first, end = (timestamp(_hour(self._begin(one)))[:13] for one in (day, day + timedelta(days=1)))
        differ = False
        for table, name, bounds, count, told in (
            ("hours", "hour", [first, end], COUNT_HOUR, tallies.hours),
            (
                "days",
                "day",
                [day.isoformat(), (day + timedelta(days=1)).isoformat()],
                COUNT_DAY,
                tallies.days,
            ),
        ):
            within = f"FROM {table} WHERE {name} >= ? AND {name} < ?"
            had = writing.execute(
                f"SELECT place, {name}, kind, amount, events, partial, estimated {within}", bounds
            )
            rows = [(*key, *tally.row) for key, tally in told.items()]
            if set(had) != set(rows):
                writing.execute(f"DELETE {within}", bounds)
                writing.executemany(count, rows)
                differ = True
        return self._marks_replaced(writing, day, tallies) or differ

    def _marks_replaced(self, writing: Writing, day: date, tallies: Tallies) -> bool:
        """A mark is of the day on which it ends."""
        bounds = [timestamp(_hour(self._begin(one))) for one in (day, day + timedelta(days=1))]
        within = "FROM door_marks WHERE until > ? AND until <= ?"
        had = writing.execute(f"SELECT install, place, what, since, until, visits {within}", bounds)
        rows = [(*key, visits) for key, visits in tallies.marks.items()]
        if set(had) == set(rows):
            return False
        writing.execute(f"DELETE {within}", bounds)
        writing.executemany(DOOR_MARK, rows)
        return True

    def _forget_readers(self, phantoms: set[Row]) -> None:
        """Readers that no event speaks of, and that were there before we looked."""
        if phantoms:
            with self._db.transaction() as writing:
                writing.executemany(
                    "DELETE FROM readers WHERE month = ? AND place = ? AND token = ?", sorted(phantoms)
                )


def _drop_rejects(writing: Writing, boundary: str, kept: int) -> int:
    over = writing.execute(_LATEST_TO_GO, [kept])
    old = writing.execute(_OLD_REJECTS, [over[0][0] if over else 0, boundary, STEP])
    if old:
        writing.executemany(_DROP, sorted((place,) for _, place in old))
        ids = [number for number, _ in old]
        writing.execute(f"DELETE FROM rejects WHERE id IN {marks(ids)}", ids)
    return len(old)


def _raw(writing: Writing, start: str, end: str) -> Iterator[Row]:
    after: list[Any] = [start, 0, 0]
    while piece := writing.execute(_RAW, [end, *after, PIECE]):
        yield from piece
        _, _, happened_at, _, install, seq = piece[-1]
        after = [happened_at, install, seq]


def _hour(at: datetime) -> datetime:
    return at.astimezone(UTC).replace(minute=0, second=0, microsecond=0)


def _next_month(day: date) -> date:
    return (day.replace(day=1) + timedelta(days=32)).replace(day=1)
