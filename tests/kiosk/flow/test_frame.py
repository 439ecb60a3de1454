"""What surrounds a visit: paper, hints, devices, the ILS's line, and what lies on the pad."""

from dataclasses import replace
from datetime import timedelta

import pytest

from devices.kinds import (
    CodeScanned,
    DeviceInfo,
    DoorCount,
    Kind,
    PaperState,
    PrinterStatus,
    PrinterTrouble,
    TagOnPad,
)
from devices.tag_data import Model, SetInfo, TagContent, Unreadable
from kiosk.flow import effects as fx
from kiosk.flow import events as ev
from kiosk.flow.ils_values import Item, ItemStatus
from kiosk.flow.operation import OpKind, Step
from kiosk.flow.report_values import Alarm, DeviceChange, DisputeRaised, LoanMade
from kiosk.flow.session import Hint, Language, Mode, Receipt, Session, Stage
from kiosk.flow.stack import Standing, books
from kiosk.flow.touch import Action
from kiosk.flow.visit import seconds_left
from tests.kiosk.flow.table import CARD, NOON, READER, Table, book, stranger, uid

HOME, LENT = 0x07, 0xC2
OF_THE_READER = (
    "mode", "signed_in_online", "asked", "credential", "reader", "pin", "pin_failures", "account", "blocked",
    "message", "receipt", "items", "visit", "language", "large_type", "hint",
)  # fmt: skip


@pytest.fixture
def table() -> Table:
    return Table()


def lent(table: Table, *tags: TagOnPad) -> Table:
    """A visit up to its result."""
    table.pad(*(tags or (book(1),)))
    table.sign_in()
    table.titles()
    table.touch(Action.CONFIRM)
    table.all_goes_well()
    assert table.stage is Stage.RESULT
    return table


# -- paper -------------------------------------------------------------------------------------------------


def test_a_receipt_is_printed_once_and_ends_the_visit(table: Table) -> None:
    lent(table).touch(Action.PRINT_RECEIPT)
    table.touch(Action.PRINT_RECEIPT)
    assert len(table.take(fx.PrintReceipt)) == 1 and table.session.receipt is Receipt.PRINTING
    assert seconds_left(table.session) is None, "nobody is hurried while it prints"
    table.event(ev.ReceiptPrinted())
    assert table.stage is Stage.GOODBYE
    table.wait(table.session.rules.goodbye_s)
    assert table.stage is Stage.IDLE


def test_a_receipt_that_failed_leaves_the_result_standing(table: Table) -> None:
    lent(table).touch(Action.PRINT_RECEIPT)
    table.event(ev.ReceiptFailed("no paper"))
    assert table.session.receipt is Receipt.FAILED and table.stage is Stage.RESULT


@pytest.mark.parametrize("news", [ev.ReceiptPrinted(), ev.ReceiptFailed("late")])
def test_news_of_a_receipt_that_nobody_waits_for_changes_nothing(table: Table, news: ev.Event) -> None:
    before = lent(table).session
    table.event(news)
    assert table.session == before


@pytest.mark.parametrize("paper", [PaperState.OUT, None])
def test_without_a_printer_that_can_print_nothing_is_printed(table: Table, paper: PaperState | None) -> None:
    if paper is None:
        table.event(ev.DeviceDown(Kind.RECEIPT_PRINTER, "escpos", "printer", "gone"))
        assert table.session.printer is None
    else:
        table.event(ev.PrinterChecked(PrinterStatus(paper)))
    lent(table).touch(Action.PRINT_RECEIPT)
    assert not table.take(fx.PrintReceipt) and table.session.receipt is Receipt.NOT_ASKED


def test_paper_out_is_told_once_and_its_end_once(table: Table) -> None:
    table.effects.clear()
    for paper in (PaperState.OUT, PaperState.OUT, PaperState.OK, PaperState.OK):
        table.event(ev.PrinterChecked(PrinterStatus(paper)))
    alarm = "paper_out"
    out = PrinterTrouble.PAPER_OUT.value
    assert table.told(Alarm) == [Alarm(alarm, out, True), Alarm(alarm, "", False)]
    assert len(table.take(fx.PublishState)) == 2


def test_a_printer_that_is_without_paper_from_the_start_is_told() -> None:
    table = Table()
    table.session = replace(table.session, printer=None)
    table.event(ev.PrinterChecked(PrinterStatus(PaperState.OK)))
    assert not table.told(Alarm)
    table.session = replace(table.session, printer=None)
    table.event(ev.PrinterChecked(PrinterStatus(PaperState.OUT)))
    assert [alarm.raised for alarm in table.told(Alarm)] == [True]


# -- devices and the line ----------------------------------------------------------------------------------


def test_a_device_says_since_when_it_is_as_it_is(table: Table) -> None:
    down = ev.DeviceDown(Kind.CARD_READER, "pn532", "nfc", "gone")
    table.event(down)
    gone = table.session.devices[Kind.CARD_READER.value]
    assert (gone.up, gone.reason, gone.since) == (False, "gone", NOON)
    assert gone.info and gone.info.serial == "1", "what it was is remembered"
    table.event(ev.Tick(200.0, NOON + timedelta(hours=1)))
    table.event(down)
    assert table.session.devices[Kind.CARD_READER.value].since == NOON
    table.event(ev.DeviceUp(DeviceInfo(Kind.CARD_READER, "pn532", "nfc", serial="1")))
    assert table.session.devices[Kind.CARD_READER.value].since == NOON + timedelta(hours=1)
    table.event(ev.Tick(300.0, NOON + timedelta(hours=2)))
    table.event(ev.DeviceUp(DeviceInfo(Kind.CARD_READER, "pn532", "nfc", serial="1")))
    assert table.session.devices[Kind.CARD_READER.value].since == NOON + timedelta(hours=1)


def test_another_serial_number_is_a_change_and_the_same_again_is_none(table: Table) -> None:
    table.effects.clear()
    table.event(ev.DeviceUp(DeviceInfo(Kind.CARD_READER, "model", "port", serial="1")))
    assert not table.effects
    table.event(ev.DeviceUp(DeviceInfo(Kind.CARD_READER, "model", "port", serial="2")))
    (change,) = table.told(DeviceChange)
    assert (change.serial_before, change.serial, change.up_before, change.up) == ("1", "2", True, True)
    assert len(table.take(fx.PublishState)) == 1


def test_another_reason_for_being_away_refreshes_the_state_alone(table: Table) -> None:
    table.event(ev.DeviceDown(Kind.CARD_READER, "model", "port", "gone"))
    table.effects.clear()
    table.event(ev.DeviceDown(Kind.CARD_READER, "model", "port", "no such file"))
    assert table.effects == [fx.PublishState()]


def test_a_device_that_never_worked_is_told(table: Table) -> None:
    table.effects.clear()
    table.event(ev.DeviceDown(Kind.DOOR_COUNTER, "modbus_counter", "door", "no answer"))
    (change,) = table.told(DeviceChange)
    assert change.up_before is None and change.serial_before is None and not change.up


def test_the_ils_away_is_told_once_and_back_once(table: Table) -> None:
    table.effects.clear()
    for event in (ev.IlsDown("no route"), ev.IlsDown("reset"), ev.IlsUp(), ev.IlsUp()):
        table.event(event)
    alarm = "ils_unreachable"
    assert table.told(Alarm) == [Alarm(alarm, "no route", True), Alarm(alarm, "", False)]
    assert len(table.take(fx.PublishState)) == 2


def test_an_ils_there_from_the_start_is_no_news_of_an_alarm() -> None:
    assert not Table(ils_up=True).told(Alarm)


def test_a_stuck_beam_is_told_when_it_is_stuck_and_when_it_is_free(table: Table) -> None:
    stuck = DoorCount(5, 4, trouble="beam A long broken")
    for count in (DoorCount(5, 4), stuck, stuck, DoorCount(6, 4), DoorCount(6, 4)):
        table.event(ev.DoorCounted(count))
    reports = [effect.report for effect in table.effects if isinstance(effect, fx.Tell)]
    told = [(alarm.name, alarm.raised) for alarm in reports if isinstance(alarm, Alarm)]
    assert told == [("door_counter_silent", True), ("door_counter_silent", False)]


def test_a_door_count_is_stored(table: Table) -> None:
    table.event(ev.DoorCounted(DoorCount(5, 4)))
    assert table.only(fx.StoreDoorCount).count == DoorCount(5, 4)


def test_out_of_service_forgets_the_reader_and_begins_nothing(table: Table) -> None:
    table.pad(book(1))
    table.sign_in()
    table.titles()
    table.touch(Action.CONFIRM)
    table.effects.clear()
    table.event(ev.Broken("disk full"))
    session = table.session
    assert (session.stage, session.fault, session.reader) == (Stage.OUT_OF_SERVICE, "disk full", None)
    assert not session.credential and not session.items and not session.visit
    assert table.effects == [fx.PublishState()]
    table.event(ev.IlsAccepted(1, due="2026-12-22"))
    table.event(ev.Tick(500.0, NOON))
    assert table.effects == [fx.PublishState()] and table.session.now_s == 500.0


# -- hints and endings ---------------------------------------------------------------------------------------


def test_a_hint_stands_for_a_while(table: Table) -> None:
    table.event(CodeScanned("9787020002207", "EAN13"))
    assert table.session.hint is Hint.ISBN
    table.wait(table.session.rules.hint_s - 0.1)
    assert table.session.hint is Hint.ISBN
    table.wait(0.1)
    assert table.session.hint is None


@pytest.mark.parametrize(
    "text", ["35240000000019", "2524000001001", "252400000100100", "2524000001001X", " 35240000000019 "]
)
def test_what_is_no_readers_number_signs_nobody_in(table: Table, text: str) -> None:
    table.event(CodeScanned(text, "CODE128"))
    assert not table.take(fx.AskReader) and table.stage is Stage.IDLE


def test_a_scanned_number_signs_in_without_the_blanks_around_it(table: Table) -> None:
    table.event(CodeScanned(" 25240000010010\r", "CODE128"))
    assert table.only(fx.AskReader).credential == "25240000010010"


def test_the_end_leaves_nothing_of_the_reader(table: Table) -> None:
    lent(table)
    table.touch(Action.LANGUAGE)
    assert table.session.language is Language.EN
    table.touch(Action.NO_RECEIPT)
    assert table.session.language is Language.EN, "the farewell is still theirs"
    table.touch(Action.END)
    fresh = Session(table.session.rules)
    for name in OF_THE_READER:
        assert getattr(table.session, name) == getattr(fresh, name), name
    assert table.session.ops == ()


def test_a_visit_untouched_ends_at_its_time_and_not_before(table: Table) -> None:
    table.sign_in()
    table.wait(table.session.rules.idle_s - 0.1)
    assert table.stage is Stage.STACK
    table.touch(Action.STAY)
    table.wait(table.session.rules.idle_s - 0.1)
    assert table.stage is Stage.STACK and seconds_left(table.session) == pytest.approx(0.1)
    table.wait(0.2)
    assert table.stage is Stage.IDLE


def test_books_that_come_count_as_a_touch(table: Table) -> None:
    table.sign_in()
    table.wait(table.session.rules.idle_s - 1)
    table.pad(book(1))
    table.wait(2)
    assert table.stage is Stage.STACK


def test_an_unanswered_sign_in_says_that_the_ils_is_away(table: Table) -> None:
    table.tap()
    table.event(ev.ReaderNotAnswered("another", "no reply"))
    assert table.stage is Stage.SIGNING_IN
    table.event(ev.ReaderNotAnswered(CARD.hex().upper(), "no reply"))
    assert table.stage is Stage.MESSAGE


# -- the pad -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("mode", "status", "standing"),
    [
        (Mode.BORROW, ItemStatus.AVAILABLE, Standing.READY),
        (Mode.BORROW, ItemStatus.OTHER, Standing.READY),
        (Mode.BORROW, ItemStatus.HELD, Standing.READY),
        (Mode.BORROW, ItemStatus.ON_LOAN, Standing.ON_LOAN),
        (Mode.BORROW, ItemStatus.NOT_FOR_LOAN, Standing.NOT_FOR_LOAN),
        (Mode.BORROW, ItemStatus.UNKNOWN_ITEM, Standing.NOT_IN_CATALOGUE),
        (Mode.RETURN, ItemStatus.AVAILABLE, Standing.NOT_ON_LOAN),
        (Mode.RETURN, ItemStatus.OTHER, Standing.READY),
        (Mode.RETURN, ItemStatus.HELD, Standing.NOT_ON_LOAN),
        (Mode.RETURN, ItemStatus.ON_LOAN, Standing.READY),
        (Mode.RETURN, ItemStatus.NOT_FOR_LOAN, Standing.NOT_ON_LOAN),
        (Mode.RETURN, ItemStatus.UNKNOWN_ITEM, Standing.NOT_IN_CATALOGUE),
    ],
)
def test_what_a_books_status_allows(mode: Mode, status: ItemStatus, standing: Standing) -> None:
    table = Table(lying=(book(1),))
    table.sign_in()
    assert books(table.session)[0].standing is Standing.ASKING
    table.titles(status)
    table.session = replace(table.session, mode=mode)
    (only,) = books(table.session)
    assert (only.standing, only.item_id, only.title) == (standing, "B1", "书B1")


def test_tags_that_cannot_be_believed(table: Table) -> None:
    table.session = replace(table.session, rules=replace(table.session.rules, owners=frozenset({"CN-MZ"})))
    blank = TagOnPad(uid(2), Unreadable("blank", blank=True), 0)
    foreign = TagOnPad(uid(3), TagContent(Model.ISO_28560_2, "B3", owner="US-InU"), HOME)
    ours = TagOnPad(uid(4), TagContent(Model.ISO_28560_2, "B4", owner="CN-MZ"), HOME)
    silent = TagOnPad(uid(5), TagContent(Model.ISO_28560_2, "B5"), HOME)
    table.pad(stranger(1), blank, foreign, ours, silent)
    table.sign_in()
    table.titles()
    expected = [Standing.UNREADABLE, Standing.BLANK, Standing.FOREIGN, Standing.READY, Standing.READY]
    assert [each.standing for each in books(table.session)] == expected
    assert all(each.item_id is None and each.title == "" for each in books(table.session)[:2])


@pytest.mark.parametrize(
    ("parts", "counted", "standing"),
    [
        ((SetInfo(1, 2),), (1, 2), Standing.INCOMPLETE_SET),
        ((SetInfo(1, 2), SetInfo(2, 2)), (2, 2), Standing.READY),
        ((SetInfo(1, 2), SetInfo(1, 2)), (1, 2), Standing.DOUBLE),
        ((SetInfo(0, 3),), (3, 3), Standing.READY),
        ((SetInfo(1, 1),), None, Standing.READY),
        ((None, None), None, Standing.DOUBLE),
    ],
)
def test_sets(parts: tuple, counted: tuple[int, int] | None, standing: Standing) -> None:
    table = Table(lying=tuple(book(1, part=part, tag=n + 1) for n, part in enumerate(parts)))
    table.sign_in()
    table.titles()
    (only,) = books(table.session)
    assert (only.parts, only.standing) == (counted, standing)


def test_a_book_put_again_is_asked_about_again(table: Table) -> None:
    table.sign_in(READER)
    table.pad(book(1), book(2))
    table.titles()
    table.pad(book(2))
    table.pad(book(2), book(1))
    assert [asked.item_id for asked in table.take(fx.AskItem)] == ["B1"]


def test_an_unanswered_question_about_a_book_is_asked_again_when_the_ils_is_back(table: Table) -> None:
    table.sign_in()
    table.pad(book(1), book(2))
    table.take(fx.AskItem)
    table.event(ev.ItemNotAnswered("B1", "no reply"))
    table.event(ev.IlsDown("no route"))
    table.event(ev.IlsUp())
    assert [asked.item_id for asked in table.take(fx.AskItem)] == ["B1"]


def test_an_answer_about_a_book_that_has_left_is_forgotten(table: Table) -> None:
    table.sign_in()
    table.event(ev.ItemAnswered(Item("B7", "书", ItemStatus.AVAILABLE)))
    assert "B7" not in table.session.items


def test_the_ils_is_told_whose_visit_has_ended(table: Table) -> None:
    lent(table).touch(Action.NO_RECEIPT)
    assert table.only(fx.EndIlsSession).reader_id == READER.reader_id


def test_an_answer_about_another_reader_signs_nobody_in(table: Table) -> None:
    table.tap()
    table.event(ev.ReaderAnswered("04FFFFFF", READER))
    assert table.stage is Stage.SIGNING_IN and table.session.reader is None


def test_the_same_books_seen_again_stop_nothing(table: Table) -> None:
    table.pad(book(1))
    table.sign_in()
    table.titles()
    table.touch(Action.CONFIRM)
    table.pad(book(1))
    table.all_goes_well()
    assert len(table.told(LoanMade)) == 1


def test_the_words_of_an_answer_are_kept(table: Table) -> None:
    table.pad(book(1), book(2))
    table.sign_in()
    table.titles()
    table.touch(Action.CONFIRM)
    for words, title in (("请爱护图书", "红楼梦"), ("", "")):
        asked = table.only(fx.SendCheckout)
        table.event(ev.IlsAccepted(asked.op_id, title=title, due="2026-12-22", message=words))
    first, second = table.session.visit_ops()
    assert (first.title, first.message, first.due) == ("红楼梦", "请爱护图书", "2026-12-22")
    assert second.title == "书B2", "the ILS may say no title: the one known stands"


def test_a_book_seen_again_while_others_wait_for_the_ils_stops_none(table: Table) -> None:
    table.pad(book(1), book(2))
    table.sign_in()
    table.titles()
    table.touch(Action.CONFIRM)
    table.pad(book(1), book(2))
    table.all_goes_well()
    assert len(table.told(LoanMade)) == 2


def test_a_visit_that_ends_with_a_tag_awaited_leaves_it_to_the_list_and_says_goodbye(table: Table) -> None:
    table.pad(book(1))
    table.sign_in()
    table.titles()
    table.touch(Action.CONFIRM)
    table.event(ev.IlsUnknown(table.only(fx.SendCheckout).op_id, "no reply"))
    table.take(fx.AskTruth)
    table.wait(table.session.rules.settle_s + 1)
    assert table.stage is Stage.RESULT
    table.pad()
    table.event(ev.TruthAnswered(1, ev.Truth(True, True, "2026-12-22")))
    table.touch(Action.NO_RECEIPT)
    assert (1, Step.TAG_TO_REPAIR) in table.journal() and uid(1) in table.session.repairs
    assert table.only(fx.EndIlsSession).reader_id == READER.reader_id


def test_an_answer_for_an_operation_given_up_frees_only_its_own_turn(table: Table) -> None:
    table.pad(book(1))
    table.sign_in()
    table.titles()
    table.touch(Action.CONFIRM)
    table.event(ev.IlsAccepted(99, due="2026-12-22"))
    assert table.session.ils_op == 1
    table.session = replace(table.session, ils_op=99, tag_op=98)
    table.event(ev.IlsAccepted(99, due="2026-12-22"))
    table.event(ev.AfiWritten(98, uid(1), LENT))
    assert table.session.ils_op is None and table.session.tag_op is None


def test_an_account_that_cannot_be_asked_for_says_so(table: Table) -> None:
    table.pad(book(1))
    table.sign_in()
    table.titles()
    table.touch(Action.CONFIRM)
    table.event(ev.IlsDown("no route"))
    table.event(ev.IlsUnknown(table.only(fx.SendCheckout).op_id, "no reply"))
    table.wait(table.session.rules.settle_s + 1)
    table.touch(Action.SHOW_ACCOUNT)
    assert table.session.hint is Hint.NO_ACCOUNT and not table.take(fx.AskAccount)


def test_a_card_tapped_over_a_stack_of_returns_signs_its_reader_in(table: Table) -> None:
    table.touch(Action.START_RETURN)
    table.sign_in()
    assert table.session.reader == READER and table.session.mode is Mode.BORROW


def test_a_dispute_names_nobody_where_it_might_be_logged() -> None:
    dispute = DisputeRaised(1, OpKind.BORROW, "B1", READER.reader_id, "2026-11-22T04:00:00Z", "已借出")
    assert READER.reader_id not in repr(dispute) and "已借出" not in repr(dispute)


@pytest.mark.parametrize("action", [Action.SHOW_ACCOUNT, Action.SHOW_BORROW])
def test_without_a_reader_there_is_neither_an_account_nor_a_loan(table: Table, action: Action) -> None:
    table.touch(Action.START_RETURN)
    table.touch(action)
    assert table.stage is Stage.STACK and table.session.mode is Mode.RETURN and not table.take(fx.AskAccount)


# -- language and size of type ---------------------------------------------------------------------------


def test_large_type_is_the_readers_own_and_ends_with_the_visit() -> None:
    table = Table()
    table.touch(Action.LARGE_TYPE)
    table.sign_in()
    assert table.session.large_type, "chosen before the card"
    table.touch(Action.LARGE_TYPE)
    assert not table.session.large_type
    table.touch(Action.LARGE_TYPE)
    table.touch(Action.END)
    assert table.stage is Stage.IDLE and not table.session.large_type


def test_what_a_passer_by_chose_does_not_stay_for_the_next_reader() -> None:
    table = Table()
    table.touch(Action.LANGUAGE)
    table.touch(Action.LARGE_TYPE)
    table.wait(table.session.rules.idle_s - 1)
    assert table.session.language is Language.EN and table.session.large_type
    table.wait(2)
    assert table.stage is Stage.IDLE
    assert table.session.language is Language.ZH and not table.session.large_type
