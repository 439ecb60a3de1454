"""A district's October as kiosks told it: a place that is well, and one for every way not to be."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from random import Random
from zoneinfo import ZoneInfo

import central
from broker_config.events import Loan, Renewal, Rotation, Visits
from broker_config.values import Condition, hour
from central.intake import Heard
from central.office import Office
from central.places import Place, load_places
from central.statistics.desk import Desk
from central.statistics.periods import Month
from central.store import Store, Told
from tests.central.heard import DOOR, READER, Kiosk

ZONE = ZoneInfo("Asia/Shanghai")
PLACES = load_places(Path(central.__file__).with_name("places.toml"))
OCTOBER = Month(2026, 10)
NOW = datetime(2026, 11, 3, 2, 0, tzinfo=UTC)
"""Tuesday 10:00 in the library."""

WELL, NEW, SILENT, ABSENT = "mz-taiping-03", "mz-taiping-04", "mz-taiping-05", "mz-taiping-06"
BRANCH, MAIN = "mz-taiping", "mz-main"
HEARD_LAST = datetime(2026, 10, 18, 4, 0, tzinfo=UTC)
INSTALLED = datetime(2026, 10, 12, 2, 0, tzinfo=UTC)


def at(month: int, day: int, clock: str = "00:00", year: int = 2026) -> datetime:
    """A time of the library."""
    return datetime.combine(date(year, month, day), time.fromisoformat(clock), ZONE).astimezone(UTC)


@dataclass
class Clock:
    now: datetime = NOW

    def __call__(self) -> datetime:
        return self.now


def token(number: int) -> str:
    return f"{number:016x}"


def place(place_id: str) -> Place:
    found = PLACES.find(place_id)
    assert found is not None
    return found


def kiosk(place_id: str) -> Kiosk:
    return Kiosk(f"{place_id}.kiosk-1", f"i-{place_id}")


def lend(kiosk_: Kiosk, when: datetime, reader: int) -> Heard:
    return kiosk_.event(Loan, when, op_id="op", reader_token=token(reader))


def renew(kiosk_: Kiosk, when: datetime, reader: int) -> Heard:
    return kiosk_.event(Renewal, when, op_id="op", reader_token=token(reader))


def crate(kiosk_: Kiosk, when: datetime, direction: str, volumes: int) -> Heard:
    return kiosk_.event(Rotation, when, direction=direction, volumes=volumes)


def came(kiosk_: Kiosk, when: datetime, entries: int, complete: bool = True, halved: bool = False) -> Heard:
    count_type = "halved" if halved else "entries"
    return kiosk_.event(
        Visits, when, hour=hour(when), entries=entries, count_type=count_type, complete=complete
    )


def alive(kiosk_: Kiosk, first: datetime, last: datetime, counter: bool = True) -> list[Heard]:
    devices = (READER, DOOR) if counter else (READER,)
    return [kiosk_.birth(first, devices=devices), kiosk_.heartbeat(last, devices=devices)]


def circulation(kiosk_: Kiosk, first: date, last: date, seed: int) -> list[Heard]:
    """Afternoons of loans, renewals, returns and people at the door."""
    random, told, day = Random(seed), [], first
    while day <= last:
        for _ in range(random.randrange(4)):
            when = at(day.month, day.day, f"{random.randrange(15, 20):02}:{random.randrange(60):02}")
            told.append(lend(kiosk_, when, random.randrange(12)))
            told.append(came(kiosk_, when, random.randrange(1, 5)))
            if random.random() < 0.4:
                told.append(renew(kiosk_, when, random.randrange(12)))
            if random.random() < 0.7:
                told.append(kiosk_.give_back(when + timedelta(minutes=1)))
        day += timedelta(days=1)
    return told


def was(
    store: Store,
    place_id: str,
    since: datetime,
    condition: Condition,
    *causes: str,
    counter: Condition | None = None,
) -> None:
    told = [Told(place_id, "", condition, causes)]
    if counter is not None:
        told.append(Told(place_id, "kiosk-1/door_counter", counter))
    store.record_conditions(told, since)


def fill(store: Store) -> None:
    """September and October of six places."""
    start, ok, down = at(9, 1), Condition.OK, Condition.DOWN
    well, new, silent = kiosk(WELL), kiosk(NEW), kiosk(SILENT)
    branch, main = kiosk(BRANCH), kiosk(MAIN)
    batch = [
        *alive(well, start, NOW),
        *circulation(well, date(2026, 9, 1), date(2026, 10, 31), 1),
        crate(well, at(10, 8, "10:00"), "received", 60),
        crate(well, at(10, 8, "10:20"), "sent", 58),
        *alive(new, INSTALLED, NOW),
        *circulation(new, date(2026, 10, 13), date(2026, 10, 31), 2),
        came(new, at(10, 22, "09:00"), 3, complete=False),
        *alive(silent, start, HEARD_LAST),
        *circulation(silent, date(2026, 9, 1), date(2026, 10, 17), 3),
        *alive(branch, start, NOW),
        *(came(branch, at(10, day, "10:00"), 20, halved=True) for day in range(1, 11)),
        *(lend(branch, at(10, day, "11:00"), day) for day in range(1, 11)),
        *alive(main, start, NOW, counter=False),
        *(main.loan(at(10, day, "15:00")) for day in range(1, 6)),
    ]
    store.take(batch)
    was(store, WELL, start, ok, counter=ok)
    was(store, BRANCH, start, ok, counter=ok)
    was(store, MAIN, start, ok)
    was(store, NEW, INSTALLED, ok, counter=ok)
    was(store, SILENT, start, ok, counter=ok)
    was(store, SILENT, HEARD_LAST, Condition.DOWN, "offline", counter=Condition.UNKNOWN)
    was(store, NEW, at(10, 20, "08:00"), ok, counter=down)
    was(store, NEW, at(10, 22, "12:00"), ok, counter=ok)
    was(store, WELL, at(10, 6, "16:00"), down, "ils_down")
    was(store, WELL, at(10, 6, "18:00"), ok)


def desk(store: Store, office: Office, clock: Clock) -> Desk:
    return Desk(store, office, PLACES, ZONE, clock)
