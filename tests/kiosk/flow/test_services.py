"""Account, renewal, fees, PIN, holds: as stories without a screen."""

from dataclasses import replace

import pytest

from kiosk.flow import effects as fx
from kiosk.flow import events as ev
from kiosk.flow.ils_values import Account, ItemStatus, LoanEntry
from kiosk.flow.operation import Hold, Ils, Why, after_crash
from kiosk.flow.refusals import Refusal, classify
from kiosk.flow.report_values import LoanMade, LoanRenewed, OperationRefused
from kiosk.flow.session import Hint, Message, Stage
from kiosk.flow.touch import Action, Touch
from tests.kiosk.flow.table import CARD, READER, Table, book

LOANS = (LoanEntry("B1", "活着", "2026-11-30"), LoanEntry("B2", "边城", "2026-11-01"))


@pytest.fixture
def account() -> Table:
    table = Table()
    table.sign_in()
    table.touch(Action.SHOW_ACCOUNT)
    assert table.only(fx.AskAccount).reader_id == READER.reader_id
    table.event(ev.AccountAnswered(READER.reader_id, Account(LOANS)))
    return table


def test_one_book_is_renewed_without_any_tag(account: Table) -> None:
    account.event(Touch(Action.RENEW, what="B1"))
    sent = account.only(fx.SendRenew)
    account.event(ev.IlsAccepted(sent.op_id, due="2026-12-30"))
    assert account.stage is Stage.RESULT and not account.take(fx.WriteAfi)
    assert account.told(LoanRenewed) == [LoanRenewed(1, "2026-12-30")]


def test_all_are_renewed_and_one_refusal_does_not_stop_the_others(account: Table) -> None:
    account.touch(Action.RENEW_ALL)
    account.event(ev.IlsRefused(account.only(fx.SendRenew).op_id, "Item has reached maximum renewals"))
    account.event(ev.IlsAccepted(account.only(fx.SendRenew).op_id, due="2026-12-30"))
    assert account.stage is Stage.RESULT
    assert [op.ils for op in account.session.visit_ops()] == [Ils.REFUSED, Ils.ACCEPTED]


@pytest.mark.parametrize(("due_now", "made"), [("2026-12-30", True), ("2026-11-30", False)])
def test_an_unanswered_renewal_is_settled_by_the_due_date(account: Table, due_now: str, made: bool) -> None:
    account.event(Touch(Action.RENEW, what="B1"))
    account.event(ev.IlsUnknown(account.only(fx.SendRenew).op_id, "no reply"))
    asked = account.only(fx.AskTruth)
    account.event(ev.TruthAnswered(asked.op_id, ev.Truth(True, True, due_now)))
    assert len(account.told(LoanRenewed)) == made
    assert not account.take(fx.SendRenew), "never sent again"


def test_the_account_is_asked_for_only_when_an_unanswered_renewal_is_settled(account: Table) -> None:
    """Else it shows the old due date of a loan that was renewed all the same, and by that date the next
    unanswered renewal would be believed."""
    account.event(Touch(Action.RENEW, what="B1"))
    account.event(ev.IlsUnknown(account.only(fx.SendRenew).op_id, "no reply"))
    account.take(fx.AskTruth)
    account.wait(account.session.rules.settle_s + 1)
    account.wait(0.2)
    account.touch(Action.SHOW_ACCOUNT)
    assert not account.take(fx.AskAccount)
    account.event(ev.TruthAnswered(1, ev.Truth(True, True, "2026-12-30")))
    assert account.only(fx.AskAccount).reader_id == READER.reader_id


def test_the_account_of_a_reader_who_has_left_is_not_shown(account: Table) -> None:
    account.touch(Action.END)
    account.event(ev.AccountAnswered(READER.reader_id, Account(LOANS)))
    assert account.session.account is None and account.stage is Stage.IDLE


# -- a fee -------------------------------------------------------------------------------------------------


@pytest.fixture
def fee() -> Table:
    table = Table()
    table.pad(book(1), book(2))
    table.sign_in()
    table.titles()
    table.touch(Action.CONFIRM)
    table.event(ev.IlsWantsFee(table.only(fx.SendCheckout).op_id, "5.00 CNY"))
    return table


def test_a_fee_is_asked_about_while_the_other_books_go_on(fee: Table) -> None:
    other = fee.only(fx.SendCheckout)
    assert other.item_id == "B2" and not other.fee_agreed


def test_with_consent_it_is_sent_again_and_says_so(fee: Table) -> None:
    fee.ils_says_yes()
    fee.tags_obey()
    fee.touch(Action.CONSENT)
    again = fee.only(fx.SendCheckout)
    assert again.item_id == "B1" and again.fee_agreed
    fee.event(ev.IlsAccepted(again.op_id, due="2026-12-22"))
    fee.tags_obey()
    assert fee.stage is Stage.RESULT and len(fee.told(LoanMade)) == 2


def test_without_consent_it_is_left_out(fee: Table) -> None:
    fee.ils_says_yes()
    fee.tags_obey()
    fee.touch(Action.DECLINE)
    assert fee.stage is Stage.RESULT
    assert [r.why for r in fee.told(OperationRefused)] == [Why.FEE_DECLINED]


def test_no_answer_to_the_fee_is_a_no(fee: Table) -> None:
    fee.ils_says_yes()
    fee.tags_obey()
    fee.wait(fee.session.rules.put_back_s + 1)
    fee.wait(0.2)
    assert fee.stage is Stage.RESULT and len(fee.told(LoanMade)) == 1


def test_a_fee_asked_twice_is_a_refusal(fee: Table) -> None:
    fee.ils_says_yes()
    fee.tags_obey()
    fee.touch(Action.CONSENT)
    fee.event(ev.IlsWantsFee(fee.only(fx.SendCheckout).op_id, "5.00 CNY"))
    assert fee.stage is Stage.RESULT and not fee.take(fx.SendCheckout)


def test_a_fee_never_answered_before_a_crash_was_not_agreed_to(fee: Table) -> None:
    waiting = fee.session.visit_ops()[0]
    assert after_crash(waiting).ils is Ils.REFUSED


# -- a PIN -------------------------------------------------------------------------------------------------


@pytest.fixture
def pin() -> Table:
    table = Table()
    table.session = replace(table.session, rules=replace(table.session.rules, pin_required=True))
    table.sign_in()
    assert table.stage is Stage.PIN
    table.take(fx.AskReader)
    return table


def enter(table: Table, figures: str) -> fx.AskReader:
    for figure in figures:
        table.event(Touch(Action.DIGIT, what=figure))
    table.touch(Action.ENTER)
    return table.only(fx.AskReader)


def test_the_right_pin_lets_in_and_goes_with_the_checkout(pin: Table) -> None:
    asked = enter(pin, "1037")
    assert (asked.credential, asked.pin) == (CARD.hex().upper(), "1037")
    pin.event(ev.ReaderAnswered(asked.credential, READER, pin_right=True))
    pin.pad(book(1))
    pin.titles()
    pin.touch(Action.CONFIRM)
    assert pin.only(fx.SendCheckout).pin == "1037"


@pytest.mark.parametrize("says", [False, None])
def test_a_pin_that_is_wrong_or_was_never_checked_lets_nobody_in(pin: Table, says: bool | None) -> None:
    pin.event(ev.ReaderAnswered(enter(pin, "9").credential, READER, pin_right=says))
    assert pin.stage is Stage.PIN and pin.session.hint is Hint.WRONG_PIN and pin.session.reader is None


def test_three_wrong_pins_end_the_visit(pin: Table) -> None:
    for _ in range(3):
        pin.event(ev.ReaderAnswered(enter(pin, "9").credential, READER, pin_right=False))
    assert pin.session.message is Message.WRONG_PIN and pin.session.pin == ""


def test_the_pin_has_an_end_and_can_be_erased(pin: Table) -> None:
    for _ in range(20):
        pin.event(Touch(Action.DIGIT, what="1"))
    assert len(pin.session.pin) == pin.session.rules.pin_places
    pin.touch(Action.ERASE)
    assert len(pin.session.pin) == pin.session.rules.pin_places - 1


def test_the_pin_is_in_no_repr(pin: Table) -> None:
    asked = enter(pin, "4711")
    assert "4711" not in repr(asked) and "4711" not in repr(pin.session)


# -- what comes back ---------------------------------------------------------------------------------------


def test_a_hold_caught_at_return_gets_a_slip() -> None:
    table = Table()
    table.touch(Action.START_RETURN)
    table.pad(book(1, afi=0xC2))
    table.titles(ItemStatus.ON_LOAN)
    table.touch(Action.CONFIRM)
    table.tags_obey()
    sent = table.only(fx.SendCheckin)
    table.event(ev.IlsAccepted(sent.op_id, hold=Hold("mz-taiping", "0168")))
    assert table.only(fx.PrintSlip).operation.op_id == sent.op_id and table.stage is Stage.RESULT


@pytest.mark.parametrize(
    ("words", "meaning"),
    [
        # as Koha 19.06 says them (tests/captures/sip2-koha.txt)
        ("Item checked out to another patron", Refusal.ON_LOAN_TO_OTHER),
        ("Issue failed : NOT_FOR_LOAN", Refusal.NOT_FOR_LOAN),
        ("Invalid Item", Refusal.ITEM_UNKNOWN),
        ("Patron Blocked", Refusal.READER_BLOCKED),
        ("Invalid Patron", Refusal.READER_UNKNOWN),
        ("Item has reached maximum renewals", Refusal.TOO_MANY_RENEWALS),
        ("Item unavailable due to outstanding holds", Refusal.HELD_FOR_OTHER),
        ("Item is on hold shelf for another patron.", Refusal.HELD_FOR_OTHER),
        ("TOO_MANY", Refusal.TOO_MANY),
        ("", Refusal.OTHER),
        ("C4::SIP exploded", Refusal.OTHER),
    ],
)
def test_what_the_ils_means_by_its_words(words: str, meaning: Refusal) -> None:
    assert classify(words) is meaning
