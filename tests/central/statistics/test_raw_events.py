"""The report against the raw events, counted by this file alone: no roll-up, no code of the report."""

import json
from collections import Counter, defaultdict
from datetime import UTC, datetime, timedelta, timezone
from random import Random

import pytest

from central.intake import Heard
from central.statistics.desk import Desk
from central.statistics.figures import Item
from central.statistics.periods import Month
from central.store import Store
from tests.central.heard import Kiosk
from tests.central.statistics.world import PLACES, at, came, crate, kiosk, lend, renew

CHINA = timezone(timedelta(hours=8))
IDS = ("mz-taiping-10", "mz-taiping-11", "mz-huguang-02")


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
            return came(one, when, who + 1, complete=who > 3)
    return crate(one, when, random.choice(["received", "sent"]), who + 1)


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
