"""What the centre orders is done when nobody is being served, once, in time, and answered."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from devices.kinds import DeviceInfo, Kind
from kiosk import texts
from kiosk.flow import effects as fx
from kiosk.flow import events as ev
from kiosk.flow.remote_values import Announcement, Closure, Order, OrderKind, Outcome
from kiosk.flow.report_values import StaffDid
from kiosk.flow.session import Language, Policy, Rules, Stage
from kiosk.flow.touch import Action
from kiosk.view import view
from tests.kiosk.flow.table import Table, book

NOW = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)
LATER = NOW + timedelta(minutes=30)


class Ordered(Table):
    """A table whose clock knows where it is, as the real one does."""

    def __init__(self) -> None:
        super().__init__()
        self.at(NOW)
        self.effects.clear()

    def at(self, local: datetime, seconds: float = 1.0) -> None:
        self.now_s += seconds
        self.event(ev.Tick(self.now_s, local))

    def order(self, kind: OrderKind, expires: datetime = LATER, **more: object) -> None:
        self.event(ev.Ordered(Order("c-1", kind, expires, **more)))  # type: ignore[arg-type]

    def answers(self) -> list[tuple[Outcome, str]]:
        return [(answer.outcome, answer.reason) for answer in self.take(fx.Answer)]

    def sign_in_with_a_book(self) -> None:
        self.pad(book(1))
        self.sign_in()
        self.titles()
        assert self.stage is Stage.STACK


@pytest.fixture
def table() -> Ordered:
    return Ordered()


def shown(table: Ordered) -> str:
    return repr(view(table.session, texts.load()))


@pytest.mark.parametrize("kind", OrderKind)
def test_every_order_waits_for_a_reader_to_go(table: Ordered, kind: OrderKind) -> None:
    table.sign_in_with_a_book()
    table.effects.clear()
    table.order(kind, device="tag_reader", lines=3, reason="盘点")
    table.at(NOW)
    done = (fx.Answer, fx.RestartKiosk, fx.KeepClosed, fx.SendLogs, fx.SendScreenshot, fx.UpdateLists)
    assert not table.take(*done), "a reader is being served"
    table.touch(Action.END)
    assert table.take(*done), "now"
    assert table.session.orders == ()


def test_an_order_that_waited_too_long_is_not_carried_out(table: Ordered) -> None:
    table.sign_in_with_a_book()
    table.order(OrderKind.OUT_OF_SERVICE, reason="盘点")
    table.at(LATER)
    assert table.answers() == [(Outcome.EXPIRED, "somebody was being served all the time")]
    table.touch(Action.END)
    assert table.stage is Stage.IDLE and not table.session.closed


def test_out_of_service_with_a_reason_and_an_end(table: Ordered) -> None:
    until = NOW + timedelta(hours=2)
    table.order(OrderKind.OUT_OF_SERVICE, reason="正在盘点图书", until=until)
    assert table.stage is Stage.CLOSED and table.answers() == [(Outcome.DONE, "")]
    assert table.take(fx.KeepClosed) == [fx.KeepClosed(True, Closure("正在盘点图书", until))]
    assert "正在盘点图书" in shown(table) and "预计 06:00 恢复服务" in shown(table)
    table.at(until - timedelta(seconds=1))
    assert table.stage is Stage.CLOSED
    table.at(until)
    assert table.stage is Stage.IDLE and table.take(fx.KeepClosed) == [fx.KeepClosed(False)]
    assert [report.what for report in table.told(StaffDid)] == ["back in service: the time given is over"]


def test_in_service_again(table: Ordered) -> None:
    table.order(OrderKind.OUT_OF_SERVICE, reason="盘点")
    table.order(OrderKind.IN_SERVICE)
    assert table.stage is Stage.IDLE
    assert table.answers() == [(Outcome.DONE, ""), (Outcome.DONE, "")]
    assert [one.closed for one in table.take(fx.KeepClosed)] == [True, False]


def test_a_restart_is_answered_before_it_is_done_and_only_where_somebody_starts_it_again(
    table: Ordered,
) -> None:
    table.order(OrderKind.RESTART)
    ((outcome, reason),) = table.answers()
    assert outcome is Outcome.REFUSED and "nobody would start it again" in reason
    table.session = replace(table.session, watched=True)
    table.order(OrderKind.RESTART)
    acts = table.take(fx.Answer, fx.RestartKiosk)
    assert [type(act) for act in acts] == [fx.Answer, fx.RestartKiosk]


def test_a_kiosk_out_of_service_by_a_fault_still_answers(table: Ordered) -> None:
    table.event(ev.Broken("disk full"))
    table.order(OrderKind.LOGS, lines=50)
    assert table.only(fx.SendLogs) == fx.SendLogs("c-1", 50)
    table.order(OrderKind.SELF_TEST)
    ((outcome, reason),) = table.answers()
    assert outcome is Outcome.FAILED and "kiosk: disk full" in reason


def test_a_self_test_names_what_is_not_well(table: Ordered) -> None:
    table.order(OrderKind.SELF_TEST)
    answer = table.only(fx.Answer)
    assert answer.outcome is Outcome.DONE and b"tag_reader: ok" in answer.attachment
    table.event(ev.DeviceDown(Kind.RECEIPT_PRINTER, "model", "port", "unplugged"))
    table.event(ev.IlsDown("no route"))
    table.order(OrderKind.SELF_TEST)
    assert table.answers() == [(Outcome.FAILED, "receipt_printer: unplugged; ils: no route")]


def test_identify_says_what_can_blink(table: Ordered) -> None:
    table.order(OrderKind.IDENTIFY, device="nothing")
    ((outcome, reason),) = table.answers()
    assert outcome is Outcome.REFUSED and "those that can: none" in reason
    table.event(ev.DeviceUp(DeviceInfo(Kind.TAG_READER, "model", "port", "1"), can_identify=True))
    table.order(OrderKind.IDENTIFY, device="tag_reader")
    assert table.only(fx.Identify) == fx.Identify("tag_reader") and table.answers() == [(Outcome.DONE, "")]


def test_settings_are_taken_up_only_when_nobody_is_being_served(table: Ordered) -> None:
    rules = replace(table.session.rules, idle_s=90.0, offline=Policy.RETURNS)
    table.sign_in_with_a_book()
    table.event(ev.SettingsCame(4, rules))
    assert isinstance(table.session.rules, Rules) and table.session.rules.idle_s == 60.0
    table.touch(Action.END)
    assert table.session.rules == rules
    assert table.only(fx.TakeUpSettings) == fx.TakeUpSettings(4)


def test_a_notice_is_shown_within_its_time_and_gives_way_to_what_is_urgent(table: Ordered) -> None:
    notice = Announcement("春节闭馆", NOW, LATER, "Closed for the holidays", body_zh="二月五日至十一日")
    table.event(ev.NoticesCame((notice,)))
    assert "春节闭馆：二月五日至十一日" in shown(table)
    table.session = replace(table.session, language=Language.EN)
    assert "Closed for the holidays" in shown(table)
    table.event(ev.IlsDown("no route"))
    assert "Closed for the holidays" not in shown(table)
    table.event(ev.IlsUp())
    table.at(LATER)
    assert "Closed for the holidays" not in shown(table)


def test_a_long_notice_is_its_title_and_a_long_title_is_cut(table: Ordered) -> None:
    table.event(ev.NoticesCame((Announcement("春节闭馆", NOW, LATER, body_zh="长" * 60),)))
    assert "春节闭馆" in shown(table) and "长" not in shown(table)
    table.event(ev.NoticesCame((Announcement("长" * 60, NOW, LATER),)))
    assert "长" * 39 + "…" in shown(table)


def test_several_notices_take_turns(table: Ordered) -> None:
    table.event(ev.NoticesCame(tuple(Announcement(title, NOW, LATER) for title in ("讲座", "闭馆"))))
    seen = set()
    for _ in range(4):
        table.at(NOW, seconds=4.0)
        seen |= {title for title in ("讲座", "闭馆") if title in shown(table)}
    assert seen == {"讲座", "闭馆"}
