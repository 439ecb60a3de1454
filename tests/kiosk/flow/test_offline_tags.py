"""Offline the security value of a tag is all that tells whether its book is on loan, and it is not enough to
put another tag right. Both found by `tests.crash.kill` (seeds 200079 and 200156)."""

from dataclasses import replace

import pytest

from kiosk.flow import effects as fx
from kiosk.flow import events as ev
from kiosk.flow.ils_values import Item, ItemStatus
from kiosk.flow.session import Policy, Stage
from kiosk.flow.touch import Action
from tests.kiosk.flow.table import CARD, READER, Table, book, uid

LENT, HOME = 0xC2, 0x07


def offline(**lists: object) -> Table:
    table = Table(**lists)
    rules = replace(table.session.rules, offline=Policy.LOANS, offline_check_digit=False)
    table.session = replace(table.session, rules=rules)
    table.event(ev.IlsDown("no route"))
    return table


def looked_up(table: Table) -> None:
    for asked in table.take(fx.LookUpItem):
        table.event(ev.ItemAnswered(Item(asked.item_id, "", ItemStatus.OTHER)))


@pytest.mark.parametrize(("afi", "stage"), [(HOME, Stage.WORKING), (LENT, Stage.STACK), (None, Stage.STACK)])
def test_a_book_whose_tag_says_on_loan_is_not_lent_again_offline(afi: int | None, stage: Stage) -> None:
    table = offline()
    table.pad(replace(book(1), afi=afi))
    table.tap()
    table.event(ev.ReaderAnswered(CARD.hex().upper(), READER, offline=True))
    looked_up(table)
    table.touch(Action.CONFIRM)
    assert (table.stage is Stage.STACK) == (stage is Stage.STACK)


@pytest.mark.parametrize(("afi", "taken"), [(HOME, False), (LENT, True)])
def test_a_book_whose_tag_says_in_the_library_is_not_returned_offline(afi: int, taken: bool) -> None:
    table = offline()
    table.touch(Action.START_RETURN)
    table.pad(book(1, afi=afi))
    looked_up(table)
    table.touch(Action.CONFIRM)
    assert (table.stage is not Stage.STACK) == taken


def test_a_listed_tag_waits_for_the_ils_itself() -> None:
    table = offline(repairs=((uid(1), "B1"),))
    table.pad(book(1, afi=HOME))
    looked_up(table)
    assert not table.take(fx.WriteAfi), "the local copy does not know where the book is"
    table.event(ev.IlsUp())
    table.event(ev.ItemAnswered(Item(table.only(fx.AskItem).item_id, "书", ItemStatus.ON_LOAN)))
    assert table.only(fx.WriteAfi).afi == LENT
