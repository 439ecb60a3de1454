"""The ILS as the flow sees it: every question and every failure gives the event the flow waits for.

Against `hardware_sim.ils` in this process, over TCP.
"""

import logging
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from hardware_sim.ils import IlsServer, load_catalogue, load_readers
from hardware_sim.ils.faults import Fault
from hardware_sim.processes import free_port
from kiosk import ils as ils_module
from kiosk.flow import effects as fx
from kiosk.flow import events as ev
from kiosk.flow.ils_values import Block, Item, ItemStatus
from kiosk.ils import ANSWERS, IlsWorker
from kiosk.sip2.client import Server, Sip2Client
from tests.waiting import wait_for

ITEMS = {item.title: item for item in reversed(load_catalogue())}
READERS = {reader.name: reader for reader in load_readers()}
FREE, LENT = ITEMS["警世通言"].item_id, ITEMS["子夜"].item_id
READER, BORROWER = READERS["李示范"].reader_id, READERS["曾逾期"].reader_id


class Desk:
    """A worker with its ILS: `ask` puts a question and waits for what the flow gets."""

    def __init__(self, port: int) -> None:
        self.events: list[ev.Event] = []
        server = Server("127.0.0.1", port, "kiosk", "mazhang", reply_timeout_s=0.4)
        self.client = Sip2Client(server)
        self.worker = IlsWorker(self.client, self.events.append)
        self.worker.start()
        wait_for(lambda: self.events, "the first word about the ILS")

    def ask(self, question: Any) -> ev.Event:
        before = len(self.events)
        self.worker.put(question)
        wait_for(
            lambda: [e for e in self.events[before:] if not isinstance(e, ev.IlsUp | ev.IlsDown)], "an answer"
        )
        return self.events[-1]

    def close(self) -> None:
        self.worker.stop()
        self.worker.join(timeout=5)
        assert not self.worker.is_alive()


@pytest.fixture
def ils(tmp_path: Path) -> Iterator[IlsServer]:
    with IlsServer(tmp_path / "ils.sqlite") as server:
        yield server


@pytest.fixture
def desk(ils: IlsServer) -> Iterator[Desk]:
    opened = Desk(ils.port)
    yield opened
    opened.close()


@pytest.fixture(autouse=True)
def nothing_personal_is_logged(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    """Whatever a test does here: no reader's number or name, no card and no title in the log."""
    caplog.set_level(logging.DEBUG)
    yield
    personal = {text for r in READERS.values() for text in (r.reader_id, r.name, r.card_uid)} | set(ITEMS)
    assert [text for text in personal if str(text) in caplog.text] == []


# -- answers ---------------------------------------------------------------------------------------------


def test_the_ils_is_told_up_once_and_the_round_trip_is_known(desk: Desk) -> None:
    desk.ask(fx.AskItem(FREE))
    assert desk.events[0] == ev.IlsUp() and desk.events.count(ev.IlsUp()) == 1
    assert desk.worker.round_trip_s is not None


def test_a_reader_is_found_by_card_and_by_number(desk: Desk) -> None:
    for credential in (READER, READERS["李示范"].card_uid.hex().upper()):
        answer = desk.ask(fx.AskReader(credential))
        assert isinstance(answer, ev.ReaderAnswered) and answer.asked == credential
        assert answer.reader is not None and answer.reader.block is None
        assert (answer.reader.reader_id, answer.reader.name) == (READER, "李示范")


def test_a_card_bound_to_nobody(desk: Desk) -> None:
    assert desk.ask(fx.AskReader("0102030405060708")) == ev.ReaderAnswered("0102030405060708", None)


@pytest.mark.parametrize(("name", "block"), [("谢大欠费", Block.FEES), ("彭挂失", Block.CARD_LOST)])
def test_a_blocked_reader_with_the_reason(desk: Desk, name: str, block: Block) -> None:
    answer = desk.ask(fx.AskReader(READERS[name].reader_id))
    assert isinstance(answer, ev.ReaderAnswered) and answer.reader is not None
    assert answer.reader.block is block


def test_items_free_lent_and_unknown(desk: Desk) -> None:
    expected = {
        FREE: Item(FREE, "警世通言", ItemStatus.AVAILABLE),
        LENT: Item(LENT, "子夜", ItemStatus.ON_LOAN),
        "99999": Item("99999", "", ItemStatus.UNKNOWN_ITEM),
    }
    for item_id, item in expected.items():
        assert desk.ask(fx.AskItem(item_id)) == ev.ItemAnswered(item)


def test_a_loan_and_its_return(desk: Desk, ils: IlsServer) -> None:
    lent = desk.ask(fx.SendCheckout(1, READER, FREE))
    assert isinstance(lent, ev.IlsAccepted) and lent.title == "警世通言"
    assert date.fromisoformat(lent.due) > date.today()
    assert desk.ask(fx.AskTruth(1, FREE, READER)).truth.to_this_reader is True
    assert desk.ask(fx.AskTruth(1, FREE, READERS["张样例"].reader_id)).truth.to_this_reader is False
    back = desk.ask(fx.SendCheckin(2, FREE))
    assert isinstance(back, ev.IlsAccepted) and back.op_id == 2
    assert desk.ask(fx.AskTruth(2, FREE, None)).truth.on_loan is False
    assert ils.store.loan(FREE) is None


def test_a_refusal_bears_the_words_of_the_ils(desk: Desk) -> None:
    answer = desk.ask(fx.SendCheckout(1, READERS["谢大欠费"].reader_id, FREE))
    assert isinstance(answer, ev.IlsRefused | ev.IlsWantsFee) and answer.op_id == 1
    answer = desk.ask(fx.SendCheckout(2, READER, "99999"))
    assert isinstance(answer, ev.IlsRefused) and answer.message


def test_a_renewal_and_the_account(desk: Desk) -> None:
    desk.ask(fx.SendCheckout(1, READER, FREE))
    account = desk.ask(fx.AskAccount(READER))
    assert isinstance(account, ev.AccountAnswered)
    assert (FREE, "警世通言") in [(loan.item_id, loan.title) for loan in account.account.loans]
    renewed = desk.ask(fx.SendRenew(2, READER, FREE))
    assert isinstance(renewed, ev.IlsAccepted | ev.IlsRefused) and renewed.op_id == 2


def test_the_end_of_a_session_is_answered_by_nothing(desk: Desk) -> None:
    desk.worker.put(fx.EndIlsSession(READER))
    assert desk.ask(fx.AskItem(FREE)) == desk.events[-1]
    assert [type(event) for event in desk.events] == [ev.IlsUp, ev.ItemAnswered]


# -- failures --------------------------------------------------------------------------------------------

CHANGES = {
    "11": fx.SendCheckout(7, READER, FREE),
    "29": fx.SendRenew(7, BORROWER, LENT),
    "09": fx.SendCheckin(7, LENT),
}
QUESTIONS = {
    "63": (fx.AskReader(READER), ev.ReaderNotAnswered),
    "17": (fx.AskItem(FREE), ev.ItemNotAnswered),
}
SILENT = (Fault.HANG_BEFORE, Fault.HANG_AFTER, Fault.CLOSE_BEFORE_DOING, Fault.CLOSE_AFTER_DOING)


@pytest.mark.parametrize("code", CHANGES)
@pytest.mark.parametrize("fault", [*SILENT, Fault.NONSENSE_AFTER_DOING])
def test_a_change_that_left_and_was_not_answered_is_unknown(
    desk: Desk, ils: IlsServer, code: str, fault: Fault
) -> None:
    ils.faults.plan(fault, code=code)
    answer = desk.ask(CHANGES[code])
    assert isinstance(answer, ev.IlsUnknown) and answer.op_id == 7
    assert ev.IlsDown in [type(event) for event in desk.events]


@pytest.mark.parametrize("code", CHANGES)
def test_a_change_that_never_left_is_known_not_to_be_done(desk: Desk, ils: IlsServer, code: str) -> None:
    ils.stop()
    answer = desk.ask(CHANGES[code])
    assert isinstance(answer, ev.IlsNotReached) and answer.op_id == 7


@pytest.mark.parametrize("code", QUESTIONS)
@pytest.mark.parametrize("fault", SILENT)
def test_a_question_without_answer(desk: Desk, ils: IlsServer, code: str, fault: Fault) -> None:
    question, failed = QUESTIONS[code]
    ils.faults.plan(fault, code=code)
    answer = desk.ask(question)
    assert isinstance(answer, failed)
    assert [type(event) for event in desk.events] == [ev.IlsUp, ev.IlsDown, failed]


def test_the_truth_and_the_account_without_answer(desk: Desk, ils: IlsServer) -> None:
    ils.faults.plan(Fault.CLOSE_AFTER_DOING, code="17")
    assert isinstance(desk.ask(fx.AskTruth(3, FREE, READER)), ev.TruthNotAnswered)
    ils.faults.plan(Fault.CLOSE_AFTER_DOING, code="63")
    assert isinstance(desk.ask(fx.AskAccount(READER)), ev.AccountNotAnswered)


def test_one_nonsense_about_an_item_is_asked_again(desk: Desk, ils: IlsServer) -> None:
    ils.faults.plan(Fault.NONSENSE_AFTER_DOING, code="17")
    assert desk.ask(fx.AskItem(FREE)) == ev.ItemAnswered(Item(FREE, "警世通言", ItemStatus.AVAILABLE))


def test_an_item_that_is_always_answered_with_nonsense_stops_neither_the_stack_nor_the_ils(
    desk: Desk, ils: IlsServer
) -> None:
    ils.faults.plan(Fault.NONSENSE_AFTER_DOING, count=2, code="17")
    assert desk.ask(fx.AskItem(FREE)) == ev.ItemAnswered(Item(FREE, "", ItemStatus.UNKNOWN_ITEM))
    assert [type(event) for event in desk.events] == [ev.IlsUp, ev.ItemAnswered], "the ILS is there"


def test_a_number_that_cannot_stand_on_the_wire_is_in_no_catalogue(desk: Desk) -> None:
    for item_id in ("12|34", "12\r34"):
        assert desk.ask(fx.AskItem(item_id)) == ev.ItemAnswered(Item(item_id, "", ItemStatus.UNKNOWN_ITEM))
    assert isinstance(desk.ask(fx.AskItem(FREE)), ev.ItemAnswered)


def test_an_answer_nobody_foresaw_is_unknown_and_the_next_question_is_answered(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def odd(client: Sip2Client, asked: fx.SendCheckout) -> ev.Event:
        raise AttributeError(f"no such thing about {READER}")

    monkeypatch.setitem(ANSWERS, fx.SendCheckout, (odd, ANSWERS[fx.SendCheckout][1]))
    assert isinstance(desk.ask(fx.SendCheckout(7, READER, FREE)), ev.IlsUnknown)
    assert isinstance(desk.ask(fx.AskItem(FREE)), ev.ItemAnswered)
    assert "AttributeError in odd" in caplog.text


# -- away and back ---------------------------------------------------------------------------------------


def test_away_and_back_are_told_once_each(
    desk: Desk, ils: IlsServer, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(ils_module, "TEND_S", 0.05)
    ils._kiosks.close()
    desk.ask(fx.AskItem(FREE))
    desk.ask(fx.AskItem(FREE))
    assert desk.worker.up is False and desk.worker.round_trip_s is None
    ils._kiosks.open()
    wait_for(lambda: desk.events[-1] == ev.IlsUp(), "it is back without anybody asking")
    told = [type(event) for event in desk.events if isinstance(event, ev.IlsUp | ev.IlsDown)]
    assert told == [ev.IlsUp, ev.IlsDown, ev.IlsUp]
    assert sum(record.levelno >= logging.WARNING for record in caplog.records) == 1


def test_no_ils_from_the_start_is_told_and_stopping_is_quick() -> None:
    desk = Desk(free_port())
    assert [type(event) for event in desk.events] == [ev.IlsDown]
    desk.close()


# -- what stands in the answers --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "due"),
    [
        ("20261222    235900", "2026-12-22"),
        ("2022-02-26", "2022-02-26"),
        ("20261222", "2026-12-22"),
        (" 下个月 ", "下个月"),
        ("20269999    235900", "20269999    235900"),
        ("22/12/2026 23:59", "2026-12-22"),
        ("04/01/2027", "04/01/2027"),
        ("", ""),
        (None, ""),
    ],
)
def test_a_due_date_as_a_day_or_as_it_stands(text: str | None, due: str) -> None:
    assert ils_module._due(text) == due


def test_a_due_date_in_utc_is_told_as_the_local_day(monkeypatch: pytest.MonkeyPatch) -> None:
    import time

    monkeypatch.setenv("TZ", "Asia/Shanghai")
    time.tzset()
    try:
        assert ils_module._due("20261222   Z155959") == "2026-12-22"
        assert ils_module._due("20261222   Z160000") == "2026-12-23"
        assert ils_module._due("2026-12-22T15:59:59Z") == "2026-12-22"
        assert ils_module._due("2026-12-22T16:00:00.000Z") == "2026-12-23"
    finally:
        monkeypatch.undo()
        time.tzset()
