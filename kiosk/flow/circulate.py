"""Operations under way: which act each needs next, and what the answers mean.

At most one question is open at the ILS and at most one act on the pad; the two overlap, so that a tag is
written while the ILS thinks about the next book.
"""

from collections.abc import Callable, Collection
from dataclasses import replace
from datetime import UTC, datetime

from kiosk.flow import offline, stack
from kiosk.flow.effects import (
    AskTruth,
    Effect,
    Journal,
    ReadAfi,
    SendCheckin,
    SendCheckout,
    SendRenew,
    WriteAfi,
)
from kiosk.flow.ils_values import ItemStatus
from kiosk.flow.operation import (
    Act,
    Ils,
    Operation,
    OpKind,
    Step,
    TagSide,
    Why,
    leave_to_repair,
    next_act,
    open_tag,
    refuse,
    wanted_afi,
    with_tag,
)
from kiosk.flow.report_values import (
    BookReturned,
    DisputeRaised,
    LoanMade,
    LoanRenewed,
    OperationRefused,
    Report,
)
from kiosk.flow.session import Mode, Session, Stage

Turn = tuple[Session, tuple[Effect, ...]]


def start(session: Session) -> Turn:
    """Make operations of the books that are ready, all durable by one commit before anything is sent."""
    kind = OpKind.BORROW if session.mode is Mode.BORROW else OpKind.RETURN
    reader_id = session.reader.reader_id if session.reader and kind is OpKind.BORROW else None
    ops = tuple(
        Operation(
            op_id=session.next_op + n,
            kind=kind,
            item_id=book.item_id or "",
            title=book.title,
            tags=tuple(TagSide(tag.uid, tag.afi) for tag in book.tags),
            security=session.rules.security,
            reader_id=reader_id,
        )
        for n, book in enumerate(stack.ready(session))
    )
    return _begun(session, ops)


def start_renewals(session: Session, item_ids: Collection[str]) -> Turn:
    """One operation for each of the reader's loans that is named."""
    if session.reader is None or session.account is None:
        return session, ()
    loans = [loan for loan in session.account.loans if loan.item_id in item_ids]
    ops = tuple(
        Operation(
            op_id=session.next_op + n,
            kind=OpKind.RENEW,
            item_id=loan.item_id,
            title=loan.title,
            tags=(),
            security=session.rules.security,
            reader_id=session.reader.reader_id,
            due_before=loan.due,
        )
        for n, loan in enumerate(loans)
    )
    return _begun(session, ops)


def _begun(session: Session, ops: tuple[Operation, ...]) -> Turn:
    session = replace(
        session,
        ops=session.ops + ops,
        visit=tuple(op.op_id for op in ops),
        next_op=session.next_op + len(ops),
    )
    return session, (Journal(ops, Step.INTENDED),)


def advance(session: Session) -> Turn:
    """Begin every act that can begin now; call after each event."""
    effects: list[Effect] = []
    if session.stage is Stage.OUT_OF_SERVICE:
        return session, ()
    for op_id in [op.op_id for op in session.ops]:
        while True:
            begun = _begin(session, op_of(session, op_id))
            if begun is None:
                break
            session, more = begun
            effects.extend(more)
    return session, tuple(effects)


def stop_unsent(session: Session, why: Why) -> Turn:
    """Call off what the ILS has not been asked yet (the stack changed, the pad is gone)."""
    effects: list[Effect] = []
    for op in session.visit_ops():
        if op.ils is Ils.NOT_ASKED and not op.done:
            session, more = _call_off(session, op, why)
            effects.extend(more)
    return session, tuple(effects)


def _call_off(session: Session, op: Operation, why: Why) -> Turn:
    op = refuse(op, why)
    return with_op(session, op), (Journal((op,), Step.REFUSED),)


def give_up_waiting(session: Session, op: Operation) -> Turn:
    """The tag did not come back: the durable repair list takes it from here."""
    op = leave_to_repair(op)
    repairs = dict(session.repairs) | {tag.uid: op.item_id for tag in op.tags if tag.to_repair}
    session = replace(with_op(session, op), repairs=repairs)
    return session, (Journal((op,), Step.TAG_TO_REPAIR),)


def on_pad(session: Session, tag: TagSide) -> bool:
    return any(seen.uid == tag.uid for seen in session.pad)


def waits_for_tag(session: Session, op: Operation) -> bool:
    """True when the next act needs a tag that is not on the pad."""
    tag = open_tag(op)
    return not op.done and tag is not None and not on_pad(session, tag)


def repair_op(session: Session, uid: bytes) -> Turn:
    """Begin putting a listed tag right, once the ILS has said where its item is."""
    item = session.items.get(session.repairs[uid])
    if item is None or any(uid == tag.uid for op in session.unsettled() for tag in op.tags):
        return session, ()
    values = session.rules.security
    op = Operation(
        op_id=session.next_op,
        kind=OpKind.REPAIR,
        item_id=item.item_id,
        title=item.title,
        tags=(TagSide(uid, None),),
        security=values,
        ils=Ils.ACCEPTED,
        repair_to=values.on_loan if item.status is ItemStatus.ON_LOAN else values.in_library,
        reported=True,
    )
    session = replace(session, ops=(*session.ops, op), next_op=session.next_op + 1)
    return session, (Journal((op,), Step.INTENDED),)


# -- beginning an act ------------------------------------------------------------------------------------


def _begin(session: Session, op: Operation) -> Turn | None:
    begin = BEGIN.get(next_act(op))
    return begin(session, op) if begin else None


def _begin_send(session: Session, op: Operation) -> Turn | None:
    if offline.is_offline(session) and offline.may_queue(session, op):
        return queue(session, op)
    first = _next_to_replay(session)
    if first is not None and first.op_id < op.op_id:
        # an ILS that is back without our knowing must not hear of this one first
        return _call_off(session, op, Why.ILS_UNREACHABLE) if offline.is_offline(session) else None
    if session.ils_op is not None:
        return None
    op = replace(op, ils=Ils.SENT)
    return replace(with_op(session, op), ils_op=op.op_id), (Journal((op,), Step.SENT), _request(session, op))


def queue(session: Session, op: Operation) -> Turn:
    """Done without the ILS: durable with its own time before its tag is released."""
    op = replace(op, ils=Ils.QUEUED, done_at=op.done_at or utc_text(session.local))
    return with_op(session, op), (Journal((op,), Step.QUEUED),)


def utc_text(local: datetime) -> str:
    return local.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _next_to_replay(session: Session) -> Operation | None:
    """In the order they were done; but one that follows an operation on the same item whose outcome is not
    known lets others pass, for it can only be told when that is settled."""
    unknown = {op.item_id: op.op_id for op in reversed(session.ops) if op.ils is Ils.UNKNOWN}
    queued = (op for op in session.ops if op.ils is Ils.QUEUED)
    return next((op for op in queued if unknown.get(op.item_id, op.op_id) >= op.op_id), None)


def _begin_replay(session: Session, op: Operation) -> Turn | None:
    if session.ils_up is not True or session.ils_op is not None or _next_to_replay(session) != op:
        return None
    op = replace(op, ils=Ils.SENT)
    return replace(with_op(session, op), ils_op=op.op_id), (Journal((op,), Step.SENT), _request(session, op))


def _request(session: Session, op: Operation) -> Effect:
    if op.kind is OpKind.RETURN:
        return SendCheckin(op.op_id, op.item_id, op.done_at)
    send = SendRenew if op.kind is OpKind.RENEW else SendCheckout
    return send(op.op_id, op.reader_id or "", op.item_id, op.consented, op.done_at, session.pin or None)


def _begin_truth(session: Session, op: Operation) -> Turn | None:
    if session.ils_op is not None or session.ils_up is False or session.now_s < session.retry_at_s:
        return None
    return replace(session, ils_op=op.op_id), (AskTruth(op.op_id, op.item_id, op.reader_id),)


def _begin_tag(session: Session, op: Operation) -> Turn | None:
    tag = open_tag(op)
    busy = session.tag_op is not None or session.now_s < session.tag_retry_at_s
    if tag is None or busy or not on_pad(session, tag):
        return None
    wanted = wanted_afi(op, tag)
    if wanted is None:
        return None
    session = replace(session, tag_op=op.op_id)
    if tag.written == wanted:
        return session, (ReadAfi(op.op_id, tag.uid),)
    op = with_tag(op, replace(tag, touched=True, written=None, proven=None))
    return with_op(session, op), (WriteAfi(op.op_id, tag.uid, wanted),)


def _begin_report(session: Session, op: Operation) -> Turn | None:
    op = replace(op, reported=True)
    return with_op(session, op), (Journal((op,), Step.REPORTED, _report(op)),)


def _begin_finish(session: Session, op: Operation) -> Turn | None:
    op = replace(op, done=True, reader_id=None)
    session = with_op(session, op)
    if op.kind is OpKind.REPAIR:
        mended = {tag.uid for tag in op.tags if not tag.to_repair}
        session = replace(session, repairs={u: i for u, i in session.repairs.items() if u not in mended})
    return session, (Journal((op,), Step.DONE),)


BEGIN: dict[Act, Callable[[Session, Operation], Turn | None]] = {
    Act.SEND: _begin_send,
    Act.REPLAY: _begin_replay,
    Act.ASK_TRUTH: _begin_truth,
    Act.WRITE_TAG: _begin_tag,
    Act.READ_TAG: _begin_tag,
    Act.REPORT: _begin_report,
    Act.FINISH: _begin_finish,
}


def _report(op: Operation) -> Report:
    if op.ils is Ils.REFUSED and op.done_at:
        return DisputeRaised(op.op_id, op.kind, op.item_id, op.reader_id, op.done_at, op.message)
    if op.ils is Ils.REFUSED:
        return OperationRefused(op.op_id, op.kind, op.why or Why.BY_ILS)
    if op.kind is OpKind.RETURN:
        return BookReturned(op.op_id, op.done_at)
    if op.kind is OpKind.RENEW:
        return LoanRenewed(op.op_id, op.due)
    return LoanMade(op.op_id, op.due, op.done_at)


def op_of(session: Session, op_id: int) -> Operation:
    return next(op for op in session.ops if op.op_id == op_id)


def with_op(session: Session, op: Operation) -> Session:
    return replace(session, ops=tuple(op if o.op_id == op.op_id else o for o in session.ops))
