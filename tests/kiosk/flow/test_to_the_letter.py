"""Reports, repairs and books field by field: what the centre is told and what the screen is given."""

from dataclasses import replace

from devices.kinds import DeviceInfo, Kind
from devices.tag_data import SetInfo
from kiosk.flow import effects as fx
from kiosk.flow import events as ev
from kiosk.flow.ils_values import Account, Item, ItemStatus, LoanEntry
from kiosk.flow.operation import Ils, Operation, OpKind, SecurityValues, Step, TagSide, Why
from kiosk.flow.report_values import Alarm, BookReturned, DisputeRaised, LoanMade, OperationRefused
from kiosk.flow.session import Mode, Policy, Receipt, Stage
from kiosk.flow.stack import Book, Standing, books
from kiosk.flow.touch import Action
from tests.kiosk.flow.table import CARD, NOON, READER, Table, book, stranger, uid

VALUES = SecurityValues(0x07, 0xC2)
UTC_NOON = "2026-11-22T12:00:00.000Z"
LOANS = (LoanEntry("B1", "书一", "2026-12-01"), LoanEntry("B2", "书二", "2026-12-02"))


def lent(*numbers: int) -> Table:
    table = Table()
    table.sign_in()
    table.pad(*map(book, numbers))
    table.titles()
    table.take(fx.Journal)
    table.touch(Action.CONFIRM)
    return table


def returning(*numbers: int) -> Table:
    table = Table()
    table.touch(Action.START_RETURN)
    table.pad(*(book(n, afi=0xC2) for n in numbers))
    table.titles(ItemStatus.ON_LOAN)
    table.take(fx.Journal)
    table.touch(Action.CONFIRM)
    return table


def offline(table: Table, policy: Policy) -> Table:
    rules = replace(table.session.rules, offline=policy, offline_check_digit=False)
    table.session = replace(table.session, rules=rules, local=NOON.astimezone())
    return table


# -- what the centre is told -----------------------------------------------------------------------------


def test_a_loan_is_told_with_its_number_and_due_day() -> None:
    table = lent(1)
    table.all_goes_well()
    assert table.told(LoanMade) == [LoanMade(1, "2026-12-22", "")]


def test_a_return_is_told_with_its_number() -> None:
    table = returning(1)
    table.all_goes_well()
    assert table.told(BookReturned) == [BookReturned(1, "")]


def test_a_refusal_is_told_with_what_was_refused_and_why() -> None:
    table = lent(1)
    table.event(ev.IlsRefused(1, "馆藏限制"))
    assert table.told(OperationRefused) == [OperationRefused(1, OpKind.BORROW, Why.BY_ILS)]


def done_offline() -> tuple[Table, str]:
    table = offline(Table(), Policy.RETURNS)
    table.event(ev.IlsDown("no route"))
    table.touch(Action.START_RETURN)
    table.pad(book(1, afi=0xC2))
    for asked in table.take(fx.LookUpItem):
        table.event(ev.ItemAnswered(Item(asked.item_id, "书", ItemStatus.OTHER)))
    table.touch(Action.CONFIRM)
    table.tags_obey()
    [op] = table.session.ops
    return table, op.done_at


def test_what_was_done_offline_is_told_with_the_time_it_was_done() -> None:
    table, done_at = done_offline()
    table.event(ev.IlsUp())
    table.ils_says_yes()
    assert done_at.endswith("Z")
    assert table.told(BookReturned) == [BookReturned(1, done_at)]


def test_a_dispute_is_told_with_both_sides() -> None:
    table, done_at = done_offline()
    table.event(ev.IlsUp())
    asked = table.only(fx.SendCheckin)
    assert (asked.op_id, asked.item_id, asked.done_at) == (1, "B1", done_at)
    table.event(ev.IlsRefused(1, "不在馆藏目录"))
    expected = DisputeRaised(1, OpKind.RETURN, "B1", None, done_at, "不在馆藏目录")
    assert table.told(DisputeRaised) == [expected]


# -- renewals --------------------------------------------------------------------------------------------


def at_the_account() -> Table:
    table = Table()
    table.sign_in()
    table.touch(Action.SHOW_ACCOUNT)
    table.event(ev.AccountAnswered(READER.reader_id, Account(LOANS)))
    return table


def test_renewing_all_makes_an_operation_of_each_loan() -> None:
    table = at_the_account()
    table.take(fx.Journal)
    table.touch(Action.RENEW_ALL)
    first = table.take(fx.Journal)[0]
    assert first.step is Step.INTENDED
    assert first.operations == tuple(
        Operation(
            op_id=n,
            kind=OpKind.RENEW,
            item_id=loan.item_id,
            title=loan.title,
            tags=(),
            security=VALUES,
            reader_id=READER.reader_id,
            due_before=loan.due,
        )
        for n, loan in enumerate(LOANS, start=1)
    )
    assert table.session.next_op == 3


def test_the_account_begins_with_nothing_of_an_earlier_one() -> None:
    table = at_the_account()
    session = table.session
    assert (session.mode, session.stage, session.account_failed) == (Mode.RENEW, Stage.ACCOUNT, False)
    table.event(ev.AccountNotAnswered(READER.reader_id, "no route"))
    assert table.session.account_failed
    table.touch(Action.SHOW_BORROW)
    table.touch(Action.SHOW_ACCOUNT)
    assert (table.session.account_failed, table.session.account, table.session.visit) == (False, None, ())


# -- repairs ---------------------------------------------------------------------------------------------


def repairing(status: ItemStatus) -> Table:
    table = Table(repairs=((uid(1), "B1"), (uid(2), "B2")))
    table.session = replace(table.session, next_op=7)
    table.pad(book(1, afi=0x00))
    table.take(fx.Journal)
    table.titles(status)
    return table


def test_a_repair_is_an_operation_of_its_own() -> None:
    for status, wanted in ((ItemStatus.ON_LOAN, 0xC2), (ItemStatus.AVAILABLE, 0x07)):
        table = repairing(status)
        intended = table.take(fx.Journal)[0]
        assert intended == fx.Journal(
            (
                Operation(
                    op_id=7,
                    kind=OpKind.REPAIR,
                    item_id="B1",
                    title="书B1",
                    tags=(TagSide(uid(1), None),),
                    security=VALUES,
                    ils=Ils.ACCEPTED,
                    repair_to=wanted,
                    reported=True,
                ),
            ),
            Step.INTENDED,
        )
        assert table.session.next_op == 8
        assert table.only(fx.WriteAfi) == fx.WriteAfi(7, uid(1), wanted)


def test_a_repair_done_leaves_the_list_and_tells_nobody() -> None:
    table = repairing(ItemStatus.ON_LOAN)
    table.tags_obey()
    assert dict(table.session.repairs) == {uid(2): "B2"}
    assert [type(report) for report in table.told(object)] == [Alarm], "of no operation"


def test_one_repair_of_a_tag_at_a_time() -> None:
    table = repairing(ItemStatus.ON_LOAN)
    table.pad()
    table.pad(book(1, afi=0x00))
    table.titles(ItemStatus.ON_LOAN)
    assert [op.op_id for op in table.session.unsettled()] == [7]


# -- books as the screen gets them -----------------------------------------------------------------------


def seen(table: Table) -> tuple[Book, ...]:
    return books(table.session)


def test_every_book_carries_its_tags_number_title_and_parts() -> None:
    table = Table()
    table.sign_in()
    whole, half, wrong = book(1), book(2, part=SetInfo(1, 2)), stranger(3)
    table.pad(whole, half, wrong)
    assert seen(table) == (
        Book((whole,), Standing.ASKING, "B1", "", None),
        Book((half,), Standing.INCOMPLETE_SET, "B2", "", (1, 2)),
        Book((wrong,), Standing.UNREADABLE),
    )
    table.titles()
    assert seen(table) == (
        Book((whole,), Standing.READY, "B1", "书B1", None),
        Book((half,), Standing.INCOMPLETE_SET, "B2", "书B2", (1, 2)),
        Book((wrong,), Standing.UNREADABLE),
    )


def test_a_book_whose_security_value_is_not_known_yet_is_asked_about() -> None:
    table = Table()
    table.sign_in()
    tag = replace(book(1), afi=None)
    table.pad(tag)
    table.titles()
    assert seen(table) == (Book((tag,), Standing.ASKING, "B1", "书B1", None),)


def test_offline_a_book_keeps_its_title_and_number() -> None:
    table = offline(Table(), Policy.RETURNS)
    table.event(ev.IlsDown("no route"))
    table.touch(Action.START_RETURN)
    tag = book(1, afi=0xC2)
    table.pad(tag)
    for asked in table.take(fx.LookUpItem):
        table.event(ev.ItemAnswered(Item(asked.item_id, "书名", ItemStatus.OTHER)))
    assert seen(table) == (Book((tag,), Standing.READY, "B1", "书名", None),)


# -- devices and the end of a visit ----------------------------------------------------------------------


def test_a_pad_that_is_lost_takes_everything_seen_with_it() -> None:
    table = Table()
    table.sign_in()
    table.pad(book(1))
    table.titles()
    table.event(ev.DeviceDown(Kind.TAG_READER, "model", "port", "pulled"))
    session = table.session
    assert (session.pad, session.pad_seen, dict(session.items)) == ((), False, {})


def test_a_scanner_that_is_lost_fails_no_receipt() -> None:
    table = Table()
    table.event(ev.DeviceUp(DeviceInfo(Kind.SCANNER, "model", "port")))
    table.event(ev.DeviceDown(Kind.SCANNER, "model", "port", "pulled"))
    assert table.session.receipt is Receipt.NOT_ASKED


def test_the_end_of_a_visit_leaves_nothing_of_the_reader() -> None:
    table = lent(1)
    table.all_goes_well()
    table.touch(Action.END)
    table.wait(60)
    session = table.session
    assert (session.stage, session.reader, session.pin, session.pin_failures) == (Stage.IDLE, None, "", 0)
    assert (session.blocked, session.message, session.receipt) == (None, None, Receipt.NOT_ASKED)
    assert (session.mode, session.account, session.visit) == (Mode.BORROW, None, ())


def test_a_second_card_begins_with_nothing_of_the_first() -> None:
    table = Table()
    table.tap(CARD)
    session = table.session
    assert (session.pin, session.pin_failures, session.message, session.blocked) == ("", 0, None, None)
