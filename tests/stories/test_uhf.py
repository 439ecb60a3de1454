"""A library that tags with UHF: the same kiosk, without its window, on a UHF pad, with both layouts."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from devices.tag_data import Model, TagContent, encode, uhf
from devices.uhf_reader18.protocol import Bank, Decoder, Read, Write, parse_command
from hardware_sim.ils import IlsServer
from hardware_sim.ils.tags import OWNER, card_for
from hardware_sim.place import DEVICES, SimulatedPlace
from hardware_sim.rig import uid_for
from hardware_sim.world import Chip, World
from kiosk import config as configuration
from kiosk.app import Kiosk
from kiosk.flow.touch import Action
from tests.broker import Broker
from tests.kiosk.place import ITEMS, READERS
from tests.kiosk.test_app import Point
from tests.waiting import wait_for

PAD = "kiosk-pad"
READER = "李示范"
MEMORY_BYTES = 96
SECURITY_BIT = 0x80


@dataclass(frozen=True)
class Layout:
    """A book that bears it, its owner and AFI at first, and whether a gate would let that memory pass."""

    title: str
    owner: str | None
    afi: int | None
    released: Callable[[bytes], bool]


LAYOUTS = {
    Model.ISO_28560_4: Layout("警世通言", OWNER, 0x07, lambda memory: memory[3] == 0xC2),
    Model.GAOXIAO: Layout("水浒传", None, None, lambda memory: bool(memory[4] & SECURITY_BIT)),
}


def book(model: Model, number: int) -> Chip:
    """In the library, as bought."""
    layout = LAYOUTS[model]
    content = TagContent(model, ITEMS[layout.title].item_id, layout.owner)
    banks = uhf.split(encode(content, MEMORY_BYTES))
    memory = uhf.join(uhf.Banks(banks.content, banks.user, layout.afi))
    return Chip(uid_for("uhf_reader18", number), bytearray(memory), label=layout.title)


@pytest.fixture
def point(tmp_path: Path) -> Iterator[Point]:
    books = [book(model, number) for number, model in enumerate(LAYOUTS)]
    world = World(tags={each.label: each for each in books}, cards={READER: card_for(READERS[READER])})
    models = DEVICES | {PAD: "uhf_reader18"}
    with (
        SimulatedPlace(tmp_path / "wires", world, models=models) as here,
        IlsServer(tmp_path / "ils.sqlite") as ils,
        Broker(tmp_path) as broker,
    ):
        made = Point(tmp_path, here, ils, broker)
        made.kiosk.stop()
        file = tmp_path / "kiosk.toml"
        file.write_text(
            file.read_text(encoding="utf-8").replace("feig_obid", "uhf_reader18"), encoding="utf-8"
        )
        made.config = configuration.load(file)
        made.kiosk = Kiosk(made.config)
        made.start()
        yield made
        made.kiosk.stop()


@pytest.fixture
def overheard(point: Point) -> list[Read | Write]:
    """What the pad is asked from now on about tags, oldest first."""
    commands: list[Read | Write] = []
    simulator, decoder = point.here.devices[PAD].link.simulator, Decoder()
    receive = simulator.receive

    def noted(data: bytes) -> bytes:
        for frame in decoder.feed(data):
            if frame.command in (0x02, 0x03):
                commands.append(parse_command(frame))
        return receive(data)

    simulator.receive = noted
    return commands


@pytest.mark.parametrize("model", LAYOUTS)
def test_a_book_is_borrowed_and_returned(point: Point, overheard: list[Read | Write], model: Model) -> None:
    layout = LAYOUTS[model]
    world, item = point.here.world, ITEMS[layout.title]
    chip = world.chip(layout.title)
    before = bytes(chip.memory)
    assert not layout.released(before)

    world.put(layout.title)
    world.card = world.cards[READER]
    point.screen.see("stack", layout.title)
    point.touch(Action.CONFIRM)
    point.screen.see("result", "成功借出 1 本")
    loan = point.ils.store.loan(item.item_id)
    assert loan is not None and loan.reader_id == READERS[READER].reader_id
    assert layout.released(bytes(chip.memory)), "the gate lets it pass"
    assert written_and_read_back(overheard)

    world.card = None
    point.touch(Action.PRINT_RECEIPT)
    point.screen.see("message", "谢谢")
    world.lift(layout.title)
    point.screen.see("idle")
    overheard.clear()
    point.touch(Action.START_RETURN)
    world.put(layout.title)
    point.screen.see("stack", "还这 1 本")
    point.touch(Action.CONFIRM)
    point.screen.see("result", "成功归还 1 本")
    assert point.ils.store.loan(item.item_id) is None
    assert bytes(chip.memory) == before, "secured, and nothing else on the tag has changed"
    assert written_and_read_back(overheard)


def written_and_read_back(commands: list[Read | Write]) -> bool:
    """One write in all, to bank 01, and bank 01 read after it."""
    writes = [n for n, command in enumerate(commands) if isinstance(command, Write)]
    (at,) = writes
    later = [command.bank for command in commands[at:] if isinstance(command, Read)]
    return commands[at].bank is Bank.EPC and Bank.EPC in later


def test_both_layouts_lie_on_one_pad(point: Point) -> None:
    titles = [layout.title for layout in LAYOUTS.values()]
    point.here.world.put(*titles)
    point.here.world.card = point.here.world.cards[READER]
    point.screen.see("stack", "借这 2 本")
    point.touch(Action.CONFIRM)
    point.screen.see("result", "成功借出 2 本")
    wait_for(
        lambda: all(
            LAYOUTS[model].released(bytes(point.here.world.chip(LAYOUTS[model].title).memory))
            for model in LAYOUTS
        ),
        "both are released",
    )
