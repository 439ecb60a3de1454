"""What the poller saw, for all pages at once."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from central.views import PlaceSummary


@dataclass(frozen=True)
class Snapshot:
    """What the poller saw: every place, and whether messages come in and are kept."""

    places: Sequence[PlaceSummary]
    receiving: bool
    now: datetime
