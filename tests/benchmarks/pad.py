"""From books on the pad to all their item ids: real wire, driver and `devices.pad.Pad`, simulated physics.

The limit is what air and serial line alone take for the same tags: one inventory with the same collisions,
and one read of each tag, of eight blocks or of as many as its content fills, in the reader's own frames. The
pad may read less where it knows the library's tags; `fewest` is the ratio to reading no block too many.

A UHF reader names tags by bank 01 and reads one bank at a time: its limit is one inventory, and of each tag
its TID, bank 01 (whose control word the inventory does not tell) and bank 11 once, the whole of it or, for
`fewest`, no word more than it bears.
"""

import gc
import statistics
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import cast

from devices import registry
from devices.feig_obid import protocol as feig
from devices.kinds import TagReader, TagsChanged
from devices.mmm_810 import protocol as mmm
from devices.pad import Pad
from devices.rl866 import protocol as rl
from devices.tag_data import Model, TagContent, bytes_needed, dsfid_of, encode, uhf
from devices.uhf_reader18 import protocol as uhf18
from hardware_sim import air_time
from hardware_sim.iso15693 import Field
from hardware_sim.registry import MODELS, SimulatedDevice
from hardware_sim.rig import UHF_MODELS, uid_for
from hardware_sim.rl866 import MOST_HANDLES
from hardware_sim.uhf_field import HEAD_SIZE, UhfField, UhfTag
from hardware_sim.world import SLIX, Chip, World, uid_of
from tests.benchmarks.table import Findings, Row

COUNTS = (1, 5, 10, 20)
DRAWS = 7
"""Stacks of tags for each row, all different."""
BLOCK_SIZE, LEAST_BLOCKS = 4, 8
OWNER = "CN-524094"
TIMEOUT_S = 20.0
UHF_CONTENT = {6: "I247.5"}
UHF_BANK_11 = 64
"""Bytes, as in the chips that libraries buy."""
TID_WORDS = 6
TARGETS = {"feig_obid": 1.15, "rl866": 1.25, "mmm_810": 1.25, "uhf_reader18": 1.25}


@dataclass(frozen=True)
class Run:
    """One stack; seconds."""

    wall_s: float
    limit_s: float
    fewest_s: float
    """The limit for no more blocks or words than the content fills."""
    air_s: float
    serial_s: float
    programming_s: float
    reader_s: float

    @property
    def software_s(self) -> float:
        return self.wall_s - self.air_s - self.serial_s - self.programming_s - self.reader_s


def measure() -> Findings:
    rows = [_row(model, count) for model in TARGETS for count in COUNTS]
    remarks = (
        f"medians of {DRAWS} stacks; worst: the worst ratio; ms; reader: its own time between commands",
        f"targets at 10 tags: {', '.join(f'{model} {target}' for model, target in TARGETS.items())}",
    )
    return Findings("pad: from books on the pad to all item ids", rows, remarks)


def _row(model: str, count: int) -> Row:
    runs = [_run(model, count, seed) for seed in range(DRAWS)]
    ratios = [run.wall_s / run.limit_s for run in runs]
    fewest = statistics.median(run.wall_s / run.fewest_s for run in runs)
    parts = ("limit_s", "wall_s", "air_s", "serial_s", "programming_s", "reader_s", "software_s")
    medians = {
        name.removesuffix("_s"): round(1000 * statistics.median(getattr(run, name) for run in runs), 1)
        for name in parts
    }
    against = {"ratio": statistics.median(ratios), "worst": max(ratios), "fewest": fewest}
    return {"model": model, "tags": count, **{k: round(v, 3) for k, v in against.items()}, **medians}


def _run(model: str, count: int, seed: int) -> Run:
    world = World(tags=_stack(model, count, seed))
    with tempfile.TemporaryDirectory() as folder:
        device = SimulatedDevice(model, world, Path(folder) / "kiosk-pad", Path(folder), physics=True)
        device.plug()
        try:
            return _timed(device, world)
        finally:
            device.unplug()


def _timed(device: SimulatedDevice, world: World) -> Run:
    pace = device.link.pace
    assert pace is not None
    driver = cast(TagReader, registry.open_device(device.model_name, str(device.link.path)))
    pad = Pad(driver)
    _poll_until(pad, lambda told: told == ())
    pace.start_counting()
    gc.collect()
    began = time.monotonic()
    world.put(*world.tags)
    wanted = set(world.tags)
    _poll_until(pad, lambda ids: set(ids) == wanted)
    wall_s = time.monotonic() - began
    driver.close()
    total = pace.total
    reader_s = pace.own_s * (total.answers - 1)
    limit_s, fewest_s = (_limit_s(device.model_name, world, whole) for whole in (True, False))
    return Run(wall_s, limit_s, fewest_s, total.air_s, total.serial_s, total.programming_s, reader_s)


def _poll_until(pad: Pad, complete: Callable[[tuple[str, ...]], bool]) -> None:
    end = time.monotonic() + TIMEOUT_S
    while time.monotonic() < end:
        changed = pad.poll()
        if changed is not None and complete(_ids(changed)):
            return
    raise TimeoutError("the pad did not tell all its books")


def _ids(changed: TagsChanged) -> tuple[str, ...]:
    return tuple(
        tag.content.primary_item_id if isinstance(tag.content, TagContent) else "" for tag in changed.tags
    )


def _stack(model: str, count: int, seed: int) -> dict[str, Chip]:
    """Books as a library has them: an item number and the owner; labelled by item number."""
    random = Random(f"{count} {seed}")
    serials = random.sample(range(2**32), count)
    book = _uhf_book if model in UHF_MODELS else _hf_book
    return {
        item_id: book(item_id, serial)
        for number, serial in enumerate(serials)
        for item_id in [f"3524000{number:07}"]
    }


def _hf_book(item_id: str, serial: int) -> Chip:
    content = TagContent(Model.ISO_28560_2, item_id, OWNER)
    memory = bytearray(encode(content, SLIX.block_count * BLOCK_SIZE))
    return Chip(uid_of(SLIX, serial), memory, dsfid_of(content.model))


def _uhf_book(item_id: str, serial: int) -> Chip:
    content = TagContent(Model.ISO_28560_4, item_id, OWNER, elements=UHF_CONTENT)
    bank_01 = HEAD_SIZE + len(uhf.split(encode(content, 512)).content)
    return Chip(uid_for("uhf_reader18", serial), bytearray(encode(content, bank_01 + UHF_BANK_11)))


# -- the limit -------------------------------------------------------------------------------------------


def _limit_s(model: str, world: World, whole: bool) -> float:
    """Air and serial line for the tags of `world`, as if they lay on the pad; `whole` False: and nothing read
    that the content does not fill."""
    lying = World(tags=world.tags)
    lying.put(*world.tags)
    line = MODELS[model].line
    assert line is not None
    air_s, frames = (_uhf if model in UHF_MODELS else _hf)(model, lying, whole)
    simulator = MODELS[model].build(lying, Path())
    size = sum(len(frame) + len(simulator.receive(frame)) for frame in frames)
    return air_s + size * line.bits_per_byte / line.bauds[0]


def _hf(model: str, lying: World, whole: bool) -> tuple[float, Iterable[bytes]]:
    field = Field(lying)
    field.inventory()
    blocks = {chip.uid: _blocks(chip, LEAST_BLOCKS if whole else 1) for chip in lying.tags.values()}
    air_s = field.spent.air_s + sum(air_time.read_s(count) for count in blocks.values())
    return air_s, IDEAL[model](blocks)


def _uhf(model: str, lying: World, whole: bool) -> tuple[float, Iterable[bytes]]:
    field, frames = UhfField(lying), [uhf18.encode(uhf18.INVENTORY)]
    for tag in field.inventory():
        for bank, words in _words(tag, whole).items():
            field.reach(tag.content, password=0)
            field.read(words)
            frames.append(uhf18.encode(uhf18.Read(tag.content, bank, 0, words)))
    return field.spent.air_s, frames


def _words(tag: UhfTag, whole: bool) -> dict[uhf18.Bank, int]:
    """To read of each bank."""
    banks = uhf.split(bytes(tag.chip.memory))
    user = banks.user if whole else banks.user.rstrip(b"\0")
    sizes = {
        uhf18.Bank.TID: TID_WORDS * uhf18.WORD,
        uhf18.Bank.EPC: HEAD_SIZE + len(banks.content),
        uhf18.Bank.USER: len(user),
    }
    return {bank: -(-size // uhf18.WORD) for bank, size in sizes.items()}


def _blocks(chip: Chip, least: int) -> int:
    """As many as the content fills, so many at least."""
    counts = range(least, chip.block_count)
    prefixes = ((count, bytes(chip.memory[: count * BLOCK_SIZE])) for count in counts)
    enough = (count for count, prefix in prefixes if bytes_needed(prefix, chip.dsfid) is None)
    return next(enough, chip.block_count)


def _feig(blocks: dict[bytes, int]) -> Iterator[bytes]:
    yield feig.encode(feig.Inventory())
    for uid, count in blocks.items():
        yield feig.encode(feig.read_blocks(uid, 0, count))


def _rl866(blocks: dict[bytes, int]) -> Iterator[bytes]:
    """Each tag has to be connected to; with more tags than connections all are given up now and then."""
    yield rl.encode(rl.inventory(), False)
    for number, (uid, count) in enumerate(blocks.items()):
        handle = number % MOST_HANDLES + 1
        if number and handle == 1:
            yield rl.encode(rl.disconnect(0), False)
        yield rl.encode(rl.connect(uid, rl.ICODE_SLI), False)
        yield rl.encode(rl.access(handle, rl.Access.READ_BLOCKS, b"\x00" + rl.block_range(0, count)), False)


def _mmm_810(blocks: dict[bytes, int]) -> Iterator[bytes]:
    yield mmm.inventory().encode()
    for uid, count in blocks.items():
        yield mmm.read_blocks(uid, 0, count).encode()


IDEAL: dict[str, Callable[[dict[bytes, int]], Iterator[bytes]]] = {
    "feig_obid": _feig,
    "rl866": _rl866,
    "mmm_810": _mmm_810,
}
"""The shortest conversation with each reader that brings all ids."""
