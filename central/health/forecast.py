"""What may honestly be said of the future: each answer states what it rests on, or that this is not enough.

Pure: figures of the past in, `Forecast` or `NotEnough` out. A trend is the median of the slopes between days
(Theil and Sen), which a single odd day does not turn; without enough days, or without agreement between
them, there is no answer.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import combinations
from statistics import median

DISK_DAYS = 7
"""Days of figures before a trend is one."""
DISK_WORTH_SAYING = timedelta(days=60)
ROLLS = 3
"""Paper changes between which operations were counted."""
RATIO_WEEKS = 6
RATIO_LOANS = 20
"""Loans a week, or the ratio is chance."""
DRIFT = 2.0
"""A week's ratio this many times off its own usual one, and beyond what it ever was."""
NIGHT_VISITS = 10
NIGHT_SHARE = 0.1


@dataclass(frozen=True)
class NotEnough:
    """No answer: how much there is, and how much it takes."""

    have: int
    need: int
    of: str


@dataclass(frozen=True)
class Forecast:
    """`at` is the likely moment, between `earliest` and `latest`; it rests on `basis` of `of`."""

    at: datetime
    earliest: datetime
    latest: datetime
    basis: int
    of: str


@dataclass(frozen=True)
class Steady:
    """Nothing to foretell: it does not change that way."""


# -- disk --------------------------------------------------------------------------------------------------


def disk_full(
    free_mb_by_day: Mapping[date, float], now: datetime, limit_mb: float
) -> Forecast | Steady | NotEnough:
    """When free room falls below `limit_mb`, from the least room of each day. Steady when it does not fall,
    when days do not agree that it does, or when that is far away."""
    days = sorted(free_mb_by_day)
    if len(days) < DISK_DAYS:
        return NotEnough(len(days), DISK_DAYS, "days")
    slopes = sorted(
        (free_mb_by_day[later] - free_mb_by_day[day]) / (later - day).days
        for day, later in combinations(days, 2)
    )
    quarter = len(slopes) // 4
    steepest, usual, gentlest = slopes[quarter], median(slopes), slopes[-1 - quarter]
    if gentlest >= 0:
        return Steady()
    room_mb = max(free_mb_by_day[days[-1]] - limit_mb, 0.0)
    left = timedelta(days=min(room_mb / -usual, 36_500))
    if left > DISK_WORTH_SAYING:
        return Steady()
    return Forecast(
        at=now + left,
        earliest=now + timedelta(days=room_mb / -steepest),
        latest=now + timedelta(days=min(room_mb / -gentlest, 36_500)),
        basis=len(days),
        of="days",
    )


# -- paper -------------------------------------------------------------------------------------------------


def paper_ends(
    operations_a_roll: Sequence[int], since_change: int, a_day: float, now: datetime
) -> Forecast | Steady | NotEnough:
    """From how many loans, returns and renewals each roll before lasted (what is printed is not told), how
    many there were since the last change, and how many there are a day."""
    if len(operations_a_roll) < ROLLS:
        return NotEnough(len(operations_a_roll), ROLLS, "rolls")
    if a_day <= 0:
        return Steady()

    def after(roll: float) -> datetime:
        return now + timedelta(days=min(max(roll - since_change, 0) / a_day, 36_500))

    lasted = sorted(operations_a_roll)
    return Forecast(after(median(lasted)), after(lasted[0]), after(lasted[-1]), len(lasted), "rolls")


# -- door counter ------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Week:
    """`visits` None: the counter was not heard all the time."""

    visits: int | None
    loans: int


@dataclass(frozen=True)
class Drift:
    """The latest week's visits for each loan, and what is usual here."""

    ratio: float
    usual: float
    basis: int


def drifting(weeks: Sequence[Week]) -> Drift | Steady | NotEnough:
    """`weeks` in order, the last one is judged by those before it, by visits for each loan. Weeks with a gap
    and weeks with few loans say nothing."""
    ratios = [
        week.visits / week.loans for week in weeks if week.visits is not None and week.loans >= RATIO_LOANS
    ]
    latest = weeks[-1] if weeks else Week(None, 0)
    if latest.visits is None or latest.loans < RATIO_LOANS:
        return NotEnough(
            latest.loans if latest.visits is not None else 0, RATIO_LOANS, "loans in the latest week"
        )
    *before, ratio = ratios
    if len(before) < RATIO_WEEKS:
        return NotEnough(len(before), RATIO_WEEKS, "weeks")
    usual = median(before)
    too_few = ratio < min(before) and ratio * DRIFT <= usual
    too_many = ratio > max(before) and ratio >= usual * DRIFT
    return Drift(ratio, usual, len(before)) if too_few or too_many else Steady()


def visits_while_closed(closed: int, all_day: int) -> bool:
    """Whether a counter sees too many people when nobody can come in: something else passes it."""
    return closed >= NIGHT_VISITS and closed >= NIGHT_SHARE * all_day


# -- certificates ------------------------------------------------------------------------------------------

RENEW_WITHIN = timedelta(days=30)


def expires_soon(not_after: datetime, now: datetime) -> bool:
    """No trend is needed: the day stands in it."""
    return not_after - now <= RENEW_WITHIN
