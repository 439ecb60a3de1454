"""The screens with books on them: the stack before, the work under way, the result after."""

from dataclasses import replace

from devices.kinds import PaperState
from kiosk import wording
from kiosk.flow import circulate, stack, visit
from kiosk.flow.events import ItemStatus
from kiosk.flow.operation import Ils, Operation, OpKind, Why
from kiosk.flow.session import Mode, Receipt, Session
from kiosk.flow.stack import Book, Standing
from kiosk.flow.touch import Action, Touch
from kiosk.texts import Texts
from kiosk.view_data import Button, Line, Rank, ResultScreen, Row, StackScreen, Tone, WorkingScreen
from kiosk.view_parts import button, header_of, hint_line, ils_line

# -- the stack -------------------------------------------------------------------------------------------


def stack_screen(session: Session, say: Texts) -> StackScreen:
    books = stack.books(session)
    ready = tuple(book for book in books if book.standing is Standing.READY)
    borrowing = session.mode is Mode.BORROW
    return StackScreen(
        header=header_of(session, say),
        title=say("Borrow books") if borrowing else say("Return books"),
        tabs=_tabs(session, say),
        count=str(len(books)),
        count_unit=say.many("book", "books", n=len(books)),
        count_note=_count_note(books, ready, say),
        rows=tuple(_book_row(session, book, say) for book in books),
        empty=say("Put your books on the pad, all together."),
        buttons=(
            button(say("End") if session.reader else say("Back"), Action.END),
            _confirm_button(session, books, ready, say),
        ),
        notice=hint_line(session, say) or ils_line(session, say),
    )


def _tabs(session: Session, say: Texts) -> tuple[Button, ...]:
    if session.reader is None:
        return ()
    borrow = button(say("Borrow"), Action.SHOW_BORROW)
    back = button(say("Return"), Action.SHOW_RETURN)
    borrowing = session.mode is Mode.BORROW
    return replace(borrow, chosen=borrowing), replace(back, chosen=not borrowing)


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
    return Button(text, touch, Rank.PRIMARY, enabled=bool(n) and not asking and session.ils_up is not False)


def _book_row(session: Session, book: Book, say: Texts) -> Row:
    if book.standing is Standing.READY:
        borrowing = session.mode is Mode.BORROW
        mark, tone = (say("Can be borrowed") if borrowing else say("Can be returned")), Tone.GOOD
        item = session.items.get(book.item_id or "")
        if borrowing and item is not None and item.status is ItemStatus.HELD:
            mark, tone = say("Kept for a reader"), Tone.WARN
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
        return say("“{title}”", title=title)
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
    borrowing = session.mode is Mode.BORROW
    return WorkingScreen(
        header=header_of(session, say),
        title=say("Borrowing: leave the books on the pad")
        if borrowing
        else say("Returning: leave the books on the pad"),
        done=sum(op.done for op in ops),
        total=len(ops),
        rows=tuple(_op_row(op, say) for op in ops),
        notice=notice,
    )


def _op_row(op: Operation, say: Texts) -> Row:
    mark, tone = _outcome(op, say)
    detail = say("No. {number}", number=op.item_id)
    if op.ils is Ils.REFUSED and op.message:
        detail = op.message
    elif op.done and any(tag.to_repair for tag in op.tags):
        detail = say("The security tag was not switched: the gate may ring, please tell the staff.")
    elif op.done and op.held:
        detail = say("Another reader waits for it: please leave it on the return shelf.")
    return Row(str(op.op_id), _title(op.title, op.item_id, say), detail, mark, tone)


def _outcome(op: Operation, say: Texts) -> tuple[str, Tone]:
    if op.ils is Ils.REFUSED:
        borrow = say("Not borrowed") if op.kind is OpKind.BORROW else say("Not returned")
        return (
            f"{borrow}: {say(wording.WHY[op.why])}" if op.why and op.why is not Why.INTERRUPTED else borrow,
            (Tone.BAD),
        )
    if op.ils is Ils.UNKNOWN:
        return say("Not confirmed yet"), Tone.WARN
    if not op.done:
        return say("Under way…"), Tone.BUSY
    if op.kind is OpKind.RETURN:
        return say("Returned"), Tone.GOOD
    due = say("Due {date}", date=op.due) if op.due else say("Borrowed")
    return due, Tone.WARN if any(tag.to_repair for tag in op.tags) else Tone.GOOD


def result_screen(session: Session, say: Texts) -> ResultScreen:
    ops = session.visit_ops()
    good = [op for op in ops if op.done and op.ils is Ils.ACCEPTED]
    unknown = [op for op in ops if op.ils is Ils.UNKNOWN]
    borrowing = session.mode is Mode.BORROW
    n, total = len(good), len(ops)
    if borrowing:
        summary = say.many("{n} book borrowed", "{n} books borrowed", n=n)
    else:
        summary = say.many("{n} book returned", "{n} books returned", n=n)
    tone = Tone.GOOD if n == total else (Tone.WARN if n or unknown else Tone.BAD)
    title = {Tone.GOOD: say("Done"), Tone.WARN: say("Not all was done"), Tone.BAD: say("Nothing was done")}[
        tone
    ]
    if unknown:
        title = say("Not confirmed yet")
    notice = _result_notice(session, unknown, say)
    can_print = visit.can_print(session) and session.receipt is not Receipt.FAILED and bool(good)
    return ResultScreen(
        header=header_of(session, say),
        title=title,
        tone=tone,
        summary=summary,
        rows=tuple(_op_row(op, say) for op in ops),
        question=say("Would you like a receipt?") if can_print else "",
        buttons=_result_buttons(session, can_print, say),
        notice=notice,
    )


def _result_notice(session: Session, unknown: list[Operation], say: Texts) -> Line | None:
    if session.receipt is Receipt.PRINTING:
        return Line(say("Printing the receipt…"), Tone.BUSY)
    if unknown:
        text = say(
            "The library system did not answer. It is asked until it does; please leave these books here."
        )
        return Line(text, Tone.WARN)
    printer = session.printer
    stands = say("Your books are recorded all the same.")
    if printer is not None and printer.paper is PaperState.OUT:
        return Line(say("The printer is out of paper.") + " " + stands, Tone.WARN)
    if session.receipt is Receipt.FAILED or not visit.can_print(session):
        return Line(say("The receipt printer is not ready.") + " " + stands, Tone.WARN)
    return hint_line(session, say)


def _result_buttons(session: Session, can_print: bool, say: Texts) -> tuple[Button, ...]:
    if session.receipt is Receipt.PRINTING:
        return ()
    more = Action.SHOW_BORROW if session.reader else Action.SHOW_RETURN
    buttons = (button(say("More books"), more, Rank.QUIET),)
    if not can_print:
        return (*buttons, button(say("Finish"), Action.NO_RECEIPT, Rank.PRIMARY))
    return (
        *buttons,
        button(say("No receipt"), Action.NO_RECEIPT),
        button(say("Print receipt"), Action.PRINT_RECEIPT, Rank.PRIMARY),
    )
