"""What ILS and pad answer, and what it means for the operation under way."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from kiosk.flow import circulate, offline
from kiosk.flow.circulate import Turn, give_up_waiting, on_pad, op_of, stop_unsent, with_op
from kiosk.flow.effects import (
    Journal,
    PrintSlip,
)
from kiosk.flow.events import (
    AfiRead,
    AfiWritten,
    IlsAccepted,
    IlsNotReached,
    IlsRefused,
    IlsUnknown,
    IlsWantsFee,
    TagActFailed,
    TruthAnswered,
    TruthNotAnswered,
)
from kiosk.flow.operation import (
    Act,
    Ils,
    Operation,
    OpKind,
    Step,
    TagSide,
    Why,
    lost_on_the_way,
    next_act,
    refuse,
    settle,
    wanted_afi,
    with_tag,
)
from kiosk.flow.session import Session


def of_open_operation(answer: Callable[[Session, Any], Turn]) -> Callable[[Session, Any], Turn]:
    """An answer may come after its operation was given up: it says only that ILS or pad are free again."""

    def handle(session: Session, event: Any) -> Turn:
        if any(op.op_id == event.op_id and not op.done for op in session.ops):
            return answer(session, event)
        ils_op = None if session.ils_op == event.op_id else session.ils_op
        tag_op = None if session.tag_op == event.op_id else session.tag_op
        return replace(session, ils_op=ils_op, tag_op=tag_op), ()

    return handle


def ils_accepted(session: Session, event: IlsAccepted) -> Turn:
    """Proven at the ILS; a slip says so of a book that somebody waits for."""
    op = op_of(session, event.op_id)
    op = replace(
        op,
        ils=Ils.ACCEPTED,
        title=event.title or op.title,
        due=event.due,
        message=event.message,
        hold=event.hold,
    )
    session, effects = _answered(session, op, Step.ACCEPTED)
    # a book told of later has long been put away
    return session, (*effects, PrintSlip(op)) if event.hold and op.op_id in session.visit else effects


def ils_wants_fee(session: Session, event: IlsWantsFee) -> Turn:
    """Not done, and not refused either: it is sent again only with the reader's consent."""
    op = replace(op_of(session, event.op_id), ils=Ils.NOT_ASKED, fee=event.fee)
    if op.consented or op.done_at or op.op_id not in session.visit:
        return _answered(session, refuse(op, Why.BY_ILS, event.fee), Step.REFUSED)
    return _answered(session, op, Step.FEE_ASKED)


def fee_asked(session: Session) -> Operation | None:
    """The operation that waits for the reader's consent."""
    return next((op for op in session.visit_ops() if next_act(op) is Act.ASK_READER), None)


def answer_fee(session: Session, agreed: bool) -> Turn:
    """The reader's yes sends it again with consent, a no is a refusal."""
    op = fee_asked(session)
    if op is None:
        return session, ()
    if agreed:
        return with_op(session, replace(op, consented=True)), ()
    op = refuse(op, Why.FEE_DECLINED)
    return with_op(session, op), (Journal((op,), Step.REFUSED),)


def ils_refused(session: Session, event: IlsRefused) -> Turn:
    return _answered(session, refuse(op_of(session, event.op_id), Why.BY_ILS, event.message), Step.REFUSED)


def ils_not_reached(session: Session, event: IlsNotReached) -> Turn:
    """Not sent. Offline it may be queued; else it and all behind it are called off, nothing half done."""
    op = op_of(session, event.op_id)
    session = replace(session, ils_up=False)
    if op.done_at or offline.may_queue(session, op):
        session, effects = circulate.queue(session, op)
        return replace(session, ils_op=None), effects
    op = refuse(op, Why.ILS_UNREACHABLE)
    session, first = _answered(session, op, Step.REFUSED)
    session, rest = stop_unsent(session, Why.ILS_UNREACHABLE)
    return session, first + rest


def ils_unknown(session: Session, event: IlsUnknown) -> Turn:
    """No reply is not a no: it is settled by asking, and nothing new is sent until that may be believed."""
    op = replace(op_of(session, event.op_id), ils=Ils.UNKNOWN)
    session = replace(session, no_counts_at_s=session.now_s + session.rules.late_s)
    session, first = _answered(session, op, Step.UNKNOWN)
    unsent = [other for other in session.visit_ops() if other.ils is Ils.NOT_ASKED]
    if unsent and all(offline.may_queue(replace(session, ils_up=False), other) for other in unsent):
        return session, first
    session, rest = stop_unsent(session, Why.ILS_UNREACHABLE)
    return session, first + rest


def truth_answered(session: Session, event: TruthAnswered) -> Turn:
    """A yes is final. A no counts only when the request can no longer be on its way: an ILS may carry out
    what a kiosk asked for before it gave up waiting, or before its power was cut."""
    op = settle(op_of(session, event.op_id), event.truth)
    if op.ils is Ils.ACCEPTED:
        return _answered(session, op, Step.ACCEPTED)
    if session.now_s < session.no_counts_at_s:
        return _ask_again(session)
    op = lost_on_the_way(op)
    return _answered(session, op, Step.QUEUED if op.ils is Ils.QUEUED else Step.REFUSED)


def truth_not_answered(session: Session, event: TruthNotAnswered) -> Turn:
    op = op_of(session, event.op_id)
    return _ask_again(with_op(session, replace(op, unanswered=op.unanswered + 1)))


def _ask_again(session: Session) -> Turn:
    return replace(session, ils_op=None, retry_at_s=session.now_s + session.rules.retry_s), ()


def afi_written(session: Session, event: AfiWritten) -> Turn:
    op, tag = _op_tag(session, event.op_id, event.uid)
    op = with_tag(op, replace(tag, written=event.afi))
    return replace(with_op(session, op), tag_op=None), (Journal((op,), Step.TAG_WRITTEN),)


def afi_read(session: Session, event: AfiRead) -> Turn:
    """Proof; or else the write did not hold, which counts as a failure."""
    op, tag = _op_tag(session, event.op_id, event.uid)
    if event.afi != wanted_afi(op, tag):
        return tag_act_failed(session, TagActFailed(event.op_id, event.uid, "the value did not hold"))
    op = with_tag(op, replace(tag, proven=event.afi))
    # what the tag bears now is what an operation begun while it lies there gives back
    pad = tuple(replace(seen, afi=event.afi) if seen.uid == tag.uid else seen for seen in session.pad)
    return replace(with_op(session, op), tag_op=None, pad=pad), (Journal((op,), Step.TAG_PROVEN),)


def tag_act_failed(session: Session, event: TagActFailed) -> Turn:
    """Try again a little later, when the pad will have noticed if the tag was lifted (then it is waited
    for). A tag that lies there and still fails ends a return, and leaves a loan to the repair list."""
    op, tag = _op_tag(session, event.op_id, event.uid)
    tag = replace(tag, written=None, failures=tag.failures + 1)
    op = with_tag(op, tag)
    rules = session.rules
    session = replace(with_op(session, op), tag_op=None, tag_retry_at_s=session.now_s + rules.tag_retry_s)
    if tag.failures % rules.tag_tries or not on_pad(session, tag):
        return session, ()
    if op.kind is OpKind.RETURN and op.ils is Ils.NOT_ASKED:
        op = refuse(op, Why.TAG_FAILED)
        return with_op(session, op), (Journal((op,), Step.REFUSED),)
    return give_up_waiting(session, op)


def _answered(session: Session, op: Operation, step: Step) -> Turn:
    return replace(with_op(session, op), ils_op=None), (Journal((op,), step),)


def _op_tag(session: Session, op_id: int, uid: bytes) -> tuple[Operation, TagSide]:
    op = op_of(session, op_id)
    return op, next(tag for tag in op.tags if tag.uid == uid)
