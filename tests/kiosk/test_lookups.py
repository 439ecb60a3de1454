"""Who and what the local copy knows, as answers to the flow."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from cryptography.fernet import Fernet

from broker_config.lists import ListName
from kiosk.copy import LocalCopy
from kiosk.flow.events import ItemAnswered, ReaderAnswered
from kiosk.flow.ils_values import Block, Item, ItemStatus, Reader
from kiosk.flow.session import Policy
from kiosk.lookups import find_item, find_reader
from tests.lists import Library

ZHANG = ("25240000010010", "张样例", "74DB9DFB", "", "10", "2027-03-01")
LI = ("25240000010028", "李示范", "04893BA9DDE8C4", "fees", "", "2027-03-01")
LAST_DAY, TOO_LATE = date(2027, 3, 1), date(2027, 3, 2)


@pytest.fixture
def copy(tmp_path: Path) -> Iterator[LocalCopy]:
    library = Library(tmp_path)
    library.items({"1": "红楼梦"})
    library.readers(ZHANG, LI)
    made = LocalCopy(tmp_path / "copy.db", Fernet.generate_key(), Policy.LOANS)
    for name in ListName:
        library.feed(made, name)
    library.log.close()
    yield made
    made.close()


@pytest.mark.parametrize(
    ("credential", "today", "reader"),
    [
        ("74DB9DFB", LAST_DAY, Reader(ZHANG[0], ZHANG[0])),
        ("74DB9DFB", TOO_LATE, Reader(ZHANG[0], ZHANG[0], Block.OTHER)),
        (LI[0], LAST_DAY, Reader(LI[0], LI[0], Block.FEES)),
        (LI[0], TOO_LATE, Reader(LI[0], LI[0], Block.FEES)),
        ("DEADBEEF", LAST_DAY, None),
    ],
    ids=["known", "expired", "blocked", "blocked and expired", "nobody"],
)
def test_a_reader_has_a_number_for_a_name(
    copy: LocalCopy, credential: str, today: date, reader: Reader | None
) -> None:
    assert find_reader(copy, credential, today) == ReaderAnswered(credential, reader, offline=True)


def test_where_an_item_is_nobody_knows_here(copy: LocalCopy) -> None:
    assert find_item(copy, "1") == ItemAnswered(Item("1", "红楼梦", ItemStatus.OTHER))
    assert find_item(copy, "2") == ItemAnswered(Item("2", "", ItemStatus.OTHER))
