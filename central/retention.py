"""Forgets what is too old, a short step at a time, so that the collector never waits long."""

import logging
import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from central.config import StorePlace
from central.office import OfficeError
from central.store import Store, StoreError

log = logging.getLogger(__name__)

EVERY_S = 600.0
BETWEEN_STEPS_S = 0.2


class Retention:
    """`run` works until `stop` is set."""

    def __init__(
        self,
        store: Store,
        settings: StorePlace,
        zone: ZoneInfo,
        now: Callable[[], datetime],
        also: Callable[[datetime], int] = lambda now: 0,
    ) -> None:
        """`also` forgets something else, and says how much."""
        self._store, self._settings, self._zone, self._now = store, settings, zone, now
        self._also = also

    def run(self, stop: threading.Event) -> None:
        while not stop.is_set():
            try:
                gone = self.step()
            except (StoreError, OfficeError) as error:
                log.error("%s", error)
                gone = 0
            stop.wait(BETWEEN_STEPS_S if gone else EVERY_S)

    def step(self) -> int:
        """How many rows went; 0 when nothing is too old."""
        now, settings = self._now(), self._settings
        gone = self._store.prune(
            before=now.astimezone(self._zone).date() - timedelta(days=settings.keep_days),
            samples_before=now - timedelta(days=settings.figures_days),
            rejects_kept=settings.rejects_kept,
        )
        return gone + self._also(now)
