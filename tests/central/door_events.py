"""Events of a door counter that stands alone and tells its own totals."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from broker_config.events import Visits
from broker_config.values import hour, timestamp
from central.doors import Hole, Sums


def visits(entries: int, at: datetime, seq: int = 1, **more: Any) -> Visits:
    values: dict[str, Any] = {"count_type": "entries", "complete": True, "install_id": "n1"}
    values |= {"hour": hour(at), "clock_synced": True} | more
    return Visits(at=timestamp(at), seq=seq, entries=entries, **values)


def holes(told: Iterable[Visits]) -> list[Hole]:
    """What their sums say is missing."""
    sums = Sums()
    for event in told:
        sums.take(event, event.at)
    return list(sums.holes.values())
