"""What staff read in the log of a line that may be down for weeks: each sentence once an hour. It takes only
sentences in which nothing is personal."""

import logging
from collections.abc import Callable

SAY_AGAIN_S = 3600.0


class StaffLog:
    """One thread uses it."""

    def __init__(self, log: logging.Logger, clock_s: Callable[[], float]) -> None:
        self._log, self._clock_s = log, clock_s
        self._said: dict[str, float] = {}

    def tell(self, sentence: str) -> None:
        now_s = self._clock_s()
        self._said = {words: at_s for words, at_s in self._said.items() if now_s - at_s < SAY_AGAIN_S}
        if sentence not in self._said:
            self._said[sentence] = now_s
            self._log.warning("%s", sentence)
