"""What each shipped driver says over a wire that lies: only `DeviceError`, whatever is asked of it."""

import random
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

from devices import registry
from devices.errors import DeviceError
from devices.kinds import CardReader, Device, Kind, NdefRead, ReceiptLine, SectorRead, TagReader
from devices.pad import Pad
from hardware_sim import registry as simulated
from hardware_sim.sdt_idcard import Person, id_card
from hardware_sim.world import World
from tests.devices import pads
from tests.devices.pn532.cards import CARDS, KEY_A, TEXT_RECORD, URI_RECORD, WRITTEN_CLASSIC
from tests.devices.tag_data.fuzz import edited
from tests.fuzz.engine import Act, Target
from tests.fuzz.inputs import chance_of, scripts
from tests.fuzz.wires import LIES, Liar, wired


def _write(reader: TagReader, uid: bytes) -> None:
    """Blocks as large as the reader says; one that says otherwise a moment later may leave no whole ones."""
    try:
        reader.write_blocks(uid, 2, bytes(2 * reader.system_info(uid).block_size))
    except ValueError as error:
        assert "no whole blocks" in str(error)


def _tags(reader: TagReader) -> Iterator[Callable[[], object]]:
    found = [tag.uid for tag in reader.inventory()]
    for uid in found[:2]:
        yield partial(reader.system_info, uid)
        yield partial(reader.read_blocks, uid, 0, 4)
        yield partial(reader.write_afi, uid, 0xC2)
        yield partial(_write, reader, uid)
        yield partial(reader.write_eas, uid, True)
    pad = Pad(reader)
    yield from [pad.poll] * 4


def _cards(reader: CardReader) -> Iterator[Callable[[], object]]:
    yield reader.sense
    card = reader.sense()
    if card is not None:
        yield partial(reader.read, card, NdefRead())
        yield partial(reader.read, card, SectorRead(3, 1, KEY_A))


def _codes(scanner: Any) -> Iterator[Callable[[], object]]:
    yield from [partial(scanner.read, 0.5)] * 5
    if hasattr(scanner, "check"):
        yield scanner.check


def _paper(printer: Any) -> Iterator[Callable[[], object]]:
    yield printer.status
    yield partial(printer.print_receipt, (ReceiptLine("借书凭条", "2026-12-20"),))


def _counts(counter: Any) -> Iterator[Callable[[], object]]:
    yield from [counter.read] * 3


_ASKED: dict[Kind, Callable[[Any], Iterator[Callable[[], object]]]] = {
    Kind.TAG_READER: _tags,
    Kind.CARD_READER: _cards,
    Kind.SCANNER: _codes,
    Kind.RECEIPT_PRINTER: _paper,
    Kind.DOOR_COUNTER: _counts,
}
_CODES = ("33191000105864", "]E09787302511625", "]Q3读者")


def world_for(model: str, chance: random.Random) -> World:
    """Something for each device to see; what is written on a card is not always what it should be."""
    world = World()
    if registry.MODELS[model].kind is Kind.TAG_READER:
        world.tags |= dict(list(pads.books(model).items())[:3])
        world.put(*world.tags)
    message = edited(chance, chance.choice((TEXT_RECORD, URI_RECORD)))
    cards = (*CARDS, WRITTEN_CLASSIC, *(replace(card, ndef=message) for card in CARDS[1:4]))
    card = id_card(Person("11010519491231002X")) if model == "sdt_idcard" else chance.choice(cards)
    world.card = replace(card, pulled_after=chance.choice((None, None, chance.randrange(30))))
    world.scans.extend(_CODES)
    return world


_OFTEN = (0.0, 0.03, 0.1, 0.4)


def _over_a_lying_wire(model: str) -> Act:
    def act(script: bytes) -> bool:
        chance = chance_of(script)
        liar = Liar(chance, LIES.get(model, edited), chance.choice(_OFTEN))
        with tempfile.TemporaryDirectory() as paper:
            simulator = simulated.MODELS[model].build(world_for(model, chance), Path(paper))
            with wired(simulator, liar):
                return _use(registry.MODELS[model].open("/dev/fuzz"), registry.MODELS[model].kind)

    return act


def _use(device: Device, kind: Kind) -> bool:
    """Everything, one after the other, whatever became of the one before; whether any of it was answered."""
    answered = False
    try:
        for ask in _ASKED[kind](device):
            with suppress(DeviceError):
                ask()
                answered = True
    finally:
        device.close()
    return answered


_WIRED: Sequence[str] = tuple(model for model, entry in registry.MODELS.items() if entry.line)
"""Not the key events and the pins, which no line brings."""

TARGETS = tuple(
    Target(f"driver {model}", scripts, _over_a_lying_wire(model), (DeviceError,)) for model in _WIRED
)
