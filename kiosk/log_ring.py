"""The last lines of the log, kept in memory for the centre's question; long numbers in them are masked.

Nothing personal is ever logged; should a number slip in all the same, it does not leave the board.
"""

import logging
import re
from collections import deque

LINES = 1000
_LONG_NUMBER = re.compile(r"[0-9A-Fa-f]*[0-9][0-9A-Fa-f]{5,}")


class LogRing(logging.Handler):
    """Hang it on the root logger; `last` from any thread."""

    def __init__(self) -> None:
        super().__init__(logging.INFO)
        self.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
        self._lines: deque[str] = deque(maxlen=LINES)

    def emit(self, record: logging.LogRecord) -> None:
        self._lines.append(self.format(record))

    def last(self, lines: int, at_most_bytes: int) -> bytes:
        """The newest that fit, the oldest of them first."""
        text = "\n".join(masked(line) for line in list(self._lines)[-lines:]).encode()
        if len(text) <= at_most_bytes:
            return text
        # from the next whole line on
        return text[-at_most_bytes:].partition(b"\n")[2]


def masked(line: str) -> str:
    return _LONG_NUMBER.sub("***", line)
