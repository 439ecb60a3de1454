"""Asks kiosks for events that are missing while later ones are there.

A kiosk sends everything again by itself, ever more rarely; this is sooner, and its answer (the state that
follows) tells what it has forgotten for good, so that a centre that lost its database does not wait for ever.
"""

import logging
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from broker_config.from_centre import Resend
from broker_config.messages import Publication, publication
from central.intake import Heard
from central.store import Gap, Store, StoreError

log = logging.getLogger(__name__)

LOOK_EVERY = timedelta(seconds=5)
PATIENCE = timedelta(seconds=15)
"""Messages on their way may overtake each other."""
AGAIN_AFTER = timedelta(minutes=2)
AT_ONCE = 50
"""Requests in one go: the collector waits meanwhile."""


class GapWatch:
    """Belongs to the collector's thread."""

    def __init__(self, store: Store, now: Callable[[], datetime]) -> None:
        self._store, self._now = store, now
        self._look_at = now()
        self._ask_at: dict[tuple[str, int], datetime] = {}

    def answers(self, kept: Sequence[Heard]) -> list[Publication]:
        """What to ask for now."""
        now = self._now()
        if now < self._look_at:
            return []
        self._look_at = now + LOOK_EVERY
        try:
            gaps = self._store.gaps()
            # one of whom nothing is known yet may well be there
            away = {kiosk.identity for kiosk in self._store.kiosks() if not kiosk.online} if gaps else set()
        except StoreError:
            return []  # the collector has said so
        return [_request(gap) for gap in self._due(gaps, now) if gap.identity not in away][:AT_ONCE]

    def _due(self, gaps: Sequence[Gap], now: datetime) -> list[Gap]:
        known = {(gap.install_id, gap.first): gap for gap in gaps}
        self._ask_at = {key: self._ask_at.get(key, now + PATIENCE) for key in known}
        due = [key for key, at in self._ask_at.items() if at <= now]
        self._ask_at |= dict.fromkeys(due, now + AGAIN_AFTER)
        return [known[key] for key in due]


def _request(gap: Gap) -> Publication:
    log.info("%s: events %d to %d are missing: asked for", gap.identity, gap.first, gap.last)
    return publication(gap.identity, Resend(install_id=gap.install_id, first=gap.first, last=gap.last))
