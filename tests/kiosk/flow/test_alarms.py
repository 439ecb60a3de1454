"""Alarms that last: told when they begin and when they end, also when a start lies in between."""

from datetime import UTC, timedelta

import pytest

from broker_config.alarms import MEANINGS, AlarmName
from devices.kinds import (
    DeviceInfo,
    DoorCount,
    Kind,
    PaperState,
    PrinterStatus,
    PrinterTrouble,
)
from kiosk.flow import effects as fx
from kiosk.flow import events as ev
from kiosk.flow.alarm_values import Watch
from kiosk.flow.alarms import (
    CERTIFICATE_WARNING,
    LASTING,
)
from kiosk.flow.ils_values import ItemStatus
from kiosk.flow.report_values import Alarm
from kiosk.flow.session import Session
from kiosk.flow.step import step
from tests.kiosk.flow.alarms_heard import HOME, lending, quiet_table, raised, told
from tests.kiosk.flow.table import NOON, Table, book, uid

OUT = PrinterStatus(PaperState.OUT)
LOW = PrinterStatus(PaperState.NEAR_END)
GOOD = PrinterStatus(PaperState.OK)
COVER_OPEN = PrinterStatus(PaperState.OK, cover_open=True)
BEAM = "beam A long broken"
TODAY = NOON.astimezone(UTC)


@pytest.fixture
def table() -> Table:
    return quiet_table()


# -- the promise -----------------------------------------------------------------------------------------


def test_every_alarm_that_is_promised_to_last_has_a_judge() -> None:
    assert set(LASTING) == {name for name, meaning in MEANINGS.items() if meaning.lasts}


# -- what lasts ------------------------------------------------------------------------------------------


def board(*, room: bool = True, synced: bool = True, ends_in: timedelta | None = None) -> ev.BoardChecked:
    return ev.BoardChecked(room, synced, None if ends_in is None else TODAY + ends_in)


DAY = timedelta(days=1)
DOWN = ev.DeviceDown(Kind.DOOR_COUNTER, "modbus_counter", "door", "no answer")
UP = ev.DeviceUp(DeviceInfo(Kind.DOOR_COUNTER, "modbus_counter", "door"))
COUNTED = ev.DoorCounted(DoorCount(5, 4))
BEGIN_AND_END: dict[str, tuple[AlarmName, tuple[ev.Event, ...], ev.Event, str]] = {
    "the ILS is away": (AlarmName.ILS_UNREACHABLE, (ev.IlsDown("no route"),), ev.IlsUp(), "no route"),
    "no paper": (
        AlarmName.PAPER_OUT,
        (ev.PrinterChecked(OUT),),
        ev.PrinterChecked(GOOD),
        PrinterTrouble.PAPER_OUT.value,
    ),
    "little paper": (
        AlarmName.PAPER_LOW,
        (ev.PrinterChecked(LOW),),
        ev.PrinterChecked(GOOD),
        PrinterTrouble.NEAR_END.value,
    ),
    "the cover is open": (
        AlarmName.PRINTER_CANNOT_PRINT,
        (ev.PrinterChecked(COVER_OPEN),),
        ev.PrinterChecked(GOOD),
        PrinterTrouble.COVER_OPEN.value,
    ),
    "a beam is stuck": (
        AlarmName.DOOR_COUNTER_SILENT,
        (UP, COUNTED, ev.DoorCounted(DoorCount(5, 4, trouble=BEAM))),
        COUNTED,
        BEAM,
    ),
    "the counter is away": (AlarmName.DOOR_COUNTER_SILENT, (UP, COUNTED, DOWN), UP, "no answer"),
    "the disk is full": (
        AlarmName.DISK_FULL,
        (board(room=False),),
        board(),
        "no room for a new operation: nothing can be borrowed or returned",
    ),
    "the certificate ends": (
        AlarmName.CERTIFICATE_EXPIRING,
        (board(ends_in=CERTIFICATE_WARNING),),
        board(ends_in=365 * DAY),
        "it ends on 2026-12-22",
    ),
}


@pytest.mark.parametrize(("name", "begins", "ends", "reason"), BEGIN_AND_END.values(), ids=BEGIN_AND_END)
def test_it_is_told_when_it_begins_and_when_it_ends(
    table: Table, name: AlarmName, begins: tuple[ev.Event, ...], ends: ev.Event, reason: str
) -> None:
    for event in (*begins, begins[-1], ev.Tick(101.0, NOON)):
        table.event(event)
    assert told(table) == [(name, reason, True)]
    assert table.take(fx.KeepAlarms) == [fx.KeepAlarms(frozenset({name.value}))]
    for event in (ends, ends, ev.Tick(102.0, NOON)):
        table.event(event)
    assert told(table) == [(name, reason, True), (name, "", False)]
    assert table.take(fx.KeepAlarms) == [fx.KeepAlarms(frozenset())]


def test_repairs_wait_from_the_start_until_the_last_is_done() -> None:
    table = Table(repairs=((uid(1), "B1"), (uid(2), "B2")))
    assert told(table) == [(AlarmName.JOURNAL_REPAIRS_WAITING, "tags: 2", True)]
    for n in (1, 2):
        table.pad(book(n, afi=HOME))
        table.titles(ItemStatus.ON_LOAN)
        assert len(told(table)) == 1
        table.tags_obey()
    assert told(table)[1:] == [(AlarmName.JOURNAL_REPAIRS_WAITING, "", False)]


def test_one_thing_after_the_other_keeps_each(table: Table) -> None:
    table.event(ev.IlsDown("no route"))
    table.event(ev.PrinterChecked(LOW))
    table.event(ev.IlsUp())
    kept = [set(effect.raised) for effect in table.take(fx.KeepAlarms)]
    assert kept == [{"ils_unreachable"}, {"ils_unreachable", "paper_low"}, {"paper_low"}]


def test_paper_that_runs_out_is_no_other_trouble_of_the_printer(table: Table) -> None:
    for status in (LOW, OUT, PrinterStatus(PaperState.OUT, offline=True), GOOD):
        table.event(ev.PrinterChecked(status))
    assert AlarmName.PRINTER_CANNOT_PRINT not in raised(table)
    assert raised(table) == [AlarmName.PAPER_LOW, AlarmName.PAPER_OUT]


def test_a_printer_unplugged_says_nothing_of_its_paper(table: Table) -> None:
    table.event(ev.PrinterChecked(OUT))
    table.event(ev.DeviceDown(Kind.RECEIPT_PRINTER, "escpos", "printer", "gone"))
    table.event(ev.PrinterChecked(OUT))
    assert [is_raised for _, _, is_raised in told(table)] == [True]
    table.event(ev.DeviceDown(Kind.RECEIPT_PRINTER, "escpos", "printer", "gone"))
    table.event(ev.PrinterChecked(GOOD))
    assert [is_raised for _, _, is_raised in told(table)] == [True, False]


def test_an_ils_that_an_operation_finds_away_is_told_too(table: Table) -> None:
    lending(table, 1)
    table.event(ev.IlsNotReached(table.only(fx.SendCheckout).op_id, "refused"))
    table.event(ev.IlsDown("no route"))
    assert raised(table) == [AlarmName.ILS_UNREACHABLE]
    table.event(ev.IlsUp())
    assert told(table)[-1] == (AlarmName.ILS_UNREACHABLE, "", False)


@pytest.mark.parametrize("ends_in", [CERTIFICATE_WARNING + DAY, None], ids=["long", "unreadable"])
def test_a_certificate_that_lasts_or_cannot_be_read_is_no_alarm(
    table: Table, ends_in: timedelta | None
) -> None:
    table.event(board(ends_in=ends_in))
    assert not told(table)


def test_a_clock_that_nobody_set_says_nothing_of_certificates(table: Table) -> None:
    table.event(board(ends_in=-DAY, synced=False))
    assert not told(table)
    table.event(board(ends_in=-DAY))
    assert raised(table) == [AlarmName.CERTIFICATE_EXPIRING]


# -- across a start --------------------------------------------------------------------------------------


def started_again(*kept: AlarmName) -> tuple[Session, list[fx.Effect]]:
    """The first moments of a kiosk that had told these before the power went."""
    watch = Watch(raised=frozenset(name.value for name in kept))
    session, effects = step(Session(Table().session.rules, watch=watch), ev.Tick(1.0, NOON))
    return session, list(effects)


def test_what_nobody_can_tell_yet_stays_as_it_was() -> None:
    _, effects = started_again(*LASTING)
    assert not effects


@pytest.mark.parametrize(
    ("name", "event"),
    [
        (AlarmName.ILS_UNREACHABLE, ev.IlsUp()),
        (AlarmName.PAPER_OUT, ev.PrinterChecked(GOOD)),
        (AlarmName.DOOR_COUNTER_SILENT, COUNTED),
        (AlarmName.DISK_FULL, board()),
        (AlarmName.JOURNAL_REPAIRS_WAITING, ev.Recovered((), ())),
    ],
)
def test_what_ended_while_the_kiosk_was_off_is_told_to_be_over(name: AlarmName, event: ev.Event) -> None:
    session, _ = started_again(name)
    _, effects = step(session, event)
    assert fx.Tell(Alarm(name.value, "", raised=False)) in effects
    assert fx.KeepAlarms(frozenset()) in effects


def test_what_lasts_across_a_start_is_not_told_again() -> None:
    session, _ = started_again(AlarmName.ILS_UNREACHABLE)
    _, effects = step(session, ev.IlsDown("no route"))
    assert effects == (fx.PublishState(),)


def test_a_kiosk_out_of_service_still_tells_of_its_disk(table: Table) -> None:
    table.event(ev.Broken("journal.db: the disk is full"))
    table.event(board(room=False))
    assert raised(table) == [AlarmName.DISK_FULL]
