"""The mains goes while nobody is here, while somebody is, and while operations cannot end."""

from dataclasses import replace

import pytest

from broker_config.values import Service
from devices.kinds import DeviceInfo, Kind
from kiosk import condition, texts
from kiosk.flow import effects as fx
from kiosk.flow import events as ev
from kiosk.flow.ils_values import Item, ItemStatus
from kiosk.flow.operation import Step
from kiosk.flow.power import is_open, is_to_start_again
from kiosk.flow.power_values import PowerRules
from kiosk.flow.remote_values import Order, OrderKind
from kiosk.flow.report_values import Alarm
from kiosk.flow.session import Hint, Policy, Stage
from kiosk.flow.touch import Action
from kiosk.view import view
from tests.kiosk.flow.table import NOON, Table, book

RIDE, AFTER, LATEST = 20.0, 60.0, 300.0
GONE, BACK = ev.MainsPower(good=False), ev.MainsPower(good=True)


def with_ups(table: Table) -> Table:
    rules = replace(table.session.rules, power=PowerRules(RIDE, AFTER, LATEST))
    table.session = replace(table.session, rules=rules)
    table.event(BACK)
    table.effects.clear()
    return table


@pytest.fixture
def table() -> Table:
    return with_ups(Table())


def lending(table: Table, *numbers: int) -> None:
    table.pad(*map(book, numbers))
    table.sign_in()
    table.titles()
    table.touch(Action.CONFIRM)
    assert table.stage is Stage.WORKING


def cut(table: Table) -> None:
    """Longer than is ridden out."""
    table.event(GONE)
    table.wait(RIDE)
    assert table.session.power.on_battery


def sit_out(table: Table, seconds: float) -> None:
    """In steps short enough for every waiting time between."""
    for _ in range(int(seconds)):
        table.wait(1.0)


def alarms(table: Table) -> list[tuple[str, bool]]:
    return [(alarm.name, alarm.raised) for alarm in table.told(Alarm)]


def shown(table: Table) -> str:
    return repr(view(table.session, texts.load()))


def test_a_short_dip_is_ridden_out(table: Table) -> None:
    table.event(GONE)
    table.wait(RIDE - 0.1)
    table.event(BACK)
    sit_out(table, LATEST)
    assert table.stage is Stage.IDLE and not table.effects


def test_two_dips_are_not_one_cut(table: Table) -> None:
    for _ in range(3):
        table.event(GONE)
        table.wait(RIDE - 1)
        table.event(BACK)
        table.wait(1)
    assert table.stage is Stage.IDLE


def test_a_cut_refuses_new_visits_with_a_reason_and_tells_the_centre(table: Table) -> None:
    cut(table)
    assert table.stage is Stage.CLOSED
    assert "停电了" in shown(table) and "本站用电池供电，暂停服务" in shown(table)
    assert alarms(table) == [("on_battery", True)] and table.take(fx.PublishState)
    table.tap()
    table.touch(Action.START_RETURN)
    assert table.stage is Stage.CLOSED and not table.take(fx.AskReader)


def test_when_the_mains_is_back_in_time_service_goes_on_by_itself(table: Table) -> None:
    cut(table)
    table.wait(AFTER - 1)
    table.event(BACK)
    assert table.stage is Stage.IDLE and alarms(table)[-1] == ("on_battery", False)
    table.wait(LATEST)
    assert not table.take(fx.ShutDown)
    table.sign_in()
    assert table.session.reader is not None


def test_with_nothing_open_it_shuts_down_after_its_time_and_once(table: Table) -> None:
    cut(table)
    table.wait(AFTER - 0.1)
    assert not table.take(fx.ShutDown)
    table.wait(0.1)
    table.wait(AFTER)
    assert len(table.take(fx.ShutDown)) == 1


def test_what_has_begun_is_not_called_off(table: Table) -> None:
    """The board is being shut down already: nobody is let in for a moment."""
    cut(table)
    table.wait(AFTER)
    table.only(fx.ShutDown)
    table.event(BACK)
    assert table.stage is Stage.CLOSED


def test_a_reader_in_the_middle_is_told_and_ends_the_visit(table: Table) -> None:
    table.pad(book(1), book(2))
    table.sign_in()
    table.titles()
    cut(table)
    assert table.stage is Stage.STACK and table.session.hint is Hint.ON_BATTERY
    assert "停电了，请办完手上的借还" in shown(table)
    table.touch(Action.CONFIRM)
    table.all_goes_well()
    assert table.stage is Stage.RESULT
    assert [step for _, step in table.journal()].count(Step.DONE) == 2
    table.touch(Action.NO_RECEIPT)
    assert table.stage is Stage.GOODBYE
    table.tap()
    assert table.stage is Stage.GOODBYE, "a new visit is refused there too"
    table.wait(table.session.rules.goodbye_s)
    assert table.stage is Stage.CLOSED
    table.wait(AFTER - 1)
    assert not table.take(fx.ShutDown), "its time counts from the end of the visit"
    table.wait(1)
    table.only(fx.ShutDown)


def test_an_operation_under_way_holds_the_shut_down_until_it_is_done(table: Table) -> None:
    lending(table, 1)
    cut(table)
    sit_out(table, AFTER + 5)
    assert is_open(table.session) and not table.take(fx.ShutDown)
    table.all_goes_well()
    assert not is_open(table.session)
    sit_out(table, table.session.rules.idle_s + AFTER)
    table.only(fx.ShutDown)
    assert [step for _, step in table.journal()].count(Step.DONE) == 1


def test_what_the_ils_never_tells_holds_it_no_longer_than_the_battery_may(table: Table) -> None:
    lending(table, 1)
    asked = table.only(fx.SendCheckout)
    cut(table)
    table.event(ev.IlsUnknown(asked.op_id, "no answer"))
    table.event(ev.IlsDown("no route"))
    sit_out(table, LATEST - RIDE - 1)
    assert is_open(table.session) and not table.take(fx.ShutDown)
    sit_out(table, 2)
    table.only(fx.ShutDown)
    assert Step.DONE not in [step for _, step in table.journal()], "the next start settles it"


def test_what_still_moves_is_finished_even_when_it_is_late(table: Table) -> None:
    cut_at_s = table.now_s
    lending(table, 1, 2)
    table.event(GONE)
    sit_out(table, LATEST - 1)
    table.ils_says_yes()
    sit_out(table, 2)
    assert table.now_s - cut_at_s > LATEST and not table.take(fx.ShutDown), "it made a step just now"
    table.all_goes_well()
    table.wait(1)
    table.only(fx.ShutDown)
    assert [step for _, step in table.journal()].count(Step.DONE) == 2
    assert table.stage is Stage.CLOSED and table.session.reader is None


def test_what_was_done_offline_is_durable_and_waits_for_nobody() -> None:
    table = Table(ils_up=False)
    rules = replace(table.session.rules, offline=Policy.RETURNS, offline_check_digit=False)
    table.session = replace(table.session, rules=rules)
    with_ups(table)
    table.touch(Action.START_RETURN)
    table.pad(book(1, afi=0xC2))
    for asked in table.take(fx.LookUpItem):
        table.event(ev.ItemAnswered(Item(asked.item_id, "书", ItemStatus.OTHER)))
    table.touch(Action.CONFIRM)
    table.tags_obey()
    assert table.session.unsettled() and not is_open(table.session)
    table.touch(Action.END if table.stage is Stage.STACK else Action.NO_RECEIPT)
    table.wait(table.session.rules.goodbye_s)
    cut(table)
    table.wait(AFTER)
    table.only(fx.ShutDown)


def test_a_kiosk_out_of_service_shuts_down_too(table: Table) -> None:
    table.event(ev.Broken("disk full"))
    cut(table)
    table.wait(AFTER)
    table.only(fx.ShutDown)
    assert table.stage is Stage.OUT_OF_SERVICE


def test_a_kiosk_out_of_service_is_not_started_again_on_battery(table: Table) -> None:
    assert not is_to_start_again(table.session)
    table.event(ev.Broken("screen: TypeError"))
    assert is_to_start_again(table.session)
    table.event(GONE)
    assert not is_to_start_again(table.session)
    table.event(BACK)
    assert is_to_start_again(table.session)


def test_what_staff_closed_stays_closed_when_the_mains_is_back(table: Table) -> None:
    cut(table)
    table.event(ev.Ordered(Order("c-1", OrderKind.OUT_OF_SERVICE, NOON.replace(year=2027), reason="盘点")))
    assert "盘点" in shown(table), "what does not end by itself is what people must know"
    table.event(BACK)
    assert table.stage is Stage.CLOSED


def test_the_centre_cannot_open_it_without_mains(table: Table) -> None:
    cut(table)
    table.event(ev.Ordered(Order("c-1", OrderKind.IN_SERVICE, NOON.replace(year=2027))))
    assert table.stage is Stage.CLOSED


@pytest.mark.parametrize("phone", ["", "0759-2700000"])
def test_a_closed_kiosk_says_so_also_where_the_library_has_no_phone(table: Table, phone: str) -> None:
    table.session = replace(table.session, rules=replace(table.session.rules, service_phone=phone))
    table.event(ev.Ordered(Order("c-1", OrderKind.OUT_OF_SERVICE, NOON.replace(year=2027), reason="盘点")))
    assert "盘点" in shown(table) and (phone in shown(table))


def test_the_state_at_the_centre_says_why_it_is_out_of_service(table: Table) -> None:
    def told() -> tuple[Service, str]:
        state = condition.state(table.session, 1, "digest", None, {})
        return state.service, state.reason

    assert told() == (Service.OPEN, "")
    cut(table)
    assert told() == (Service.OUT_OF_SERVICE, "power cut: running on battery")


def test_started_in_a_cut_it_settles_first_and_then_refuses() -> None:
    before = with_ups(Table())
    lending(before, 1)
    unfinished = tuple(op for op in before.session.ops if not op.done)
    table = with_ups(Table(unfinished=unfinished, lying=(book(1),)))
    assert table.stage is Stage.STARTING
    cut(table)
    assert is_open(table.session)
    sit_out(table, LATEST - RIDE + 1)
    table.only(fx.ShutDown)


def test_the_alarm_of_the_last_run_is_cleared_by_the_first_look(table: Table) -> None:
    kept = replace(table.session.watch, raised=frozenset({"on_battery"}))
    table.session = replace(table.session, watch=kept, power=replace(table.session.power, good=None))
    table.wait(1)
    assert not alarms(table), "nobody has looked yet"
    table.event(BACK)
    assert alarms(table) == [("on_battery", False)]


def test_without_a_ups_nothing_of_this_happens() -> None:
    table = Table()
    table.effects.clear()
    table.event(GONE)
    sit_out(table, LATEST)
    assert table.stage is Stage.IDLE and not table.effects
    table.event(ev.DeviceUp(DeviceInfo(Kind.TAG_READER, "model", "port", serial="1")))
    table.sign_in()
    assert table.session.reader is not None
