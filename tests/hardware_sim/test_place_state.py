"""What happened between two looks at a place."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import msgspec
import pytest

from hardware_sim.faults import FAULTS, Faults
from hardware_sim.place import SimulatedPlace
from hardware_sim.place_state import SPOILT, Happening, PlaceState, What, happenings, look
from hardware_sim.world import Card, Chip

UID = bytes.fromhex("E004010012345678")


@pytest.fixture
def place(tmp_path: Path) -> SimulatedPlace:
    place = SimulatedPlace(tmp_path)
    place.world.tags["book"] = Chip(UID, bytearray(112))
    return place


def _receipt(place: SimulatedPlace) -> None:
    (place.folder / "receipts").mkdir()
    (place.folder / "receipts" / "receipt-001.png").write_bytes(b"")


CHANGES: dict[str, tuple[Callable[[SimulatedPlace], object], list[What]]] = {
    "nothing": (lambda place: None, []),
    "a book laid": (lambda place: place.world.put("book"), [What.TAG_LAID]),
    "a tag written": (lambda place: place.world.chip("book").set_block(1, b"abcd"), [What.TAG_WRITTEN]),
    "a tag released": (lambda place: setattr(place.world.chip("book"), "afi", 0xC2), [What.TAG_SECURITY]),
    "a card": (lambda place: setattr(place.world, "card", Card(b"\x04", label="张样例")), [What.CARD_HELD]),
    "paper": (lambda place: setattr(place.world.printer, "paper_mm", 0.0), [What.PAPER]),
    "cover": (lambda place: setattr(place.world.printer, "cover_open", True), [What.COVER]),
    "receipt": (_receipt, [What.RECEIPT]),
    "people": (lambda place: setattr(place.world.door, "exits", 4), [What.PEOPLE]),
    "a wire": (lambda place: setattr(place.devices["kiosk-pad"].link, "faults", FAULTS["late"]), [What.WIRE]),
}


@pytest.mark.parametrize("name", CHANGES)
def test_each_change_is_one_happening(place: SimulatedPlace, name: str) -> None:
    act, expected = CHANGES[name]
    before = look(place)
    act(place)
    happened = happenings(before, look(place))
    assert [each.what for each in happened] == expected
    assert all(each.about in each.sentence for each in happened)


def test_and_back_again(place: SimulatedPlace) -> None:
    empty = look(place)
    place.world.put("book")
    place.world.card = Card(b"\x04\x05")
    place.world.scans.append("978")
    full = look(place)
    place.world.scans.clear()
    assert happenings(full, empty) == [
        Happening(What.TAG_LIFTED, "book"), Happening(What.CARD_GONE, "0405"), Happening(What.CODE_SENT, "0"),
    ]  # fmt: skip


def test_plugs(place: SimulatedPlace) -> None:
    before = look(place)
    with place:
        plugged = look(place)
    assert {each.what for each in happenings(before, plugged)} == {What.PLUGGED}
    assert {each.what for each in happenings(plugged, before)} == {What.UNPLUGGED}


def test_a_fault_without_a_name(place: SimulatedPlace) -> None:
    place.devices["kiosk-pad"].link.faults = replace(FAULTS["noisy"], noise_bytes=9)
    assert next(device.fault for device in look(place).devices) == SPOILT
    place.devices["kiosk-pad"].link.faults = Faults()
    assert next(device.fault for device in look(place).devices) == "none"


def test_it_goes_over_a_wire_as_json(place: SimulatedPlace) -> None:
    place.world.put("book")
    state = look(place)
    assert msgspec.json.decode(msgspec.json.encode(state), type=PlaceState) == state
