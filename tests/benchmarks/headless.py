"""A kiosk at work without a screen: the real control loop, workers, journal, wires, ILS and broker.

The pad's simulator (with its physics) and the ILS run in processes of their own, as devices and servers do.
"""

import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

from devices.kinds import CodeScanned
from devices.tag_data import Model
from hardware_sim.control import Hands
from hardware_sim.ils.admin import IlsAdmin
from hardware_sim.ils.catalogue import (
    CardStatus,
    CatalogueItem,
    Kind,
    load_catalogue,
    load_readers,
    load_start,
)
from hardware_sim.ils.tags import chip_for
from hardware_sim.processes import Program, wait_until
from kiosk import config
from kiosk.app import Kiosk
from kiosk.flow.touch import Action, Touch
from kiosk.view_data import Button, ViewData
from tests.broker import Broker
from tests.kiosk.config_text import kiosk_toml

IDENTITY = "mz-taiping-03.kiosk-1"
TIMEOUT_S = 30.0
BOOKS = 10


@dataclass(frozen=True)
class Stack:
    """Books that nothing stands against, each with one tag, and a reader who may have as many."""

    reader_id: str
    items: tuple[CatalogueItem, ...]


class Recorder:
    """A window that keeps the last view and lets others wait for the one they want."""

    failure: str | None = None

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._view: ViewData | None = None

    def show(self, view: ViewData) -> None:
        with self._changed:
            self._view = view
            self._changed.notify_all()

    def take_stall_ms(self) -> int:
        return 0

    def wait_for(self, holds: Callable[[Any], bool]) -> Any:
        """The first screen of which `holds` is true."""
        with self._changed:
            if not self._changed.wait_for(lambda: self._view and holds(self._view.screen), TIMEOUT_S):
                raise TimeoutError(f"the kiosk shows {self._view} instead")
            assert self._view is not None
            return self._view.screen


class Headless:
    """`with Headless(folder) as kiosk:` is ready for a reader; `ils` and `hands` are the other ends."""

    def __init__(self, folder: Path, physics: bool = True) -> None:
        """`physics` False: the pad answers at once."""
        self._folder = folder
        self._physics = physics
        self._window = Recorder()
        self._broker = Broker(folder)
        self._programs: list[Program] = []

    def __enter__(self) -> Self:
        self._broker.start()
        self._broker.issue(IDENTITY)
        ils = self._run("ils", "hardware_sim.ils", "--database", str(self._folder / "ils.db"))
        self.ils_port = _port(ils, "ILS listening on")
        self.ils = IlsAdmin(_port(ils, "ILS admin on"))
        self.wires = self._folder / "wires"
        pace = ["--physics"] if self._physics else []
        place = self._run("place", "tests.benchmarks.place", str(self.wires), *pace)
        self.hands = Hands(_port(place, "control port"))
        self.config = config.load(self._written_config())
        self._kiosk = Kiosk(self.config)
        self._kiosk.start(self._window)
        self._window.wait_for(lambda screen: screen.name == "idle")
        return self

    def __exit__(self, *_: object) -> None:
        self._kiosk.stop()
        for program in reversed(self._programs):
            program.stop()
        self._broker.stop()

    def touch(self, action: Action) -> None:
        self._kiosk.post(Touch(action))

    def wait_for(self, holds: Callable[[Any], bool]) -> Any:
        """The first screen of which `holds` is true."""
        return self._window.wait_for(holds)

    def lift(self, stack: Stack) -> None:
        """The books are taken away, and the pad has noticed."""
        self.hands.lift(*(item.item_id for item in stack.items))
        wait_until("the pad is empty", lambda: not self._kiosk._session.pad)

    def borrow(self, stack: Stack) -> float:
        """Seconds from the touch that confirms to the result on the screen."""
        items = stack.items
        for item in items:
            chip = chip_for(item)
            self.hands.add_tag(chip.label, chip.uid, bytes(chip.memory), chip.dsfid, chip.afi)
        self._kiosk.post(CodeScanned(stack.reader_id))
        self._window.wait_for(lambda screen: screen.name == "stack")
        self.hands.put(*(item.item_id for item in items))
        shown = self._window.wait_for(lambda screen: _confirmation(screen, len(items)) is not None)
        confirmation = _confirmation(shown, len(items))
        assert confirmation is not None
        began = time.monotonic()
        self._kiosk.post(confirmation)
        result = self._window.wait_for(lambda screen: screen.name == "result")
        took_s = time.monotonic() - began
        assert len(result.rows) == len(items), result.rows
        for item in items:
            assert self.hands.tag_state(item.item_id).afi == self.config.security.on_loan, item
        return took_s

    def _written_config(self) -> Path:
        file = self._folder / "kiosk.toml"
        text = kiosk_toml(
            IDENTITY,
            ils_port=self.ils_port,
            broker_port=self._broker.port,
            certificates=self._broker.certificates,
            devices={"feig_obid": self.wires / "kiosk-pad"},
        )
        file.write_text(text, encoding="utf-8")
        return file

    def _run(self, name: str, module: str, *arguments: str) -> Program:
        program = Program(
            name, [sys.executable, "-u", "-m", module, *arguments], self._folder / f"{name}.log"
        )
        self._programs.append(program)
        return program


def stacks() -> list[Stack]:
    """As many as the sample library gives, none with a book or reader of another."""
    taken = {entry.item_id for entry in load_start()} | {entry.reader_id for entry in load_start()}
    items = [
        item
        for item in load_catalogue()
        if item.kind is Kind.GENERAL
        and item.tag_model is Model.ISO_28560_2
        and item.parts == len(item.tag_uids) == 1
        and item.item_id not in taken
    ]
    readers = [
        reader.reader_id
        for reader in load_readers()
        if reader.status is CardStatus.OK and reader.loan_limit >= BOOKS and reader.reader_id not in taken
    ]
    return [
        Stack(reader_id, tuple(items[BOOKS * n : BOOKS * (n + 1)]))
        for n, reader_id in enumerate(readers[: len(items) // BOOKS])
    ]


def _confirmation(screen: Any, books: int) -> Touch | None:
    """What touching the confirming button means, once it is about so many books."""
    if screen.name != "stack":
        return None
    buttons: tuple[Button, ...] = screen.buttons
    touches = [button.touch for button in buttons if button.enabled]
    confirming = (touch for touch in touches if touch.action is Action.CONFIRM and len(touch.seen) == books)
    return next(confirming, None)


def _port(program: Program, begins: str) -> int:
    """The number that the program's ready-line ends with."""
    line = program.wait_for_line(lambda each: each.startswith(begins))
    return int(line.replace(":", " ").split()[-1])
