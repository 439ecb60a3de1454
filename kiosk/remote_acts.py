"""Carries out those of the centre's orders whose answer has something attached: the log, and the screen.

The screen's own thread takes the picture a frame after it was asked for; it is thrown away when something
else is shown by then, for that may be somebody's.
"""

import logging
from collections.abc import Callable

from broker_config.commands import LARGEST_ATTACHMENT_BYTES
from kiosk.flow.effects import Answer, SendLogs, SendScreenshot
from kiosk.flow.remote_values import Outcome
from kiosk.journal import JournalError
from kiosk.log_ring import LogRing
from kiosk.picture import MEDIA_TYPE, small_png
from kiosk.view_data import ViewData

log = logging.getLogger(__name__)

TakePicture = Callable[[Callable[[bytes], None]], None]


class RemoteActs:
    """Called by the control thread."""

    def __init__(
        self, answer: Callable[[Answer], None], shown: Callable[[], ViewData | None], log_ring: LogRing | None
    ) -> None:
        """`answer` makes it durable (JournalError); `shown` is what the screen was given last."""
        self._answer, self._shown, self._log_ring = answer, shown, log_ring

    def send_logs(self, order: SendLogs) -> None:
        if self._log_ring is None:
            self._answer(Answer(order.order_id, Outcome.FAILED, "no log is kept in memory"))
            return
        text = self._log_ring.last(order.lines, LARGEST_ATTACHMENT_BYTES)
        self._answer(Answer(order.order_id, Outcome.DONE, "", "text/plain", text))

    def send_screenshot(self, order: SendScreenshot, take: TakePicture) -> None:
        asked_of = self._shown()

        def taken(png: bytes) -> None:
            try:
                self._answer(_of_picture(order.order_id, png if self._shown() is asked_of else None))
            except JournalError as error:
                log.error("%s", error)

        take(taken)


def _of_picture(order_id: str, png: bytes | None) -> Answer:
    """None: somebody has come in between."""
    if png is None:
        return Answer(order_id, Outcome.REFUSED, "a reader is being served")
    small = small_png(png, LARGEST_ATTACHMENT_BYTES)
    if small is None:
        return Answer(order_id, Outcome.FAILED, "the picture is too large for a message")
    return Answer(order_id, Outcome.DONE, "", MEDIA_TYPE, small)
