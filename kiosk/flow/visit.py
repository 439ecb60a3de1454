"""A visit from the first touch to the farewell: cards, touches, the stack, time running out."""

from collections.abc import Callable
from dataclasses import replace

from devices.kinds import CardTapped, CodeScanned, Kind, TagsChanged
from devices.tag_data import TagContent
from kiosk.flow import circulate, stack
from kiosk.flow.circulate import Turn
from kiosk.flow.effects import AskItem, AskReader, Effect, EndIlsSession, PrintReceipt
from kiosk.flow.events import (
    ItemAnswered,
    ItemNotAnswered,
    ReaderAnswered,
    ReaderNotAnswered,
    ReceiptFailed,
    ReceiptPrinted,
)
from kiosk.flow.operation import Ils, Why
from kiosk.flow.session import Hint, Language, Message, Mode, Receipt, Session, Stage
from kiosk.flow.touch import Action, Touch

OPEN_TO_CARDS = {Stage.IDLE, Stage.MESSAGE, Stage.GOODBYE}
READER_CODE_DIGITS = 14


def enter(session: Session, stage: Stage) -> Session:
    return replace(session, stage=stage, stage_since_s=session.now_s, touched_s=session.now_s, hint=None)


def hint(session: Session, what: Hint) -> Session:
    return replace(session, hint=what, hint_until_s=session.now_s + session.rules.hint_s)


def end(session: Session, stage: Stage = Stage.IDLE) -> Turn:
    """Everything about this reader leaves the screen and the memory; what is unsettled stays."""
    effects: tuple[Effect, ...] = ()
    for op in session.visit_ops():
        if circulate.waits_for_tag(session, op):
            session, more = circulate.give_up_waiting(session, op)
            effects += more
    if session.reader is not None:
        effects += (EndIlsSession(session.reader.reader_id),)
    session = replace(
        enter(session, stage),
        reader=None,
        credential="",
        blocked=None,
        message=None,
        receipt=Receipt.NOT_ASKED,
        mode=Mode.BORROW,
        items={},
        visit=(),
        language=session.language if stage is Stage.GOODBYE else Language.ZH,
    )
    return session, effects


# -- who is here -----------------------------------------------------------------------------------------


def card_tapped(session: Session, event: CardTapped) -> Turn:
    return _credential(session, event.uid.hex().upper())


def code_scanned(session: Session, event: CodeScanned) -> Turn:
    """A reader's barcode or QR code signs in; any other code gets a line saying so."""
    text = event.text.strip()
    if len(text) == READER_CODE_DIGITS and text.isdecimal() and text.startswith("2"):
        return _credential(session, text)
    return hint(session, Hint.NOT_A_READER_CODE), ()


def _credential(session: Session, credential: str) -> Turn:
    without_reader = session.stage is Stage.STACK and session.reader is None
    if session.stage in OPEN_TO_CARDS or without_reader:
        if session.ils_up is False:
            return _say(session, Message.ILS_DOWN), ()
        session = replace(enter(session, Stage.SIGNING_IN), credential=credential, message=None, blocked=None)
        return session, (AskReader(credential),)
    if session.reader is not None and credential != session.credential:
        return hint(session, Hint.OTHER_CARD), ()
    return session, ()


def reader_answered(session: Session, event: ReaderAnswered) -> Turn:
    if session.stage is not Stage.SIGNING_IN or event.asked != session.credential:
        return session, ()
    if event.reader is None:
        return _say(session, Message.CARD_UNKNOWN), ()
    if event.reader.block is not None:
        return _say(replace(session, blocked=event.reader.block), Message.READER_BLOCKED), ()
    return _open_stack(replace(session, reader=event.reader), Mode.BORROW)


def reader_not_answered(session: Session, event: ReaderNotAnswered) -> Turn:
    if session.stage is not Stage.SIGNING_IN or event.asked != session.credential:
        return session, ()
    return _say(session, Message.ILS_DOWN), ()


def _say(session: Session, message: Message) -> Session:
    return replace(enter(session, Stage.MESSAGE), message=message, reader=None, credential="")


# -- the stack -------------------------------------------------------------------------------------------


def _open_stack(session: Session, mode: Mode) -> Turn:
    session = replace(
        enter(session, Stage.STACK), mode=mode, items={}, visit=(), message=None, receipt=Receipt.NOT_ASKED
    )
    return ask_items(session)


def ask_items(session: Session) -> Turn:
    """Ask the ILS about books on the pad that were not asked about yet: all of them while a stack is shown,
    otherwise only those whose tag is to be put right."""
    shown = session.stage is Stage.STACK
    wanted = {
        tag.content.primary_item_id: None
        for tag in session.pad
        if isinstance(tag.content, TagContent) and (shown or tag.uid in session.repairs)
    }
    new = [item_id for item_id in wanted if item_id not in session.items]
    items = dict(session.items) | dict.fromkeys(new)
    return replace(session, items=items), tuple(AskItem(item_id) for item_id in new)


def tags_changed(session: Session, event: TagsChanged) -> Turn:
    before = {tag.uid for tag in session.pad}
    now = {tag.uid for tag in event.tags}
    on_pad = {tag.content.primary_item_id for tag in event.tags if isinstance(tag.content, TagContent)}
    session = replace(
        session,
        pad=event.tags,
        pad_seen=True,
        touched_s=session.now_s,
        # a book that left is asked about afresh when it comes back
        items={item_id: item for item_id, item in session.items.items() if item_id in on_pad},
    )
    effects: tuple[Effect, ...] = ()
    if session.stage is Stage.WORKING and before != now:
        session, effects = circulate.stop_unsent(session, Why.STACK_CHANGED)
    session, asked = ask_items(session)
    return session, effects + asked


def item_answered(session: Session, event: ItemAnswered) -> Turn:
    if event.item.item_id not in session.items:
        return session, ()
    session = replace(session, items=dict(session.items) | {event.item.item_id: event.item})
    effects: tuple[Effect, ...] = ()
    for tag in session.pad:
        if session.repairs.get(tag.uid) == event.item.item_id:
            session, more = circulate.repair_op(session, tag.uid)
            effects += more
    return session, effects


def item_not_answered(session: Session, event: ItemNotAnswered) -> Turn:
    """Forget that it was asked: it will be again when the ILS is back (`system.ils_up`)."""
    items = {item_id: item for item_id, item in session.items.items() if item_id != event.item_id}
    return replace(session, items=items), ()


# -- touches ---------------------------------------------------------------------------------------------


def touch(session: Session, event: Touch) -> Turn:
    session = replace(session, touched_s=session.now_s)
    act = ALWAYS.get(event.action) or TOUCHES.get((session.stage, event.action))
    return act(session, event) if act else (session, ())


def _language(session: Session, event: Touch) -> Turn:
    other = Language.EN if session.language is Language.ZH else Language.ZH
    return replace(session, language=other), ()


def _stay(session: Session, event: Touch) -> Turn:
    return session, ()


def _start_return(session: Session, event: Touch) -> Turn:
    if session.ils_up is False:
        return _say(session, Message.ILS_DOWN), ()
    return _open_stack(session, Mode.RETURN)


def _show_borrow(session: Session, event: Touch) -> Turn:
    return _open_stack(session, Mode.BORROW) if session.reader else (session, ())


def _show_return(session: Session, event: Touch) -> Turn:
    return _open_stack(session, Mode.RETURN)


def _confirm(session: Session, event: Touch) -> Turn:
    """Start only if what is on the pad is what the reader saw when touching."""
    ready = stack.ready(session)
    if not ready or stack.uids(ready) != event.seen:
        return hint(session, Hint.STACK_CHANGED), ()
    if session.mode is Mode.BORROW and session.reader is None:
        return session, ()
    session, effects = circulate.start(session)
    return enter(session, Stage.WORKING), effects


def _print(session: Session, event: Touch) -> Turn:
    if session.receipt is Receipt.PRINTING or not can_print(session):
        return session, ()
    return replace(session, receipt=Receipt.PRINTING), (PrintReceipt(),)


def _finish(session: Session, event: Touch) -> Turn:
    return end(session, Stage.GOODBYE)


def _leave(session: Session, event: Touch) -> Turn:
    return end(session)


ALWAYS: dict[Action, Callable[[Session, Touch], Turn]] = {Action.LANGUAGE: _language, Action.STAY: _stay}
TOUCHES: dict[tuple[Stage, Action], Callable[[Session, Touch], Turn]] = {
    (Stage.IDLE, Action.START_RETURN): _start_return,
    (Stage.STACK, Action.SHOW_BORROW): _show_borrow,
    (Stage.STACK, Action.SHOW_RETURN): _show_return,
    (Stage.STACK, Action.CONFIRM): _confirm,
    (Stage.STACK, Action.END): _leave,
    (Stage.RESULT, Action.PRINT_RECEIPT): _print,
    (Stage.RESULT, Action.NO_RECEIPT): _finish,
    (Stage.RESULT, Action.SHOW_BORROW): _show_borrow,
    (Stage.RESULT, Action.SHOW_RETURN): _show_return,
    (Stage.MESSAGE, Action.SHOW_RETURN): _start_return,
    (Stage.MESSAGE, Action.END): _leave,
    (Stage.GOODBYE, Action.END): _leave,
}


# -- paper -----------------------------------------------------------------------------------------------


def can_print(session: Session) -> bool:
    known = session.printer
    return session.works(Kind.RECEIPT_PRINTER) and known is not None and known.can_print


def receipt_printed(session: Session, event: ReceiptPrinted) -> Turn:
    if session.receipt is not Receipt.PRINTING:
        return session, ()
    return end(session, Stage.GOODBYE)


def receipt_failed(session: Session, event: ReceiptFailed) -> Turn:
    if session.receipt is not Receipt.PRINTING:
        return session, ()
    return replace(session, receipt=Receipt.FAILED), ()


# -- time ------------------------------------------------------------------------------------------------

WARNED = {Stage.STACK, Stage.RESULT}
"""Where a reader may stand thinking: warned before the visit is ended."""


def seconds_left(session: Session) -> float | None:
    """Until an untouched visit ends; None where it does not by itself."""
    if session.stage not in WARNED or session.receipt is Receipt.PRINTING:
        return None
    return session.touched_s + session.rules.idle_s - session.now_s


def on_time(session: Session) -> Turn:
    """What the passing of time alone brings about."""
    if session.hint is not None and session.now_s >= session.hint_until_s:
        session = replace(session, hint=None)
    left = seconds_left(session)
    if left is not None and left <= 0:
        return end(session)
    waited = session.now_s - session.stage_since_s
    limit = {Stage.MESSAGE: session.rules.message_s, Stage.GOODBYE: session.rules.goodbye_s}
    if waited >= limit.get(session.stage, waited + 1):
        return end(session)
    return _end_of_waiting(session)


def _end_of_waiting(session: Session) -> Turn:
    """A tag that did not come back in time, or whose reader has gone, is left to the repair list."""
    effects: tuple[Effect, ...] = ()
    for op in session.unsettled():
        here = op.op_id in session.visit and _stalled_s(session) < session.rules.put_back_s
        if not here and session.stage is not Stage.STARTING and circulate.waits_for_tag(session, op):
            session, more = circulate.give_up_waiting(session, op)
            effects += more
    return session, effects


def _stalled_s(session: Session) -> float:
    return session.now_s - max(session.progress_s, session.stage_since_s)


def show_result(session: Session) -> Session:
    """From working to the result as soon as each operation is done, or will not be soon."""
    if session.stage is not Stage.WORKING:
        return session
    for op in session.visit_ops():
        later = op.ils is Ils.UNKNOWN and _stalled_s(session) >= session.rules.settle_s
        if not op.done and not later:
            return session
    return enter(session, Stage.RESULT)
