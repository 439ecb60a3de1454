"""The screens with books on them: the stack before, the work under way, the result after."""

from devices.kinds import PaperState
from kiosk import wording
from kiosk.flow import circulate, offline, stack, visit
from kiosk.flow.ils_values import ItemStatus
from kiosk.flow.operation import Hold, Ils, Operation, OpKind, Why, open_tag
from kiosk.flow.refusals import Refusal, classify
from kiosk.flow.session import Mode, Receipt, Session
from kiosk.flow.stack import Book, Standing
from kiosk.flow.touch import Action, Touch
from kiosk.texts import Texts
from kiosk.view_data import (
    Button,
    Line,
    Rank,
    ReceiptScreen,
    ResultScreen,
    Row,
    StackScreen,
    Tone,
    WorkingScreen,
)
from kiosk.view_parts import (
    button,
    day_of,
    header_of,
    hint_line,
    ils_line,
    is_certain,
    paper_button,
    sentences,
    tabs_of,
    unless_printing,
)

# -- the stack -------------------------------------------------------------------------------------------


def stack_screen(session: Session, say: Texts) -> StackScreen:
    books = stack.books(session)
    ready = tuple(book for book in books if book.standing is Standing.READY)
    borrowing = session.mode is Mode.BORROW
    return StackScreen(
        header=header_of(session, say),
        title=say("Borrow books") if borrowing else say("Return books"),
        tabs=tabs_of(session, say),
        count=str(len(books)),
        count_unit=say.many("book", "books", n=len(books)),
        count_note=_count_note(books, ready, say) if _allowed(session) else "",
        rows=tuple(_book_row(session, book, say) for book in books),
        empty=say("Put your books on the pad, all together."),
        buttons=(
            button(say("End") if session.reader else say("Back"), Action.END),
            _confirm_button(session, books, ready, say),
        ),
        notice=hint_line(session, say) or ils_line(session, say),
    )


def _count_note(books: tuple[Book, ...], ready: tuple[Book, ...], say: Texts) -> str:
    if not books:
        return ""
    asking = any(book.standing is Standing.ASKING for book in books)
    left_out = len(books) - len(ready)
    if asking:
        return say("Looking up the titles…")
    if not left_out:
        return say("Is that all of them?")
    return say.many("{n} of them cannot be included", "{n} of them cannot be included", n=left_out)


def _confirm_button(session: Session, books: tuple[Book, ...], ready: tuple[Book, ...], say: Texts) -> Button:
    n = len(ready)
    if session.mode is Mode.BORROW:
        text = say.many("Borrow {n} book", "Borrow {n} books", n=n) if n else say("Borrow")
    else:
        text = say.many("Return {n} book", "Return {n} books", n=n) if n else say("Return")
    asking = any(book.standing is Standing.ASKING for book in books)
    touch = Touch(Action.CONFIRM, stack.uids(ready))
    return Button(text, touch, Rank.PRIMARY, enabled=bool(n) and not asking and _allowed(session))


def _allowed(session: Session) -> bool:
    return offline.may_borrow(session) if session.mode is Mode.BORROW else offline.may_return(session)


def _book_row(session: Session, book: Book, say: Texts) -> Row:
    if book.standing is Standing.READY:
        borrowing = session.mode is Mode.BORROW
        mark, tone = (say("Can be borrowed") if borrowing else say("Can be returned")), Tone.GOOD
        item = session.items.get(book.item_id or "")
        if borrowing and item is not None and item.status is ItemStatus.HELD:
            mark, tone = say("Kept for a reader"), Tone.WARN
        if not _allowed(session):
            mark, tone = say("Not just now"), Tone.NEUTRAL
    else:
        text, tone = wording.STANDING[book.standing]
        mark = say(text)
    return Row(
        key=book.item_id or book.tags[0].uid.hex(),
        title=_title(book.title, book.item_id, say),
        detail=_detail(book, say),
        mark=mark,
        tone=tone,
    )


def _title(title: str, item_id: str | None, say: Texts) -> str:
    if title:
        return say("{title}", title=title)
    return say("Book {number}", number=item_id) if item_id else say("A tag that is no book of ours")


def _detail(book: Book, say: Texts) -> str:
    if book.item_id is None:
        return say("Please take it off the pad and hand it to the staff.")
    if book.parts:
        return say("Set: {here} of {total} parts on the pad", here=book.parts[0], total=book.parts[1])
    return say("No. {number}", number=book.item_id)


# -- under way, and done ---------------------------------------------------------------------------------


def working_screen(session: Session, say: Texts) -> WorkingScreen:
    ops = session.visit_ops()
    waiting = [op for op in ops if circulate.waits_for_tag(session, op)]
    notice = None
    if waiting:
        title = _title(waiting[0].title, waiting[0].item_id, say)
        notice = Line(say("Please put {title} back on the pad.", title=title), Tone.WARN)
    elif any(op.ils is Ils.UNKNOWN for op in ops):
        notice = Line(say("The library system does not answer. Asking what it has recorded…"), Tone.WARN)
    return WorkingScreen(
        header=header_of(session, say),
        title=say(wording.WORKING[session.mode]),
        done=sum(op.done or is_certain(op) for op in ops),
        total=len(ops),
        rows=tuple(_op_row(session, op, say) for op in ops),
        notice=notice,
    )


def _op_row(session: Session, op: Operation, say: Texts) -> Row:
    mark, tone = _outcome(session, op, say)
    return Row(str(op.op_id), _title(op.title, op.item_id, say), _op_detail(op, say), mark, tone)


def _op_detail(op: Operation, say: Texts) -> str:
    """What the reader should do next with this book, or its number when that is nothing."""
    if op.why is Why.BY_ILS:
        refusal = classify(op.message)
        # words nobody has met yet are shown as they came
        reason = op.message if refusal is Refusal.OTHER else say(wording.REFUSAL[refusal][0])
        return sentences(say, reason, say(wording.REFUSAL[refusal][1]))
    if op.done and any(tag.to_repair for tag in op.tags):
        return say("The security tag was not switched: the gate may ring, please tell the staff.")
    if op.done and op.hold is not None:
        return _hold_words(op.hold, say)
    return say("No. {number}", number=op.item_id)


def _hold_words(hold: Hold, say: Texts) -> str:
    if hold.reader_ending is None:
        return say("It belongs to another library: please put it into the box for sending.")
    return say("Another reader waits for it: please leave it on the return shelf.")


def _outcome(session: Session, op: Operation, say: Texts) -> tuple[str, Tone]:
    if op.ils is Ils.REFUSED:
        words = say(wording.NOT_DONE[op.kind])
        quiet = op.why in (None, Why.INTERRUPTED, Why.BY_ILS)
        if quiet or op.why is None:
            return words, Tone.BAD
        return say("{outcome}: {reason}", outcome=words, reason=say(wording.WHY[op.why])), Tone.BAD
    if op.ils is Ils.UNKNOWN:
        return say("Not confirmed yet"), Tone.WARN
    if op.ils is Ils.QUEUED and open_tag(op) is None:
        done = say("Returned") if op.kind is OpKind.RETURN else say("Borrowed")
        return say("{done}, to be registered", done=done), Tone.GOOD
    if not op.done:
        return say("Under way…"), Tone.BUSY
    if op.kind is OpKind.RETURN:
        return say("Returned"), Tone.WARN if op.hold else Tone.GOOD
    due = say("Due {date}", date=day_of(op.due, session, say)) if op.due else say("Borrowed")
    return due, Tone.WARN if any(tag.to_repair for tag in op.tags) else Tone.GOOD


def result_screen(session: Session, say: Texts) -> ResultScreen | ReceiptScreen:
    if session.receipt is Receipt.SHOWN:
        return _receipt_screen(session, say)
    ops = session.visit_ops()
    good = [op for op in ops if is_certain(op)]
    unknown = [op for op in ops if op.ils is Ils.UNKNOWN]
    n, total = len(good), len(ops)
    summary = say.many(*wording.DONE[session.mode], n=n) if n else say("Each book says what to do with it.")
    tone = Tone.GOOD if n == total else (Tone.WARN if n or unknown else Tone.BAD)
    title = {Tone.GOOD: say("Done"), Tone.WARN: say("Not all was done"), Tone.BAD: say("Nothing was done")}[
        tone
    ]
    if unknown:
        title = say("Not confirmed yet")
    ways = _ways(session, ops, bool(good), say)
    return ResultScreen(
        header=header_of(session, say),
        title=title,
        tone=tone,
        summary=summary,
        rows=tuple(_op_row(session, op, say) for op in ops),
        question=_question(session, say) if ways else say("Anything else?"),
        ways=ways,
        buttons=_result_buttons(session, ways, say),
        notice=_result_notice(session, unknown, say),
    )


def _question(session: Session, say: Texts) -> str:
    if session.receipt is Receipt.PRINTING:
        return say("Take it from the slot, please")
    return (
        say("Print it once more?")
        if session.receipt is Receipt.DOUBTFUL
        else say("Would you like a receipt?")
    )


def _receipt_screen(session: Session, say: Texts) -> ReceiptScreen:
    return ReceiptScreen(
        header=header_of(session, say),
        title=say("Take the receipt with your phone"),
        text=say("Scan this code: the receipt is in it, no network is needed."),
        code=session.receipt_text,
        advice=say("It stays here until you touch Done."),
        buttons=(
            button(say("Back"), Action.SHOW_RESULT),
            button(say("Done"), Action.NO_RECEIPT, Rank.PRIMARY),
        ),
    )


def _result_notice(session: Session, unknown: list[Operation], say: Texts) -> Line | None:
    if session.receipt is Receipt.PRINTING:
        return Line(say("Printing the receipt…"), Tone.BUSY)
    if unknown:
        text = say(
            "The library system did not answer. It is asked until it does; please leave these books here."
        )
        return Line(text, Tone.WARN)
    if session.receipt is Receipt.DOUBTFUL:
        text = say(
            "The receipt may be incomplete: please look at the slot. A second one says that it is a copy."
        )
        return Line(text, Tone.WARN)
    printer = session.printer
    stands = say("Your books are recorded all the same.")
    if printer is not None and printer.paper is PaperState.OUT:
        return Line(sentences(say, say("The printer is out of paper."), stands), Tone.WARN)
    if not visit.can_print(session):
        return Line(sentences(say, say("The receipt printer is not ready."), stands), Tone.WARN)
    if session.receipt is Receipt.FAILED:
        failed = say("Nothing was printed: the printer was not ready.")
        return Line(sentences(say, failed, stands), Tone.WARN)
    return hint_line(session, say)


MORE = {
    Mode.BORROW: Action.SHOW_BORROW,
    Mode.RETURN: Action.SHOW_RETURN,
    Mode.RENEW: Action.SHOW_ACCOUNT,
}


def _ways(session: Session, ops: tuple[Operation, ...], any_done: bool, say: Texts) -> tuple[Button, ...]:
    """Paper and telephone; in their places as long as there may be something to put on a receipt."""
    if all(op.ils is Ils.REFUSED for op in ops):
        return ()
    words = say("Print a copy") if session.receipt is Receipt.DOUBTFUL else say("Print receipt")
    paper = paper_button(session, say, button(words, Action.PRINT_RECEIPT, Rank.PRIMARY, any_done))
    phone = button(say("To my phone"), Action.TAKE_BY_PHONE, enabled=any_done)
    return unless_printing(session, *paper, phone)


def _result_buttons(session: Session, ways: tuple[Button, ...], say: Texts) -> tuple[Button, ...]:
    """What else there is to do; the end is what is asked for where nothing can be printed."""
    more = MORE[session.mode] if session.reader else Action.SHOW_RETURN
    words = say("My loans") if more is Action.SHOW_ACCOUNT else say("More books")
    can_print = any(way.enabled and way.rank is Rank.PRIMARY for way in ways)
    rank = Rank.QUIET if can_print or session.receipt is Receipt.PRINTING else Rank.PRIMARY
    return unless_printing(
        session, button(words, more, Rank.QUIET), button(say("Finish"), Action.NO_RECEIPT, rank)
    )
