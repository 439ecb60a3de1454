"""Paper, telephone or neither; what may have been printed; codes that are no reader's: without a screen."""

import pytest

from devices.codes import library_check_digit
from devices.kinds import CodeScanned, PaperState, PrinterStatus
from kiosk.flow import effects as fx
from kiosk.flow import events as ev
from kiosk.flow.ils_values import Account, LoanEntry
from kiosk.flow.report_values import Alarm
from kiosk.flow.session import Hint, Mode, Receipt, Stage
from kiosk.flow.touch import Action
from tests.kiosk.flow.table import READER, Table, book

TEXT = "借书凭条"
ACCOUNT = Account((LoanEntry("B1", "活着", "2026-12-22"),))


@pytest.fixture
def table() -> Table:
    """A book was borrowed, the result is shown."""
    table = Table()
    table.pad(book(1))
    table.sign_in()
    table.titles()
    table.touch(Action.CONFIRM)
    table.all_goes_well()
    table.tags_obey()
    assert table.stage is Stage.RESULT
    return table


def test_a_receipt_is_no_copy(table: Table) -> None:
    table.touch(Action.PRINT_RECEIPT)
    assert table.only(fx.PrintReceipt) == fx.PrintReceipt(copy=False)


def test_what_may_have_been_printed_is_told_and_comes_out_again_as_a_copy_only(table: Table) -> None:
    table.touch(Action.PRINT_RECEIPT)
    table.take(fx.PrintReceipt)
    table.event(ev.ReceiptFailed("no answer", doubtful=True))
    assert table.session.receipt is Receipt.DOUBTFUL and table.stage is Stage.RESULT
    table.touch(Action.PRINT_RECEIPT)
    assert table.only(fx.PrintReceipt) == fx.PrintReceipt(copy=True)


def test_a_look_at_the_code_does_not_make_a_copy_a_first_one(table: Table) -> None:
    table.touch(Action.PRINT_RECEIPT)
    table.event(ev.ReceiptFailed("no answer", doubtful=True))
    table.touch(Action.TAKE_BY_PHONE)
    table.event(ev.ReceiptComposed(TEXT))
    table.touch(Action.SHOW_RESULT)
    assert table.session.receipt is Receipt.DOUBTFUL
    table.take(fx.PrintReceipt)
    table.touch(Action.PRINT_RECEIPT)
    assert table.only(fx.PrintReceipt).copy


def test_what_certainly_failed_is_no_copy_the_next_time(table: Table) -> None:
    table.touch(Action.PRINT_RECEIPT)
    table.take(fx.PrintReceipt)
    table.event(ev.ReceiptFailed("paper out"))
    table.touch(Action.PRINT_RECEIPT)
    assert not table.only(fx.PrintReceipt).copy


def test_the_next_books_receipt_is_a_first_one(table: Table) -> None:
    table.touch(Action.PRINT_RECEIPT)
    table.event(ev.ReceiptFailed("no answer", doubtful=True))
    table.touch(Action.SHOW_BORROW)
    table.take(fx.PrintReceipt)
    table.pad(book(2))
    table.titles()
    table.touch(Action.CONFIRM)
    table.all_goes_well()
    table.tags_obey()
    table.touch(Action.PRINT_RECEIPT)
    assert not table.only(fx.PrintReceipt).copy


@pytest.mark.parametrize(
    "event", [ev.ReceiptPrinted(ev.PrintJob.SLIP), ev.ReceiptFailed("", job=ev.PrintJob.SLIP)]
)
def test_news_of_a_slip_is_no_news_of_the_receipt(table: Table, event: ev.Event) -> None:
    table.touch(Action.PRINT_RECEIPT)
    table.event(event)
    assert table.session.receipt is Receipt.PRINTING and table.stage is Stage.RESULT


def test_while_it_prints_nobody_leaves(table: Table) -> None:
    table.touch(Action.PRINT_RECEIPT)
    for action in (Action.NO_RECEIPT, Action.SHOW_BORROW, Action.TAKE_BY_PHONE):
        table.touch(action)
    assert table.stage is Stage.RESULT and not table.take(fx.ComposeReceipt)


def test_a_telephone_takes_the_text_and_the_screen_forgets_it(table: Table) -> None:
    table.touch(Action.TAKE_BY_PHONE)
    assert table.only(fx.ComposeReceipt) and table.session.receipt is Receipt.NOT_ASKED
    table.event(ev.ReceiptComposed(TEXT))
    assert table.session.receipt is Receipt.SHOWN and table.session.receipt_text == TEXT
    assert TEXT not in repr(table.session)
    table.touch(Action.NO_RECEIPT)
    assert table.stage is Stage.GOODBYE and table.session.receipt_text == ""


def test_a_text_that_comes_too_late_is_shown_to_nobody(table: Table) -> None:
    table.touch(Action.TAKE_BY_PHONE)
    table.touch(Action.NO_RECEIPT)
    table.event(ev.ReceiptComposed(TEXT))
    assert table.session.receipt_text == ""


# -- the account -------------------------------------------------------------------------------------------


@pytest.fixture
def account() -> Table:
    table = Table()
    table.sign_in()
    table.touch(Action.SHOW_ACCOUNT)
    table.event(ev.AccountAnswered(READER.reader_id, ACCOUNT))
    return table


def test_the_list_is_printed_and_the_visit_goes_on(account: Table) -> None:
    account.touch(Action.PRINT_ACCOUNT)
    assert account.only(fx.PrintAccount) == fx.PrintAccount(copy=False)
    account.touch(Action.PRINT_ACCOUNT)
    assert not account.take(fx.PrintAccount), "not twice"
    account.event(ev.ReceiptPrinted(ev.PrintJob.ACCOUNT))
    assert account.stage is Stage.ACCOUNT and account.session.hint is Hint.ACCOUNT_PRINTED


def test_a_doubtful_list_says_so_and_is_a_copy_the_next_time(account: Table) -> None:
    account.touch(Action.PRINT_ACCOUNT)
    account.event(ev.ReceiptFailed("no answer", doubtful=True, job=ev.PrintJob.ACCOUNT))
    assert account.session.hint is Hint.RECEIPT_DOUBTFUL
    account.take(fx.PrintAccount)
    account.touch(Action.PRINT_ACCOUNT)
    assert account.only(fx.PrintAccount).copy


def test_a_doubt_ends_with_its_reader(account: Table) -> None:
    account.touch(Action.PRINT_ACCOUNT)
    account.event(ev.ReceiptFailed("no answer", doubtful=True, job=ev.PrintJob.ACCOUNT))
    account.touch(Action.END)
    account.sign_in()
    account.touch(Action.SHOW_ACCOUNT)
    account.event(ev.AccountAnswered(READER.reader_id, ACCOUNT))
    account.take(fx.PrintAccount)
    account.touch(Action.PRINT_ACCOUNT)
    assert not account.only(fx.PrintAccount).copy


# -- the printer -------------------------------------------------------------------------------------------


def test_paper_that_is_nearly_used_up_is_told_once_and_its_end_too() -> None:
    table = Table()
    table.effects.clear()
    for paper in (PaperState.NEAR_END, PaperState.NEAR_END, PaperState.OUT):
        table.event(ev.PrinterChecked(PrinterStatus(paper)))
    told = [(alarm.name, alarm.raised) for alarm in table.told(Alarm)]
    assert told == [("paper_low", True), ("paper_low", False), ("paper_out", True)]


# -- codes that are no reader's ----------------------------------------------------------------------------

ITEM = "33191000105864"
NUMBER = "2319100010586" + library_check_digit("2319100010586")


@pytest.mark.parametrize("mode", [Mode.BORROW, Mode.RETURN])
@pytest.mark.parametrize(
    ("text", "hint"),
    [
        (ITEM, Hint.BOOK_CODE),
        (f"A{ITEM}B", Hint.BOOK_CODE),
        ("9780306406157", Hint.ISBN),
        ("6901234567892", Hint.NOT_A_READER_CODE),
    ],
)
def test_a_code_that_signs_nobody_in_is_called_what_it_is(text: str, hint: Hint, mode: Mode) -> None:
    table = Table()
    if mode is Mode.RETURN:
        table.touch(Action.START_RETURN)
    table.event(CodeScanned(text))
    assert table.session.hint is hint and not table.take(fx.AskReader)


def test_a_readers_barcode_signs_in_without_its_start_and_stop() -> None:
    table = Table()
    table.event(CodeScanned(f"A{NUMBER}B"))
    assert table.only(fx.AskReader).credential == NUMBER


def test_a_reader_card_on_the_return_screen_says_that_it_is_for_borrowing_now() -> None:
    table = Table()
    table.touch(Action.START_RETURN)
    table.event(CodeScanned(NUMBER))
    table.event(ev.ReaderAnswered(NUMBER, READER))
    assert table.stage is Stage.STACK and table.session.mode is Mode.BORROW
    assert table.session.hint is Hint.NOW_BORROWING


def test_what_is_no_code_at_all_gets_a_sentence() -> None:
    table = Table()
    table.event(ev.CodeRejected("a code longer than 512 characters was dropped"))
    assert table.session.hint is Hint.CODE_UNREADABLE and table.stage is Stage.IDLE
