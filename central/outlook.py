"""What may become trouble: forecasts for each place from what the store has of its past.

The sums are in `health/forecast.py`; here is only what goes into them. Looking at everything takes a while
and changes little, so `look` takes one place at a time, and starts again an hour after the last round.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import msgspec
from cryptography import x509

from central.alerts.details import Code, Fact
from central.alerts.signs import Key, Sign, of_centre
from central.doors import What, days_hidden
from central.health import forecast
from central.health.forecast import Drift, Forecast, NotEnough, Steady, Week
from central.places import Place, Places
from central.store import DayCount, HourCount, Kiosk, Sample, Store

EVERY = timedelta(hours=1)
DISK_DAYS = timedelta(days=21)
DISK_LIMIT_MB = 500.0
WEEKS = 12
PAPER_DAYS = timedelta(days=400)
PAPER_SOON = timedelta(days=7)
PAPER_ALARMS = frozenset({"paper_out", "paper_low", "printer_cannot_print"})
OPERATIONS = frozenset({"loan", "return", "renewal"})
NEW_ROLL_AFTER = timedelta(days=1)
"""Two changes on one day are one: somebody opened the cover twice."""

DiskOutlook = Forecast | Steady | NotEnough
PaperOutlook = Forecast | Steady | NotEnough
CounterOutlook = Drift | Steady | NotEnough


@dataclass(frozen=True)
class PlaceOutlook:
    """`disk` by kiosk; `night`: (visits while closed, all visits) of the last seven days; `lost`: visits of
    these days that a door counter's own totals say have not come."""

    disk: Mapping[str, DiskOutlook]
    paper: PaperOutlook
    counter: CounterOutlook
    night: tuple[int, int]
    lost: int


class Outlook:
    """Belongs to one thread; what was found may be read from any."""

    def __init__(
        self, store: Store, places: Places, zone: ZoneInfo, certificates: Mapping[str, Path]
    ) -> None:
        self._store, self._places, self._zone = store, places, zone
        self._certificates = certificates
        self._round: Iterator[Place] = iter(())
        self._next_round: datetime | None = None
        self._expiring: tuple[Sign, ...] = ()
        self.by_place: dict[str, PlaceOutlook] = {}

    def look(self, now: datetime) -> None:
        """One place, or nothing when all were looked at within the hour. StoreError."""
        place = next(self._round, None)
        if place is None:
            if self._next_round is not None and now < self._next_round:
                return
            self._round, self._next_round = iter(self._places.place), now + EVERY
            self._expiring = tuple(_expiring(self._certificates, now))
            return
        kiosks = self._store.kiosks(place.id)
        if kiosks:
            self.by_place[place.id] = self._place(place, kiosks, now)

    def signs(self, now: datetime) -> Iterator[Sign]:
        yield from self._expiring
        for place, outlook in self.by_place.items():
            yield from _signs(place, outlook, now, self._zone)

    def _place(self, place: Place, kiosks: Sequence[Kiosk], now: datetime) -> PlaceOutlook:
        today = now.astimezone(self._zone).date()
        days = self._store.days(today - PAPER_DAYS, today + timedelta(days=1), {place.id})
        week_ago = datetime.combine(today - timedelta(days=7), time(), self._zone)
        hours = self._store.hours(place.id, week_ago, datetime.combine(today, time(), self._zone))
        marks = self._store.door_marks(now - timedelta(weeks=WEEKS + 1), now, place.id)
        unsure = days_hidden(marks, today - timedelta(weeks=WEEKS), today, self._zone)
        lost = [mark.visits or 0 for mark in marks if mark.what is What.LOST and mark.until > week_ago]
        return PlaceOutlook(
            disk={k.identity.device: self._disk(k, now) for k in kiosks},
            paper=self._paper(place, days, now),
            counter=forecast.drifting(weeks(days, today, unsure)),
            night=while_closed(hours, self._places, place, self._zone),
            lost=sum(lost),
        )

    def _disk(self, kiosk: Kiosk, now: datetime) -> DiskOutlook:
        samples = self._store.figures(kiosk.identity, now - DISK_DAYS, now)
        return forecast.disk_full(least_room(samples, self._zone), now, DISK_LIMIT_MB)

    def _paper(self, place: Place, days: Sequence[DayCount], now: datetime) -> PaperOutlook:
        cleared = self._store.events(now - PAPER_DAYS, now, {"alarm_cleared"}, place.id)
        changes = [
            event.happened_at.astimezone(self._zone).date()
            for event in cleared
            if msgspec.json.decode(event.body)["name"] in PAPER_ALARMS
        ]
        used = operations_by_day(days)
        rolls, since = operations_a_roll(changes, used)
        today = now.astimezone(self._zone).date()
        month = [used.get(today - timedelta(days=back), 0) for back in range(1, 31)]
        return forecast.paper_ends(rolls, since, sum(month) / len(month), now)


# -- from rows to what forecasts take ----------------------------------------------------------------------


def least_room(samples: Sequence[Sample], zone: ZoneInfo) -> dict[date, float]:
    """MB that were free on the disk, at the worst moment of each day."""
    room: dict[date, float] = {}
    for sample in samples:
        free_mb = sample.figures.get("disk_free_mb")
        if free_mb is not None:
            day = sample.at.astimezone(zone).date()
            room[day] = min(room.get(day, free_mb), free_mb)
    return room


def operations_by_day(days: Sequence[DayCount]) -> dict[date, int]:
    """Loans, returns and renewals together."""
    used: dict[date, int] = {}
    for count in days:
        if count.kind in OPERATIONS:
            used[count.day] = used.get(count.day, 0) + count.amount
    return used


def operations_a_roll(changes: Sequence[date], used: Mapping[date, int]) -> tuple[list[int], int]:
    """How many operations lay between two changes of paper, and how many since the last one. The roll before
    the first change had an unknown beginning."""
    distinct: list[date] = []
    for change in sorted(changes):
        if not distinct or change - distinct[-1] > NEW_ROLL_AFTER:
            distinct.append(change)
    if not distinct:
        return [], 0
    ends = [*distinct[1:], date.max]
    sums = [
        sum(amount for day, amount in used.items() if start <= day < end)
        for start, end in zip(distinct, ends, strict=True)
    ]
    return sums[:-1], sums[-1]


def weeks(days: Sequence[DayCount], today: date, unsure: Collection[date] = ()) -> list[Week]:
    """The last whole weeks of seven days, up to yesterday. A week without any visit event, or with a gap in
    counting, has no known visits; `unsure` are more days with one."""
    found = []
    for back in range(WEEKS, 0, -1):
        start, end = today - timedelta(days=7 * back), today - timedelta(days=7 * (back - 1))
        mine = [count for count in days if start <= count.day < end]
        visits = [count for count in mine if count.kind == "visits"]
        gap = any(count.partial for count in visits) or any(start <= day < end for day in unsure)
        whole = bool(visits) and not gap
        found.append(
            Week(
                visits=sum(count.amount for count in visits) if whole else None,
                loans=sum(count.amount for count in mine if count.kind == "loan"),
            )
        )
    return found


def while_closed(hours: Sequence[HourCount], places: Places, place: Place, zone: ZoneInfo) -> tuple[int, int]:
    """Visits in hours of which no minute was open, and all visits; (0, 0) where nobody has said the hours."""
    schedule = places.schedule(place, zone)
    if schedule.week is None:
        return 0, 0
    visits = [count for count in hours if count.kind == "visits"]
    closed = [
        count for count in visits if not schedule.intervals(count.hour, count.hour + timedelta(hours=1))
    ]
    return sum(count.amount for count in closed), sum(count.amount for count in visits)


# -- from forecasts to signs -------------------------------------------------------------------------------


def _signs(place: str, outlook: PlaceOutlook, now: datetime, zone: ZoneInfo) -> Iterator[Sign]:
    for kiosk, disk in outlook.disk.items():
        if isinstance(disk, Forecast):
            yield Sign(Key("disk_filling", place, kiosk), _foretold(Code.DISK_FULL_ON, disk, zone))
    paper = outlook.paper
    if isinstance(paper, Forecast) and paper.at - now <= PAPER_SOON:
        yield Sign(Key("paper_ending", place), _foretold(Code.PAPER_ENDS_ON, paper, zone))
    counter = Key("door_counter_drifting", place, subject="door_counter")
    if isinstance(outlook.counter, Drift):
        drift = outlook.counter
        values = (drift.ratio, drift.usual, drift.basis)
        yield Sign(counter, Fact(Code.VISITS_FOR_EACH_LOAN, values))
    elif forecast.visits_while_closed(*outlook.night):
        yield Sign(counter, Fact(Code.VISITS_WHILE_CLOSED, outlook.night))
    if outlook.lost:
        lost = Key("door_visits_lost", place, subject="door_counter")
        yield Sign(lost, Fact(Code.VISITS_LOST, (outlook.lost,)))


def _foretold(code: Code, found: Forecast, zone: ZoneInfo) -> Fact:
    return Fact(code, (found.at.astimezone(zone).date().isoformat(), found.basis))


def _expiring(certificates: Mapping[str, Path], now: datetime) -> Iterator[Sign]:
    for name, path in certificates.items():
        try:
            not_after = x509.load_pem_x509_certificate(path.read_bytes()).not_valid_after_utc
        except (OSError, ValueError):
            yield of_centre("centre_certificate", name, Fact(Code.UNREADABLE))
            continue
        if forecast.expires_soon(not_after, now):
            yield of_centre("centre_certificate", name, Fact(Code.EXPIRES_ON, (f"{not_after:%Y-%m-%d}",)))
