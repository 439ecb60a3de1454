"""From a door counter's cumulative registers to visits (ISO 2789: every entry, for any reason).

Staff who walk through the door are counted too: a counter cannot tell them, and no rule of ours would be
honest; visits while the place is closed are marked, not dropped. After silence the people of the gap are told
as a span of time, never as those of one hour.
"""

import json
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Literal

from broker_config import events
from broker_config.values import hour, moment, timestamp
from devices.kinds import DoorCount
from kiosk.clock import Moment
from kiosk.opening_hours import OpeningHours
from kiosk.reports import Stamp

LIKELY_AT_ONCE = 300
"""More people than this between two readings, and …"""
LIKELY_PER_S = 2.0
"""… than this in every second between them, or …"""
LIKELY_EVER = 10_000
"""… than this however long it was, are a counter that starts anew and no crowd."""
SILENCE = timedelta(seconds=90)
"""Readings closer together than this leave no gap worth telling."""


@dataclass(frozen=True)
class Reading:
    """What a counter showed at a time; `moment` None where it was not kept."""

    count: DoorCount
    moment: Moment | None

    def to_json(self) -> str:
        count = self.count
        kept = {"entries": count.entries, "exits": count.exits, "passages": count.passages}
        kept |= {"doubts": count.doubts}
        told: dict[str, Any] = {"count": kept, "series": count.series}
        if self.moment is not None:
            told |= {"at": timestamp(self.moment.utc), "synced": self.moment.synced}
        return json.dumps(told)

    @classmethod
    def from_json(cls, text: str) -> "Reading":
        """Also what an older kiosk kept: a list of entries and exits. ValueError, TypeError or KeyError for
        what `to_json` has not written."""
        told = json.loads(text)
        if isinstance(told, list):
            return cls(DoorCount(*told), None)
        at = Moment(moment(told["at"]), told["synced"]) if "at" in told else None
        if at is not None and at.utc.tzinfo is None:
            raise ValueError("at: a time without a zone")
        return cls(DoorCount(**told["count"], series=told["series"]), at)

    @property
    def hour(self) -> str | None:
        return hour(self.moment.utc) if self.moment else None


@dataclass(frozen=True)
class Visits:
    """`entries` people came in since the reading before; `complete` False when nobody can say in which hour
    (then `since` says from when on, if that is known) or whether those are all."""

    entries: int
    hour: str
    complete: bool = True
    count_type: Literal["entries", "halved"] = "entries"
    since: datetime | None = None
    doubts: int = 0
    while_closed: bool | None = None

    @property
    def worth_telling(self) -> bool:
        return bool(self.entries or self.doubts) or not self.complete

    def event(self, stamp: Stamp) -> events.Event:
        return events.Visits(
            **stamp.fields,  # type: ignore[arg-type]
            hour=self.hour,
            entries=self.entries,
            count_type=self.count_type,
            complete=self.complete,
            since=timestamp(self.since) if self.since else None,
            doubts=self.doubts,
            while_closed=self.while_closed,
        )


def visits_between(
    before: Reading | None, count: DoorCount, now: Moment, opening: OpeningHours | None = None
) -> Visits:
    """Without a reading before, `count` only says where counting begins."""
    if before is None:
        return Visits(0, hour(now.utc))
    passed, certain = _passed(before.count, count, _likely(_elapsed(before.moment, now)))
    visits = Visits(
        passed.entries + passed.passages,
        hour(now.utc),
        complete=certain,
        count_type="halved" if passed.passages else "entries",
        doubts=passed.doubts,
    )
    if visits.worth_telling and not _in_one_hour(before, now):
        elapsed = _elapsed(before.moment, now)
        visits = replace(visits, complete=False, since=None if elapsed is None else now.utc - elapsed)
    if opening is None or not now.synced:
        return visits
    return replace(visits, while_closed=not opening.open_between(visits.since or now.utc, now.utc))


def _in_one_hour(before: Reading, now: Moment) -> bool:
    """Both readings are of one hour, or so close that it does not matter."""
    elapsed = _elapsed(before.moment, now)
    return elapsed is not None and (elapsed <= SILENCE or before.hour == hour(now.utc))


def _elapsed(before: Moment | None, now: Moment) -> timedelta | None:
    """None where the two clocks' times have nothing to do with each other."""
    if before is None or before.synced != now.synced or before.utc > now.utc:
        return None
    return now.utc - before.utc


def _likely(elapsed: timedelta | None) -> int:
    if elapsed is None:
        return LIKELY_EVER
    return min(LIKELY_EVER, LIKELY_AT_ONCE + int(LIKELY_PER_S * elapsed.total_seconds()))


def _passed(before: DoorCount, now: DoorCount, likely: int) -> tuple[DoorCount, bool]:
    """What was counted in between, `passages` halved to people each way; and whether that is all."""
    anew = before.series != now.series
    pairs = ((before.entries, now.entries), (before.exits, now.exits), (before.passages, now.passages))
    found = [(now.modulus, *pair) for pair in pairs]
    anew = anew or any(_restarted(*each, likely, now.forgets) for each in found)
    entries, exits, passages = (
        (after if after <= likely else 0) if anew else (after - earlier) % modulus
        for modulus, earlier, after in found
    )
    halved = ((0 if anew else before.passages % 2) + passages) // 2
    doubts = min(now.doubts if anew else max(0, now.doubts - before.doubts), entries + halved + likely)
    return DoorCount(entries, exits, halved, doubts), not anew


def _restarted(modulus: int, before: int, now: int, likely: int, forgets: bool) -> bool:
    """A smaller count is a roll-over where so many can have come; else the counter began again at 0, or it is
    another one."""
    return (now < before and forgets) or (now - before) % modulus > likely
