"""A library point in this process: the sample library's books and cards, and every device's wire."""

from pathlib import Path

from hardware_sim.ils import load_catalogue, load_readers
from hardware_sim.ils.tags import card_for, chips_for
from hardware_sim.place import SimulatedPlace
from hardware_sim.world import World

WIRES = {
    "feig_obid": "kiosk-pad",
    "pn532": "kiosk-nfc",
    "serial_scanner": "kiosk-scanner",
    "escpos": "kiosk-printer",
    "modbus_counter": "kiosk-counter",
}
"""Model and wire of each device."""
ITEMS = {item.title: item for item in reversed(load_catalogue())}
READERS = {reader.name: reader for reader in load_readers()}


def place(folder: Path) -> SimulatedPlace:
    """Not started: its books bear their titles as labels, its cards their readers' names."""
    world = World()
    for title, item in ITEMS.items():
        if chips := chips_for(item):
            world.tags[title] = chips[0]
    for name, reader in READERS.items():
        world.cards[name] = card_for(reader)
    return SimulatedPlace(folder, world)
