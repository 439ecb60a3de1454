"""Returning, and what a crash leaves behind, as stories without a screen."""

from dataclasses import replace

import pytest

from kiosk.flow import effects as fx
from kiosk.flow import events as ev
from kiosk.flow.ils_values import ItemStatus
from kiosk.flow.operation import (
    Act,
    Ils,
    Operation,
    OpKind,
    SecurityValues,
    Step,
    TagSide,
    after_crash,
    next_act,
    wanted_afi,
)
from kiosk.flow.report_values import BookReturned, DeviceChange, LoanMade, OperationRefused
from kiosk.flow.session import Stage
from kiosk.flow.touch import Action
from tests.kiosk.flow.table import Table, book, restarted, uid

LENT, HOME = 0xC2, 0x07


@pytest.fixture
def returning() -> Table:
    table = Table()
    table.touch(Action.START_RETURN)
    table.pad(book(1, afi=LENT), book(2, afi=LENT))
    table.titles(ItemStatus.ON_LOAN)
    table.touch(Action.CONFIRM)
    return table


def test_the_tag_is_secured_and_read_back_before_the_ils_is_told(returning: Table) -> None:
    assert not returning.take(fx.SendCheckin)
    write = returning.only(fx.WriteAfi)
    assert (write.uid, write.afi) == (uid(1), HOME)
    returning.event(ev.AfiWritten(1, uid(1), HOME))
    assert not returning.take(fx.SendCheckin), "written is not proven"
    returning.event(ev.AfiRead(1, uid(1), HOME))
    assert returning.only(fx.SendCheckin).item_id == "B1"


def test_two_books_are_returned_without_a_card(returning: Table) -> None:
    returning.all_goes_well()
    assert returning.stage is Stage.RESULT and len(returning.told(BookReturned)) == 2
    steps = [step for op, step in returning.journal() if op == 1]
    assert steps == [
        Step.INTENDED, Step.TAG_WRITTEN, Step.TAG_PROVEN, Step.SENT, Step.ACCEPTED, Step.REPORTED, Step.DONE,
    ]  # fmt: skip


def test_a_refused_return_gives_the_tag_its_own_value_back() -> None:
    table = Table()
    table.touch(Action.START_RETURN)
    table.pad(book(1, afi=0xDA))
    table.titles(ItemStatus.ON_LOAN)
    table.touch(Action.CONFIRM)
    table.tags_obey()
    table.event(ev.IlsRefused(table.only(fx.SendCheckin).op_id, "不是本馆图书"))
    assert table.only(fx.WriteAfi).afi == 0xDA
    table.event(ev.AfiWritten(1, uid(1), 0xDA))
    table.event(ev.AfiRead(1, uid(1), 0xDA))
    assert table.stage is Stage.RESULT and len(table.told(OperationRefused)) == 1


def test_a_book_taken_away_while_its_tag_is_secured_is_not_returned(returning: Table) -> None:
    write = returning.only(fx.WriteAfi)
    returning.pad(book(2, afi=LENT))
    returning.event(ev.TagActFailed(write.op_id, write.uid, "no tag"))
    assert not returning.take(fx.SendCheckin)
    assert returning.stage is Stage.WORKING, "it is asked back, to give its tag the old value"
    returning.wait(returning.session.rules.put_back_s + 1)
    returning.wait(0.2)
    assert returning.stage is Stage.RESULT and uid(1) in returning.session.repairs


def test_a_tag_that_cannot_be_secured_ends_its_return_with_the_ils_never_asked() -> None:
    table = Table()
    table.touch(Action.START_RETURN)
    table.pad(book(1, afi=LENT))
    table.titles(ItemStatus.ON_LOAN)
    table.touch(Action.CONFIRM)
    for _ in range(6):
        for write in table.take(fx.WriteAfi):
            table.event(ev.TagActFailed(write.op_id, write.uid, "write error"))
        table.wait(1)
    assert table.stage is Stage.RESULT and not table.take(fx.SendCheckin)


def test_a_closed_socket_at_return_is_settled_by_asking(returning: Table) -> None:
    returning.tags_obey()
    sent = returning.only(fx.SendCheckin)
    returning.event(ev.IlsUnknown(sent.op_id, "end of stream"))
    returning.event(ev.TruthAnswered(returning.only(fx.AskTruth).op_id, ev.Truth(False, None)))
    assert [r.op_id for r in returning.told(BookReturned)] == [1]


def test_the_pad_unplugged_in_the_middle_stops_cleanly_and_resumes(returning: Table) -> None:
    from devices.kinds import DeviceInfo, Kind

    write = returning.only(fx.WriteAfi)
    returning.event(ev.DeviceDown(Kind.TAG_READER, "feig_obid", "/dev/kiosk-pad", "gone"))
    returning.event(ev.TagActFailed(write.op_id, write.uid, "gone"))
    assert returning.told(DeviceChange)[-1].up is False
    returning.wait(2)
    returning.event(ev.DeviceUp(DeviceInfo(Kind.TAG_READER, "feig_obid", "/dev/kiosk-pad")))
    returning.pad(book(1, afi=HOME), book(2, afi=LENT))
    returning.tags_obey()
    assert returning.stage is Stage.RESULT and not returning.take(fx.SendCheckin)
    assert len(returning.told(OperationRefused)) == 2 and not returning.session.repairs


def test_a_book_whose_tag_is_being_put_right_waits_until_it_is() -> None:
    table = Table(repairs=((uid(1), "B1"),))
    table.touch(Action.START_RETURN)
    table.pad(book(1, afi=HOME))
    table.titles(ItemStatus.ON_LOAN)
    assert table.only(fx.WriteAfi).afi == LENT, "a loan whose tag could not be released then"
    table.touch(Action.CONFIRM)
    assert table.stage is Stage.STACK, "not ready: what its tag bears is about to change"
    table.event(ev.AfiWritten(1, uid(1), LENT))
    table.event(ev.AfiRead(1, uid(1), LENT))
    table.touch(Action.CONFIRM)
    assert table.session.visit_ops()[0].tags[0].original_afi == LENT


def test_a_book_with_an_unsettled_loan_is_looked_up_again_once_that_is_settled() -> None:
    table = Table()
    table.pad(book(1))
    table.sign_in()
    table.titles()
    table.touch(Action.CONFIRM)
    table.event(ev.IlsUnknown(table.only(fx.SendCheckout).op_id, "no reply"))
    table.event(ev.TruthNotAnswered(table.only(fx.AskTruth).op_id, "no reply"))
    table.wait(table.session.rules.settle_s + 1)
    table.touch(Action.SHOW_BORROW)
    table.titles(ItemStatus.AVAILABLE)
    table.touch(Action.CONFIRM)
    assert table.stage is Stage.STACK, "a second checkout of a loan that was made would renew it"
    table.event(ev.TruthAnswered(table.only(fx.AskTruth).op_id, ev.Truth(True, True, "2026-12-22")))
    table.tags_obey()
    assert table.only(fx.AskItem).item_id == "B1"


# -- after a crash -----------------------------------------------------------------------------------------


def an_operation(kind: OpKind = OpKind.BORROW, **known: object) -> Operation:
    op = Operation(
        1, kind, "B1", "", (TagSide(uid(1), HOME if kind is OpKind.BORROW else LENT),), SecurityValues()
    )
    return replace(op, reader_id="23024000000017", **known)


def test_what_was_never_sent_is_called_off_and_what_was_sent_is_asked_about() -> None:
    assert after_crash(an_operation()).ils is Ils.REFUSED
    assert next_act(after_crash(an_operation(ils=Ils.SENT))) is Act.ASK_TRUTH


def test_killed_between_the_yes_and_the_tag_the_loan_is_finished_at_start(returning: Table) -> None:
    accepted = an_operation(ils=Ils.ACCEPTED, due="2026-12-22")
    table = Table(unfinished=(accepted,), lying=(book(1, afi=HOME),))
    assert table.stage is Stage.STARTING, "nobody is served before it is settled"
    assert table.only(fx.WriteAfi).afi == LENT
    table.event(ev.AfiWritten(1, uid(1), LENT))
    table.event(ev.AfiRead(1, uid(1), LENT))
    table.wait(0.2)
    assert table.stage is Stage.IDLE and len(table.told(LoanMade)) == 1


def test_killed_with_the_book_gone_the_tag_is_left_to_the_repair_list() -> None:
    table = Table(unfinished=(an_operation(ils=Ils.ACCEPTED),))
    table.wait(0.2)
    assert table.stage is Stage.IDLE and table.session.repairs == {uid(1): "B1"}
    assert len(table.told(LoanMade)) == 1


@pytest.mark.parametrize("on_loan", [True, False])
def test_a_return_killed_while_sending_agrees_with_the_ils_afterwards(on_loan: bool) -> None:
    sent = an_operation(OpKind.RETURN, ils=Ils.SENT)
    sent = replace(sent, tags=(replace(sent.tags[0], written=HOME, proven=HOME),))
    table = Table(unfinished=(sent,), lying=(book(1, afi=HOME),))
    table.wait(table.session.rules.late_s + 1)
    table.event(ev.TruthAnswered(table.only(fx.AskTruth).op_id, ev.Truth(on_loan, None)))
    assert [w.afi for w in table.take(fx.WriteAfi)] == ([LENT] if on_loan else [])


def test_a_no_that_comes_too_soon_is_asked_again(returning: Table) -> None:
    """The ILS may still be at what the kiosk sent before its power was cut."""
    sent = an_operation(OpKind.RETURN, ils=Ils.SENT)
    table = Table(unfinished=(replace(sent, tags=(replace(sent.tags[0], written=HOME, proven=HOME),)),))
    table.event(ev.TruthAnswered(table.only(fx.AskTruth).op_id, ev.Truth(True, None)))
    assert not table.told(OperationRefused) and not table.take(fx.AskTruth)
    table.wait(table.session.rules.retry_s)
    table.event(ev.TruthAnswered(table.only(fx.AskTruth).op_id, ev.Truth(False, None)))
    assert len(table.told(BookReturned)) == 1


def test_a_book_just_borrowed_and_refused_at_return_stays_released() -> None:
    """A tag bears what the loan before has written, not what the pad read first."""
    table = Table()
    table.pad(book(1, afi=HOME))
    table.sign_in()
    table.titles()
    table.touch(Action.CONFIRM)
    table.all_goes_well()
    table.touch(Action.SHOW_RETURN)
    table.titles(ItemStatus.ON_LOAN)
    table.touch(Action.CONFIRM)
    table.tags_obey()
    table.event(ev.IlsRefused(table.only(fx.SendCheckin).op_id, "不是本馆图书"))
    assert table.only(fx.WriteAfi).afi == LENT


def test_every_prefix_of_the_journal_is_settled_without_a_second_checkout(returning: Table) -> None:
    """Cut the power after each durable step of a loan in turn; the ILS has it from SENT on."""
    table = Table()
    table.pad(book(1))
    table.sign_in()
    table.titles()
    table.touch(Action.CONFIRM)
    table.all_goes_well()
    journal = [e for e in table.effects if isinstance(e, fx.Journal)]
    assert len(journal) == 7
    for cut in range(1, len(journal)):
        before = Table()
        before.effects = list(journal[:cut])
        lent = cut >= 2
        after = Table(unfinished=restarted(before), lying=(book(1, afi=HOME),))
        for asked in after.take(fx.AskTruth):
            after.event(ev.TruthAnswered(asked.op_id, ev.Truth(lent, lent, "2026-12-22")))
        after.tags_obey({uid(1): LENT if cut >= 4 else HOME})
        after.wait(0.2)
        assert after.stage is Stage.IDLE and not after.session.ops, f"cut after step {cut}"
        assert not after.take(fx.SendCheckout)
        reported = [e for e in journal[:cut] if e.report] + after.told(LoanMade)
        assert len(reported) == (1 if lent else 0)


def test_a_tag_whose_first_value_was_never_read_gets_that_of_a_loan_back() -> None:
    tag = TagSide(uid(1), None, touched=True)
    assert wanted_afi(an_operation(OpKind.RETURN, ils=Ils.REFUSED, tags=(tag,)), tag) == LENT
