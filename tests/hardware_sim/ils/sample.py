"""Items and readers of the sample library by the names people use."""

from hardware_sim.ils import load_catalogue, load_readers

ITEM = {item.title: item.item_id for item in reversed(load_catalogue())}
READER = {reader.name: reader.reader_id for reader in load_readers()}
