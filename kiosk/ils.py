"""The ILS as the flow sees it: takes the flow's questions one after the other, answers with its events.

One thread owns the SIP2 connection. What an answer means in SIP2's words is decided here, once; what it means
for the reader is the flow's. The ILS's own sentences (AF) are passed on for the screen and never logged.
"""

import logging
import queue
import threading
from collections.abc import Callable
from datetime import datetime
from typing import Any

from kiosk.clock import monotonic_s
from kiosk.flow.effects import (
    AskAccount,
    AskItem,
    AskReader,
    AskTruth,
    EndIlsSession,
    SendCheckin,
    SendCheckout,
    SendRenew,
)
from kiosk.flow.events import (
    AccountAnswered,
    AccountNotAnswered,
    Event,
    IlsAccepted,
    IlsDown,
    IlsNotReached,
    IlsRefused,
    IlsUnknown,
    IlsUp,
    IlsWantsFee,
    ItemAnswered,
    ItemNotAnswered,
    ReaderAnswered,
    ReaderNotAnswered,
    TruthAnswered,
    TruthNotAnswered,
)
from kiosk.flow.ils_values import Account, Block, Item, ItemStatus, LoanEntry, Reader
from kiosk.flow.operation import Hold, Truth
from kiosk.sip2 import errors
from kiosk.sip2 import protocol as sip
from kiosk.sip2.client import Sip2Client
from kiosk.whereabouts import whereabouts

log = logging.getLogger(__name__)

Question = (
    AskReader | AskAccount | AskItem | SendCheckout | SendRenew | SendCheckin | AskTruth | EndIlsSession
)
Post = Callable[[Event], None]

TEND_S = 3.0
PROBE_S = 20.0
HELD_ALERTS = {"01", "02"}
"""CV at checkin: somebody waits for the item, here or elsewhere."""
GOES_ELSEWHERE = HELD_ALERTS | {"04"}
"""… or it is to be sent where it belongs."""

ITEM_STATUS = {
    sip.CirculationStatus.AVAILABLE: ItemStatus.AVAILABLE,
    sip.CirculationStatus.TO_BE_RESHELVED: ItemStatus.AVAILABLE,
    sip.CirculationStatus.CHARGED: ItemStatus.ON_LOAN,
    sip.CirculationStatus.CHARGED_NOT_RECALLABLE: ItemStatus.ON_LOAN,
    sip.CirculationStatus.RECALLED: ItemStatus.ON_LOAN,
    sip.CirculationStatus.ON_HOLD_SHELF: ItemStatus.HELD,
}
BLOCKS = (
    (sip.Denied.CARD_LOST, Block.CARD_LOST),
    (sip.Denied.TOO_MANY_OVERDUE, Block.OVERDUE),
    (sip.Denied.RECALL_OVERDUE, Block.OVERDUE),
    (sip.Denied.TOO_MANY_CHARGED, Block.TOO_MANY),
    (sip.Denied.EXCESS_FINES, Block.FEES),
    (sip.Denied.EXCESS_FEES, Block.FEES),
    (sip.Denied.TOO_MANY_BILLED, Block.FEES),
)


class IlsWorker(threading.Thread):
    """Runs until `stop`; `put` hands it a question, which is always answered by an event."""

    def __init__(self, client: Sip2Client, post: Post) -> None:
        super().__init__(name="ils", daemon=True)
        self._client, self._post = client, post
        self._questions: queue.SimpleQueue[Question | None] = queue.SimpleQueue()
        self._stopping = False
        self._asked_s = monotonic_s() - PROBE_S
        self.up: bool | None = None
        self.beat_s = monotonic_s()

    def put(self, question: Question) -> None:
        self._questions.put(question)

    def stop(self) -> None:
        self._stopping = True
        self._questions.put(None)

    @property
    def round_trip_s(self) -> float | None:
        return self._client.round_trip_s if self.up else None

    def run(self) -> None:
        self._probe()
        while not self._stopping:
            self.beat_s = monotonic_s()
            try:
                question = self._questions.get(timeout=TEND_S)
            except queue.Empty:
                self._tend()
                continue
            if question is not None:
                self._answer(question)
        self._client.close()

    def _tend(self) -> None:
        self._client.tend()
        idle = monotonic_s() - self._asked_s >= PROBE_S
        if not self.up or (idle and self._client.connected):
            self._probe()

    def _probe(self) -> None:
        try:
            self._client.status()
        except errors.IlsError as error:
            self._down(error)
        except Exception as error:
            log.error("status: %s", whereabouts(error))
            self._client.close()
        else:
            self._is_up()

    def _answer(self, question: Question) -> None:
        """Ask, and turn reply or failure into the event the flow waits for."""
        ask, failed = ANSWERS[type(question)]
        try:
            event = ask(self._client, question)
        except errors.IlsUnknown as error:
            if not (isinstance(error, errors.IlsNonsense) and isinstance(question, AskItem | AskTruth)):
                self._down(error)
            event = failed(question, error, True)
        except (errors.IlsError, ValueError) as error:
            if isinstance(error, errors.IlsError):
                self._down(error)
            event = failed(question, error, False)
        except Exception as error:
            # nobody thought of this answer: it may be done or not, and the next question must be answered
            log.error("%s: %s", type(question).__name__, whereabouts(error))
            self._client.close()
            event = failed(question, error, True)
        else:
            self._is_up()
        if event is not None:
            self._post(event)

    def _is_up(self) -> None:
        self._asked_s = monotonic_s()
        if self.up is not True:
            self.up = True
            self._post(IlsUp())

    def _down(self, error: errors.IlsError) -> None:
        if self.up is not False:
            self.up = False
            log.warning("%s", error)
            self._post(IlsDown(str(error)))


# -- questions -------------------------------------------------------------------------------------------


def _reader(client: Sip2Client, asked: AskReader) -> Event:
    reply = client.patron_information(asked.credential, asked.pin)
    if not _is_known(reply):
        return ReaderAnswered(asked.credential, None)
    reader = Reader(
        reader_id=reply.patron_id,
        name=reply.personal_name,
        block=_block(reply.patron_status),
        message=_words(reply),
        loans=reply.charged_count,
        holds_ready=reply.hold_count,
        fee=reply.fee_amount,
    )
    return ReaderAnswered(asked.credential, reader, reply.valid_patron_password)


def _is_known(reply: sip.PatronInformation) -> bool:
    """A server that tells nothing of validity (BL) may echo any number; it has names only of its readers."""
    named = bool(reply.personal_name.strip()) if reply.valid_patron is None else reply.valid_patron
    return named and bool(reply.patron_id.strip())


def _block(denied: frozenset[sip.Denied]) -> Block | None:
    if sip.Denied.CHARGE not in denied:
        return None
    return next((block for place, block in BLOCKS if place in denied), Block.OTHER)


def _item(client: Sip2Client, asked: AskItem) -> Event:
    try:
        reply = client.item_information(asked.item_id)
    except errors.IlsNonsense:
        # once may be an accident of line or server, twice is about this item
        reply = client.item_information(asked.item_id)
    status = ITEM_STATUS.get(reply.circulation_status, ItemStatus.OTHER)
    if not reply.title_id.strip() and status is ItemStatus.OTHER:
        # Koha answers so for a number it does not have
        status = ItemStatus.UNKNOWN_ITEM
    return ItemAnswered(Item(asked.item_id, reply.title_id.strip(), status))


def _checkout(client: Sip2Client, asked: SendCheckout) -> Event:
    reply = client.checkout(
        asked.reader_id,
        asked.item_id,
        pin=asked.pin,
        fee_acknowledged=asked.fee_agreed,
        done_at=_moment(asked.done_at),
    )
    return _loan(asked, reply)


def _renew(client: Sip2Client, asked: SendRenew) -> Event:
    reply = client.renew(asked.reader_id, asked.item_id, pin=asked.pin, fee_acknowledged=asked.fee_agreed)
    return _loan(asked, reply)


def _loan(asked: SendCheckout, reply: sip.CheckoutReply | sip.RenewReply) -> Event:
    """A refusal that names a fee and gives no other reason asks for consent (BV without AF)."""
    if reply.ok:
        return IlsAccepted(asked.op_id, reply.title_id.strip(), _due(reply.due_date), _words(reply))
    words, fee = _words(reply), _fee_words(reply)
    return IlsWantsFee(asked.op_id, fee) if fee and not words else IlsRefused(asked.op_id, words)


def _checkin(client: Sip2Client, asked: SendCheckin) -> Event:
    reply = client.checkin(asked.item_id, done_at=_moment(asked.done_at))
    if not reply.ok:
        return IlsRefused(asked.op_id, _words(reply))
    return IlsAccepted(asked.op_id, (reply.title_id or "").strip(), "", _words(reply), _hold(reply))


def _moment(text: str) -> datetime | None:
    """Local time, as SIP2 dates are; None for what is being done now."""
    return datetime.fromisoformat(text).astimezone().replace(tzinfo=None) if text else None


def _hold(reply: sip.CheckinReply) -> Hold | None:
    """Only the last figures of the number of who waits: names (DA) stay unread."""
    if reply.alert_type not in GOES_ELSEWHERE:
        return None
    waiting = reply.alert_type in HELD_ALERTS
    ending = (reply.hold_patron_id or "")[-4:] if waiting else None
    return Hold(destination=(reply.destination_location or "").strip(), reader_ending=ending)


def _truth(client: Sip2Client, asked: AskTruth) -> Event:
    """Item information tells whether it is on loan; only the reader's own list tells to whom."""
    reply = client.item_information(asked.item_id)
    on_loan = ITEM_STATUS.get(reply.circulation_status) is ItemStatus.ON_LOAN
    mine: bool | None = None
    if on_loan and asked.reader_id is not None:
        _, loans = client.patron_list(asked.reader_id, sip.Summary.CHARGED)
        mine = asked.item_id in loans
    return TruthAnswered(asked.op_id, Truth(on_loan, mine, _due(reply.due_date)))


def _account(client: Sip2Client, asked: AskAccount) -> Event:
    """The reader's lists, and the title and due date of each loan: one question for each."""
    reply, loans = client.patron_list(asked.reader_id, sip.Summary.CHARGED, asked.pin)
    entries = []
    for item_id in loans:
        item = client.item_information(item_id)
        entries.append(LoanEntry(item_id, item.title_id.strip(), _due(item.due_date)))
    _, ready = client.patron_list(asked.reader_id, sip.Summary.HOLD, asked.pin)
    _, pending = client.patron_list(asked.reader_id, sip.Summary.UNAVAILABLE, asked.pin)
    _, fees = client.patron_list(asked.reader_id, sip.Summary.FINE, asked.pin)
    account = Account(
        loans=tuple(entries),
        overdue=reply.overdue_count or 0,
        loan_limit=reply.charged_limit,
        # servers differ in what their hold list means: what is still on its way is never shown as ready
        holds_ready=tuple(_held(client, hold) for hold in ready if hold not in pending),
        holds_pending=tuple(_held(client, hold) for hold in pending),
        fees=fees,
        fee_total=reply.fee_amount or "",
    )
    return AccountAnswered(asked.reader_id, account)


def _held(client: Sip2Client, hold: str) -> str:
    """Some servers name a hold by its title, Koha by its number: a number is looked up."""
    if not hold.isalnum() or not hold.isascii():
        return hold
    return client.item_information(hold).title_id.strip() or hold


def _end(client: Sip2Client, asked: EndIlsSession) -> None:
    client.end_session(asked.reader_id)


def _words(reply: Any) -> str:
    return " ".join(text.strip() for text in reply.screen_message if text.strip())


def _fee_words(reply: sip.CheckoutReply | sip.RenewReply) -> str:
    return f"{reply.fee_amount} {reply.currency or ''}".strip() if reply.fee_amount else ""


def _due(text: str | None) -> str:
    """A day as ISO 8601 where the server's text can be read, else the text itself."""
    due = sip.read_due(text)
    if due is None:
        return (text or "").strip()
    return f"{due.astimezone() if due.tzinfo else due:%Y-%m-%d}"


def _item_failed(asked: AskItem, error: Exception, sent: bool) -> Event:
    """No answer is asked for again; a number that the ILS cannot be asked about is not in its catalogue."""
    if isinstance(error, errors.IlsNonsense | ValueError):
        return ItemAnswered(Item(asked.item_id, "", ItemStatus.UNKNOWN_ITEM))
    return ItemNotAnswered(asked.item_id, str(error))


def _change_failed(asked: SendCheckout | SendCheckin, error: Exception, sent: bool) -> Event:
    return IlsUnknown(asked.op_id, str(error)) if sent else IlsNotReached(asked.op_id, str(error))


ANSWERS: dict[type, tuple[Callable[[Sip2Client, Any], Event | None], Callable[..., Event | None]]] = {
    AskReader: (_reader, lambda q, error, sent: ReaderNotAnswered(q.credential, str(error))),
    AskItem: (_item, _item_failed),
    SendCheckout: (_checkout, _change_failed),
    SendRenew: (_renew, _change_failed),
    AskAccount: (_account, lambda q, error, sent: AccountNotAnswered(q.reader_id, str(error))),
    SendCheckin: (_checkin, _change_failed),
    AskTruth: (_truth, lambda q, error, sent: TruthNotAnswered(q.op_id, str(error))),
    EndIlsSession: (_end, lambda q, error, sent: None),
}
"""Question → how it is asked, and what its failure is (`sent`: it had left the kiosk)."""
