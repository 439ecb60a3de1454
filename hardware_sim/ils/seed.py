"""Fills a new ILS database from the sample library; due dates count from today."""

from datetime import datetime, timedelta

from hardware_sim.ils.catalogue import (
    CatalogueItem,
    SampleReader,
    StartAct,
    load_catalogue,
    load_readers,
    load_start,
)
from hardware_sim.ils.circulation import LOAN_DAYS, end_of_day
from hardware_sim.ils.store import Item, Loan, Reader, Store


def seed(store: Store, today: datetime) -> None:
    """Create the tables and fill them, all or nothing."""
    items = {item.item_id: item for item in load_catalogue()}
    with store.transaction():
        store.create_tables()
        for item in items.values():
            store.add_item(_stored_item(item))
        for reader in load_readers():
            store.add_reader(_stored_reader(reader))
        for entry in load_start():
            if entry.act is StartAct.HOLD:
                store.add_hold(entry.item_id, entry.reader_id, entry.pickup)
            else:
                due = end_of_day(today + timedelta(days=entry.due_in_days))
                since = due - timedelta(days=LOAN_DAYS[items[entry.item_id].level])
                store.put_loan(Loan(entry.item_id, entry.reader_id, since, due, renewals=0))


def _stored_item(item: CatalogueItem) -> Item:
    return Item(item.item_id, item.title, item.call_number, item.kind, home=item.home, at=item.home)


def _stored_reader(reader: SampleReader) -> Reader:
    return Reader(
        reader_id=reader.reader_id,
        card_uid=reader.card_uid.hex().upper(),
        name=reader.name,
        pin=reader.pin,
        category=reader.category,
        status=reader.status,
        owes_fen=int(reader.owes_yuan * 100),
        loan_limit=reader.loan_limit,
    )
