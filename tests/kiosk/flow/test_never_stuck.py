"""Nothing that is late, missing or flickering leaves the kiosk standing, or a reader's name on its screen."""

import pytest

from devices.kinds import Kind, TagOnPad
from devices.tag_data import Model, TagContent
from kiosk.flow import effects as fx
from kiosk.flow import events as ev
from kiosk.flow.offline import ASKED_IN_VAIN
from kiosk.flow.operation import Ils, Operation, OpKind, SecurityValues, TagSide
from kiosk.flow.session import Receipt, Stage
from kiosk.flow.touch import Action
from tests.kiosk.flow.table import Table, book, uid


@pytest.mark.parametrize(
    "answer",
    [ev.TagActFailed(1, uid(1), "no tag"), ev.AfiWritten(1, uid(1), 0x07), ev.AfiRead(1, uid(1), 0x07)],
    ids=["failed", "written", "read"],
)
def test_an_answer_about_a_repair_that_was_given_up_frees_the_pad(answer: ev.Event) -> None:
    table = Table(repairs=((uid(1), "B1"),), lying=(book(1, afi=0xC2),))
    table.titles()
    assert table.only(fx.WriteAfi).uid == uid(1)
    table.pad()
    table.wait(0.2)
    assert table.session.unsettled() == (), "lifted, and left to the repair list"
    table.event(answer)
    table.pad(book(1, afi=0xC2))
    table.titles()
    assert table.only(fx.WriteAfi).uid == uid(1), "the next time it is seen"


def test_a_truth_that_never_comes_does_not_keep_the_kiosk_closed() -> None:
    sent = Operation(
        1, OpKind.BORROW, "B1", "", (TagSide(uid(1), 0x07),), SecurityValues(), "R", ils=Ils.SENT
    )
    table = Table(unfinished=(sent,))
    for _ in range(59):
        table.wait(1.0)
        for question in table.take(fx.AskTruth):
            table.event(ev.TruthNotAnswered(question.op_id, "nonsense"))
    assert table.stage is Stage.STARTING
    table.wait(1.0)
    assert table.stage is Stage.IDLE and [op.op_id for op in table.session.unsettled()] == [1]


def test_a_tag_that_flickers_at_the_edge_of_the_pad_is_no_reader() -> None:
    table = Table()
    table.sign_in()
    for _ in range(20):
        table.pad(book(1))
        table.wait(2.0)
        table.pad()
        table.wait(2.0)
    assert table.session.reader is None and table.stage is Stage.IDLE


def test_a_book_more_is_a_sign_of_life() -> None:
    table = Table()
    table.sign_in()
    for n in range(1, 5):
        table.wait(40.0)
        table.pad(*(book(one) for one in range(1, n + 1)))
    assert table.session.reader is not None


def test_a_printer_that_goes_while_it_prints_has_failed() -> None:
    table = Table()
    table.pad(book(1))
    table.sign_in()
    table.titles()
    table.touch(Action.CONFIRM)
    table.all_goes_well()
    table.touch(Action.PRINT_RECEIPT)
    table.event(ev.DeviceDown(Kind.RECEIPT_PRINTER, "model", "port", "gone"))
    assert table.session.receipt is Receipt.FAILED
    table.wait(61.0)
    assert table.stage is Stage.IDLE


def test_a_card_that_is_never_answered_does_not_hold_the_screen() -> None:
    table = Table()
    table.tap()
    table.wait(61.0)
    assert table.stage is Stage.MESSAGE and table.session.credential == ""


def test_a_tag_without_a_number_is_not_asked_about() -> None:
    table = Table()
    table.sign_in()
    table.pad(TagOnPad(uid(5), TagContent(Model.ISO_28560_2, ""), 0x07))
    assert table.take(fx.AskItem) == []


def test_an_item_the_ils_never_tells_of_keeps_no_other_reader_waiting() -> None:
    table = Table()
    table.pad(book(1))
    table.sign_in()
    table.titles()
    table.touch(Action.CONFIRM)
    table.event(ev.IlsUnknown(table.only(fx.SendCheckout).op_id, "no reply"))
    table.wait(table.session.rules.settle_s + 1)
    table.touch(Action.NO_RECEIPT)
    table.touch(Action.END)
    table.pad()
    for _ in range(ASKED_IN_VAIN):
        asked = table.only(fx.AskTruth)
        table.event(ev.TruthNotAnswered(asked.op_id, "nonsense"))
        table.wait(table.session.rules.retry_s)
    table.take(fx.AskReader)
    table.tap()
    assert table.only(fx.AskReader), "the next reader is asked about"
    assert table.only(fx.AskTruth), "and the item still is"
