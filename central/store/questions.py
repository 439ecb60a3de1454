"""What may be asked of the store: reading only, from any thread, the same SQL for both databases."""

import json
from collections.abc import Collection, Mapping
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from broker_config.from_centre import Confirmed
from broker_config.topics import Identity
from broker_config.values import Condition, moment, timestamp
from central.doors import DoorMark, What
from central.store import (
    Confirmation,
    DayCount,
    Gap,
    HourCount,
    Kiosk,
    Loss,
    Sample,
    SeenDevice,
    Span,
    Sum,
    Told,
    Which,
)
from central.store.database import Database
from central.store.latest import COLUMNS, Latest
from central.store.ledger import ranges_missing
from central.store.raw_events import RawEvents
from central.store.statements import BEYOND, DOOR_MARKS_OF, of, where

ONE_DAY = timedelta(days=1)


class Questions(RawEvents):
    def __init__(self, database: Database, zone: ZoneInfo) -> None:
        self._db, self._zone = database, zone
        self._latest = Latest(database)

    # -- how far it is -------------------------------------------------------------------------------------

    def confirmations(self) -> list[Confirmation]:
        rows = self._db.rows("SELECT place, device, install_id, confirmed FROM installs")
        return [
            Confirmation(Identity(place, device), Confirmed(install_id=install_id, seq=seq))
            for place, device, install_id, seq in rows
        ]

    def gaps(self) -> list[Gap]:
        open_ = "SELECT id, place, device, install_id, confirmed FROM installs WHERE highest > confirmed"
        return [
            Gap(Identity(place, device), install_id, *missing)
            for number, place, device, install_id, confirmed in self._db.rows(open_)
            for missing in ranges_missing(
                confirmed, (row[0] for row in self._db.rows(BEYOND, [number, confirmed, number, confirmed]))
            )
        ]

    def losses(self, place: Which = None) -> list[Loss]:
        asked, values = where(of("place", place))
        rows = self._db.rows(
            "SELECT place, device, install_id, first, last, noted_at FROM losses "
            f"JOIN installs ON installs.id = losses.install WHERE {asked} ORDER BY place, install_id, first",
            values,
        )
        return [Loss(Gap(Identity(*row[:2]), *row[2:5]), moment(row[5])) for row in rows]

    # -- kiosks --------------------------------------------------------------------------------------------

    def kiosks(self, place: Which = None) -> list[Kiosk]:
        if place is None:
            return [kiosk for kiosks in self._latest.by_place().values() for kiosk in kiosks]
        asked, values = where(of("place", place))
        rows = self._db.rows(f"SELECT {COLUMNS} FROM kiosks WHERE {asked} ORDER BY place, device", values)
        return [self._latest.kiosk(row) for row in rows]

    def kiosks_by_place(self) -> Mapping[str, tuple[Kiosk, ...]]:
        return self._latest.by_place()

    def device_history(self, place: Which = None) -> list[SeenDevice]:
        asked, values = where(of("place", place))
        rows = self._db.rows(
            "SELECT place, device, kind, model, serial, port, first_seen, last_seen FROM devices "
            f"WHERE {asked} ORDER BY place, device, kind, port, first_seen",
            values,
        )
        return [
            SeenDevice(
                Identity(place, device), kind, model, serial or None, port, moment(first), moment(last)
            )
            for place, device, kind, model, serial, port, first, last in rows
        ]

    def figures(self, identity: Identity, start: datetime, end: datetime) -> list[Sample]:
        rows = self._db.rows(
            "SELECT slot, figures FROM samples "
            "WHERE place = ? AND device = ? AND slot >= ? AND slot < ? ORDER BY slot",
            [identity.place, identity.device, timestamp(start), timestamp(end)],
        )
        return [Sample(moment(slot), json.loads(figures)) for slot, figures in rows]

    def condition_history(
        self,
        start: datetime,
        end: datetime,
        place: Which = None,
        subject: Which = None,
    ) -> list[Span]:
        asked, values = where(of("place", place), of("subject", subject))
        rows = self._db.rows(
            "SELECT place, subject, condition, causes, started_at, ended_at FROM spans "
            f"WHERE {asked} AND started_at < ? AND (ended_at IS NULL OR ended_at > ?) "
            "ORDER BY place, subject, started_at, id",
            [*values, timestamp(end), timestamp(start)],
        )
        return [
            Span(
                Told(place, subject, Condition(condition), tuple(causes.split("\n")) if causes else ()),
                moment(started_at),
                _moment(ended_at),
            )
            for place, subject, condition, causes, started_at, ended_at in rows
        ]

    # -- counts --------------------------------------------------------------------------------------------

    def totals(self, start: datetime, end: datetime, place: str | None = None) -> dict[tuple[str, str], int]:
        asked, values = where(("place = ?", place))
        first, last = self._day_begun(start), self._day_begun(end)
        if first and last and last - first == ONE_DAY:
            # every overview asks for it, and there is nothing to add up
            sql, bounds = f"SELECT place, kind, amount FROM days WHERE {asked} AND day = ?", [str(first)]
        else:
            table, name = ("days", "day") if first and last else ("hours", "hour")
            bounds = [str(first), str(last)] if first and last else [_hour(start), _hour(end)]
            sql = (
                f"SELECT place, kind, CAST(sum(amount) AS BIGINT) FROM {table} "
                f"WHERE {asked} AND {name} >= ? AND {name} < ? GROUP BY place, kind"
            )
        return {(place, kind): amount for place, kind, amount in self._db.rows(sql, [*values, *bounds])}

    def _day_begun(self, at: datetime) -> date | None:
        """The library's day that begins at this moment."""
        local = at.astimezone(self._zone)
        return local.date() if local.timetz().replace(tzinfo=None) == time() else None

    def hours(self, place: str, start: datetime, end: datetime) -> list[HourCount]:
        rows = self._db.rows(
            "SELECT hour, kind, amount, partial, estimated FROM hours "
            "WHERE place = ? AND hour >= ? AND hour < ? ORDER BY hour, kind",
            [place, _hour(start), _hour(end)],
        )
        return [
            HourCount(moment(f"{hour}:00:00.000Z"), kind, amount, bool(partial), bool(estimated))
            for hour, kind, amount, partial, estimated in rows
        ]

    def days(self, start: date, end: date, places: Collection[str] | None = None) -> list[DayCount]:
        asked, values = where(("place IN ", places))
        rows = self._db.rows(
            "SELECT place, day, kind, amount, events, partial, estimated FROM days "
            f"WHERE {asked} AND day >= ? AND day < ? ORDER BY place, day, kind",
            [*values, start.isoformat(), end.isoformat()],
        )
        return [
            DayCount(place, date.fromisoformat(day), kind, amount, events, bool(partial), bool(estimated))
            for place, day, kind, amount, events, partial, estimated in rows
        ]

    def sums(self, start: date, end: date, places: Collection[str] | None = None) -> list[Sum]:
        asked, values = where(("place IN ", places))
        added = ", ".join(
            f"CAST(sum({name}) AS BIGINT)" for name in ("amount", "events", "partial", "estimated")
        )
        rows = self._db.rows(
            f"SELECT place, kind, {added}, count(*) FROM days "
            f"WHERE {asked} AND day >= ? AND day < ? GROUP BY place, kind ORDER BY place, kind",
            [*values, start.isoformat(), end.isoformat()],
        )
        return [
            Sum(place, kind, amount, events, days, partial, estimated)
            for place, kind, amount, events, partial, estimated, days in rows
        ]

    def door_marks(self, start: datetime, end: datetime, place: Which = None) -> list[DoorMark]:
        asked, values = where(
            of("place", place), ("since < ?", timestamp(end)), ("until > ?", timestamp(start))
        )
        return [
            DoorMark(place, What(what), moment(since), moment(until), visits)
            for place, what, since, until, visits in self._db.rows(
                DOOR_MARKS_OF.format(asked=asked), values * 2
            )
        ]

    def readers(self, month: str, places: Collection[str] | None = None) -> dict[str, int]:
        asked, values = where(("month = ?", month), ("place IN ", places))
        rows = self._db.rows(f"SELECT place, count(*) FROM readers WHERE {asked} GROUP BY place", values)
        return dict(rows)

    def distinct_readers(self, month: str, places: Collection[str] | None = None) -> int:
        asked, values = where(("month = ?", month), ("place IN ", places))
        return self._count(f"SELECT count(DISTINCT token) FROM readers WHERE {asked}", values)

    # -- the database itself -------------------------------------------------------------------------------

    def size_bytes(self) -> int:
        return self._count(self._db.size, [])


def _hour(at: datetime) -> str:
    return at.astimezone(UTC).isoformat()[:13]


def _moment(text: str | None) -> datetime | None:
    return moment(text) if text else None
