"""A day at a kiosk whose link to the ILS flaps, judged by an independent model of lending: `make flap`.

    python -m tests.kiosk.flap --operations 300 --up-s 5 --down-s 20 --seed 1

Kiosk, journal, SIP2, pad and ILS are real and in this process; so is the place's policy, `loans`. Readers
borrow and return whatever comes to hand, among it what the ILS will not lend.
"""

import argparse
import sqlite3
import sys
import tempfile
import threading
import time
from contextlib import ExitStack, closing
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from random import Random
from typing import Any
from unittest import mock

import kiosk.ils
import kiosk.sip2.session
from broker_config.lists import ListName
from central.enrolment.authority import init_ca, issue
from devices.kinds import CodeScanned
from hardware_sim.ils.catalogue import CardStatus, CatalogueItem, load_catalogue, load_readers, load_start
from hardware_sim.ils.server import IlsServer
from hardware_sim.ils.tags import chips_for
from hardware_sim.processes import wait_until
from hardware_sim.registry import SimulatedDevice
from hardware_sim.world import World
from kiosk import config
from kiosk.app import Kiosk
from kiosk.flow.touch import Action, Touch
from kiosk.view_data import ViewData
from tests.crash.scene import VISIT
from tests.hardware_sim.ils.model import Book, Library, Person
from tests.kiosk.cable import Cable
from tests.kiosk.config_text import kiosk_toml
from tests.kiosk.flap_judge import Evidence, Outcome, Rows, judge
from tests.lists import Library as Lists

IDENTITY = "mz-taiping-03.kiosk-1"

BOOKS, READERS = 30, 12
SETTLED_WITHIN_S = 60.0
PATIENCE_S = 60.0
UNDECIDED_S = 1.0


@dataclass(frozen=True)
class Pace:
    """`late_s`: how long the kiosk believes no denial by the ILS after an answer was lost."""

    up_s: float = 5.0
    down_s: float = 20.0
    late_s: float = 10.0
    reply_timeout_s: float = 3.0
    tend_s: float = 3.0


class Window:
    """Keeps what stands on the screen, and what can be touched there."""

    failure: str | None = None

    def __init__(self) -> None:
        self.changed = threading.Event()
        self._view: ViewData | None = None

    def show(self, view: ViewData) -> None:
        self._view = view
        self.changed.set()
        self.changed.clear()

    def take_stall_ms(self) -> int:
        return 0

    @property
    def screen(self) -> str:
        return self._view.screen.name if self._view else ""

    def touches(self) -> list[Touch]:
        """Of what lies on top."""
        view = self._view
        top: Any = view and (view.overlay or view.screen)
        return [button.touch for button in getattr(top, "buttons", ()) if button.enabled]


class Day:
    """`with Day(folder, seed, pace) as day: day.play(300)`"""

    def __init__(self, folder: Path, seed: int, pace: Pace) -> None:
        self._folder, self._random, self._pace = folder, Random(seed), pace
        self._items = _books(self._random)
        self._readers = self._random.sample([reader.reader_id for reader in load_readers()], READERS)
        self._who: dict[int, str] = {}
        self._over = threading.Event()
        self._stack = ExitStack()
        self.flaps = 0

    def __enter__(self) -> "Day":
        stack = self._stack
        for module, name, value in (
            (kiosk.ils, "TEND_S", self._pace.tend_s),
            (kiosk.sip2.session, "LONGEST_BACKOFF_S", self._pace.up_s),
        ):
            stack.enter_context(mock.patch.object(module, name, value))
        self._ils = stack.enter_context(IlsServer(self._folder / "ils.db"))
        self.model = _library(self._ils)
        self._before = {item_id: len(self._ils.store.history_of(item_id)) for item_id in self._items}
        self._cable = stack.enter_context(Cable(self._ils.port))
        self._world = World()
        for item_id, item in self._items.items():
            lent = self._ils.store.loan(item_id) is not None
            self._world.tags |= {chip.label: chip for chip in chips_for(item, on_loan=lent)}
        pad = SimulatedDevice("feig_obid", self._world, self._folder / "pad", self._folder)
        pad.plug()
        stack.callback(pad.unplug)
        self._window = Window()
        self._kiosk = Kiosk(config.load(self._written_config()))
        self._prepare()
        self._kiosk.start(self._window)
        stack.callback(self._kiosk.stop)
        stack.callback(self._over.set)
        self._leave()
        threading.Thread(target=self._flap, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def _written_config(self) -> Path:
        certificates, file = self._folder / "certificates", self._folder / "kiosk.toml"
        init_ca(certificates)
        issue(certificates, IDENTITY)
        text = kiosk_toml(
            IDENTITY,
            ils_port=self._cable.port,
            broker_port=9,
            certificates=certificates,
            devices={"feig_obid": self._folder / "pad"},
            ils=f"reply_timeout_s = {self._pace.reply_timeout_s}",
            tables=f'{VISIT}[offline]\npolicy = "loans"\n',
        )
        file.write_text(text, encoding="utf-8")
        return file

    def _prepare(self) -> None:
        """The lists as the centre would have sent them; old ones, which know of no reader that is blocked."""
        rules = replace(self._kiosk._session.rules, late_s=self._pace.late_s)
        self._kiosk._session = replace(self._kiosk._session, rules=rules)
        lists = Lists(self._folder)
        lists.items({item_id: item.title for item_id, item in self._items.items()})
        lists.readers(*((reader_id, "", "", "", "", "") for reader_id in self._readers))
        for name in ListName:
            lists.feed(self._kiosk._copy, name)
        lists.log.close()

    def _flap(self) -> None:
        while not self._over.wait(self._pace.up_s * self._random.uniform(0.5, 1.5)):
            self._cable.up = False
            self._cable.cut()
            self.flaps += 1
            if self._over.wait(self._pace.down_s * self._random.uniform(0.5, 1.5)):
                break
            self._cable.up = True
        self._cable.up = True

    # -- visits ----------------------------------------------------------------------------------------------

    def play(self, operations: int) -> Outcome:
        while self._asked_for() < operations:
            self._visit()
        self._over.set()
        wait_until("everything is settled", self._settled, SETTLED_WITHIN_S)
        evidence = Evidence(
            self._rows, self._items, self._who, self.model, self._ils, self._before, self._world, self.flaps
        )
        return judge(evidence)

    def _visit(self) -> None:
        """Some books to the pad, a card or none, the confirmation, and home."""
        before = self._begun()
        reader_id = self._random.choice(self._readers)
        borrows = self._random.random() < 0.6
        chips = [chip for item_id in self._chosen(borrows) for chip in chips_for(self._items[item_id])]
        self._world.put(*(chip.label for chip in chips))
        self._kiosk.post(CodeScanned(reader_id) if borrows else Touch(Action.START_RETURN))
        if self._reaches("stack") and self._confirm(len(chips)):
            self._reaches("result")
        self._world.lift(*(chip.label for chip in chips))
        self._leave()
        self._who |= dict.fromkeys(range(before + 1, self._begun() + 1), reader_id)

    def _chosen(self, borrows: bool) -> list[str]:
        """Mostly such as fit the purpose, if there are any."""
        items = sorted(self._items)
        fitting = [item_id for item_id in items if (self._ils.store.loan(item_id) is None) == borrows]
        books = fitting if fitting and self._random.random() < 0.8 else items
        return self._random.sample(books, min(self._random.randint(1, 4), len(books)))

    def _reaches(self, name: str) -> bool:
        """Whether that screen came, agreeing to any fee; not when a message has to be left first."""
        end_s = time.monotonic() + PATIENCE_S
        while time.monotonic() < end_s:
            screen = self._window.screen
            if screen == name or (screen == "message" and self._window.touches()):
                return screen == name
            self._touch(Action.CONSENT)
            self._window.changed.wait(0.05)
        raise TimeoutError(f"no {name} came, the kiosk shows {self._window.screen}")

    def _confirm(self, tags: int) -> bool:
        """As soon as all books can be dealt with; after a while those that can, if there are any."""
        decided_s = time.monotonic() + UNDECIDED_S
        while self._window.screen == "stack":
            late = time.monotonic() > decided_s
            if late or any(len(touch.seen) == tags for touch in self._window.touches()):
                confirmed = self._touch(Action.CONFIRM)
                if late and not confirmed:
                    return False
            self._window.changed.wait(0.05)
        return True

    def _leave(self) -> None:
        def idle() -> bool:
            self._touch(Action.NO_RECEIPT)
            self._touch(Action.END)
            return self._window.screen == "idle"

        wait_until("the kiosk is idle again", idle, PATIENCE_S)

    def _touch(self, action: Action) -> bool:
        """Whether there was such a button."""
        touches = [touch for touch in self._window.touches() if touch.action is action]
        for touch in touches:
            self._kiosk.post(touch)
        return bool(touches)

    # -- the kiosk's journal -------------------------------------------------------------------------------

    def _rows(self, sql: str) -> Rows:
        with closing(sqlite3.connect(f"file:{self._folder / 'journal.db'}?mode=ro", uri=True)) as database:
            database.row_factory = sqlite3.Row
            return [dict(row) for row in database.execute(sql)]

    def _begun(self) -> int:
        return int(self._rows("SELECT COALESCE(MAX(op_id), 0) AS n FROM operations")[0]["n"])

    def _asked_for(self) -> int:
        """Operations that readers began, without repairs of tags."""
        return int(self._rows("SELECT COUNT(*) AS n FROM operations WHERE kind <> 'repair'")[0]["n"])

    def _settled(self) -> bool:
        return not self._rows("SELECT 1 FROM operations WHERE done = 0 LIMIT 1")


def _books(random: Random) -> dict[str, CatalogueItem]:
    """Some that are lent or waited for, some that are never lent, some of any kind; all with good tags."""
    tagged = [item for item in load_catalogue() if item.tag_model and item.tag_uids]
    known = {entry.item_id for entry in load_start()}
    special = [item for item in tagged if item.item_id in known]
    housed = [item for item in tagged if item.kind.value in ("reference", "local")]
    others = [item for item in tagged if item not in special and item not in housed]
    chosen = special[:8] + housed[:6] + random.sample(others, BOOKS - 14)
    return {item.item_id: item for item in chosen}


def _library(ils: IlsServer) -> Library:
    """The printed rules, with what the ILS begins the day with."""
    books = {}
    for item in load_catalogue():
        loan, stored = ils.store.loan(item.item_id), ils.store.item(item.item_id)
        assert stored is not None
        book = Book(stored.home, stored.kind.value, at=stored.at)
        if loan is not None:
            book.borrower, book.due, book.renewals = loan.reader_id, loan.due.date(), loan.renewals
        book.queue = [(hold.reader_id, hold.pickup) for hold in ils.store.holds_on(item.item_id)]
        books[item.item_id] = book
    people = {}
    for each in load_readers():
        reader = ils.store.reader(each.reader_id)
        assert reader is not None
        status = "ok" if reader.status is CardStatus.OK else reader.status.value
        people[reader.reader_id] = Person(status, reader.loan_limit, reader.owes_fen)
    return Library(books, people, datetime.now().date())


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.kiosk.flap", description=__doc__)
    parser.add_argument("--operations", type=int, default=300)
    parser.add_argument("--up-s", type=float, default=5.0)
    parser.add_argument("--down-s", type=float, default=20.0)
    parser.add_argument("--seed", type=int, default=1)
    chosen = parser.parse_args()
    pace = Pace(up_s=chosen.up_s, down_s=chosen.down_s)
    with tempfile.TemporaryDirectory() as folder, Day(Path(folder), chosen.seed, pace) as day:
        outcome = day.play(chosen.operations)
    print(
        f"{outcome.operations} operations, {outcome.offline} of them offline; {outcome.flaps} link losses,"
        f" {outcome.unanswered} answers lost, {outcome.disputes} disputes; {len(outcome.findings)} findings"
    )
    print(*outcome.findings, sep="\n")
    return 1 if outcome.findings else 0


if __name__ == "__main__":
    sys.exit(main())
