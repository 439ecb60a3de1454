"""Whether a kiosk goes by the settings that were chosen for its place, as far as it said so. Pure.

A version counts whatever a kiosk is to go by, its keys too: the settings are in force from the version that
brought them up to the newest one.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum

import msgspec

from broker_config.from_centre import Settings
from broker_config.topics import Identity
from central.store import Kiosk

PATIENCE = timedelta(minutes=15)
"""A reader's visit is over by then: a kiosk that still does not go by them will not."""


class Uptake(Enum):
    IN_FORCE = "in_force"
    WAITING = "waiting"
    OFFLINE = "offline"
    OVERDUE = "overdue"


@dataclass(frozen=True)
class Sent:
    """The settings a kiosk was told last: `version` is the first with them, `latest` the newest of all;
    `taken_at` when the centre learnt that it goes by them, None: it did not say so."""

    identity: Identity
    settings: Settings
    version: int
    latest: int
    sent_at: datetime
    taken_at: datetime | None

    def goes_by(self, told: int | None) -> bool:
        """Whether a kiosk that says version `told` has these settings; None, as in a will: as before."""
        return self.taken_at is not None if told is None else self.version <= told <= self.latest


@dataclass(frozen=True)
class KioskUptake:
    """`since`: when it was first known to go by them, else when they were sent; None: not yet."""

    kiosk: str
    uptake: Uptake
    since: datetime | None


def uptakes(
    kiosks: Sequence[Kiosk], sent: Sequence[Sent], wished: Settings, now: datetime
) -> list[KioskUptake]:
    """One for every kiosk of a place for which `wished` was chosen."""
    by_identity = {one.identity: one for one in sent}
    return [_uptake(kiosk, by_identity.get(kiosk.identity), wished, now) for kiosk in kiosks]


def _uptake(kiosk: Kiosk, sent: Sent | None, wished: Settings, now: datetime) -> KioskUptake:
    name = kiosk.identity.device
    waits = Uptake.WAITING if kiosk.online else Uptake.OFFLINE
    if sent is None or not _alike(sent.settings, wished):
        return KioskUptake(name, waits, None)
    if sent.goes_by(kiosk.state.wanted_version if kiosk.state else None):
        return KioskUptake(name, Uptake.IN_FORCE, sent.taken_at)
    if kiosk.online and now - sent.sent_at >= PATIENCE:
        waits = Uptake.OVERDUE
    return KioskUptake(name, waits, sent.sent_at)


def _alike(one: Settings, other: Settings) -> bool:
    """But for the level, which nobody chooses."""
    return msgspec.structs.replace(one, level=None) == msgspec.structs.replace(other, level=None)
