"""What a simulated place looks like at one instant, and what happened between two: for people who watch it.

Pure but for `look`, which holds the world's lock for a moment. Says what is true of the things, whatever the
devices and their drivers believe.
"""

import zlib
from collections.abc import Callable, Iterator, Mapping
from enum import Enum
from pathlib import Path
from typing import Protocol

import msgspec

from hardware_sim.faults import FAULTS, Faults
from hardware_sim.registry import SimulatedDevice
from hardware_sim.world import Printer, World

SPOILT = "spoilt"
"""The fault of a wire that misbehaves in a way that has no name."""


class Watched(Protocol):
    """Anything with a world and wires: a whole place, or one device alone."""

    world: World

    @property
    def devices(self) -> Mapping[str, SimulatedDevice]: ...

    def receipts(self) -> list[Path]: ...


class Paper(Enum):
    OK = "ok"
    LOW = "low"
    OUT = "out"


class TagNow(msgspec.Struct, frozen=True):
    """`checksum` stands for the memory: a tag that was written bears another one."""

    label: str
    uid: str
    afi: int
    eas: bool
    dsfid: int
    checksum: int


class DeviceNow(msgspec.Struct, frozen=True):
    """`fault` is a name of `hardware_sim.faults.FAULTS`, or SPOILT."""

    name: str
    model: str
    plugged: bool
    fault: str


class PlaceState(msgspec.Struct, frozen=True):
    """`card` is the one held to the reader, by its label or else its UID; empty for none."""

    pad: tuple[str, ...]
    tags: tuple[TagNow, ...]
    card: str
    codes_waiting: int
    paper: Paper
    cover_open: bool
    entries: int
    exits: int
    devices: tuple[DeviceNow, ...]
    receipts: tuple[str, ...]


class What(Enum):
    """One kind of thing that happens at a place."""

    TAG_LAID = "tag_laid"
    TAG_LIFTED = "tag_lifted"
    TAG_WRITTEN = "tag_written"
    TAG_SECURITY = "tag_security"
    CARD_HELD = "card_held"
    CARD_GONE = "card_gone"
    CODE_SENT = "code_sent"
    PAPER = "paper"
    COVER = "cover"
    RECEIPT = "receipt"
    PEOPLE = "people"
    PLUGGED = "plugged"
    UNPLUGGED = "unplugged"
    WIRE = "wire"


WORDS: dict[What, str] = {
    What.TAG_LAID: "放上图书 / on the pad: {}",
    What.TAG_LIFTED: "取走图书 / off the pad: {}",
    What.TAG_WRITTEN: "标签被改写 / tag written: {}",
    What.TAG_SECURITY: "防盗位 / security: {}",
    What.CARD_HELD: "读者证在读卡器上 / card held: {}",
    What.CARD_GONE: "读者证已拿开 / card gone: {}",
    What.CODE_SENT: "条码已发出，还剩 / code sent, still waiting: {}",
    What.PAPER: "纸 / paper: {}",
    What.COVER: "上盖 / cover: {}",
    What.RECEIPT: "凭条已打印到 / receipt printed to {}",
    What.PEOPLE: "客流 / people in and out: {}",
    What.PLUGGED: "已插上 / plugged in: {}",
    What.UNPLUGGED: "已拔下 / unplugged: {}",
    What.WIRE: "线路 / wire: {}",
}


class Happening(msgspec.Struct, frozen=True):
    """`about` names the thing and, where it changed, its new state."""

    what: What
    about: str

    @property
    def sentence(self) -> str:
        return WORDS[self.what].format(self.about)


def look(place: Watched) -> PlaceState:
    """All of it at one moment."""
    world = place.world
    with world.lock:
        card = world.card
        return PlaceState(
            pad=tuple(world.pad),
            tags=tuple(
                TagNow(label, tag.uid.hex(), tag.afi, tag.eas, tag.dsfid, zlib.crc32(tag.memory))
                for label, tag in world.tags.items()
            ),
            card=(card.label or card.uid.hex()) if card else "",
            codes_waiting=len(world.scans),
            paper=_paper(world.printer),
            cover_open=world.printer.cover_open,
            entries=world.door.entries,
            exits=world.door.exits,
            devices=tuple(
                DeviceNow(name, device.model_name, device.link.plugged, _name_of(device.link.faults))
                for name, device in place.devices.items()
            ),
            receipts=tuple(str(picture) for picture in place.receipts()),
        )


def _paper(printer: Printer) -> Paper:
    if printer.paper_mm <= 0:
        return Paper.OUT
    return Paper.LOW if printer.paper_mm <= printer.near_end_mm else Paper.OK


def _name_of(faults: Faults) -> str:
    return next((name for name, known in FAULTS.items() if known == faults), SPOILT)


# -- what happened -----------------------------------------------------------------------------------------


def happenings(before: PlaceState, after: PlaceState) -> list[Happening]:
    """In a fixed order; a thing that came and went in between is not seen."""
    return [each for compare in _COMPARISONS for each in compare(before, after)]


def _pad(before: PlaceState, after: PlaceState) -> Iterator[Happening]:
    yield from (Happening(What.TAG_LAID, label) for label in after.pad if label not in before.pad)
    yield from (Happening(What.TAG_LIFTED, label) for label in before.pad if label not in after.pad)


def _tags(before: PlaceState, after: PlaceState) -> Iterator[Happening]:
    old = {tag.label: tag for tag in before.tags}
    for tag in after.tags:
        was = old.get(tag.label, tag)
        if (was.checksum, was.dsfid) != (tag.checksum, tag.dsfid):
            yield Happening(What.TAG_WRITTEN, tag.label)
        if (was.afi, was.eas) != (tag.afi, tag.eas):
            yield Happening(
                What.TAG_SECURITY, f"{tag.label} AFI {tag.afi:02X}h EAS {'on' if tag.eas else 'off'}"
            )


def _card(before: PlaceState, after: PlaceState) -> Iterator[Happening]:
    if before.card == after.card:
        return
    if before.card:
        yield Happening(What.CARD_GONE, before.card)
    if after.card:
        yield Happening(What.CARD_HELD, after.card)


def _codes(before: PlaceState, after: PlaceState) -> Iterator[Happening]:
    if after.codes_waiting < before.codes_waiting:
        yield Happening(What.CODE_SENT, str(after.codes_waiting))


def _printer(before: PlaceState, after: PlaceState) -> Iterator[Happening]:
    if before.paper is not after.paper:
        yield Happening(What.PAPER, after.paper.value)
    if before.cover_open != after.cover_open:
        yield Happening(What.COVER, "open" if after.cover_open else "closed")
    yield from (Happening(What.RECEIPT, path) for path in after.receipts if path not in before.receipts)


def _door(before: PlaceState, after: PlaceState) -> Iterator[Happening]:
    if (before.entries, before.exits) != (after.entries, after.exits):
        yield Happening(What.PEOPLE, f"{after.entries}, {after.exits}")


def _wires(before: PlaceState, after: PlaceState) -> Iterator[Happening]:
    old = {device.name: device for device in before.devices}
    for device in after.devices:
        was = old.get(device.name, device)
        if was.plugged != device.plugged:
            yield Happening(What.PLUGGED if device.plugged else What.UNPLUGGED, device.name)
        if was.fault != device.fault:
            yield Happening(What.WIRE, f"{device.name} {device.fault}")


_COMPARISONS: tuple[Callable[[PlaceState, PlaceState], Iterator[Happening]], ...] = (
    _pad, _tags, _card, _codes, _printer, _door, _wires,
)  # fmt: skip
