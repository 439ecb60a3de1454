"""The receipt of a visit: pure, from the session to lines of paper. Name and number are masked."""

from devices.kinds import Emphasis, ReceiptLine
from kiosk.flow.operation import Hold, Ils, Operation, OpKind
from kiosk.flow.session import Session
from kiosk.texts import Texts
from kiosk.view_parts import is_certain
from kiosk.wording import masked

RULE = ReceiptLine(emphasis=Emphasis.RULE)


def lines(session: Session, say: Texts) -> tuple[ReceiptLine, ...]:
    """Only what is certain stands on paper."""
    done = [op for op in session.visit_ops() if is_certain(op)]
    borrowed = [op for op in done if op.kind in (OpKind.BORROW, OpKind.RENEW)]
    returned = [op for op in done if op.kind is OpKind.RETURN]
    return (
        ReceiptLine(say("Loan receipt") if borrowed else say("Return receipt"), emphasis=Emphasis.TITLE),
        ReceiptLine(session.rules.place_name),
        ReceiptLine(f"{session.local:%Y-%m-%d %H:%M}"),
        *_who(session, say),
        RULE,
        *(line for op in (*borrowed, *returned) for line in _item(op, say)),
        RULE,
        ReceiptLine(say("In all"), say.many("{n} book", "{n} books", n=len(done))),
        ReceiptLine(say("Return them at any library point of the district.") if borrowed else ""),
    )


def _who(session: Session, say: Texts) -> tuple[ReceiptLine, ...]:
    if session.reader is None:
        return ()
    return (
        ReceiptLine(say("Reader"), masked(session.reader.name)),
        ReceiptLine(say("Card"), _masked_number(session.reader.reader_id)),
    )


def _masked_number(number: str) -> str:
    """The last four figures, and never more than half of them."""
    masked_count = max(len(number) - 4, (len(number) + 1) // 2)
    return "*" * masked_count + number[masked_count:]


def _item(op: Operation, say: Texts) -> tuple[ReceiptLine, ...]:
    title = op.title or op.item_id
    if op.kind is OpKind.RETURN:
        mark = say("Returned")
    else:
        mark = say("Due {date}", date=op.due) if op.due else say("Borrowed")
    if op.ils is Ils.QUEUED:
        mark = say("{done}, to be registered", done=mark)
    return ReceiptLine(say("{title}", title=title)), ReceiptLine(op.item_id, mark)


def slip(op: Operation, session: Session, say: Texts) -> tuple[ReceiptLine, ...]:
    """To lie in a returned book: where it is to go, and the last figures of who waits for it."""
    hold = op.hold or Hold()
    title = say("Kept for a reader") if hold.reader_ending is not None else say("To be sent")
    return (
        ReceiptLine(title, emphasis=Emphasis.TITLE),
        ReceiptLine(session.rules.place_name),
        ReceiptLine(f"{session.local:%Y-%m-%d %H:%M}"),
        RULE,
        ReceiptLine(say("{title}", title=op.title or op.item_id)),
        ReceiptLine(op.item_id),
        *((ReceiptLine(say("Card"), f"…{hold.reader_ending}"),) if hold.reader_ending else ()),
        *((ReceiptLine(say("Send to"), hold.destination),) if hold.destination else ()),
    )
