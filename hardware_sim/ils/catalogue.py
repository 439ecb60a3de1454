"""The sample library: items, readers and open loans as they stand in the three .tsv files beside this one.

Titles, authors and classes (中图法) are those of real books; item numbers, tags, places and all readers are
invented. Numbers are 14-digit library Codabar: 3 for items or 2 for readers, institution 5240, serial, check
digit (Luhn).
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from enum import Enum
from pathlib import Path
from typing import TypeVar

from devices.tag_data import Model

FOLDER = Path(__file__).parent
T = TypeVar("T")


class Level(Enum):
    """Levels of the library network; a place's id tells its level: mz-main, mz-taiping, mz-taiping-03."""

    MAIN = "main"
    BRANCH = "branch"
    POINT = "point"


class Kind(Enum):
    """REFERENCE and LOCAL (local documents) are read in the house only."""

    GENERAL = "general"
    CHILDREN = "children"
    REFERENCE = "reference"
    LOCAL = "local"


class Category(Enum):
    ADULT = "adult"
    CHILD = "child"
    ELDER = "elder"


class CardStatus(Enum):
    OK = "ok"
    BLOCKED = "blocked"
    EXPIRED = "expired"
    LOST = "lost"


class StartAct(Enum):
    LOAN = "loan"
    HOLD = "hold"


@dataclass(frozen=True)
class CatalogueItem:
    """`tag_uids` (8 bytes each) has one tag, or one for each of `parts`, or none where there is no tag.

    A tag whose `tag_model` is None is blank.
    """

    item_id: str
    title: str
    author: str
    call_number: str
    home: str
    kind: Kind
    parts: int
    tag_model: Model | None
    tag_uids: tuple[bytes, ...]

    @property
    def level(self) -> Level:
        return level_of(self.home)


@dataclass(frozen=True)
class SampleReader:
    """`technology` is a value of devices.kinds.CardTechnology."""

    reader_id: str
    name: str
    pin: str
    card_uid: bytes
    technology: str
    category: Category
    status: CardStatus
    owes_yuan: Decimal
    loan_limit: int
    home: str


@dataclass(frozen=True)
class StartEntry:
    """A loan that falls due in `due_in_days` (negative: overdue), or a hold to be fetched at `pickup`."""

    act: StartAct
    item_id: str
    reader_id: str
    due_in_days: int
    pickup: str


def level_of(place: str) -> Level:
    if place == "mz-main":
        return Level.MAIN
    return Level.POINT if place.rpartition("-")[2].isdigit() else Level.BRANCH


def load_catalogue() -> tuple[CatalogueItem, ...]:
    return _load("catalogue.tsv", _item)


def load_readers() -> tuple[SampleReader, ...]:
    return _load("readers.tsv", _reader)


def load_start() -> tuple[StartEntry, ...]:
    return _load("circulation_start.tsv", _start_entry)


def _load(name: str, read: Callable[[dict[str, str]], T]) -> tuple[T, ...]:
    """ValueError naming file and line where a row does not fit."""
    loaded = []
    for number, row in _rows(name):
        try:
            loaded.append(read(row))
        except (ValueError, KeyError, ArithmeticError) as error:
            raise ValueError(f"{name} line {number}: {error}: correct this row") from error
    return tuple(loaded)


def _rows(name: str) -> Iterator[tuple[int, dict[str, str]]]:
    head, *lines = (FOLDER / name).read_text(encoding="utf-8").splitlines()
    for number, line in enumerate(lines, start=2):
        yield number, dict(zip(head.split("\t"), line.split("\t"), strict=True))


def _item(row: dict[str, str]) -> CatalogueItem:
    return CatalogueItem(
        item_id=row["item_id"],
        title=row["title"],
        author=row["author"],
        call_number=row["call_number"],
        home=row["home"],
        kind=Kind(row["kind"]),
        parts=int(row["parts"]),
        tag_model=None if row["tag_model"] in ("blank", "none") else Model(row["tag_model"]),
        tag_uids=tuple(bytes.fromhex(uid) for uid in row["tag_uids"].split()),
    )


def _reader(row: dict[str, str]) -> SampleReader:
    return SampleReader(
        reader_id=row["reader_id"],
        name=row["name"],
        pin=row["pin"],
        card_uid=bytes.fromhex(row["card_uid"]),
        technology=row["technology"],
        category=Category(row["category"]),
        status=CardStatus(row["status"]),
        owes_yuan=Decimal(row["owes_yuan"]),
        loan_limit=int(row["loan_limit"]),
        home=row["home"],
    )


def _start_entry(row: dict[str, str]) -> StartEntry:
    return StartEntry(
        act=StartAct(row["act"]),
        item_id=row["item_id"],
        reader_id=row["reader_id"],
        due_in_days=int(row["due_in_days"] or 0),
        pickup=row["pickup"],
    )
