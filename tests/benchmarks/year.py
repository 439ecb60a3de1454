"""What pages wait for when a year of events is in the store: 104 places, and 10,000.

Generated and seeded: every place is open every day and tells of its visits, loans and returns by the hour.
What `SqlStore.take` counts of such a year is written at once: no page reads the raw events behind it. Time is
that of the store's and the board's answers, and of whole routes (`year_web.py`); drawing comes on top.
"""

import itertools
import tempfile
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from random import Random
from time import perf_counter, process_time
from zoneinfo import ZoneInfo

from broker_config.messages import publication
from broker_config.status import DeviceState, Health, State
from broker_config.topics import Identity
from broker_config.values import Condition, timestamp
from central.board import Board
from central.intake import Heard, understand
from central.places import Level, Place, Places, Town
from central.service import settle
from central.store import statements
from central.store.sqlite import SqliteStore
from tests.benchmarks.table import Findings, Row
from tests.benchmarks.year_web import answers

ZONE = ZoneInfo("Asia/Shanghai")
NOW = datetime(2026, 11, 22, 9, 4, 5, tzinfo=UTC)
DAYS = 365
HOURS_KEPT_FULL = 31
"""Days of which every hour is there: a place's hours are asked by day."""
TOKENS = 60
SPAN = "INSERT INTO spans (place, subject, condition, causes, started_at, ended_at) VALUES (?, ?, ?, ?, ?, ?)"
KINDS = ("loan", "return", "visits")
DISTRICT = 104
TIMES = 20
DEVICES = tuple(
    DeviceState(kind=kind, model="m", port=f"/dev/{kind}", condition=Condition.OK, serial=f"S-{kind}")
    for kind in ("tag_reader", "card_reader", "receipt_printer", "door_counter", "scanner")
)


def measure() -> Findings:
    rows = [row for places in (DISTRICT, 10_000) for row in _measured(places)]
    return Findings(
        f"year: answers from a year of {DISTRICT} and of 10,000 places, SQLite",
        rows,
        (
            f"{TIMES} times each, after two seconds' heartbeats; a district has {DISTRICT} places",
            "the p95 is what counts",
        ),
    )


def _measured(count: int) -> Iterator[Row]:
    with tempfile.TemporaryDirectory() as folder:
        store = SqliteStore(Path(folder) / "centre.db", ZONE)
        places = _places(count)
        _fill(store, [place.id for place in places.place])
        board = Board(store, places, ZONE, lambda: NOW)
        district = [place.id for place in places.place[:DISTRICT]]
        random, beats = Random(1), itertools.count(1)
        settle()  # as the running centre does

        def one_place() -> None:
            place = random.choice(places.place).id
            board.place(place)
            board.hours(place, NOW.date())
            store.sums(date(2026, 11, 1), date(2026, 12, 1), [place])

        def report() -> None:
            month = random.randrange(1, 11)
            store.sums(date(2026, month, 1), date(2026, month + 1, 1), district)
            store.days(date(2026, month, 1), date(2026, month + 1, 1), district)
            store.readers(f"2026-{month:02}", district)
            store.distinct_readers(f"2026-{month:02}", district)

        def beat() -> None:
            """The heartbeats of two seconds: a fifteenth of all."""
            chosen = random.sample(places.place, count // 15)
            at = NOW + timedelta(milliseconds=next(beats))
            store.take([_heartbeat(place.id, at) for place in chosen])

        def overview_of_store() -> None:
            store.kiosks()
            store.totals(*(datetime(2026, 11, day, tzinfo=ZONE) for day in (22, 23)))

        for what, act in (
            ("overview: store", overview_of_store),
            ("overview: board", board.overview),
            ("one place", one_place),
            ("a district's month", report),
        ):
            yield {"places": str(count), "what": what, **_times_ms(act, beat)}
        with answers(board, NOW, DISTRICT) as routes:
            settle()
            for what, act in routes.items():
                yield {"places": str(count), "what": what, **_times_ms(act, beat)}
        store.close()


def _times_ms(act: Callable[[], object], before: Callable[[], None]) -> dict[str, float]:
    """Until it is there, and what this process computed for it, which others on the machine lengthen less."""
    act()
    waited, computed = [], []
    for _ in range(TIMES):
        before()
        began_s, began_cpu_s = perf_counter(), process_time()
        act()
        waited.append((perf_counter() - began_s) * 1000)
        computed.append((process_time() - began_cpu_s) * 1000)
    return _middle_and_p95("", waited) | _middle_and_p95("cpu_", computed)


def _middle_and_p95(name: str, taken_ms: list[float]) -> dict[str, float]:
    taken_ms.sort()
    middle, p95 = taken_ms[TIMES // 2], taken_ms[int(TIMES * 0.95) - 1]
    return {f"{name}median_ms": round(middle, 1), f"{name}p95_ms": round(p95, 1)}


def _places(count: int) -> Places:
    towns = tuple(Town(f"town-{n}", f"{n}镇", f"Town {n}") for n in range(count // DISTRICT + 1))
    return Places(
        town=towns,
        place=tuple(
            Place(
                id=f"p-{n}",
                name=f"图书馆{n}村服务点",
                short=f"{n}村",
                name_en=f"Point {n}",
                short_en=f"P{n}",
                level=Level.POINT,
                town=towns[n // DISTRICT].id,
            )
            for n in range(count)
        ),
    )


def _fill(store: SqliteStore, places: list[str]) -> None:
    """In the order of the tables, without the second index until the end: a fraction of the time."""
    store.take([heard for place in places for heard in _told(place)])
    first = NOW.astimezone(ZONE).date() - timedelta(days=DAYS - 1)
    days = [first + timedelta(days=n) for n in range(DAYS)]
    db = store.database.writer
    db.execute("DROP INDEX days_by_day")
    db.execute("BEGIN")
    db.executemany(statements.COUNT_DAY, _day_rows(places, days))
    db.executemany(statements.COUNT_HOUR, _hour_rows(places, days[-HOURS_KEPT_FULL:]))
    db.executemany(statements.READER, _reader_rows(places, sorted({f"{day:%Y-%m}" for day in days})))
    db.executemany(SPAN, _span_rows(places, days))
    db.execute("COMMIT")
    db.execute("CREATE INDEX days_by_day ON days (day, place, kind, amount)")


def _day_rows(places: list[str], days: list[date]) -> Iterator[tuple[object, ...]]:
    random, names = Random(2), [day.isoformat() for day in days]
    for place in places:
        for day in names:
            for kind in KINDS:
                yield place, day, kind, random.randrange(1, 30), 5, random.random() < 0.02, 0


def _hour_rows(places: list[str], days: list[date]) -> Iterator[tuple[object, ...]]:
    random = Random(3)
    for place in places:
        for day in days:
            for hour in (1, 4, 8):
                for kind in KINDS:
                    yield place, f"{day.isoformat()}T{hour:02}", kind, random.randrange(1, 9), 2, 0, 0


def _reader_rows(places: list[str], months: list[str]) -> Iterator[tuple[object, ...]]:
    random = Random(4)
    for month in months:
        for place in places:
            for _ in range(TOKENS):
                yield month, place, f"{random.randrange(len(places) * 40):032x}"


def _span_rows(places: list[str], days: list[date]) -> Iterator[tuple[object, ...]]:
    """Down for half an hour every week, of the place and of its kiosk."""
    random = Random(5)
    for place in places:
        for subject in ("", "kiosk-1"):
            at = datetime.combine(days[0], time(), ZONE)
            for day in days[::7]:
                down = datetime.combine(day, time(random.randrange(8, 18), random.randrange(60)), ZONE)
                up = down + timedelta(minutes=30)
                yield place, subject, "ok", "", timestamp(at), timestamp(down)
                yield place, subject, "down", "offline", timestamp(down), timestamp(up)
                at = up
            yield place, subject, "ok", "", timestamp(at), None


def _told(place: str) -> Iterator[Heard]:
    at = timestamp(NOW)
    birth = State(at=at, clock_synced=True, online=True, session=1, devices=DEVICES, software="shuzhan 0.1.0")
    sent = publication(Identity(place, "kiosk-1"), birth)
    yield understand(sent.topic, sent.payload, NOW)
    yield _heartbeat(place, NOW)


def _heartbeat(place: str, at: datetime) -> Heard:
    health = Health(
        at=timestamp(at), clock_synced=True, session=1, devices=DEVICES, disk_free_mb=9000.0, ils_up=True
    )
    sent = publication(Identity(place, "kiosk-1"), health)
    return understand(sent.topic, sent.payload, at)
