"""What a table told of alarms, and how its readers come to lend and return."""

from dataclasses import replace

from broker_config.alarms import AlarmName
from devices.kinds import (
    TagOnPad,
)
from kiosk.flow import events as ev
from kiosk.flow.ils_values import ItemStatus
from kiosk.flow.report_values import Alarm
from kiosk.flow.session import Policy
from kiosk.flow.touch import Action
from tests.kiosk.flow.table import CARD, READER, Table, book

HOME, LENT = 0x07, 0xC2
SECRETS = ("B1", "B2", "书", READER.reader_id, READER.name, CARD.hex().upper())


def quiet_table() -> Table:
    made = Table()
    made.effects.clear()
    return made


def told(table: Table) -> list[tuple[AlarmName, str, bool]]:
    """Every alarm so far; none may say who, or which book."""
    alarms = table.told(Alarm)
    words = [alarm.reason for alarm in alarms]
    assert not [secret for secret in SECRETS for said in words if secret in said], words
    return [(AlarmName(alarm.name), alarm.reason, alarm.raised) for alarm in alarms]


def raised(table: Table) -> list[AlarmName]:
    return [name for name, _, is_raised in told(table) if is_raised]


def showing(table: Table, *tags: TagOnPad, status: ItemStatus = ItemStatus.AVAILABLE) -> Table:
    table.pad(*tags)
    table.sign_in()
    table.titles(status)
    return table


def lending(table: Table, *numbers: int) -> Table:
    showing(table, *map(book, numbers))
    table.touch(Action.CONFIRM)
    return table


def returning(table: Table, *numbers: int) -> Table:
    table.touch(Action.START_RETURN)
    table.pad(*(book(n, afi=LENT) for n in numbers))
    table.titles(ItemStatus.ON_LOAN)
    table.touch(Action.CONFIRM)
    return table


def offline_at(policy: Policy) -> Table:
    table = Table()
    rules = replace(table.session.rules, offline=policy, offline_check_digit=False)
    table.session = replace(table.session, rules=rules)
    table.event(ev.IlsDown("no route"))
    return table
