"""Alarms of books and sets on the pad: each at its cause, once."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from broker_config.alarms import AlarmName
from devices.kinds import (
    TagOnPad,
)
from devices.tag_data import Model, SetInfo, TagContent, Unreadable
from kiosk.flow import effects as fx
from kiosk.flow import events as ev
from kiosk.flow.ils_values import Item, ItemStatus
from kiosk.flow.session import Policy, Stage
from kiosk.flow.touch import Action
from tests.kiosk.flow.alarms_heard import (
    HOME,
    LENT,
    lending,
    offline_at,
    quiet_table,
    raised,
    showing,
    told,
)
from tests.kiosk.flow.table import CARD, READER, Table, book, uid


@pytest.fixture
def table() -> Table:
    return quiet_table()


# -- books on the pad ------------------------------------------------------------------------------------

BLANK = TagOnPad(uid(9), Unreadable("blank", blank=True), 0)
OURS = frozenset({"CN-MZ"})


def foreign(table: Table) -> Table:
    table.session = replace(table.session, rules=replace(table.session.rules, owners=OURS))
    return showing(table, TagOnPad(uid(1), TagContent(Model.ISO_28560_2, "B1", owner="US-InU"), HOME))


ON_THE_PAD: dict[str, tuple[Callable[[Table], Table], AlarmName, str]] = {
    "another library's": (foreign, AlarmName.SUSPICIOUS_ITEM, "the owner on its tag is another library"),
    "not in the catalogue": (
        lambda table: showing(table, book(1), status=ItemStatus.UNKNOWN_ITEM),
        AlarmName.SUSPICIOUS_ITEM,
        "the ILS does not know it",
    ),
    "on loan and secured": (
        lambda table: showing(table, book(1, afi=HOME), status=ItemStatus.ON_LOAN),
        AlarmName.SUSPICIOUS_ITEM,
        "on loan by the ILS, in the library by its tag",
    ),
    "in the library and released": (
        lambda table: showing(table, book(1, afi=LENT)),
        AlarmName.SUSPICIOUS_ITEM,
        "in the library by the ILS, on loan by its tag",
    ),
    "on the hold shelf and released": (
        lambda table: showing(table, book(1, afi=LENT), status=ItemStatus.HELD),
        AlarmName.SUSPICIOUS_ITEM,
        "in the library by the ILS, on loan by its tag",
    ),
    "a blank tag": (lambda table: showing(table, BLANK), AlarmName.EMPTY_TAG, ""),
}


@pytest.mark.parametrize(("puts", "name", "reason"), ON_THE_PAD.values(), ids=ON_THE_PAD)
def test_a_book_that_someone_should_look_at_is_told_once(
    table: Table, puts: Callable[[Table], Table], name: AlarmName, reason: str
) -> None:
    lying = puts(table).session.pad
    table.pad()
    table.pad(*lying)
    table.titles(ItemStatus.AVAILABLE)
    table.wait(1.0)
    assert told(table) == [(name, reason, True)]


def test_of_a_tag_that_stays_on_the_pad_it_is_told_once_for_all_readers(table: Table) -> None:
    showing(table, BLANK)
    table.touch(Action.END)
    table.sign_in()
    assert raised(table) == [AlarmName.EMPTY_TAG]
    table.touch(Action.END)
    table.pad()
    table.pad(BLANK)
    table.sign_in()
    assert raised(table) == [AlarmName.EMPTY_TAG] * 2, "it was taken away, and is here again"


def test_nobody_is_told_of_what_lies_on_the_pad_while_no_stack_is_shown(table: Table) -> None:
    table.pad(BLANK, book(1, afi=LENT))
    table.wait(1.0)
    assert not told(table)


@pytest.mark.parametrize(
    ("tag", "status"),
    [
        (book(1, afi=HOME), ItemStatus.AVAILABLE),
        (book(1, afi=LENT), ItemStatus.ON_LOAN),
        (book(1, afi=LENT), ItemStatus.OTHER),
        (book(1, afi=HOME), ItemStatus.OTHER),
        (book(1, afi=0x00), ItemStatus.ON_LOAN),
        (book(1, afi=0x00), ItemStatus.AVAILABLE),
        (book(1, afi=LENT), ItemStatus.NOT_FOR_LOAN),
    ],
)
def test_a_tag_that_agrees_or_says_nothing_is_not_suspicious(
    table: Table, tag: TagOnPad, status: ItemStatus
) -> None:
    showing(table, tag, status=status)
    assert not told(table)


def test_a_book_just_lent_is_not_suspicious(table: Table) -> None:
    """The ILS was asked before; the tag says what was done since."""
    lending(table, 1)
    table.all_goes_well()
    table.touch(Action.SHOW_BORROW)
    table.titles(ItemStatus.ON_LOAN)
    assert not told(table)


def test_a_tag_to_be_put_right_is_not_suspicious() -> None:
    table = Table(repairs=((uid(1), "B1"),))
    showing(table, book(1, afi=HOME), status=ItemStatus.ON_LOAN)
    assert raised(table) == [AlarmName.JOURNAL_REPAIRS_WAITING]


def test_a_tag_that_could_not_be_put_right_waits_and_is_not_suspicious_too() -> None:
    table = Table(repairs=((uid(1), "B1"),))
    showing(table, book(1, afi=HOME), status=ItemStatus.ON_LOAN)
    for _ in range(table.session.rules.tag_tries):
        written = table.only(fx.WriteAfi)
        table.event(ev.TagActFailed(written.op_id, written.uid, "no answer"))
        table.wait(table.session.rules.tag_retry_s)
    assert not table.session.unsettled() and uid(1) in table.session.repairs
    assert raised(table) == [AlarmName.JOURNAL_REPAIRS_WAITING]


def test_a_book_lent_offline_is_not_suspicious_before_the_ils_was_told() -> None:
    table = offline_at(Policy.LOANS)
    table.pad(book(1))
    table.tap()
    table.event(ev.ReaderAnswered(CARD.hex().upper(), READER, offline=True))
    table.event(ev.ItemAnswered(Item("B1", "书B1", ItemStatus.OTHER)))
    table.touch(Action.CONFIRM)
    table.tags_obey()
    table.touch(Action.SHOW_RETURN)
    table.event(ev.ItemAnswered(Item("B1", "书B1", ItemStatus.AVAILABLE)))
    assert raised(table) == [AlarmName.ILS_UNREACHABLE]


# -- sets ------------------------------------------------------------------------------------------------


def parts(*numbers: int, of: int = 3) -> tuple[TagOnPad, ...]:
    return tuple(book(1, part=SetInfo(n, of), tag=10 + n) for n in numbers)


def test_a_set_laid_down_part_by_part_is_not_incomplete(table: Table) -> None:
    table.sign_in()
    for count in (1, 2, 3):
        table.pad(*parts(*range(1, count + 1)))
        table.titles()
    table.touch(Action.CONFIRM)
    table.all_goes_well()
    assert table.stage is Stage.RESULT and not told(table)


def test_a_set_left_with_a_part_missing_is_told_when_the_visit_goes_on_without_it(table: Table) -> None:
    showing(table, *parts(1, 3), book(2))
    assert not told(table)
    table.touch(Action.CONFIRM)
    assert told(table) == [(AlarmName.INCOMPLETE_SET, "2 of 3", True)]
    table.all_goes_well()
    table.touch(Action.SHOW_BORROW)
    table.touch(Action.END)
    assert len(told(table)) == 1


def test_a_set_left_on_the_pad_at_the_end_is_told(table: Table) -> None:
    showing(table, *parts(1, of=2))
    table.wait(table.session.rules.idle_s)
    assert table.stage is Stage.IDLE
    assert told(table) == [(AlarmName.INCOMPLETE_SET, "1 of 2", True)]


def test_looking_at_the_account_in_between_is_no_end(table: Table) -> None:
    showing(table, *parts(1, of=2))
    table.touch(Action.SHOW_ACCOUNT)
    assert table.stage is Stage.ACCOUNT and not told(table)
