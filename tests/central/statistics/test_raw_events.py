"""The report against the raw events, counted by this file alone: no roll-up, no code of the report."""

import json
from collections import Counter, defaultdict
from datetime import UTC, date, datetime, timedelta, timezone
from random import Random
from typing import Any

import pytest

from broker_config.events import Visits
from broker_config.values import hour, timestamp
from central.intake import Heard
from central.statistics.desk import Desk
from central.statistics.figures import Cause, Item
from central.statistics.periods import Month
from central.store import Store
from tests.central.heard import Kiosk
from tests.central.statistics.world import PLACES, at, came, crate, kiosk, lend, renew

CHINA = timezone(timedelta(hours=8))
IDS = ("mz-taiping-10", "mz-taiping-11", "mz-huguang-02")


def walked(one: Kiosk, when: datetime, random: Random, entries: int) -> Heard:
    """What a door counter may say, by chance with a gap before it, at night, in doubt."""
    since = when - timedelta(minutes=random.randrange(1, 3000)) if random.random() < 0.3 else None
    return one.event(
        Visits,
        when,
        hour=hour(when),
        entries=entries,
        count_type="entries",
        complete=since is None,
        since=timestamp(since) if since else None,
        doubts=random.choice((0, 0, 1)),
        while_closed=random.choice((None, False, True)),
    )


def any_event(one: Kiosk, when: datetime, random: Random) -> Heard:
    who = random.randrange(25)
    match random.randrange(5):
        case 0:
            return lend(one, when, who)
        case 1:
            return renew(one, when, who)
        case 2:
            return one.give_back(when)
        case 3:
            if who < 5:
                return came(one, when, who + 1, complete=who > 3)
            return walked(one, when, random, who + 1)
    return crate(one, when, random.choice(["received", "sent"]), who + 1)


def standing_alone(random: Random) -> list[Heard]:
    """A counter with its own totals near the end of its register, of whose events one in six never came."""
    counter, total, told = Kiosk(f"{IDS[1]}.door-1", "n-door"), 2**32 - 200, []
    for step in range(120):
        when, entries = at(9, 10) + timedelta(hours=3 * step, minutes=7), random.randrange(9)
        total = (total + entries) % 2**32
        event = counter.event(
            Visits, when, hour=hour(when), entries=entries, count_type="entries", complete=True,
            entries_total=total,
        )  # fmt: skip
        told += [event] if random.random() > 1 / 6 else []
    return told


@pytest.fixture
def busy(store: Store) -> Store:
    """Half a year of three more places, in any order, with the edge of a month."""
    random, kiosks = Random(20261122), [kiosk(place_id) for place_id in IDS]
    told = [
        any_event(
            random.choice(kiosks), at(5, 1) + timedelta(minutes=random.randrange(184 * 24 * 60)), random
        )
        for _ in range(900)
    ]
    told += [lend(kiosks[0], at(8, 1) - timedelta(milliseconds=1), 77), lend(kiosks[0], at(8, 1), 78)]
    random.shuffle(told)
    store.take(told)
    store.take(standing_alone(random))
    return store


def counted(store: Store) -> tuple[Counter[tuple[str, str, str]], dict[tuple[str, str], set[str]]]:
    """(place, month, what) -> amount, and (place, month) -> tokens."""
    amounts: Counter[tuple[str, str, str]] = Counter()
    tokens: dict[tuple[str, str], set[str]] = defaultdict(set)
    for event in store.events(datetime(2020, 1, 1, tzinfo=UTC), datetime(2030, 1, 1, tzinfo=UTC)):
        body = json.loads(event.body)
        when = datetime.fromisoformat(body.get("hour") or body["at"]).astimezone(CHINA)
        place, month, kind = event.identity.place, f"{when:%Y-%m}", body["type"].split("/")[0]
        what = body["direction"] if kind == "rotation" else kind
        amounts[place, month, what] += body.get("entries", body.get("volumes", 1))
        if kind in ("loan", "renewal") and body.get("reader_token"):
            tokens[place, month].add(body["reader_token"])
    return amounts, tokens


NAMES = {
    Item.VISITS: "visits",
    Item.LOANS: "loan",
    Item.RENEWALS: "renewal",
    Item.RETURNS: "return",
    Item.RECEIVED: "received",
    Item.SENT: "sent",
}


def test_every_figure_is_that_of_the_raw_events(busy: Store, october: Desk) -> None:
    amounts, tokens = counted(busy)
    compared = 0
    for month in [Month(2026, number) for number in range(4, 12)]:
        found = october.report(month, PLACES.place)
        for row in found.rows:
            for item, name in NAMES.items():
                key = (row.place.id, str(month), name)
                amount = row.figures[item].amount
                assert amount == amounts[key] if key in amounts else not amount, key
                compared += key in amounts
            who = tokens.get((row.place.id, str(month)), set())
            assert (row.figures[Item.READERS].amount or 0) == len(who)
        everybody = set().union(*(who for (_, when), who in tokens.items() if when == str(month)), set())
        total = found.groups[0].totals
        assert (total[Item.READERS].figure.amount or 0) == len(everybody)
        loans = sum(n for (_, when, what), n in amounts.items() if (when, what) == (str(month), "loan"))
        assert (total[Item.LOANS].figure.amount or 0) == loans
    assert compared > 100


def test_the_days_of_the_chart_add_up_to_the_month(busy: Store, october: Desk) -> None:
    amounts, _ = counted(busy)
    for number in range(5, 11):
        month, place = Month(2026, number), PLACES.find(IDS[0])
        assert place is not None
        days = october.daily(month, [place])
        for item in (Item.VISITS, Item.LOANS, Item.RETURNS):
            told = sum(day.amounts[item] or 0 for day in days)
            assert told == amounts[IDS[0], str(month), NAMES[item]]


# -- doors -------------------------------------------------------------------------------------------------


def visits_told(store: Store, place: str) -> list[dict[str, Any]]:
    found = store.events(datetime(2020, 1, 1, tzinfo=UTC), datetime(2030, 1, 1, tzinfo=UTC))
    bodies = [json.loads(event.body) for event in found if event.identity.place == place]
    return [body for body in bodies if body["type"] == "visits/1"]


def own_sums(told: list[dict[str, Any]]) -> int:
    """What the counters' totals rose by, less what was told: from first to last of each."""
    by_counter = defaultdict(list)
    for body in told:
        if body.get("entries_total") is not None:
            by_counter[body["install_id"]].append(body)
    lost = 0
    for one in by_counter.values():
        one.sort(key=lambda body: body["seq"])
        rose = (one[-1]["entries_total"] - one[0]["entries_total"]) % 2**32
        lost += rose - sum(body["entries"] for body in one[1:])
    return lost


@pytest.mark.parametrize("place_id", IDS)
def test_hours_hold_all_visits_but_those_of_gaps(busy: Store, place_id: str) -> None:
    told = visits_told(busy, place_id)
    by_hour: Counter[str] = Counter()
    for body in told:
        if not body.get("since") or body["since"] >= body["hour"]:
            by_hour[body["hour"]] += body["entries"]
    hours = busy.hours(place_id, at(1, 1), at(12, 1))
    kept = {f"{one.hour:%Y-%m-%dT%H}": one.amount for one in hours if one.kind == "visits"}
    assert kept == {name[:13]: amount for name, amount in by_hour.items()}
    days = sum(
        one.amount
        for one in busy.days(date(2026, 1, 1), date(2026, 12, 1), [place_id])
        if one.kind == "visits"
    )
    assert days == sum(body["entries"] for body in told) > sum(by_hour.values()) > 0


@pytest.mark.parametrize("place_id", IDS)
def test_what_a_month_says_of_its_doors_is_in_the_raw_events(
    busy: Store, october: Desk, place_id: str
) -> None:
    """Months of the library by hand: what touches a month is told in it."""
    told = visits_told(busy, place_id)
    place = PLACES.find(place_id)
    assert place is not None
    for number in range(5, 11):
        month = f"2026-{number:02}"
        spans = closed = doubts = 0
        for body in told:
            ended = datetime.fromisoformat(body["at"]).astimezone(CHINA)
            began = datetime.fromisoformat(body.get("since") or body["at"]).astimezone(CHINA)
            is_span = bool(body.get("since")) and body["since"] < body["hour"]
            touched = {f"{began:%Y-%m}", f"{ended:%Y-%m}"} if is_span else {f"{ended:%Y-%m}"}
            spans += body["entries"] if is_span and month in touched else 0
            closed += body["entries"] if body.get("while_closed") and month in touched else 0
            doubts += body.get("doubts", 0) if f"{ended:%Y-%m}" == month else 0
        figure = october.report(Month(2026, number), [place]).rows[0].figures[Item.VISITS]
        said = {note.cause: note.count for note in (*figure.notes, *figure.remarks)}
        assert said.get(Cause.COUNTER_SPANS, 0) == spans
        assert said.get(Cause.COUNTER_CLOSED, 0) == closed
        assert said.get(Cause.COUNTER_DOUBTS, 0) == doubts
        assert said.get(Cause.COUNTER_LOST, 0) == (own_sums(told) if number == 9 else 0)
    assert bool(own_sums(told)) is (place_id == IDS[1])


def test_counting_anew_finds_all_as_it_is(busy: Store) -> None:
    assert busy.door_marks(at(1, 1), at(12, 1)) and busy.rebuild() == 0
