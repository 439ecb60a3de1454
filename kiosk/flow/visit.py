"""A visit's frame: entering a stage, a word in between, paper, time running out, the end."""

from dataclasses import replace

from devices.kinds import Kind
from kiosk.flow import answers, circulate
from kiosk.flow.circulate import Turn
from kiosk.flow.effects import Effect, EndIlsSession
from kiosk.flow.events import (
    CodeRejected,
    PrintJob,
    ReceiptComposed,
    ReceiptFailed,
    ReceiptPrinted,
)
from kiosk.flow.operation import Ils, open_tag
from kiosk.flow.session import Hint, Language, Message, Mode, Receipt, Session, Stage


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
        code="",
        signed_in_online=False,
        asked=False,
        pin="",
        pin_failures=0,
        account=None,
        blocked=None,
        message=None,
        receipt=Receipt.NOT_ASKED,
        receipt_text="",
        doubted=None,
        mode=Mode.BORROW,
        items={},
        seen=frozenset(tag.uid for tag in session.pad),
        visit=(),
    )
    return (session if stage is Stage.GOODBYE else as_found(session)), effects


def as_found(session: Session) -> Session:
    """Chinese, in type of the usual size."""
    return replace(session, language=Language.ZH, large_type=False)


def say(session: Session, message: Message) -> Session:
    return replace(enter(session, Stage.MESSAGE), message=message, reader=None, credential="", pin="")


# -- paper -----------------------------------------------------------------------------------------------


def can_print(session: Session) -> bool:
    known = session.printer
    return session.works(Kind.RECEIPT_PRINTER) and known is not None and known.can_print


PRINTED_IN = {Stage.RESULT: PrintJob.RECEIPT, Stage.ACCOUNT: PrintJob.ACCOUNT}
"""Where which paper is waited for: a slip's answer is nobody's here."""


def is_copy(session: Session, job: PrintJob) -> bool:
    """This very paper may be in the reader's hand already."""
    return session.doubted == (job, session.visit)


def receipt_printed(session: Session, event: ReceiptPrinted) -> Turn:
    """After this visit's own paper the reader is done."""
    if not _awaited(session, event.job):
        return session, ()
    if event.job is PrintJob.ACCOUNT:
        return hint(replace(session, receipt=Receipt.NOT_ASKED), Hint.ACCOUNT_PRINTED), ()
    return end(session, Stage.GOODBYE)


def receipt_failed(session: Session, event: ReceiptFailed) -> Turn:
    """A copy after a doubtful one will say that it is one."""
    if not _awaited(session, event.job):
        return session, ()
    if event.doubtful:
        session = replace(session, doubted=(event.job, session.visit))
    if event.job is PrintJob.ACCOUNT:
        what = Hint.RECEIPT_DOUBTFUL if event.doubtful else Hint.RECEIPT_FAILED
        return hint(replace(session, receipt=Receipt.NOT_ASKED), what), ()
    return replace(session, receipt=Receipt.DOUBTFUL if event.doubtful else Receipt.FAILED), ()


def _awaited(session: Session, job: PrintJob) -> bool:
    return session.receipt is Receipt.PRINTING and PRINTED_IN.get(session.stage) is job


def receipt_composed(session: Session, event: ReceiptComposed) -> Turn:
    if session.stage is not Stage.RESULT or session.receipt is Receipt.PRINTING:
        return session, ()
    return replace(session, receipt=Receipt.SHOWN, receipt_text=event.text), ()


def code_rejected(session: Session, event: CodeRejected) -> Turn:
    return hint(session, Hint.CODE_UNREADABLE), ()


# -- time ------------------------------------------------------------------------------------------------

WARNED = {Stage.STACK, Stage.RESULT, Stage.ACCOUNT, Stage.PIN}
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
    if session.stage is Stage.IDLE and session.now_s - session.touched_s >= session.rules.idle_s:
        session = as_found(session)
    left = seconds_left(session)
    if left is not None and left <= 0:
        return end(session)
    waited = session.now_s - session.stage_since_s
    limit = {Stage.MESSAGE: session.rules.message_s, Stage.GOODBYE: session.rules.goodbye_s}
    if waited >= limit.get(session.stage, waited + 1):
        return end(session)
    if session.stage is Stage.SIGNING_IN and waited >= session.rules.idle_s:
        return say(session, Message.ILS_DOWN), ()
    return _end_of_waiting(session)


def _end_of_waiting(session: Session) -> Turn:
    """A tag that did not come back in time, or whose reader has gone, is left to the repair list."""
    effects: tuple[Effect, ...] = ()
    if answers.fee_asked(session) and session.now_s - session.touched_s >= session.rules.put_back_s:
        session, effects = answers.answer_fee(session, agreed=False)
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
        queued = op.ils is Ils.QUEUED and open_tag(op) is None
        if not op.done and not later and not queued:
            return session
    return enter(session, Stage.RESULT)
