"""Closing a month, what comes after, and what people enter by hand."""

import pytest

from central.accounts import audit
from central.accounts.audit import Wanted
from central.accounts.roles import Actor
from central.office import Office
from central.statistics.closing import Correction, Refusal, Refused
from central.statistics.desk import Desk
from central.statistics.entries import BadEntry, read_entries
from central.statistics.figures import Cause, Item
from central.statistics.periods import Month
from central.store import Store
from tests.central.statistics.world import (
    ABSENT,
    NOW,
    OCTOBER,
    PLACES,
    SILENT,
    WELL,
    Clock,
    at,
    kiosk,
    lend,
    place,
)

BOSS = Actor("boss", "192.0.2.7", NOW)


def test_what_comes_after_closing_is_a_correction(october: Desk, store: Store, office: Office) -> None:
    october.close(BOSS, OCTOBER)
    before = october.report(OCTOBER, PLACES.place)
    assert before.closing is not None and not before.corrected
    assert (before.closing.by, before.closing.at) == ("boss", NOW)
    loans = before.rows[PLACES.place.index(place(SILENT))].figures[Item.LOANS].amount
    late = kiosk(SILENT)
    late.seq = next(
        c.confirmed.seq for c in store.confirmations() if c.confirmed.install_id == late.install_id
    )
    store.take([lend(late, at(10, 25, "16:00"), 99)])
    row = october.report(OCTOBER, [place(SILENT)]).rows[0]
    assert row.figures[Item.LOANS].amount == (loans or 0) + 1
    assert row.corrections[Item.LOANS] == Correction(loans)
    assert Item.RETURNS not in row.corrections
    assert october.report(OCTOBER, [place(WELL)]).rows[0].corrections == {}
    (entry,) = audit.entries(office, Wanted(action="statistics.close"), 9)
    assert (entry.actor, entry.subject, entry.details) == ("boss", "2026-10", {"places": "104"})


def test_no_data_that_became_a_number_is_a_correction(october: Desk, store: Store) -> None:
    october.close(BOSS, OCTOBER)
    store.take([lend(kiosk(ABSENT), at(10, 25, "16:00"), 1)])
    row = october.report(OCTOBER, [place(ABSENT)]).rows[0]
    assert (row.figures[Item.LOANS].amount, row.corrections[Item.LOANS]) == (1, Correction(None))


def test_closing_again_takes_the_corrections_in(october: Desk, store: Store, office: Office) -> None:
    october.close(BOSS, OCTOBER)
    with pytest.raises(Refused) as refused:
        october.close(BOSS, OCTOBER)
    assert refused.value.reason is Refusal.ALREADY
    store.take([lend(kiosk(ABSENT), at(10, 25, "16:00"), 1)])
    october.close(Actor("second", "", at(11, 4)), OCTOBER)
    found = october.report(OCTOBER, [place(ABSENT)])
    assert not found.corrected and found.closing is not None and found.closing.by == "second"
    assert len(office.rows("SELECT 1 FROM statistics_closed")) == 2, "the first one stays"


def test_a_month_that_is_not_over_cannot_be_closed(october: Desk, clock: Clock) -> None:
    for now in (NOW, at(12, 1, "00:00")):
        clock.now = now
        if now is NOW:
            with pytest.raises(Refused) as refused:
                october.close(BOSS, Month(2026, 11))
            assert refused.value.reason is Refusal.NOT_OVER
        else:
            october.close(BOSS, Month(2026, 11))
    assert october.closings.latest(Month(2026, 11)) is not None


# -- by hand -----------------------------------------------------------------------------------------------


def test_what_was_entered_stands_in_the_report(october: Desk, office: Office) -> None:
    october.entries.enter(BOSS, WELL, OCTOBER, {Item.ADDED: 40, Item.PROCESSED: 0, Item.ACTIVITIES: None})
    row = october.report(OCTOBER, [place(WELL)]).rows[0]
    assert (row.figures[Item.ADDED].amount, row.figures[Item.PROCESSED].amount) == (40, 0)
    assert row.figures[Item.ACTIVITIES].notes[0].cause is Cause.NOT_ENTERED
    assert october.report(Month(2026, 9), [place(WELL)]).rows[0].figures[Item.ADDED].amount is None
    october.entries.enter(BOSS, WELL, OCTOBER, {Item.ADDED: 40, Item.PROCESSED: 0, Item.ACTIVITIES: None})
    october.entries.enter(BOSS, WELL, OCTOBER, {Item.ADDED: 41, Item.PROCESSED: None})
    assert october.report(OCTOBER, [place(WELL)]).rows[0].figures[Item.PROCESSED].amount is None
    told = [entry.details for entry in audit.entries(office, Wanted(action="statistics.enter"), 9)]
    assert told == [
        {"month": "2026-10", "added": "41", "processed": "-"},
        {"month": "2026-10", "added": "40", "processed": "0"},
    ]


@pytest.mark.parametrize("text", ["-1", "1.5", "many", "１２", "1000001", "99999999", "0x10", "1 2"])
def test_what_is_no_number_is_told_where(text: str) -> None:
    with pytest.raises(BadEntry, match="processed: expected a whole number from 0 to 1000000, or nothing"):
        read_entries({"added": "3", "processed": text})


def test_empty_is_not_zero() -> None:
    assert read_entries({"added": " 12 ", "processed": "", "activities": "0"}) == {
        Item.ADDED: 12,
        Item.PROCESSED: None,
        Item.ACTIVITIES: 0,
    }
