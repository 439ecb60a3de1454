"""Readers and titles looked up here while the ILS is away, in the local copy of the centre's lists."""

from datetime import date
from pathlib import Path

from kiosk.config import Config
from kiosk.copy import LocalCopy
from kiosk.flow.events import ItemAnswered, ReaderAnswered
from kiosk.flow.ils_values import Block, Item, ItemStatus, Reader


def open_copy(config: Config) -> LocalCopy:
    """Beside the journal, under its key; CopyError."""
    path = Path(config.journal.path).with_name("copy.db")
    return LocalCopy(path, Path(config.journal.key).read_bytes(), config.rules.offline)


def find_reader(copy: LocalCopy, credential: str, today: date) -> ReaderAnswered:
    """No name is in the copy, so the number stands for it."""
    known = copy.reader(credential)
    reader = None
    if known is not None:
        expired = known.expires is not None and known.expires < today
        block = known.blocked or (Block.OTHER if expired else None)
        reader = Reader(known.reader_id, known.reader_id, block)
    return ReaderAnswered(credential, reader, offline=True)


def find_item(copy: LocalCopy, item_id: str) -> ItemAnswered:
    """Its title, empty if the copy lacks it; where the item is only the ILS knows."""
    return ItemAnswered(Item(item_id, copy.title(item_id) or "", ItemStatus.OTHER))
