"""What the simulated ILS says in SIP2 about readers, with the fields of Koha 19.06."""

from collections.abc import Callable
from datetime import datetime
from decimal import Decimal, InvalidOperation
from enum import Enum

from hardware_sim.ils.circulation import HOLD_LIMIT, Block, Circulation
from hardware_sim.ils.dialects import IlsDialect
from hardware_sim.ils.store import Reader
from hardware_sim.ils.words import Phrase, said
from kiosk.sip2 import protocol as sip

CURRENCY = "CNY"

_NO_RIGHTS = frozenset({sip.Denied.CHARGE, sip.Denied.RENEWAL, sip.Denied.RECALL, sip.Denied.HOLD})
_MORE_DENIED: dict[Block, frozenset[sip.Denied]] = {
    Block.LOST: frozenset({sip.Denied.CARD_LOST}),
    Block.OWES: frozenset({sip.Denied.EXCESS_FINES, sip.Denied.EXCESS_FEES}),
    Block.OVERDUE: frozenset({sip.Denied.TOO_MANY_OVERDUE}),
}


class ReaderAnswers:
    """A reader is named by number or by the card's uid; the reply always bears the number."""

    def __init__(self, circulation: Circulation, now: Callable[[], datetime], dialect: IlsDialect) -> None:
        self._circulation = circulation
        self._store = circulation.store
        self._now = now
        self._dialect = dialect

    def patron_status(self, request: sip.PatronStatusRequest) -> sip.PatronStatus:
        reader = self._store.reader(request.patron_id)
        return sip.PatronStatus(
            patron_status=self._denied(reader),
            language=request.language,
            transaction_date=self._now(),
            institution_id=request.institution_id,
            patron_id=reader.reader_id if reader else request.patron_id,
            personal_name=reader.name if reader else "",
            valid_patron=reader is not None,
            valid_patron_password=_pin_fits(reader, request.patron_password),
            fee_amount=owed_yuan(reader),
            screen_message=self._greeting(reader, request.patron_password),
        )

    def patron_information(self, request: sip.PatronInformationRequest) -> sip.PatronInformation:
        reader = self._store.reader(request.patron_id)
        lists = self._lists(reader)
        asked = request.summary
        shown = {} if asked is None else {asked: _page(lists[asked], request.start_item, request.end_item)}
        return sip.PatronInformation(
            patron_status=self._denied(reader),
            language=request.language,
            transaction_date=self._now(),
            hold_count=len(lists[sip.Summary.HOLD]),
            overdue_count=len(lists[sip.Summary.OVERDUE]),
            charged_count=len(lists[sip.Summary.CHARGED]),
            fine_count=len(lists[sip.Summary.FINE]),
            recall_count=len(lists[sip.Summary.RECALL]),
            unavailable_hold_count=len(lists[sip.Summary.UNAVAILABLE]),
            institution_id=request.institution_id,
            patron_id=reader.reader_id if reader else request.patron_id,
            personal_name=reader.name if reader else "",
            hold_limit=f"{HOLD_LIMIT:04}" if reader else None,
            charged_limit=f"{reader.loan_limit:04}" if reader else None,
            valid_patron=reader is not None,
            valid_patron_password=_pin_fits(reader, request.patron_password),
            currency=CURRENCY if owed_yuan(reader) else None,
            fee_amount=owed_yuan(reader),
            hold_items=shown.get(sip.Summary.HOLD, ()),
            overdue_items=shown.get(sip.Summary.OVERDUE, ()),
            charged_items=shown.get(sip.Summary.CHARGED, ()),
            fine_items=shown.get(sip.Summary.FINE, ()),
            unavailable_hold_items=shown.get(sip.Summary.UNAVAILABLE, ()),
            screen_message=self._greeting(reader, request.patron_password),
            extra=(("PC", reader.category.value),) if reader else (),
        )

    def _lists(self, reader: Reader | None) -> dict[sip.Summary, tuple[str, ...]]:
        """What each list holds: barcodes, but words for fees."""
        loans = self._store.loans_of(reader.reader_id) if reader else []
        holds = self._store.holds_of(reader.reader_id) if reader else []
        fee = owed_yuan(reader)
        return {
            sip.Summary.HOLD: tuple(
                hold.item_id for hold in holds if hold.ready or self._dialect.counts_all_holds
            ),
            sip.Summary.OVERDUE: tuple(loan.item_id for loan in loans if self._circulation.overdue(loan)),
            sip.Summary.CHARGED: tuple(loan.item_id for loan in loans),
            sip.Summary.FINE: (f"逾期费 {fee}",) if fee else (),
            sip.Summary.RECALL: (),
            sip.Summary.UNAVAILABLE: tuple(hold.item_id for hold in holds if not hold.ready),
        }

    def _denied(self, reader: Reader | None) -> frozenset[sip.Denied]:
        if reader is None:
            return _NO_RIGHTS
        blocks = self._circulation.blocks(reader)
        denied = _NO_RIGHTS if blocks else frozenset()
        if len(self._store.loans_of(reader.reader_id)) >= reader.loan_limit:
            denied |= {sip.Denied.TOO_MANY_CHARGED}
        return denied.union(*(_MORE_DENIED.get(block, frozenset()) for block in blocks))

    def _greeting(self, reader: Reader | None, pin: str | None) -> tuple[str, ...]:
        if reader is None:
            return (self._said(Phrase.NO_SUCH_READER),)
        owes = owed_yuan(reader)
        parts = [self._said(block).format(owes=owes) for block in self._circulation.blocks(reader)]
        if _pin_fits(reader, pin) is False:
            parts.append(self._said(Phrase.WRONG_PIN))
        return (" ".join((self._said(Phrase.GREETING), *parts)),)

    def _said(self, what: Enum) -> str:
        return said(what, self._dialect.wording)

    def end_session(self, request: sip.EndPatronSession) -> sip.EndSessionReply:
        return sip.EndSessionReply(
            end_session=True,
            transaction_date=self._now(),
            institution_id=request.institution_id,
            patron_id=request.patron_id,
            screen_message=(self._said(Phrase.GOODBYE),),
        )

    def fee_paid(self, request: sip.FeePaid) -> sip.FeePaidReply:
        reader = self._store.reader(request.patron_id)
        return sip.FeePaidReply(
            payment_accepted=reader is not None and self._circulation.pay(reader, _fen(request.fee_amount)),
            transaction_date=self._now(),
            institution_id=request.institution_id,
            patron_id=request.patron_id,
            transaction_id=request.transaction_id,
        )


def _pin_fits(reader: Reader | None, pin: str | None) -> bool | None:
    """None when no PIN was sent."""
    return None if pin is None or reader is None else pin == reader.pin


def owed_yuan(reader: Reader | None) -> str | None:
    """What the reader owes; None when nothing."""
    return f"{Decimal(reader.owes_fen) / 100:.2f}" if reader and reader.owes_fen else None


def _fen(amount: str) -> int:
    try:
        return int(Decimal(amount) * 100)
    except (InvalidOperation, ValueError, OverflowError):
        return 0


def _page(entries: tuple[str, ...], start: str | None, end: str | None) -> tuple[str, ...]:
    """Koha's pages reach one entry too far."""
    first = int(start) - 1 if start and start.isdigit() else 0
    last = int(end) + 1 if end and end.isdigit() else len(entries)
    return entries[max(first, 0) : last]
