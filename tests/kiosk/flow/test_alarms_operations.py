"""Alarms of operations: large ones, failed ones, returned books that somebody waits for."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from broker_config.alarms import AlarmName
from kiosk.flow import effects as fx
from kiosk.flow import events as ev
from kiosk.flow.ils_values import Item, ItemStatus
from kiosk.flow.offline import ASKED_IN_VAIN
from kiosk.flow.operation import (
    SENT_AT_MOST,
    Hold,
    Ils,
    Operation,
    OpKind,
    SecurityValues,
    TagSide,
    Truth,
    Why,
)
from kiosk.flow.report_values import DisputeRaised, OperationRefused
from kiosk.flow.session import Policy, Stage
from kiosk.flow.touch import Action
from tests.kiosk.flow.alarms_heard import (
    HOME,
    LENT,
    lending,
    offline_at,
    quiet_table,
    raised,
    returning,
    told,
)
from tests.kiosk.flow.table import Table, book, restarted, uid


@pytest.fixture
def table() -> Table:
    return quiet_table()


def test_more_loans_at_once_than_the_places_limit_are_told_with_their_number(table: Table) -> None:
    limit = table.session.rules.large_checkout
    lending(table, *range(100, 101 + limit))
    assert told(table) == [(AlarmName.LARGE_CHECKOUT, f"books: {limit + 1}", True)]


def test_as_many_as_the_limit_are_nothing_unusual_and_neither_are_returns(table: Table) -> None:
    limit = table.session.rules.large_checkout
    lending(table, *range(100, 100 + limit))
    assert not told(table)
    back = Table()
    returning(back, *range(100, 120 + limit))
    assert back.stage is Stage.WORKING and not told(back)


@pytest.mark.parametrize(
    ("hold", "reason"),
    [
        (Hold(reader_ending="0017"), "its reader fetches it here"),
        (Hold("太平镇分馆", "0017"), "its reader fetches it at another place"),
        (Hold(reader_ending=""), "its reader fetches it here"),
    ],
)
def test_a_returned_book_that_somebody_waits_for_is_told(table: Table, hold: Hold, reason: str) -> None:
    returning(table, 1)
    table.tags_obey()
    table.event(ev.IlsAccepted(table.only(fx.SendCheckin).op_id, hold=hold))
    table.all_goes_well()
    assert told(table) == [(AlarmName.HOLD_RETURNED, reason, True)]


def test_two_books_that_are_waited_for_are_told_twice(table: Table) -> None:
    returning(table, 1, 2)
    for _ in range(2):
        table.tags_obey()
        table.event(ev.IlsAccepted(table.only(fx.SendCheckin).op_id, hold=Hold(reader_ending="0017")))
    assert raised(table) == [AlarmName.HOLD_RETURNED] * 2


def test_a_book_that_is_only_sent_home_is_waited_for_by_nobody(table: Table) -> None:
    returning(table, 1)
    table.tags_obey()
    table.event(ev.IlsAccepted(table.only(fx.SendCheckin).op_id, hold=Hold("太平镇分馆")))
    assert not told(table)


def tag_fails(table: Table) -> None:
    for _ in range(table.session.rules.tag_tries):
        written = table.only(fx.WriteAfi)
        table.event(ev.TagActFailed(written.op_id, written.uid, "no answer"))
        table.wait(table.session.rules.tag_retry_s)


def test_a_return_whose_tag_cannot_be_secured_is_told(table: Table) -> None:
    returning(table, 1)
    tag_fails(table)
    table.tags_obey()
    assert told(table) == [(AlarmName.CHECKIN_FAILED, "its tag could not be set", True)]


def test_a_loan_whose_tag_cannot_be_released_is_told_and_its_repair_waits(table: Table) -> None:
    lending(table, 1)
    table.ils_says_yes()
    tag_fails(table)
    failed = (AlarmName.CHECKOUT_FAILED, "it is done, but its tag could not be set", True)
    assert failed in told(table)
    assert raised(table) == [AlarmName.JOURNAL_REPAIRS_WAITING, AlarmName.CHECKOUT_FAILED]


def test_several_failures_of_one_cause_in_a_visit_are_told_once(table: Table) -> None:
    returning(table, 1, 2)
    for _ in range(4):
        tag_fails(table)
    assert len(table.told(OperationRefused)) == 2
    failed = [reason for name, reason, _ in told(table) if name is AlarmName.CHECKIN_FAILED]
    assert failed == ["its tag could not be set"], "and not that it is done"


def test_what_a_crash_cut_short_is_told_by_the_next_start_and_never_again() -> None:
    before = Table()
    lending(before, 1)
    after = Table(unfinished=unsent(restarted(before)))
    assert told(after) == [(AlarmName.CHECKOUT_FAILED, "it was cut short, and the ILS did not do it", True)]
    assert not told(Table(unfinished=restarted(after)))


def unsent(unfinished: tuple[Operation, ...]) -> tuple[Operation, ...]:
    """As if the power had gone a moment earlier."""
    return tuple(replace(op, ils=Ils.NOT_ASKED) for op in unfinished)


@pytest.mark.parametrize("kind", [OpKind.BORROW, OpKind.RETURN])
def test_what_the_ils_does_not_tell_of_is_told_after_some_questions_and_once(kind: OpKind) -> None:
    op = Operation(1, kind, "B1", "", (TagSide(uid(1), HOME),), SecurityValues(), None, Ils.UNKNOWN)
    tag = replace(op.tags[0], proven=HOME)
    table = Table(unfinished=(replace(op, tags=(tag,)),), lying=(book(1),))
    for asked in range(1, ASKED_IN_VAIN + 3):
        table.wait(table.session.rules.retry_s)
        table.tags_obey()
        assert bool(told(table)) == (asked > ASKED_IN_VAIN)
        table.event(ev.TruthNotAnswered(table.only(fx.AskTruth).op_id, "no reply"))
    name = AlarmName.CHECKOUT_FAILED if kind is OpKind.BORROW else AlarmName.CHECKIN_FAILED
    assert told(table) == [(name, "the ILS does not say what became of it", True)]


def ils_refuses(table: Table) -> None:
    table.event(ev.IlsRefused(table.only(fx.SendCheckout).op_id, "too many"))


def book_is_lifted(table: Table) -> None:
    table.pad(book(1))
    table.ils_says_yes()


def fee_is_declined(table: Table) -> None:
    table.event(ev.IlsWantsFee(table.only(fx.SendCheckout).op_id, "1.00"))
    table.touch(Action.DECLINE)


REFUSED_BY_SOMEBODY: dict[Why, Callable[[Table], None]] = {
    Why.BY_ILS: ils_refuses,
    Why.STACK_CHANGED: book_is_lifted,
    Why.FEE_DECLINED: fee_is_declined,
}


@pytest.mark.parametrize("why", REFUSED_BY_SOMEBODY, ids=lambda why: why.value)
def test_what_somebody_refused_is_no_failure(table: Table, why: Why) -> None:
    lending(table, 1, 2)
    REFUSED_BY_SOMEBODY[why](table)
    table.all_goes_well()
    assert why in {report.why for report in table.told(OperationRefused)}
    assert not raised(table)


def test_an_ils_that_is_away_is_one_alarm_and_not_one_for_each_book(table: Table) -> None:
    lending(table, 1, 2, 3)
    table.event(ev.IlsNotReached(table.only(fx.SendCheckout).op_id, "refused"))
    assert len(table.told(OperationRefused)) == 3
    assert raised(table) == [AlarmName.ILS_UNREACHABLE]


def test_a_dispute_is_told_as_one_and_not_as_a_failure_too() -> None:
    table = offline_at(Policy.RETURNS)
    table.touch(Action.START_RETURN)
    table.pad(book(1, afi=LENT))
    table.event(ev.ItemAnswered(Item("B1", "", ItemStatus.OTHER)))
    table.touch(Action.CONFIRM)
    table.tags_obey()
    table.event(ev.IlsUp())
    table.event(ev.IlsRefused(table.only(fx.SendCheckin).op_id, "no"))
    assert len(table.told(DisputeRaised)) == 1
    assert raised(table) == [AlarmName.ILS_UNREACHABLE]


def test_what_is_lost_on_the_way_for_good_is_a_dispute_and_no_failure() -> None:
    tag = TagSide(uid(1), LENT, proven=HOME)
    op = Operation(1, OpKind.RETURN, "B1", "", (tag,), SecurityValues(), None, Ils.UNKNOWN)
    table = Table(unfinished=(replace(op, done_at="2026-11-22T04:00:00.000Z", lost=SENT_AT_MOST - 1),))
    table.wait(table.session.rules.late_s)
    table.event(ev.TruthAnswered(table.only(fx.AskTruth).op_id, Truth(on_loan=True, to_this_reader=None)))
    assert len(table.told(DisputeRaised)) == 1 and not told(table)
