"""Staff come in, change a device and go; a reader is never disturbed, and nobody is locked out or left in."""

from dataclasses import replace

import pytest

from devices.kinds import CodeScanned, DeviceInfo, DoorCount, Kind
from kiosk.flow import effects as fx
from kiosk.flow import events as ev
from kiosk.flow.report_values import DeviceChange, StaffDid
from kiosk.flow.session import Hint, Stage
from kiosk.flow.staff_values import Binding, Check, StaffAt, StaffRules, hashed
from kiosk.flow.touch import Action, Touch
from tests.kiosk.flow.table import CARD, Table, book

STAFF_CARD, CODE, SALT = bytes.fromhex("04C0FFEE"), "246810", "mazhang-qu"
RULES = StaffRules(SALT, frozenset({hashed(STAFF_CARD.hex().upper(), SALT)}), frozenset({hashed(CODE, SALT)}))
PAD = Kind.TAG_READER.value


@pytest.fixture
def table() -> Table:
    made = Table()
    made.session = replace(made.session, rules=replace(made.session.rules, staff=RULES))
    made.event(ev.Plug(PAD, True))
    made.effects.clear()
    return made


def up(table: Table, kind: Kind = Kind.TAG_READER, model: str = "model", serial: str | None = "1") -> None:
    table.event(ev.DeviceUp(DeviceInfo(kind, model, "port", serial)))


def down(table: Table, kind: Kind = Kind.TAG_READER) -> None:
    table.event(ev.DeviceDown(kind, "model", "port", "gone"))


def show(table: Table, device: str, *actions: Action) -> None:
    table.tap(STAFF_CARD)
    table.event(Touch(Action.STAFF_DEVICE, what=device))
    for action in actions:
        table.touch(action)


def type_code(table: Table, code: str) -> None:
    for digit in code:
        table.event(Touch(Action.DIGIT, what=digit))
    table.touch(Action.ENTER)


def did(table: Table) -> list[str]:
    return [report.what for report in table.told(StaffDid)]


# -- the way in ------------------------------------------------------------------------------------------


def test_a_staff_card_opens_the_list_of_devices(table: Table) -> None:
    table.tap(STAFF_CARD)
    assert (table.session.stage, table.session.staff.at) == (Stage.STAFF, StaffAt.DEVICES)
    assert not table.take(fx.AskReader)


def test_a_code_opens_it_too_and_leaves_no_trace(table: Table) -> None:
    table.touch(Action.STAFF)
    assert table.session.stage is Stage.STAFF_CODE
    type_code(table, CODE)
    assert (table.session.stage, table.session.pin) == (Stage.STAFF, "")


def test_a_readers_card_means_what_it_always_did(table: Table) -> None:
    table.sign_in()
    assert table.session.stage is Stage.STACK


def test_never_in_the_middle_of_a_visit(table: Table) -> None:
    table.sign_in()
    table.tap(STAFF_CARD)
    table.touch(Action.STAFF)
    assert (table.session.stage, table.session.hint) == (Stage.STACK, Hint.OTHER_CARD)


def test_without_any_staff_configured_there_is_no_way_in() -> None:
    table = Table()
    table.touch(Action.STAFF)
    table.tap(STAFF_CARD)
    assert table.session.stage is Stage.SIGNING_IN


def test_too_many_wrong_codes_lock_for_a_while_and_are_told(table: Table) -> None:
    table.touch(Action.STAFF)
    for _ in range(RULES.tries):
        type_code(table, "111111")
    assert (table.session.hint, did(table)) == (Hint.CODE_LOCKED, ["wrong staff codes, locked for a while"])
    type_code(table, CODE)
    assert table.session.stage is Stage.STAFF_CODE
    table.touch(Action.END)
    table.wait(RULES.locked_s)
    table.touch(Action.STAFF)
    type_code(table, CODE)
    assert table.session.stage is Stage.STAFF


@pytest.mark.parametrize("action", [Action.STAFF_CLOSE, Action.STAFF_REPLACE, Action.STAFF_PAGE])
def test_what_staff_can_do_nobody_else_can(table: Table, action: Action) -> None:
    before = table.session
    table.touch(action)
    assert (table.session, table.effects) == (before, [])


# -- the walk --------------------------------------------------------------------------------------------


def change_pad(table: Table, model: str = "model", serial: str | None = "2") -> None:
    show(table, PAD, Action.STAFF_REPLACE)
    assert table.session.staff.at is StaffAt.PULL
    down(table)
    table.event(ev.Plug(PAD, False))
    assert table.session.staff.at is StaffAt.PLUG
    table.event(ev.Plug(PAD, True))
    assert table.session.staff.at is StaffAt.PROBE
    up(table, model=model, serial=serial)
    assert table.session.staff.at is StaffAt.TEST


def test_like_for_like_takes_two_touches(table: Table) -> None:
    change_pad(table)
    table.pad(book(1))
    assert table.session.staff.at is StaffAt.DONE
    assert did(table) == ["changed tag_reader from model 1 to model 2, self-test passed"]
    assert table.take(fx.Bind) == [fx.Bind(PAD, Binding("model", "2"))]
    changes = [c for c in table.told(DeviceChange) if c.model_before]
    assert [(c.model_before, c.serial_before, c.model, c.serial) for c in changes] == [
        ("model", "1", "model", "2")
    ]


def test_another_model_is_bound_and_told(table: Table) -> None:
    change_pad(table, "rl866", None)
    assert table.session.bindings[PAD] == Binding("rl866")
    (change,) = [c for c in table.told(DeviceChange) if c.model_before]
    assert (change.model_before, change.model, change.serial_before, change.serial) == (
        "model",
        "rl866",
        "1",
        None,
    )


def test_the_change_is_told_before_it_is_kept(table: Table) -> None:
    change_pad(table)
    kinds = [type(effect) for effect in table.effects]
    told = max(n for n, e in enumerate(table.effects) if isinstance(e, fx.Tell))
    assert told < kinds.index(fx.Bind)


def test_a_quick_hand_between_two_looks_is_followed_too(table: Table) -> None:
    show(table, PAD, Action.STAFF_REPLACE)
    table.event(ev.Plug(PAD, False))
    table.event(ev.Plug(PAD, True))
    assert table.session.staff.at is StaffAt.PROBE  # still up as the old one: that proves nothing
    down(table)
    up(table, serial="2")
    assert table.session.staff.at is StaffAt.TEST


def test_pulled_again_in_the_test_it_waits_for_the_plug(table: Table) -> None:
    change_pad(table)
    down(table)
    table.event(ev.Plug(PAD, False))
    assert table.session.staff.at is StaffAt.PLUG
    table.event(ev.Plug(PAD, True))
    up(table, serial="3")
    assert table.session.staff.at is StaffAt.TEST


def test_a_unit_changed_without_power_is_told_at_the_start() -> None:
    table = Table()
    table.session = replace(table.session, devices={}, bindings={PAD: Binding("feig_obid", "A")})
    up(table, model="feig_obid", serial="B")
    (change,) = [c for c in table.told(DeviceChange) if c.model_before]
    assert (change.serial_before, change.serial, change.up_before) == ("A", "B", None)


def test_a_unit_that_tells_no_number_is_no_other(table: Table) -> None:
    table.effects.clear()
    down(table)
    up(table, serial=None)
    assert table.session.bindings[PAD] == Binding("model", "1")
    assert not table.take(fx.Bind)


# -- the tests -------------------------------------------------------------------------------------------


def begin_test(table: Table, kind: Kind) -> None:
    up(table, kind)
    table.effects.clear()
    show(table, kind.value, Action.STAFF_TEST)
    assert table.session.staff.at is StaffAt.TEST


def test_any_card_passes_a_card_reader_and_signs_nobody_in(table: Table) -> None:
    begin_test(table, Kind.CARD_READER)
    table.tap(CARD)
    assert table.session.staff.at is StaffAt.DONE
    assert not table.take(fx.AskReader)
    assert did(table) == ["self-test of card_reader passed"]


def test_any_code_passes_a_scanner_for_which_a_page_is_printed(table: Table) -> None:
    begin_test(table, Kind.SCANNER)
    assert table.take(fx.PrintTestPage) == [fx.PrintTestPage(for_scanner=True)]
    table.event(ev.ReceiptPrinted(ev.PrintJob.TEST))
    assert table.session.staff.at is StaffAt.TEST
    table.event(CodeScanned("9787302511625"))
    assert table.session.staff.at is StaffAt.DONE


def test_somebody_at_the_door_passes_a_counter(table: Table) -> None:
    begin_test(table, Kind.DOOR_COUNTER)
    table.event(ev.DoorCounted(DoorCount(7, 5)))
    table.event(ev.DoorCounted(DoorCount(7, 5)))
    assert table.session.staff.at is StaffAt.TEST
    table.event(ev.DoorCounted(DoorCount(8, 5)))
    assert table.session.staff.at is StaffAt.DONE
    assert len(table.take(fx.StoreDoorCount)) == 3


@pytest.mark.parametrize(
    ("answer", "at"), [(Action.STAFF_RIGHT, StaffAt.DONE), (Action.STAFF_WRONG, StaffAt.TEST)]
)
def test_only_who_stands_there_sees_whether_a_page_is_right(
    table: Table, answer: Action, at: StaffAt
) -> None:
    begin_test(table, Kind.RECEIPT_PRINTER)
    table.touch(Action.STAFF_RIGHT)
    assert table.session.staff.at is StaffAt.TEST  # nothing is on paper yet
    assert table.take(fx.PrintTestPage) == [fx.PrintTestPage()]
    table.event(ev.ReceiptPrinted(ev.PrintJob.TEST))
    table.touch(answer)
    assert table.session.staff.at is at
    assert did(table) == [f"self-test of receipt_printer {'passed' if at is StaffAt.DONE else 'failed'}"]


def test_a_page_that_is_not_printed_fails(table: Table) -> None:
    begin_test(table, Kind.RECEIPT_PRINTER)
    table.event(ev.ReceiptFailed("no paper", job=ev.PrintJob.TEST))
    assert table.session.staff.check is Check.FAILED


# -- out again -------------------------------------------------------------------------------------------


def test_whoever_goes_away_is_led_out_and_a_touch_keeps_them(table: Table) -> None:
    show(table, PAD, Action.STAFF_REPLACE)
    table.wait(RULES.idle_s - 1)
    table.touch(Action.STAY)
    table.wait(RULES.idle_s - 1)
    assert table.session.stage is Stage.STAFF
    table.wait(2)
    assert (table.session.stage, table.session.staff.device) == (Stage.IDLE, "")


def test_a_code_half_typed_is_forgotten(table: Table) -> None:
    table.touch(Action.STAFF)
    table.event(Touch(Action.DIGIT, what="2"))
    table.wait(RULES.code_s + 1)
    assert (table.session.stage, table.session.pin) == (Stage.IDLE, "")


def test_closed_for_readers_until_it_is_opened(table: Table) -> None:
    table.tap(STAFF_CARD)
    table.touch(Action.STAFF_CLOSE)
    table.touch(Action.END)
    assert table.session.stage is Stage.CLOSED
    table.tap(CARD)
    table.touch(Action.START_RETURN)
    table.event(CodeScanned("23024000000017"))
    assert table.session.stage is Stage.CLOSED
    table.tap(STAFF_CARD)
    table.touch(Action.STAFF_OPEN)
    table.touch(Action.END)
    assert table.session.stage is Stage.IDLE
    assert table.take(fx.KeepClosed) == [fx.KeepClosed(True), fx.KeepClosed(False)]
    assert did(table) == ["put out of service", "put into service"]


def test_a_kiosk_that_was_closed_starts_closed() -> None:
    table = Table()
    table.session = replace(table.session, stage=Stage.STARTING, closed=True)
    table.wait(1)
    assert table.session.stage is Stage.CLOSED
