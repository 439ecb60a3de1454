"""Borrowing as stories without a screen."""

import pytest

from devices.kinds import TagOnPad
from devices.tag_data import Model, SetInfo, TagContent
from kiosk.flow import effects as fx
from kiosk.flow import events as ev
from kiosk.flow.ils_values import Block, Item, ItemStatus, Reader
from kiosk.flow.operation import Step
from kiosk.flow.report_values import BookReturned, LoanMade, OperationRefused
from kiosk.flow.session import Hint, Message, Stage
from kiosk.flow.touch import Action, Touch
from tests.kiosk.flow.table import CARD, READER, Table, book, stranger, uid


@pytest.fixture
def table() -> Table:
    return Table()


def borrowing(table: Table, *tags) -> Table:
    table.pad(*tags)
    table.sign_in()
    table.titles()
    return table


def test_three_books_are_borrowed_one_durable_step_at_a_time(table: Table) -> None:
    borrowing(table, book(1), book(2), book(3)).touch(Action.CONFIRM)
    assert table.journal()[:4] == [(1, Step.INTENDED), (2, Step.INTENDED), (3, Step.INTENDED), (1, Step.SENT)]
    table.all_goes_well()
    assert table.stage is Stage.RESULT
    expected = [
        Step.INTENDED, Step.SENT, Step.ACCEPTED, Step.TAG_WRITTEN, Step.TAG_PROVEN, Step.REPORTED, Step.DONE,
    ]  # fmt: skip
    for op_id in (1, 2, 3):
        assert [step for op, step in table.journal() if op == op_id] == expected
    assert len(table.told(LoanMade)) == 3


def test_the_step_is_written_before_the_act_it_speaks_of(table: Table) -> None:
    borrowing(table, book(1)).touch(Action.CONFIRM)
    table.event(ev.IlsAccepted(1, due="2026-12-22"))
    kinds = [type(e) if not isinstance(e, fx.Journal) else e.step for e in table.effects]
    assert kinds.index(Step.INTENDED) < kinds.index(Step.SENT) < kinds.index(fx.SendCheckout)
    assert kinds.index(Step.ACCEPTED) < kinds.index(fx.WriteAfi)


def test_the_next_book_is_sent_while_the_tag_of_the_last_is_written(table: Table) -> None:
    borrowing(table, book(1), book(2)).touch(Action.CONFIRM)
    table.ils_says_yes()
    assert table.only(fx.WriteAfi).uid == uid(1)
    assert table.only(fx.SendCheckout).op_id == 2


def test_book_first_then_card(table: Table) -> None:
    table.pad(book(1))
    assert table.stage is Stage.IDLE and not table.take(fx.AskItem), "titles are nobody's business yet"
    table.sign_in()
    table.titles()
    table.touch(Action.CONFIRM)
    assert table.only(fx.SendCheckout).item_id == "B1"


def test_card_first_then_books_one_by_one(table: Table) -> None:
    table.sign_in()
    table.pad(book(1))
    table.titles()
    table.pad(book(1), book(2))
    assert [asked.item_id for asked in table.take(fx.AskItem)] == ["B2"], "only the new one is asked about"


def test_card_and_books_at_once(table: Table) -> None:
    table.tap()
    table.pad(book(1), book(2))
    table.event(ev.ReaderAnswered(CARD.hex().upper(), READER))
    assert {asked.item_id for asked in table.take(fx.AskItem)} == {"B1", "B2"}


def test_a_book_taken_away_just_before_confirming_starts_nothing(table: Table) -> None:
    borrowing(table, book(1), book(2))
    seen = frozenset({uid(1), uid(2)})
    table.pad(book(1))
    table.event(Touch(Action.CONFIRM, seen))
    assert table.stage is Stage.STACK and table.session.hint is Hint.STACK_CHANGED
    assert not table.take(fx.SendCheckout)


def test_a_book_added_during_the_loan_stops_what_was_not_sent(table: Table) -> None:
    borrowing(table, book(1), book(2)).touch(Action.CONFIRM)
    table.pad(book(1), book(2), book(3))
    table.ils_says_yes()
    table.tags_obey()
    assert table.stage is Stage.RESULT
    assert [r.op_id for r in table.told(LoanMade)] == [1]
    assert [r.op_id for r in table.told(OperationRefused)] == [2]


def test_a_book_lifted_after_the_yes_is_asked_back_and_then_left_to_repair(table: Table) -> None:
    borrowing(table, book(1)).touch(Action.CONFIRM)
    table.pad()
    table.ils_says_yes()
    assert table.stage is Stage.WORKING and not table.take(fx.WriteAfi)
    table.wait(table.session.rules.put_back_s + 1)
    table.wait(0.2)
    assert table.stage is Stage.RESULT and table.session.repairs == {uid(1): "B1"}
    assert (1, Step.TAG_TO_REPAIR) in table.journal()
    assert len(table.told(LoanMade)) == 1, "the loan stands"


def test_a_book_put_back_in_time_is_finished(table: Table) -> None:
    borrowing(table, book(1)).touch(Action.CONFIRM)
    table.pad()
    table.ils_says_yes()
    table.wait(5)
    table.pad(book(1))
    table.tags_obey()
    assert table.stage is Stage.RESULT and not table.session.repairs


def test_a_tag_on_the_repair_list_is_put_right_when_it_is_seen(table: Table) -> None:
    table = Table(repairs=((uid(1), "B1"),))
    table.pad(book(1, afi=0x07))
    table.event(ev.ItemAnswered(Item(table.only(fx.AskItem).item_id, "书", ItemStatus.ON_LOAN)))
    assert table.only(fx.WriteAfi).afi == 0xC2
    table.event(ev.AfiWritten(1, uid(1), 0xC2))
    table.event(ev.AfiRead(1, uid(1), 0xC2))
    assert table.session.repairs == {} and not table.session.ops


def test_a_refusal_leaves_the_tag_alone_and_the_rest_goes_on(table: Table) -> None:
    borrowing(table, book(1), book(2)).touch(Action.CONFIRM)
    table.event(ev.IlsRefused(table.only(fx.SendCheckout).op_id, "此书已被预约"))
    table.all_goes_well()
    assert table.stage is Stage.RESULT
    assert [op.message for op in table.session.visit_ops()] == ["此书已被预约", ""]
    assert len(table.told(LoanMade)) == 1 and len(table.told(OperationRefused)) == 1


def test_an_ils_that_was_not_reached_has_nothing_half_done(table: Table) -> None:
    borrowing(table, book(1), book(2)).touch(Action.CONFIRM)
    table.event(ev.IlsNotReached(1, "no route"))
    assert table.stage is Stage.RESULT
    assert not table.take(fx.WriteAfi, fx.AskTruth) and len(table.told(OperationRefused)) == 2


def test_silence_after_sending_is_unknown_and_settled_by_asking(table: Table) -> None:
    borrowing(table, book(1)).touch(Action.CONFIRM)
    table.take(fx.SendCheckout)
    table.event(ev.IlsUnknown(1, "no reply"))
    asked = table.only(fx.AskTruth)
    assert asked.reader_id == READER.reader_id and not table.take(fx.SendCheckout)
    table.event(ev.TruthAnswered(1, ev.Truth(on_loan=True, to_this_reader=True, due="2026-12-22")))
    table.tags_obey()
    assert table.stage is Stage.RESULT and len(table.told(LoanMade)) == 1


def test_unknown_with_the_ils_away_is_shown_as_unknown_and_settled_when_it_is_back(table: Table) -> None:
    borrowing(table, book(1)).touch(Action.CONFIRM)
    table.event(ev.IlsDown("gone"))
    table.event(ev.IlsUnknown(1, "no reply"))
    table.wait(table.session.rules.settle_s + 1)
    assert table.stage is Stage.RESULT and not table.take(fx.AskTruth)
    table.touch(Action.NO_RECEIPT)
    table.event(ev.IlsUp())
    table.event(ev.TruthAnswered(table.only(fx.AskTruth).op_id, ev.Truth(False, None)))
    assert not table.session.ops and len(table.told(OperationRefused)) == 1


def test_a_weak_tag_is_tried_three_times_and_the_loan_stands(table: Table) -> None:
    borrowing(table, book(1)).touch(Action.CONFIRM)
    table.ils_says_yes()
    for _ in range(3):
        write = table.only(fx.WriteAfi)
        table.event(ev.TagActFailed(write.op_id, write.uid, "write error"))
        assert not table.take(fx.WriteAfi), "not again at once"
        table.wait(1)
    assert table.stage is Stage.RESULT and uid(1) in table.session.repairs
    assert len(table.told(LoanMade)) == 1


def test_a_write_that_does_not_hold_is_no_proof(table: Table) -> None:
    borrowing(table, book(1)).touch(Action.CONFIRM)
    table.ils_says_yes()
    table.event(ev.AfiWritten(1, uid(1), 0xC2))
    table.event(ev.AfiRead(1, uid(1), 0x07))
    assert table.stage is Stage.WORKING and (1, Step.TAG_PROVEN) not in table.journal()


def test_an_unknown_tag_is_shown_and_never_transacted(table: Table) -> None:
    borrowing(table, book(1), stranger(9)).touch(Action.CONFIRM)
    assert [op.item_id for op in table.session.visit_ops()] == ["B1"]


def test_a_second_card_during_a_visit_changes_nothing(table: Table) -> None:
    table.sign_in()
    table.tap(b"\x01\x02\x03\x04")
    assert table.session.hint is Hint.OTHER_CARD and table.session.reader == READER
    assert not [a for a in table.take(fx.AskReader) if a.credential == "01020304"]


def test_the_same_card_again_is_no_second_reader(table: Table) -> None:
    table.sign_in()
    table.tap()
    assert table.session.hint is None and table.stage is Stage.STACK


def test_a_card_bound_to_nobody(table: Table) -> None:
    table.sign_in(reader=None)
    assert table.stage is Stage.MESSAGE and table.session.message is Message.CARD_UNKNOWN
    table.wait(table.session.rules.message_s + 1)
    assert table.stage is Stage.IDLE


def test_a_blocked_reader_may_still_return(table: Table) -> None:
    table.sign_in(Reader("2", "李四", block=Block.OVERDUE))
    assert table.session.message is Message.READER_BLOCKED and table.session.reader is None
    table.touch(Action.SHOW_RETURN)
    table.pad(book(1, afi=0xC2))
    table.titles(ItemStatus.ON_LOAN)
    table.touch(Action.CONFIRM)
    table.all_goes_well()
    assert table.stage is Stage.RESULT and len(table.told(BookReturned)) == 1


def test_without_the_ils_a_card_gets_a_clear_word(table: Table) -> None:
    table.event(ev.IlsDown("no route"))
    table.tap()
    assert table.session.message is Message.ILS_DOWN and not table.take(fx.AskReader)


def test_untouched_the_visit_ends_and_nothing_of_the_reader_is_left(table: Table) -> None:
    borrowing(table, book(1))
    table.wait(table.session.rules.idle_s + 1)
    assert table.stage is Stage.IDLE and table.session.reader is None and not table.session.items
    assert table.only(fx.EndIlsSession).reader_id == READER.reader_id


def test_a_set_with_a_missing_part_is_not_lent(table: Table) -> None:
    borrowing(table, book(1, part=SetInfo(1, 2)), book(2))
    table.touch(Action.CONFIRM)
    assert [op.item_id for op in table.session.visit_ops()] == ["B2"]


def test_both_parts_of_a_set_are_released_with_one_checkout(table: Table) -> None:
    borrowing(table, book(1, part=SetInfo(1, 2)), book(1, part=SetInfo(2, 2), tag=7)).touch(Action.CONFIRM)
    assert len(table.take(fx.SendCheckout)) == 1
    table.event(ev.IlsAccepted(1, due="2026-12-22"))
    table.tags_obey()
    op = table.session.visit_ops()[0]
    assert op.done and [tag.proven for tag in op.tags] == [0xC2, 0xC2]


def test_the_same_number_on_two_books_is_flagged(table: Table) -> None:
    borrowing(table, book(1), book(1, tag=7))
    table.touch(Action.CONFIRM)
    assert table.stage is Stage.STACK and not table.take(fx.SendCheckout)


def test_a_reader_card_among_the_books_is_shown_and_left_out(table: Table) -> None:
    card = TagOnPad(uid(8), TagContent(Model.ISO_28560_2, "25240000010010", elements={5: "80"}), 0x07)
    borrowing(table, book(1), card).touch(Action.CONFIRM)
    assert [op.item_id for op in table.session.visit_ops()] == ["B1"]


def test_a_tag_without_an_item_number_is_no_book(table: Table) -> None:
    borrowing(table, book(1), TagOnPad(uid(8), TagContent(Model.ISO_28560_4, ""), 0x07))
    table.touch(Action.CONFIRM)
    assert [op.item_id for op in table.session.visit_ops()] == ["B1"]


def test_one_tag_for_all_parts_of_a_set_is_lent(table: Table) -> None:
    borrowing(table, book(1, part=SetInfo(0, 3))).touch(Action.CONFIRM)
    assert [op.item_id for op in table.session.visit_ops()] == ["B1"]


def test_nothing_begins_before_the_security_byte_is_known(table: Table) -> None:
    borrowing(table, TagOnPad(uid(1), TagContent(Model.ISO_28560_2, "B1"), None)).touch(Action.CONFIRM)
    assert table.stage is Stage.STACK and not table.take(fx.SendCheckout)
    table.pad(book(1))
    table.touch(Action.CONFIRM)
    assert table.only(fx.SendCheckout).item_id == "B1"
