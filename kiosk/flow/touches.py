"""What each touch does, by the stage it is made in."""

from collections.abc import Callable
from dataclasses import replace

from kiosk.flow import answers, circulate, offline, stack, staff
from kiosk.flow.circulate import Turn
from kiosk.flow.effects import AskAccount, AskReader, ComposeReceipt, PrintAccount, PrintReceipt
from kiosk.flow.events import (
    AccountAnswered,
    AccountNotAnswered,
    PrintJob,
)
from kiosk.flow.session import Hint, Language, Message, Mode, Receipt, Session, Stage
from kiosk.flow.stacking import open_stack
from kiosk.flow.touch import Action, Touch
from kiosk.flow.visit import can_print, end, enter, hint, is_copy, say


def touch(session: Session, event: Touch) -> Turn:
    """What a touch means on this screen; one that means nothing there does nothing."""
    session = replace(session, touched_s=session.now_s)
    if session.receipt is Receipt.PRINTING and event.action not in ALWAYS:
        # whoever goes now would miss what became of the paper
        return session, ()
    what = (session.stage, event.action)
    act = ALWAYS.get(event.action) or TOUCHES.get(what) or staff.TOUCHES.get(what)
    return act(session, event) if act else (session, ())


def _language(session: Session, event: Touch) -> Turn:
    other = Language.EN if session.language is Language.ZH else Language.ZH
    return replace(session, language=other), ()


def _large_type(session: Session, event: Touch) -> Turn:
    return replace(session, large_type=not session.large_type), ()


def _stay(session: Session, event: Touch) -> Turn:
    return session, ()


def _start_return(session: Session, event: Touch) -> Turn:
    if not offline.may_return(session):
        return say(session, Message.ILS_DOWN), ()
    return open_stack(session, Mode.RETURN)


def _show_borrow(session: Session, event: Touch) -> Turn:
    return open_stack(session, Mode.BORROW) if session.reader else (session, ())


def _show_return(session: Session, event: Touch) -> Turn:
    return open_stack(session, Mode.RETURN)


def _confirm(session: Session, event: Touch) -> Turn:
    """Start only if what is on the pad is what the reader saw when touching."""
    ready = stack.ready(session)
    if not ready or stack.uids(ready) != event.seen:
        return hint(session, Hint.STACK_CHANGED), ()
    if session.mode is Mode.BORROW and session.reader is None:
        return session, ()
    session, effects = circulate.start(session)
    return enter(session, Stage.WORKING), effects


def _show_account(session: Session, event: Touch) -> Turn:
    if session.reader is None:
        return session, ()
    session = replace(enter(session, Stage.ACCOUNT), mode=Mode.RENEW, account=None, asked=False, visit=())
    session = replace(session, account_failed=False, receipt=Receipt.NOT_ASKED)
    waits = offline.to_replay(session) and session.ils_up is False
    return (hint(session, Hint.NO_ACCOUNT) if waits else session), ()


def ask_account_when_clear(session: Session) -> Turn:
    """What the ILS says of the reader's loans can be built on when nothing of them is still to be settled."""
    due = session.stage is Stage.ACCOUNT and not session.asked and not offline.to_replay(session)
    if not due or session.reader is None:
        return session, ()
    return replace(session, asked=True), (AskAccount(session.reader.reader_id, session.pin or None),)


def _renew(session: Session, event: Touch) -> Turn:
    return _renewing(session, {event.what})


def _renew_all(session: Session, event: Touch) -> Turn:
    loans = session.account.loans if session.account else ()
    return _renewing(session, {loan.item_id for loan in loans})


def _renewing(session: Session, item_ids: set[str]) -> Turn:
    if session.account is None or session.ils_up is False or not item_ids:
        return session, ()
    session, effects = circulate.start_renewals(session, item_ids)
    return enter(session, Stage.WORKING), effects


def account_answered(session: Session, event: AccountAnswered) -> Turn:
    mine = session.reader is not None and session.reader.reader_id == event.reader_id
    if session.stage is not Stage.ACCOUNT or not mine:
        return session, ()
    return replace(session, account=event.account), ()


def account_not_answered(session: Session, event: AccountNotAnswered) -> Turn:
    if session.stage is not Stage.ACCOUNT:
        return session, ()
    return hint(replace(session, account_failed=True), Hint.NO_ACCOUNT), ()


def _digit(session: Session, event: Touch) -> Turn:
    full = len(session.pin) >= session.rules.pin_places
    return (session if full else replace(session, pin=session.pin + event.what, hint=None)), ()


def _erase(session: Session, event: Touch) -> Turn:
    return replace(session, pin=session.pin[:-1]), ()


def _enter_pin(session: Session, event: Touch) -> Turn:
    if not session.pin:
        return session, ()
    return enter(session, Stage.SIGNING_IN), (AskReader(session.credential, session.pin),)


def _consent(session: Session, event: Touch) -> Turn:
    return answers.answer_fee(session, agreed=True)


def _decline(session: Session, event: Touch) -> Turn:
    return answers.answer_fee(session, agreed=False)


def _print(session: Session, event: Touch) -> Turn:
    if not can_print(session):
        return session, ()
    return replace(session, receipt=Receipt.PRINTING), (PrintReceipt(is_copy(session, PrintJob.RECEIPT)),)


def _print_account(session: Session, event: Touch) -> Turn:
    if session.account is None or not can_print(session):
        return session, ()
    return replace(session, receipt=Receipt.PRINTING), (PrintAccount(is_copy(session, PrintJob.ACCOUNT)),)


def _take_by_phone(session: Session, event: Touch) -> Turn:
    return session, (ComposeReceipt(),)


def _show_result(session: Session, event: Touch) -> Turn:
    """Back from the code; what was in doubt before still is."""
    if session.receipt is not Receipt.SHOWN:
        return session, ()
    doubtful = is_copy(session, PrintJob.RECEIPT)
    receipt = Receipt.DOUBTFUL if doubtful else Receipt.NOT_ASKED
    return replace(session, receipt=receipt, receipt_text=""), ()


def _finish(session: Session, event: Touch) -> Turn:
    return end(session, Stage.GOODBYE)


def _leave(session: Session, event: Touch) -> Turn:
    return end(session)


ALWAYS: dict[Action, Callable[[Session, Touch], Turn]] = {
    Action.LANGUAGE: _language,
    Action.LARGE_TYPE: _large_type,
    Action.STAY: _stay,
}
TOUCHES: dict[tuple[Stage, Action], Callable[[Session, Touch], Turn]] = {
    (Stage.IDLE, Action.START_RETURN): _start_return,
    (Stage.STACK, Action.SHOW_BORROW): _show_borrow,
    (Stage.STACK, Action.SHOW_RETURN): _show_return,
    (Stage.STACK, Action.SHOW_ACCOUNT): _show_account,
    (Stage.STACK, Action.CONFIRM): _confirm,
    (Stage.STACK, Action.END): _leave,
    (Stage.ACCOUNT, Action.SHOW_BORROW): _show_borrow,
    (Stage.ACCOUNT, Action.SHOW_RETURN): _show_return,
    (Stage.ACCOUNT, Action.RENEW): _renew,
    (Stage.ACCOUNT, Action.RENEW_ALL): _renew_all,
    (Stage.ACCOUNT, Action.PRINT_ACCOUNT): _print_account,
    (Stage.ACCOUNT, Action.END): _leave,
    (Stage.PIN, Action.DIGIT): _digit,
    (Stage.PIN, Action.ERASE): _erase,
    (Stage.PIN, Action.ENTER): _enter_pin,
    (Stage.PIN, Action.END): _leave,
    (Stage.WORKING, Action.CONSENT): _consent,
    (Stage.WORKING, Action.DECLINE): _decline,
    (Stage.RESULT, Action.PRINT_RECEIPT): _print,
    (Stage.RESULT, Action.NO_RECEIPT): _finish,
    (Stage.RESULT, Action.TAKE_BY_PHONE): _take_by_phone,
    (Stage.RESULT, Action.SHOW_RESULT): _show_result,
    (Stage.RESULT, Action.SHOW_ACCOUNT): _show_account,
    (Stage.RESULT, Action.SHOW_BORROW): _show_borrow,
    (Stage.RESULT, Action.SHOW_RETURN): _show_return,
    (Stage.MESSAGE, Action.SHOW_RETURN): _start_return,
    (Stage.MESSAGE, Action.END): _leave,
    (Stage.GOODBYE, Action.END): _leave,
}
