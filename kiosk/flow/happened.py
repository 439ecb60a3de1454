"""What happens that the centre should hear of: books, operations, and readers who struggle.

Finders look at a step, from one session to the next with its effects, and at nothing else. What was told
already is `alarms.py`'s affair.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from broker_config.alarms import AlarmName
from kiosk.flow import stack
from kiosk.flow.alarm_values import Watch
from kiosk.flow.effects import Effect, Journal
from kiosk.flow.ils_values import Item, ItemStatus
from kiosk.flow.offline import ASKED_IN_VAIN
from kiosk.flow.operation import Ils, Operation, OpKind, Step, Why
from kiosk.flow.session import Hint, Message, Session, Stage
from kiosk.flow.stack import Book, Standing

STRUGGLES_AFTER = 3
"""Failures in a row."""
FORGOTTEN_AFTER_S = 120.0
"""A failure is another reader's when the one before was so long ago."""
LONG_VISIT_S = 900.0


@dataclass(frozen=True)
class Happened:
    """`subject` tells one cause from another of the same name; it never leaves the kiosk."""

    name: AlarmName
    subject: str
    reason: str = ""


# -- books -----------------------------------------------------------------------------------------------


def _on_the_pad(before: Session, after: Session, effects: Sequence[Effect]) -> Iterator[Happened]:
    """Only while a stack is shown: at other times nobody has asked the ILS about what lies there."""
    if after.stage is not Stage.STACK:
        return
    for book in stack.books(after):
        sign = OF_STANDING.get(book.standing)
        if sign is not None:
            yield Happened(sign[0], _subject(book), sign[1])
        elif (reason := _disagreement(after, book)) is not None:
            yield Happened(AlarmName.SUSPICIOUS_ITEM, _subject(book), reason)


OF_STANDING: Mapping[Standing, tuple[AlarmName, str]] = {
    Standing.FOREIGN: (AlarmName.SUSPICIOUS_ITEM, "the owner on its tag is another library"),
    Standing.NOT_IN_CATALOGUE: (AlarmName.SUSPICIOUS_ITEM, "the ILS does not know it"),
    Standing.BLANK: (AlarmName.EMPTY_TAG, ""),
}


def _disagreement(session: Session, book: Book) -> str | None:
    """Between the tags' security and the ILS, where neither is about to be put right."""
    item = session.items.get(book.item_id or "")
    listed = any(tag.uid in session.repairs for tag in book.tags)
    if item is None or listed or any(op.item_id == item.item_id for op in session.unsettled()):
        return None
    return _contradiction(session, item, {tag.afi for tag in book.tags})


def _contradiction(session: Session, item: Item, afis: set[int | None]) -> str | None:
    values = session.rules.security
    if item.status is ItemStatus.ON_LOAN and values.in_library in afis:
        return "on loan by the ILS, in the library by its tag"
    if item.status in AT_HOME and values.on_loan in afis:
        return "in the library by the ILS, on loan by its tag"
    return None


AT_HOME = frozenset({ItemStatus.AVAILABLE, ItemStatus.HELD})


def _left_incomplete(before: Session, after: Session, effects: Sequence[Effect]) -> Iterator[Happened]:
    """A set is laid down part by part: it counts as the reader left it."""
    if before.stage is not Stage.STACK or after.stage not in (Stage.WORKING, Stage.IDLE):
        return
    for book in stack.books(before):
        if book.standing is Standing.INCOMPLETE_SET and book.parts:
            yield Happened(AlarmName.INCOMPLETE_SET, _subject(book), f"{book.parts[0]} of {book.parts[1]}")


def _subject(book: Book) -> str:
    return min(tag.uid.hex() for tag in book.tags)


# -- operations ------------------------------------------------------------------------------------------


def _durable(before: Session, after: Session, effects: Sequence[Effect]) -> Iterator[Happened]:
    """Told by the commit of the step that brought it: once, whatever becomes of the power."""
    for effect in effects:
        if isinstance(effect, Journal) and effect.step in OF_STEP:
            yield from OF_STEP[effect.step](after, effect.operations)


def _begun(session: Session, ops: Sequence[Operation]) -> Iterator[Happened]:
    loans = [op for op in ops if op.kind is OpKind.BORROW]
    if len(loans) > session.rules.large_checkout:
        yield Happened(AlarmName.LARGE_CHECKOUT, _named(loans[0]), f"books: {len(loans)}")


def _accepted(session: Session, ops: Sequence[Operation]) -> Iterator[Happened]:
    for op in ops:
        if op.hold and op.hold.reader_ending is not None:
            where = "at another place" if op.hold.destination else "here"
            yield Happened(AlarmName.HOLD_RETURNED, _named(op), f"its reader fetches it {where}")


def _reported(session: Session, ops: Sequence[Operation]) -> Iterator[Happened]:
    """What people refused is no failure, and neither is an ILS that is away, which has its own alarm."""
    for op in ops:
        refused = op.ils is Ils.REFUSED
        # an offline one is told as a dispute
        reason = FAILED_BY.get(op.why) if refused and op.why and not op.done_at else None
        if not refused and any(tag.to_repair for tag in op.tags):
            reason = "it is done, but its tag could not be set"
        yield from _failed(op, reason)


FAILED_BY: Mapping[Why, str] = {
    Why.TAG_FAILED: "its tag could not be set",
    Why.INTERRUPTED: "it was cut short, and the ILS did not do it",
}
OF_STEP: Mapping[Step, Callable[[Session, Sequence[Operation]], Iterator[Happened]]] = {
    Step.INTENDED: _begun,
    Step.ACCEPTED: _accepted,
    Step.REPORTED: _reported,
}


def _asked_in_vain(before: Session, after: Session, effects: Sequence[Effect]) -> Iterator[Happened]:
    asked = {op.op_id: op.unanswered for op in before.ops}
    for op in after.ops:
        if asked.get(op.op_id, op.unanswered) < ASKED_IN_VAIN <= op.unanswered:
            yield from _failed(op, "the ILS does not say what became of it")


def _failed(op: Operation, reason: str | None) -> Iterator[Happened]:
    name = FAILED.get(op.kind)
    if name is not None and reason is not None:
        yield Happened(name, reason, reason)


def _named(op: Operation) -> str:
    return f"operation {op.op_id}"


FAILED: Mapping[OpKind, AlarmName] = {
    OpKind.BORROW: AlarmName.CHECKOUT_FAILED,
    OpKind.RETURN: AlarmName.CHECKIN_FAILED,
}


# -- readers ---------------------------------------------------------------------------------------------

HERE = frozenset({
    Stage.SIGNING_IN, Stage.PIN, Stage.STACK, Stage.ACCOUNT, Stage.WORKING, Stage.RESULT, Stage.MESSAGE,
})  # fmt: skip
"""Somebody is being served."""
LED_NOWHERE: frozenset[Message | Hint] = frozenset({
    Message.CARD_UNKNOWN, Message.CARD_UNREADABLE, Message.NOT_A_READER_CARD, Message.CODE_EXPIRED,
    Message.CODE_USED, Message.CODE_NOT_GENUINE, Message.WRONG_PIN, Hint.NOT_A_READER_CARD,
    Hint.CARD_UNREADABLE, Hint.NOT_A_READER_CODE, Hint.BOOK_CODE, Hint.ISBN, Hint.CODE_UNREADABLE,
    Hint.WRONG_PIN, Hint.STACK_CHANGED,
})  # fmt: skip
"""What is said to a reader who did something that the kiosk could not use."""


def counted(before: Session, after: Session) -> Watch:
    """How long somebody has been here, and how often in a row nothing came of what they did."""
    watch, now_s = after.watch, after.now_s
    if (after.stage in HERE) != (watch.here_since_s is not None):
        watch = replace(watch, here_since_s=now_s if after.stage in HERE else None)
    if _came_through(before, after) or now_s - watch.failed_at_s >= FORGOTTEN_AFTER_S:
        watch = replace(watch, failures=0) if watch.failures else watch
    if _led_nowhere(before, after):
        watch = replace(watch, failures=watch.failures + 1, failed_at_s=now_s)
    return watch


def _came_through(before: Session, after: Session) -> bool:
    signed_in = before.reader is None and after.reader is not None
    return signed_in or (before.stage is Stage.STACK and after.stage is Stage.WORKING)


def _led_nowhere(before: Session, after: Session) -> bool:
    """A new message, or a new hint; the same one again is another failure."""
    message = after.message if after.stage is Stage.MESSAGE else None
    same_message = (before.message, before.stage_since_s) == (message, after.stage_since_s)
    same_hint = (before.hint, before.hint_until_s) == (after.hint, after.hint_until_s)
    return (message in LED_NOWHERE and not same_message) or (after.hint in LED_NOWHERE and not same_hint)


def _struggles(before: Session, after: Session, effects: Sequence[Effect]) -> Iterator[Happened]:
    if before.watch.failures < STRUGGLES_AFTER <= after.watch.failures:
        yield Happened(AlarmName.READER_STRUGGLING, "failed", f"failures in a row: {STRUGGLES_AFTER}")
    since_s = after.watch.here_since_s
    if since_s is not None and after.now_s - since_s >= LONG_VISIT_S:
        yield Happened(AlarmName.READER_STRUGGLING, "long", f"minutes here: {LONG_VISIT_S / 60:.0f}")


FINDERS = (_on_the_pad, _left_incomplete, _durable, _asked_in_vain, _struggles)
