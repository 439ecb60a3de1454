"""The whole kiosk but its window, in this process: real wires, a real ILS over TCP, a real broker."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from broker_config.events import Loan
from broker_config.messages import read
from broker_config.status import State
from broker_config.values import Condition, Service
from hardware_sim.ils import IlsServer
from hardware_sim.place import SimulatedPlace
from hardware_sim.world import AFI_IN_LIBRARY, AFI_ON_LOAN
from kiosk import config as configuration
from kiosk.app import Kiosk
from kiosk.flow.events import Event
from kiosk.flow.touch import Action
from kiosk.mains import Mains
from kiosk.view_data import Button, MessageScreen, ResultScreen, StackScreen, ViewData
from tests.broker import Broker, Client
from tests.kiosk.config_text import kiosk_toml
from tests.kiosk.place import ITEMS, READERS, WIRES, place
from tests.waiting import wait_for

IDENTITY = "mz-taiping-03.kiosk-1"
BOOK, READER = "警世通言", "李示范"


class Screen:
    """A window that only remembers; its reader touches what they see."""

    def __init__(self) -> None:
        self.shown: list[ViewData] = []
        self.failure: str | None = None

    def show(self, view: ViewData) -> None:
        self.shown.append(view)

    def take_stall_ms(self) -> int:
        return 0

    @property
    def now(self) -> ViewData:
        return self.shown[-1]

    def see(self, name: str, text: str = "") -> Any:
        """Wait for the screen of that name with that text on it."""
        wait_for(
            lambda: self.shown and self.now.screen.name == name and text in repr(self.now),
            f"{name} {text}; shown is {self.shown[-1:]}",
        )
        return self.now.screen

    def button(self, action: Action) -> Button:
        screen = self.now.screen
        buttons = (*screen.buttons, *getattr(screen, "ways", ()))
        return next(button for button in buttons if button.touch.action is action)


class Point:
    """A library point: its devices, ILS and broker, and the kiosk among them."""

    def __init__(self, folder: Path, here: SimulatedPlace, ils: IlsServer, broker: Broker) -> None:
        self.here, self.ils, self.broker = here, ils, broker
        broker.issue(IDENTITY)
        file = folder / "kiosk.toml"
        text = kiosk_toml(
            IDENTITY,
            ils_port=ils.port,
            broker_port=broker.port,
            certificates=broker.certificates,
            devices={model: here.folder / wire for model, wire in WIRES.items()},
            ils="reply_timeout_s = 1.0",
        )
        file.write_text(text, encoding="utf-8")
        self.config = configuration.load(file)
        self.centre: Client = broker.client("centre")
        self.centre.subscribe(f"shuzhan/v1/{IDENTITY}/#")
        self.screen = Screen()
        self.kiosk = Kiosk(self.config)

    def start(self) -> None:
        self.screen.show(self.kiosk.first_view())
        self.kiosk.start(self.screen)
        self.screen.see("idle")

    def touch(self, action: Action) -> None:
        wait_for(lambda: self.screen.button(action).enabled, f"{action} can be touched")
        self.kiosk.post(self.screen.button(action).touch)

    def heard(self, cls: type) -> list:
        messages = [read(topic, payload)[1] for topic, payload in self.centre.received]
        return [message for message in messages if isinstance(message, cls)]


@pytest.fixture
def point(tmp_path: Path) -> Iterator[Point]:
    with (
        place(tmp_path / "wires") as here,
        IlsServer(tmp_path / "ils.sqlite") as ils,
        Broker(tmp_path) as broker,
    ):
        made = Point(tmp_path, here, ils, broker)
        yield made
        made.kiosk.stop()


@contextmanager
def running_with(more: str, folder: Path) -> Iterator[Point]:
    """A started kiosk whose configuration says more: a second card reader's `{port}`, rules of cards."""
    with place(folder / "wires") as here, IlsServer(folder / "ils.sqlite") as ils, Broker(folder) as broker:
        made = Point(folder, here, ils, broker)
        made.kiosk.stop()
        file = folder / "kiosk.toml"
        with file.open("a", encoding="utf-8") as appended:
            appended.write(more.format(port=here.folder / "kiosk-idcard"))
        made.config = configuration.load(file)
        made.kiosk = Kiosk(made.config)
        made.start()
        yield made
        made.kiosk.stop()


def test_a_book_is_borrowed_and_ils_tag_and_centre_agree(
    point: Point, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    point.start()
    point.here.world.put(BOOK)
    point.here.world.card = point.here.world.cards[READER]
    stack = point.screen.see("stack", BOOK)
    assert isinstance(stack, StackScreen) and stack.header.reader == "李*范"
    point.touch(Action.CONFIRM)
    result = point.screen.see("result", "成功借出 1 本")
    assert isinstance(result, ResultScreen)
    point.touch(Action.PRINT_RECEIPT)
    point.screen.see("message", "谢谢")
    loan = point.ils.store.loan(ITEMS[BOOK].item_id)
    assert loan is not None and loan.reader_id == READERS[READER].reader_id
    assert point.here.world.chip(BOOK).afi == AFI_ON_LOAN
    assert len(point.here.receipts()) == 1
    wait_for(lambda: len(point.heard(Loan)) == 1, "the centre hears of it")
    for personal in (READER, READERS[READER].reader_id, BOOK, ITEMS[BOOK].item_id):
        assert personal not in caplog.text
        assert not [payload for _, payload in point.centre.received if personal.encode() in payload]


def test_the_centre_is_told_of_every_device_and_of_its_going(point: Point) -> None:
    point.start()
    wait_for(lambda: point.heard(State) and len(point.heard(State)[-1].devices) == 5, "five devices")
    assert {device.condition for device in point.heard(State)[-1].devices} == {Condition.OK}
    point.here.devices["kiosk-pad"].unplug()
    wait_for(
        lambda: Condition.DOWN in {device.condition for device in point.heard(State)[-1].devices},
        "the pad is down",
    )
    point.screen.see("message", "感应区")
    point.here.devices["kiosk-pad"].plug()
    point.screen.see("idle")


def test_after_a_stop_the_centre_knows_and_nothing_runs(point: Point) -> None:
    point.start()
    wait_for(lambda: point.heard(State), "a birth")
    point.kiosk.stop()
    wait_for(lambda: not point.heard(State)[-1].online, "a goodbye")
    threads = (point.kiosk._control, point.kiosk._ils, *point.kiosk._fleet.workers.values())
    assert not [thread.name for thread in threads if thread.is_alive()]


# -- closing rather than standing still --------------------------------------------------------------------


class Unforeseen:
    """Something that the flow has no idea of; it stands in for a fault in the kiosk's own software."""

    def __repr__(self) -> str:
        return READERS[READER].reader_id


def test_a_fault_of_the_software_closes_the_kiosk_and_is_told(
    point: Point, caplog: pytest.LogCaptureFixture
) -> None:
    point.start()
    unforeseen: Event = Unforeseen()  # type: ignore[assignment]
    point.kiosk.post(unforeseen)
    screen = point.screen.see("message", "暂停服务")
    assert isinstance(screen, MessageScreen) and screen.buttons == ()
    wait_for(lambda: point.heard(State)[-1].service is Service.OUT_OF_SERVICE, "the centre knows")
    assert point.heard(State)[-1].reason.startswith("Unforeseen: KeyError in step")
    assert READERS[READER].reader_id not in caplog.text
    point.here.devices["kiosk-pad"].unplug()
    wait_for(
        lambda: Condition.DOWN in {device.condition for device in point.heard(State)[-1].devices},
        "it still watches its devices",
    )


def test_a_screen_that_fails_closes_the_kiosk(point: Point) -> None:
    point.start()
    point.screen.failure = "KeyError in paint (idle.py:31)"
    point.screen.see("message", "暂停服务")
    wait_for(lambda: "KeyError in paint" in point.heard(State)[-1].reason, "the centre knows why")


def test_a_look_at_the_board_that_fails_closes_the_kiosk_and_ends_no_thread(point: Point) -> None:
    def broken() -> bool:
        raise RuntimeError("a driver that nobody knows")

    point.start()
    point.kiosk._mains = Mains(broken)
    point.screen.see("message", "暂停服务")
    wait_for(lambda: point.heard(State)[-1].reason.startswith("Look: RuntimeError"), "the centre knows why")
    assert point.kiosk._control.is_alive()


def test_without_a_durable_step_nothing_is_done(point: Point) -> None:
    point.start()
    point.here.world.put(BOOK)
    point.here.world.card = point.here.world.cards[READER]
    point.screen.see("stack", BOOK)
    wait_for(lambda: point.screen.button(Action.CONFIRM).enabled, "the book can be borrowed")
    point.kiosk._journal.close()
    point.kiosk.post(point.screen.button(Action.CONFIRM).touch)
    point.screen.see("message", "暂停服务")
    assert point.ils.store.loan(ITEMS[BOOK].item_id) is None
    assert point.here.world.chip(BOOK).afi == AFI_IN_LIBRARY
    assert "李" not in repr(point.screen.now)


def test_a_kiosk_whose_window_never_opened_is_stopped_without_a_word(tmp_path: Path) -> None:
    with Broker(tmp_path) as broker, IlsServer(tmp_path / "ils.sqlite") as ils:
        made = Point(tmp_path, place(tmp_path / "wires"), ils, broker)
        made.kiosk.stop()
        assert made.heard(State) == []
