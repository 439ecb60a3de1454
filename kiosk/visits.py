"""From a door counter's cumulative registers to visits (ISO 2789: every entry, for any reason)."""

from dataclasses import dataclass

from broker_config import messages
from broker_config.values import hour
from devices.kinds import DoorCount
from kiosk.clock import Moment
from kiosk.reports import Stamp

REGISTER = 2**32
LIKELY_AT_ONCE = 10_000
"""More people than this between two readings is a reset of the counter, not a crowd."""


@dataclass(frozen=True)
class Visits:
    """`entries` people came in since the reading before; `complete` False when a reset hides some."""

    entries: int
    hour: str
    complete: bool = True

    def event(self, stamp: Stamp) -> messages.Event:
        return messages.Visits(
            **stamp.fields,  # type: ignore[arg-type]
            hour=self.hour,
            entries=self.entries,
            count_type="entries",
            complete=self.complete,
        )


def visits_between(before: DoorCount | None, now: DoorCount, moment: Moment) -> Visits:
    """Registers roll over at 2³²; a smaller count that is no roll-over is a counter that started anew, whose
    own count is then all that is known."""
    if before is None:
        return Visits(0, hour(moment.utc))
    passed = (now.entries - before.entries) % REGISTER
    if passed <= LIKELY_AT_ONCE:
        return Visits(passed, hour(moment.utc))
    anew = now.entries if now.entries <= LIKELY_AT_ONCE else 0
    return Visits(anew, hour(moment.utc), complete=False)
