"""What the simulated ILS says in SIP2 about items and loans, in the words and fields of Koha 19.06."""

from collections.abc import Callable
from datetime import datetime
from typing import TypeVar

from hardware_sim.ils.circulation import NOT_LENT, Circulation, Lending, Refusal
from hardware_sim.ils.reader_answers import CURRENCY, owed_yuan
from hardware_sim.ils.store import Hold, Item, Loan
from kiosk.sip2 import protocol as sip

LR = TypeVar("LR", bound=sip.LoanReply)

OVERDUE_FEE = "04"
BOOK = "001"


class LoanAnswers:
    def __init__(self, circulation: Circulation, now: Callable[[], datetime]) -> None:
        self._circulation = circulation
        self._store = circulation.store
        self._now = now

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
            circulation_status=_standing(item, loan, holds),
            security_marker="02",
            fee_type="01",
            transaction_date=self._now(),
            hold_queue_length=str(len(holds)) if holds else None,
            due_date=sip.write_date(loan.due) if loan else None,
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
        words = ("Item already checked out to you: renewing item.",) if lending.renewed else _words(lending)
        desensitize = lending.loan is not None
        return self._lending_reply(sip.CheckoutReply, request, lending, words, desensitize)

    def renew(self, request: sip.Renew) -> sip.RenewReply:
        lending = self._circulation.renew(request.patron_id, request.item_id or "")
        return self._lending_reply(sip.RenewReply, request, lending, _words(lending), desensitize=False)

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
            due_date=sip.write_date(lending.loan.due) if lending.loan else "",
            fee_type=OVERDUE_FEE if fee else None,
            currency=CURRENCY if fee else None,
            fee_amount=fee,
            valid_patron=None if done else lending.reader is not None,
            screen_message=words,
        )

    def checkin(self, request: sip.Checkin) -> sip.CheckinReply:
        returned = self._circulation.checkin(request.item_id, request.current_location)
        item, hold = returned.item, returned.hold
        holder = self._store.reader(hold.reader_id) if hold else None
        return sip.CheckinReply(
            ok=item is not None,
            resensitize=item is not None,
            magnetic_media=False if item else None,
            alert=item is None or hold is not None,
            transaction_date=self._now(),
            institution_id=request.institution_id,
            item_id=request.item_id,
            permanent_location=item.home if item else "",
            title_id=_title(item) if item else None,
            patron_id=returned.reader.reader_id if returned.reader else None,
            call_number=item.call_number if item else None,
            hold_patron_id=holder.reader_id if holder else None,
            destination_location=hold.pickup if hold else None,
            hold_patron_name=holder.name if holder else None,
            alert_type=_alert(item, hold),
            screen_message=() if item else ("Invalid Item",),
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
            unrenewed_items=left,
        )

    def hold(self, request: sip.Hold) -> sip.HoldReply:
        item_id = request.item_id or ""
        pickup = request.pickup_location or ""
        if request.mode is sip.HoldMode.DELETE:
            done = self._circulation.drop_hold(request.patron_id, item_id)
            words = () if done else ("No such hold",)
        else:
            refusal = self._circulation.place_hold(request.patron_id, item_id, pickup)
            done, words = refusal is None, (refusal.value,) if refusal else ()
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


def _title(item: Item | None) -> str:
    """Servers escape the separator."""
    return item.title.replace("|", "&#124;") if item else ""


def _standing(item: Item, loan: Loan | None, holds: list[Hold]) -> sip.CirculationStatus:
    if loan:
        return sip.CirculationStatus.CHARGED
    if any(hold.ready for hold in holds):
        return sip.CirculationStatus.ON_HOLD_SHELF
    return sip.CirculationStatus.OTHER if item.kind in NOT_LENT else sip.CirculationStatus.AVAILABLE


def _words(lending: Lending) -> tuple[str, ...]:
    if lending.refusal in (None, Refusal.FEE):
        return ()
    name = lending.reader.name if lending.reader else ""
    return (lending.refusal.value.format(name=name),)


def _alert(item: Item | None, hold: Hold | None) -> str | None:
    if item is None:
        return "99"
    if hold is None:
        return None
    return "01" if hold.ready else "02"
