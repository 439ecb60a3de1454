"""A reader who struggles: help is called once, and not for what was not theirs."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from broker_config.alarms import AlarmName
from devices.kinds import (
    CardTapped,
    CardTechnology,
    CodeScanned,
)
from kiosk.flow import events as ev
from kiosk.flow.happened import (
    FORGOTTEN_AFTER_S,
    LONG_VISIT_S,
    STRUGGLES_AFTER,
)
from kiosk.flow.session import Message, Stage
from kiosk.flow.touch import Action
from tests.kiosk.flow.alarms_heard import quiet_table, raised, told
from tests.kiosk.flow.table import CARD, READER, Table


@pytest.fixture
def table() -> Table:
    return quiet_table()


def unknown_card(table: Table) -> None:
    table.sign_in(None)


def isbn(table: Table) -> None:
    table.event(CodeScanned("9787020002207", "EAN13"))


def unread_code(table: Table) -> None:
    table.event(ev.CodeRejected("too long"))


def unread_card(table: Table) -> None:
    """A phone shows another number every time."""
    table.event(CardTapped(bytes.fromhex("08112233"), CardTechnology.TYPE2))
    assert table.session.message is Message.NOT_A_READER_CARD


@pytest.mark.parametrize("fails", [unknown_card, isbn, unread_code, unread_card])
def test_three_failures_in_a_row_call_for_help_once(table: Table, fails: Callable[[Table], None]) -> None:
    for n in range(1, 2 * STRUGGLES_AFTER):
        fails(table)
        assert bool(told(table)) == (n >= STRUGGLES_AFTER)
        table.wait(3.0)
    assert told(table) == [(AlarmName.READER_STRUGGLING, "failures in a row: 3", True)]


def test_three_wrong_pins_call_for_help(table: Table) -> None:
    table.session = replace(table.session, rules=replace(table.session.rules, pin_required=True))
    table.tap()
    for _ in range(STRUGGLES_AFTER + 1):
        table.wait(1.0)
        table.event(ev.ReaderAnswered(CARD.hex().upper(), READER, pin_right=False))
        table.session = replace(table.session, pin="1234", stage=Stage.SIGNING_IN)
    assert raised(table) == [AlarmName.READER_STRUGGLING]


def time_passes(table: Table) -> None:
    table.wait(FORGOTTEN_AFTER_S)


@pytest.mark.parametrize("between", [Table.sign_in, time_passes])
def test_who_came_through_or_left_begins_anew(table: Table, between: Callable[[Table], None]) -> None:
    for _ in range(2):
        for _ in range(STRUGGLES_AFTER - 1):
            isbn(table)
            table.wait(1.0)
        between(table)
        table.touch(Action.END)
    assert not told(table)


def test_an_ils_that_is_away_is_not_the_readers_failure(table: Table) -> None:
    for _ in range(STRUGGLES_AFTER + 1):
        table.tap()
        table.event(ev.ReaderNotAnswered(CARD.hex().upper(), "no reply"))
        table.wait(1.0)
    assert table.session.message is Message.ILS_DOWN and not told(table)


def test_a_very_long_visit_calls_for_help_once(table: Table) -> None:
    table.sign_in()
    for _ in range(int(LONG_VISIT_S / 30) - 1):
        table.wait(30.0)
        table.touch(Action.STAY)
    assert not told(table)
    for _ in range(4):
        table.wait(30.0)
        table.touch(Action.STAY)
    assert told(table) == [(AlarmName.READER_STRUGGLING, "minutes here: 15", True)]


def test_one_reader_after_the_other_is_no_long_visit(table: Table) -> None:
    for _ in range(int(LONG_VISIT_S / 30) + 2):
        table.sign_in()
        table.wait(30.0)
        table.touch(Action.END)
    assert not told(table)
