"""Performs what the flow asks of the printer: which paper, made of the session as it is, for whose job.

What stands on a paper is `kiosk.receipts`'s; printing it is the worker's, whose answer comes as an event.
"""

from collections.abc import Callable

from devices.kinds import ReceiptLine
from kiosk.flow import effects as fx
from kiosk.flow.events import PrintJob, ReceiptComposed
from kiosk.flow.session import Session
from kiosk.flow.visit import can_print
from kiosk.jobs import PrintLines
from kiosk.receipts.papers import Papers

TEST_CODE = "SHUZHAN-TEST"
"""On the pages that staff print; it means nothing anywhere else."""


class Printing:
    """Called by the control thread. `session` is asked anew for every paper."""

    def __init__(
        self,
        papers: Papers,
        put: Callable[[PrintLines], None],
        post: Callable[[ReceiptComposed], None],
        session: Callable[[], Session],
    ) -> None:
        self._papers, self._put, self._post, self._session = papers, put, post, session

    def receipt(self, effect: fx.PrintReceipt) -> None:
        self._print(self._papers.visit(self._session(), effect.copy), PrintJob.RECEIPT)

    def account(self, effect: fx.PrintAccount) -> None:
        self._print(self._papers.account(self._session(), effect.copy), PrintJob.ACCOUNT)

    def compose(self, effect: fx.ComposeReceipt) -> None:
        """For a telephone: no paper."""
        self._post(ReceiptComposed(self._papers.visit_text(self._session())))

    def slip(self, effect: fx.PrintSlip) -> None:
        """Staff read slips: always in Chinese. Without a printer the screen alone says it."""
        session = self._session()
        if can_print(session):
            self._print(self._papers.slip(effect.operation, session), PrintJob.SLIP)

    def test_page(self, effect: fx.PrintTestPage) -> None:
        make = self._papers.code_page if effect.for_scanner else self._papers.test_page
        self._print(make(self._session(), TEST_CODE), PrintJob.TEST)

    def _print(self, lines: tuple[ReceiptLine, ...], job: PrintJob) -> None:
        self._put(PrintLines(lines, job))
