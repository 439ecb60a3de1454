"""A number of a report and what is wrong with it. Pure."""

from collections.abc import Sequence
from datetime import datetime
from enum import Enum

from msgspec import Struct


class Item(Enum):
    """What a report has a figure of; the value is its key in words and downloads."""

    VISITS = "visits"
    READERS = "readers"
    LOANS = "loans"
    RENEWALS = "renewals"
    RETURNS = "returns"
    OPEN_H = "open_h"
    WEEKLY_H = "weekly_h"
    """Hours open a week, the mean of the weeks of the month that are over."""
    AVAILABILITY = "availability"
    """Per cent of the opening hours of which anything is known."""
    RECEIVED = "received"
    """Volumes that came in rotation."""
    SENT = "sent"
    ADDED = "added"
    """New volumes; people enter these three."""
    PROCESSED = "processed"
    ACTIVITIES = "activities"


EVENTS = {
    Item.VISITS: "visits",
    Item.LOANS: "loan",
    Item.RENEWALS: "renewal",
    Item.RETURNS: "return",
}
"""What the store counts by day, by the event's kind."""
BY_HAND = (Item.ADDED, Item.PROCESSED, Item.ACTIVITIES)
DECIMALS = {Item.OPEN_H: 1, Item.WEEKLY_H: 1, Item.AVAILABILITY: 1}


class Cause(Enum):
    """Why a figure is missing or may be incomplete."""

    NOT_INSTALLED = "not_installed"
    INSTALLED = "installed"
    """In the middle of the time, at `since`."""
    NOT_HEARD = "not_heard"
    """The kiosk has not spoken since; what it counted may still come."""
    WAITING = "waiting"
    """It says that `count` reports wait in it."""
    MISSING = "missing"
    """`count` events are missing while later ones are there."""
    LOST = "lost"
    """`count` events will never come."""
    NO_COUNTER = "no_counter"
    COUNTER_INSTALLED = "counter_installed"
    COUNTER_SILENT = "counter_silent"
    COUNTER_GAPS = "counter_gaps"
    """On `count` days the counter missed some."""
    COUNTER_SPANS = "counter_spans"
    """Of `count` visits only this is known, that they came between `since` and `until`."""
    COUNTER_LOST = "counter_lost"
    """By the counter's own totals `count` visits between `since` and `until` have not come."""
    COUNTER_ANEW = "counter_anew"
    """Its totals began anew in between: what was lost, if anything, cannot be said."""
    COUNTER_CLOSED = "counter_closed"
    """`count` visits came outside the opening hours."""
    COUNTER_DOUBTS = "counter_doubts"
    """By `count` visits the counter may be wrong."""
    NO_TOKENS = "no_tokens"
    """Readers borrowed, but nobody can say how many they were."""
    NO_ROTATION = "no_rotation"
    """No kiosk has told of any crate yet."""
    NOT_KEPT = "not_kept"
    """Of the raw events `count` are gone by now."""
    OUTAGE = "outage"
    """The place was down; `why` is the cause in the words of health."""
    NOT_RECORDED = "not_recorded"
    """For `count` hours of opening nobody knows whether it worked."""
    PLANNED = "planned"
    """For `count` hours of opening it was under maintenance."""
    NO_HOURS = "no_hours"
    """Nobody has said its opening hours."""
    NOT_OPEN_YET = "not_open_yet"
    """No opening hour of the time has come yet."""
    NO_WEEK = "no_week"
    """No whole week of the month is over yet."""
    NOT_ENTERED = "not_entered"
    PLACES = "places"
    """A total that `count` places are not in."""
    MONTHS = "months"
    """A sum of months of which `count` lack something."""
    ANOTHER_MONTH = "another_month"
    """Readers are told apart within one month only."""


class Note(Struct, frozen=True, gc=False):
    """`since` and `until` where the cause has them."""

    cause: Cause
    since: datetime | None = None
    until: datetime | None = None
    count: int | None = None
    why: str = ""


class Figure(Struct, frozen=True, gc=False):
    """`amount` None: unknown, then `notes` say why; with an amount they say why it may be incomplete.
    `estimated`: in and out could not be told apart; `remarks` do not touch the number."""

    amount: float | None
    notes: tuple[Note, ...] = ()
    estimated: bool = False
    remarks: tuple[Note, ...] = ()

    @property
    def partial(self) -> bool:
        return self.amount is not None and bool(self.notes)

    @property
    def whole(self) -> bool:
        return self.amount is not None and not self.notes


def unknown(cause: Cause, *more: Note) -> Figure:
    return Figure(None, (Note(cause), *more))


class Total(Struct, frozen=True, gc=False):
    """A figure of several places, resting on `known` of `places`."""

    figure: Figure
    known: int
    places: int


def total(figures: Sequence[Figure], amount: float | None = None) -> Total:
    """`amount` where the sum is not the sum, as with readers who were at two places."""
    known = [figure.amount for figure in figures if figure.amount is not None]
    lacking = sum(not figure.whole for figure in figures)
    notes = (Note(Cause.PLACES, count=lacking),) if lacking else ()
    added = sum(known) if amount is None else amount
    return Total(
        Figure(added if known else None, notes, any(figure.estimated for figure in figures)),
        known=len(known),
        places=len(figures),
    )
