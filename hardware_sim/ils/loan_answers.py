"""What the simulated ILS says in SIP2 about items and loans, with the fields of Koha 19.06."""

from collections.abc import Callable
from datetime import datetime
from enum import Enum
from typing import Any, TypeVar

from hardware_sim.ils.circulation import NOT_LENT, Circulation, Lending, Refusal, Return
from hardware_sim.ils.dialects import IlsDialect
from hardware_sim.ils.reader_answers import CURRENCY, owed_yuan
from hardware_sim.ils.store import Hold, Item, Loan
from hardware_sim.ils.words import Phrase, said
from kiosk.sip2 import protocol as sip

LR = TypeVar("LR", bound=sip.LoanReply)

OVERDUE_FEE = "04"
BOOK = "001"
PERL_REFERENCE = "C4::SIP::SIPServer=HASH(0x55f450456a38)"
"""What Koha prints where it has nothing to say, or between two lists."""


class LoanAnswers:
    def __init__(self, circulation: Circulation, now: Callable[[], datetime], dialect: IlsDialect) -> None:
        self._circulation = circulation
        self._store = circulation.store
        self._now = now
        self._dialect = dialect

    def item_information(self, request: sip.ItemInformationRequest) -> sip.ItemInformation:
        item = self._store.item(request.item_id)
        if item is None:
            return sip.ItemInformation(
                circulation_status=sip.CirculationStatus.OTHER,
                security_marker="01",
                fee_type="01",
                transaction_date=self._now(),
                item_id=request.item_id,
                title_id="",
            )
        loan, holds = self._store.loan(item.item_id), self._store.holds_on(item.item_id)
        return sip.ItemInformation(
            circulation_status=self._standing(item, loan, holds),
            security_marker="02",
            fee_type="01",
            transaction_date=self._now(),
            hold_queue_length=str(len(holds)) if holds else None,
            due_date=self._dialect.due(loan.due) if loan else None,
            item_id=item.item_id,
            title_id=_title(item),
            owner=item.home,
            media_type=BOOK,
            permanent_location=item.home,
            current_location=item.at,
        )

    def checkout(self, request: sip.Checkout) -> sip.CheckoutReply:
        """The no-block flag, its date and the renewal policy change nothing: real servers ignore them."""
        consent = bool(request.fee_acknowledged)
        lending = self._circulation.checkout(request.patron_id, request.item_id, consent)
        words = (self._said(Phrase.RENEWED),) if lending.renewed else self._words(lending)
        desensitize = lending.loan is not None
        return self._lending_reply(sip.CheckoutReply, request, lending, words, desensitize)

    def renew(self, request: sip.Renew) -> sip.RenewReply:
        lending = self._circulation.renew(request.patron_id, request.item_id or "")
        return self._lending_reply(sip.RenewReply, request, lending, self._words(lending), desensitize=False)

    def _lending_reply(
        self,
        kind: type[LR],
        request: sip.Checkout | sip.Renew,
        lending: Lending,
        words: tuple[str, ...],
        desensitize: bool,
    ) -> LR:
        fee = owed_yuan(lending.reader) if kind is sip.CheckoutReply else None
        done = lending.loan is not None
        return kind(
            ok=done,
            renewal_ok=lending.renewed,
            magnetic_media=False if done else None,
            desensitize=desensitize,
            transaction_date=self._now(),
            institution_id=request.institution_id,
            patron_id=lending.reader.reader_id if lending.reader else request.patron_id,
            item_id=request.item_id or "",
            title_id=_title(lending.item),
            due_date=self._dialect.due(lending.loan.due) if lending.loan else "",
            fee_type=OVERDUE_FEE if fee else None,
            currency=CURRENCY if fee else None,
            fee_amount=fee,
            valid_patron=None if done else lending.reader is not None,
            screen_message=words,
        )

    def checkin(self, request: sip.Checkin) -> sip.CheckinReply | None:
        """None, though it is done, where Koha hangs up."""
        returned = self._circulation.checkin(request.item_id, request.current_location)
        if returned.travels_to and returned.reader is None and self._dialect.hangs_up_on_idle_transfer:
            return None
        item, hold = returned.item, returned.hold
        holder = self._store.reader(hold.reader_id) if hold else None
        nobody = PERL_REFERENCE if item and self._dialect.prints_perl_references else None
        alert = _alert(returned)
        return sip.CheckinReply(
            ok=item is not None,
            resensitize=item is not None,
            magnetic_media=False if item else None,
            alert=alert is not None,
            transaction_date=self._now(),
            institution_id=request.institution_id,
            item_id=request.item_id,
            permanent_location=item.home if item else "",
            title_id=_title(item) if item else None,
            patron_id=returned.reader.reader_id if returned.reader else None,
            call_number=item.call_number if item else None,
            hold_patron_id=holder.reader_id if holder else nobody,
            destination_location=hold.pickup if hold else returned.travels_to or None,
            hold_patron_name=holder.name if holder else nobody,
            alert_type=alert,
            screen_message=() if item else (self._said(Phrase.NO_SUCH_ITEM),),
        )

    def renew_all(self, request: sip.RenewAll) -> sip.RenewAllReply:
        reader = self._store.reader(request.patron_id)
        loans = self._store.loans_of(reader.reader_id) if reader else []
        renewed = {
            loan.item_id: self._circulation.renew(loan.reader_id, loan.item_id).renewed for loan in loans
        }
        done = tuple(item_id for item_id, ok in renewed.items() if ok)
        left = tuple(item_id for item_id, ok in renewed.items() if not ok)
        return sip.RenewAllReply(
            ok=reader is not None,
            renewed_count=len(done),
            unrenewed_count=len(left),
            transaction_date=self._now(),
            institution_id=request.institution_id,
            renewed_items=done,
            **self._unrenewed(left),
        )

    def _unrenewed(self, items: tuple[str, ...]) -> dict[str, Any]:
        """With Koha a Perl reference stands before the first of them, without a separator."""
        if not (items and self._dialect.prints_perl_references):
            return {"unrenewed_items": items}
        first, *others = (("BN", item) for item in items)
        junk = PERL_REFERENCE + "".join(first)
        return {"extra": ((junk[:2], junk[2:]), *others)}

    def hold(self, request: sip.Hold) -> sip.HoldReply:
        item_id = request.item_id or ""
        pickup = request.pickup_location or ""
        if request.mode is sip.HoldMode.DELETE:
            done = self._circulation.drop_hold(request.patron_id, item_id)
            words = () if done else (self._said(Phrase.NO_SUCH_HOLD),)
        else:
            refusal = self._circulation.place_hold(request.patron_id, item_id, pickup)
            done, words = refusal is None, (self._said(refusal),) if refusal else ()
        item = self._store.item(item_id)
        return sip.HoldReply(
            ok=done,
            available=False,
            transaction_date=self._now(),
            pickup_location=request.pickup_location,
            institution_id=request.institution_id,
            patron_id=request.patron_id,
            item_id=item_id,
            title_id=_title(item),
            screen_message=words,
        )

    def _standing(self, item: Item, loan: Loan | None, holds: list[Hold]) -> sip.CirculationStatus:
        if loan:
            return sip.CirculationStatus.CHARGED
        if any(hold.ready for hold in holds):
            return sip.CirculationStatus.ON_HOLD_SHELF
        if item.at != item.home and self._dialect.shows_transit:
            return sip.CirculationStatus.IN_TRANSIT
        return sip.CirculationStatus.OTHER if item.kind in NOT_LENT else sip.CirculationStatus.AVAILABLE

    def _words(self, lending: Lending) -> tuple[str, ...]:
        if lending.refusal in (None, Refusal.FEE):
            return ()
        return (self._said(lending.refusal).format(name=lending.reader.name if lending.reader else ""),)

    def _said(self, what: Enum) -> str:
        return said(what, self._dialect.wording)


def _title(item: Item | None) -> str:
    """Servers escape the separator."""
    return item.title.replace("|", "&#124;") if item else ""


def _alert(returned: Return) -> str | None:
    if returned.item is None:
        return "99"
    if returned.hold:
        return "01" if returned.hold.ready else "02"
    return "04" if returned.travels_to else None
