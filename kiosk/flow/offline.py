"""What may be done while the ILS cannot be reached: a policy of the place, decided here and nowhere else.

An operation made offline is durable as *queued* with its own time, its tag is written like any other, and it
is told to the ILS in order, before new work, when the ILS is back. Each ends with the ILS's own verdict: a
no becomes a dispute for the centre's worklist; nothing is retried for ever.
"""

from devices.codes import library_code
from kiosk.flow.operation import Ils, Operation, OpKind
from kiosk.flow.session import Policy, Session

ASKED_IN_VAIN = 5


def is_offline(session: Session) -> bool:
    return session.ils_up is False


def may_return(session: Session) -> bool:
    """Whether a return may be begun now, offline or not."""
    if not is_offline(session):
        return True
    policy = session.rules.offline
    return policy >= Policy.RETURNS or (policy >= Policy.FINISH and session.signed_in_online)


def may_borrow(session: Session) -> bool:
    if not is_offline(session):
        return True
    policy = session.rules.offline
    return policy >= Policy.LOANS or (policy >= Policy.FINISH and session.signed_in_online)


def may_queue(session: Session, op: Operation) -> bool:
    """Whether this operation may be done without the ILS: kind, cap and the number's own check."""
    if op.kind is OpKind.RETURN:
        return may_return(session)
    if op.kind is not OpKind.BORROW or not may_borrow(session):
        return False
    numbered = not session.rules.offline_check_digit or library_code(op.item_id) is not None
    return numbered and queued_loans(session, op) < session.rules.offline_loans


def queued_loans(session: Session, op: Operation) -> int:
    """Loans of the same reader that the ILS does not know of yet, without `op` itself."""
    return sum(
        other.reader_id == op.reader_id and other.kind is OpKind.BORROW and other.ils is Ils.QUEUED
        for other in session.ops
        if other.op_id != op.op_id
    )


def to_replay(session: Session) -> bool:
    """Something of earlier visits must be told to the ILS, or asked of it, before new work.

    What the ILS cannot say although it is there (an item it chokes on) is still asked about, but keeps no
    other reader waiting.
    """
    return any(
        op.ils in (Ils.QUEUED, Ils.SENT) or (op.ils is Ils.UNKNOWN and op.unanswered < ASKED_IN_VAIN)
        for op in session.unsettled()
        if op.op_id not in session.visit
    )
