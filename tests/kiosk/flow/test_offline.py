"""The ILS cannot be reached: what the place's policy allows, and what becomes of it afterwards."""

from dataclasses import replace

import pytest

from kiosk.flow import effects as fx
from kiosk.flow import events as ev
from kiosk.flow.ils_values import Block, Item, ItemStatus
from kiosk.flow.operation import SENT_AT_MOST, Hold, Ils, Step
from kiosk.flow.report_values import BookReturned, DisputeRaised, LoanMade, OperationRefused
from kiosk.flow.session import Message, Policy, Stage
from kiosk.flow.touch import Action
from tests.kiosk.flow.table import CARD, READER, Table, book, restarted, uid

LENT, HOME = 0xC2, 0x07
CREDENTIAL = CARD.hex().upper()


def at_a_place_that_allows(policy: Policy, **rules: object) -> Table:
    table = Table()
    rules = {"offline": policy, "offline_check_digit": False, **rules}
    table.session = replace(table.session, rules=replace(table.session.rules, **rules))
    return table


def goes_offline(table: Table) -> None:
    table.event(ev.IlsDown("no route"))


def offline_titles(table: Table) -> None:
    for asked in table.take(fx.LookUpItem):
        table.event(ev.ItemAnswered(Item(asked.item_id, f"书{asked.item_id}", ItemStatus.OTHER)))


def returned_offline(table: Table, *numbers: int) -> Table:
    goes_offline(table)
    table.touch(Action.START_RETURN)
    table.pad(*(book(n, afi=LENT) for n in numbers))
    offline_titles(table)
    table.touch(Action.CONFIRM)
    table.tags_obey()
    return table


def lent_offline(table: Table, *numbers: int) -> Table:
    goes_offline(table)
    table.pad(*(book(n) for n in numbers))
    table.tap()
    assert table.only(fx.LookUpReader).credential == CREDENTIAL
    table.event(ev.ReaderAnswered(CREDENTIAL, READER, offline=True))
    offline_titles(table)
    table.touch(Action.CONFIRM)
    table.tags_obey()
    return table


@pytest.mark.parametrize(
    ("policy", "returns", "loans"),
    [
        (Policy.OFF, False, False),
        (Policy.FINISH, False, False),
        (Policy.RETURNS, True, False),
        (Policy.LOANS, True, True),
    ],
)
def test_what_a_new_visit_may_do_offline(policy: Policy, returns: bool, loans: bool) -> None:
    table = at_a_place_that_allows(policy)
    goes_offline(table)
    table.tap()
    assert bool(table.take(fx.LookUpReader)) == loans
    if not loans:
        assert table.session.message is Message.ILS_DOWN
        table.touch(Action.END)
    else:
        table.event(ev.ReaderAnswered(CREDENTIAL, None, offline=True))
        assert table.session.message is Message.CARD_UNKNOWN_OFFLINE
        table.touch(Action.END)
    table.touch(Action.START_RETURN)
    assert (table.stage is Stage.STACK) == returns


def test_an_open_visit_is_finished_offline() -> None:
    table = at_a_place_that_allows(Policy.FINISH)
    table.pad(book(1))
    table.sign_in()
    table.titles()
    goes_offline(table)
    table.touch(Action.CONFIRM)
    table.tags_obey()
    assert table.stage is Stage.RESULT and not table.take(fx.SendCheckout)
    assert [op.ils for op in table.session.visit_ops()] == [Ils.QUEUED]


def test_it_is_durable_with_its_own_time_before_the_tag_is_released() -> None:
    table = at_a_place_that_allows(Policy.LOANS)
    goes_offline(table)
    table.pad(book(1))
    table.tap()
    table.event(ev.ReaderAnswered(CREDENTIAL, READER, offline=True))
    offline_titles(table)
    table.touch(Action.CONFIRM)
    kinds = [e.step if isinstance(e, fx.Journal) else type(e) for e in table.effects]
    assert kinds.index(Step.QUEUED) < kinds.index(fx.WriteAfi)
    queued = next(e for e in table.effects if isinstance(e, fx.Journal) and e.step is Step.QUEUED)
    assert queued.operations[0].done_at.endswith("Z")


def test_back_online_everything_is_told_in_order_with_its_time_and_reported_once() -> None:
    table = returned_offline(at_a_place_that_allows(Policy.RETURNS), 1, 2, 3)
    assert table.stage is Stage.RESULT
    table.touch(Action.NO_RECEIPT)
    table.event(ev.IlsUp())
    told = []
    while sent := table.take(fx.SendCheckin):
        told.append(sent[0].item_id)
        assert sent[0].done_at
        table.event(ev.IlsAccepted(sent[0].op_id))
    assert told == ["B1", "B2", "B3"]
    assert len(table.told(BookReturned)) == 3 and not table.session.ops


def test_what_the_ils_refuses_afterwards_is_a_dispute_and_the_next_goes_on() -> None:
    table = lent_offline(at_a_place_that_allows(Policy.LOANS), 1, 2)
    table.touch(Action.NO_RECEIPT)
    table.event(ev.IlsUp())
    table.event(ev.IlsRefused(table.only(fx.SendCheckout).op_id, "Item checked out to another patron"))
    table.event(ev.IlsAccepted(table.only(fx.SendCheckout).op_id, due="2026-12-22"))
    (dispute,) = table.told(DisputeRaised)
    assert (dispute.item_id, dispute.reader_id) == ("B1", READER.reader_id)
    assert len(table.told(LoanMade)) == 1 and not table.session.ops
    assert not table.take(fx.WriteAfi), "the book has left with its reader: its tag stays released"


def test_a_link_that_breaks_during_the_replay_loses_and_doubles_nothing() -> None:
    table = returned_offline(at_a_place_that_allows(Policy.RETURNS), 1, 2)
    table.touch(Action.NO_RECEIPT)
    table.event(ev.IlsUp())
    first = table.only(fx.SendCheckin)
    table.event(ev.IlsNotReached(first.op_id, "reset before sending"))
    assert not table.take(fx.SendCheckin), "not while it is away"
    table.event(ev.IlsDown("reset"))
    table.event(ev.IlsUp())
    again = table.only(fx.SendCheckin)
    assert again.item_id == first.item_id
    table.event(ev.IlsUnknown(again.op_id, "no reply"))
    asked = table.only(fx.AskTruth)
    assert asked.op_id == again.op_id, "sent once: asked about, not sent again"
    table.event(ev.TruthAnswered(asked.op_id, ev.Truth(on_loan=False, to_this_reader=None)))
    table.event(ev.IlsAccepted(table.only(fx.SendCheckin).op_id))
    assert len(table.told(BookReturned)) == 2


def test_what_was_lost_on_the_way_is_told_again_once_the_ils_says_it_was_never_done() -> None:
    """Not at once, for it may still be on its way; and not for ever: then people must look at it."""
    table = returned_offline(at_a_place_that_allows(Policy.RETURNS), 1)
    table.touch(Action.NO_RECEIPT)
    table.event(ev.IlsUp())
    for _ in range(SENT_AT_MOST):
        table.event(ev.IlsUnknown(table.only(fx.SendCheckin).op_id, "end of stream"))
        table.take(fx.AskTruth)
        table.event(ev.TruthAnswered(1, ev.Truth(True, None)))
        assert not table.take(fx.SendCheckin), "it may still be done"
        table.wait(table.session.rules.late_s + 1)
        assert not table.told(DisputeRaised)
        table.event(ev.TruthAnswered(table.only(fx.AskTruth).op_id, ev.Truth(True, None)))
    assert not table.take(fx.SendCheckin) and len(table.told(DisputeRaised)) == 1


def test_a_return_waits_for_what_became_of_the_loan_before_it() -> None:
    """Told too soon, it would find nothing to return, and the loan would be made after it."""
    table = lent_offline(at_a_place_that_allows(Policy.LOANS), 1)
    table.touch(Action.SHOW_RETURN)
    offline_titles(table)
    table.touch(Action.CONFIRM)
    table.tags_obey()
    table.touch(Action.NO_RECEIPT)
    table.event(ev.IlsUp())
    table.event(ev.IlsUnknown(table.only(fx.SendCheckout).op_id, "end of stream"))
    assert not table.take(fx.SendCheckin)
    table.take(fx.AskTruth)
    table.event(ev.TruthAnswered(1, ev.Truth(True, True, "2026-12-22")))
    assert table.only(fx.SendCheckin).item_id == "B1"


def test_the_next_reader_waits_for_the_replay() -> None:
    table = returned_offline(at_a_place_that_allows(Policy.RETURNS), 1)
    table.touch(Action.NO_RECEIPT)
    table.touch(Action.END)
    table.event(ev.IlsUp())
    table.tap()
    assert table.stage is Stage.SIGNING_IN and not table.take(fx.AskReader)
    table.event(ev.IlsAccepted(table.only(fx.SendCheckin).op_id))
    assert table.only(fx.AskReader).credential == CREDENTIAL


def test_a_power_cut_keeps_the_queue() -> None:
    before = returned_offline(at_a_place_that_allows(Policy.RETURNS), 1, 2)
    after = Table(unfinished=restarted(before), lying=(book(1, afi=HOME), book(2, afi=HOME)))
    assert after.only(fx.SendCheckin).item_id == "B1" and not after.take(fx.WriteAfi)


def test_a_reader_may_borrow_only_so_many_offline() -> None:
    table = lent_offline(at_a_place_that_allows(Policy.LOANS, offline_loans=2), 1, 2, 3)
    assert [op.ils for op in table.session.visit_ops()].count(Ils.QUEUED) == 2
    assert table.stage is Stage.RESULT and len(table.told(OperationRefused)) == 1
    assert not table.take(fx.SendCheckout), (
        "should the ILS be back, it would overtake the two that are queued"
    )


def test_offline_a_number_without_its_check_digit_is_not_lent() -> None:
    table = lent_offline(at_a_place_that_allows(Policy.LOANS, offline_check_digit=True), 1)
    assert not [op for op in table.session.visit_ops() if op.ils is Ils.QUEUED]


def test_a_reader_on_the_block_list_is_not_let_in() -> None:
    table = at_a_place_that_allows(Policy.LOANS)
    goes_offline(table)
    table.tap()
    blocked = replace(READER, block=Block.CARD_LOST)
    table.event(ev.ReaderAnswered(CREDENTIAL, blocked, offline=True))
    assert table.session.message is Message.READER_BLOCKED and table.session.reader is None


def test_a_book_lifted_too_early_offline_is_on_the_repair_list() -> None:
    table = at_a_place_that_allows(Policy.LOANS)
    goes_offline(table)
    table.pad(book(1))
    table.tap()
    table.event(ev.ReaderAnswered(CREDENTIAL, READER, offline=True))
    offline_titles(table)
    table.touch(Action.CONFIRM)
    write = table.only(fx.WriteAfi)
    table.pad()
    table.event(ev.TagActFailed(write.op_id, write.uid, "no tag"))
    table.wait(table.session.rules.put_back_s + 1)
    table.wait(0.2)
    assert table.stage is Stage.RESULT and uid(1) in table.session.repairs


def test_a_hold_learnt_of_at_the_replay_prints_no_slip() -> None:
    table = returned_offline(at_a_place_that_allows(Policy.RETURNS), 1)
    table.touch(Action.NO_RECEIPT)
    table.event(ev.IlsUp())
    table.event(ev.IlsAccepted(table.only(fx.SendCheckin).op_id, hold=Hold("mz-main", None)))
    assert not table.take(fx.PrintSlip) and not table.session.ops


def test_a_listed_tag_that_still_lies_there_when_the_visit_ends_is_put_right() -> None:
    table = at_a_place_that_allows(Policy.LOANS)
    goes_offline(table)
    table.pad(book(1))
    table.tap()
    table.event(ev.ReaderAnswered(CREDENTIAL, READER, offline=True))
    offline_titles(table)
    table.touch(Action.CONFIRM)
    for _ in range(table.session.rules.tag_tries):
        write = table.only(fx.WriteAfi)
        table.event(ev.TagActFailed(write.op_id, write.uid, "write error"))
        table.wait(1)
    assert uid(1) in table.session.repairs and table.stage is Stage.RESULT
    table.event(ev.IlsUp())
    table.event(ev.IlsAccepted(table.only(fx.SendCheckout).op_id, due="2026-12-22"))
    table.take(fx.AskItem)
    table.touch(Action.NO_RECEIPT)
    table.titles(ItemStatus.ON_LOAN)
    assert table.only(fx.WriteAfi).afi == LENT


def test_what_was_done_offline_stays_queued_though_the_place_no_longer_allows_it() -> None:
    before = returned_offline(at_a_place_that_allows(Policy.RETURNS), 1)
    after = Table(unfinished=restarted(before), lying=(book(1, afi=HOME),))
    after.event(ev.IlsNotReached(after.only(fx.SendCheckin).op_id, "no route"))
    after.event(ev.IlsDown("no route"))
    after.event(ev.IlsUp())
    assert after.only(fx.SendCheckin).item_id == "B1" and not after.told(DisputeRaised)
