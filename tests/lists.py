"""A library's lists for tests and benchmarks: files as an ILS exports them, and the centre's side."""

import csv
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from random import Random

from broker_config.lists import ListName, Lists, Position
from central.feeder import next_chunk
from central.lists import Imported, import_files
from central.store.lists import ListLog
from hardware_sim.ils.catalogue import load_catalogue
from kiosk.copy import LocalCopy

NOW = datetime(2026, 11, 22, 3, 4, 5, tzinfo=UTC)
READER_COLUMNS = ("number", "name", "credentials", "blocked", "loan_limit", "expires")
"""With a column that goes no further than the file."""

Row = tuple[str, ...]


def write_items(path: Path, titles: Mapping[str, str]) -> Path:
    return _write(path, ("item_id", "title"), titles.items())


def write_readers(path: Path, readers: Iterable[Row]) -> Path:
    return _write(path, READER_COLUMNS, readers)


def _write(path: Path, columns: Row, rows: Iterable[Row]) -> Path:
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(columns)
        writer.writerows(rows)
    return path


def many_titles(count: int, seed: int = 1) -> dict[str, str]:
    """Titles of characters drawn one by one from those of real titles: harder to compress than real ones."""
    random, characters = Random(seed), title_characters()
    return {item_id(n): a_title(random, characters) for n in range(count)}


def title_characters() -> str:
    return "".join("".join(item.title.split()) for item in load_catalogue())


def item_id(n: int) -> str:
    return f"3524{n:09d}{n * 7 % 10}"


def a_title(random: Random, characters: str) -> str:
    """About nine characters, as a public library's titles have."""
    return "".join(random.choices(characters, k=max(2, round(random.gauss(9, 4)))))


def many_readers(count: int, seed: int = 1) -> list[Row]:
    """One in three has a card beside the number, one in twenty is blocked."""
    random = Random(seed)
    return [a_reader(random, n) for n in range(count)]


def a_reader(random: Random, n: int) -> Row:
    card = random.choice([f"{random.getrandbits(32):08X}", "", ""])
    blocked = random.choice(["overdue", "fees", "card_lost"]) if random.random() < 0.05 else ""
    expires = f"20{random.randint(27, 31)}-{random.randint(1, 12):02d}-28"
    return f"2524{n:09d}{n * 7 % 10}", "张样例", card, blocked, random.choice(["5", "10"]), expires


class Library:
    """The centre's log, fed from files, and what it would send to a kiosk; no broker."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.log = ListLog(folder / "centre.lists.db")

    def items(self, titles: Mapping[str, str], now: datetime = NOW, may_shrink: bool = True) -> Imported:
        file = write_items(self.folder / "items.csv", titles)
        return import_files(self.log, {ListName.ITEMS: file}, now, may_shrink)[0]

    def readers(self, *readers: Row, now: datetime = NOW) -> Imported:
        file = write_readers(self.folder / "readers.csv", readers)
        return import_files(self.log, {ListName.READERS: file}, now, may_shrink=True)[0]

    def next(self, name: ListName, position: Position | None) -> Lists | None:
        head = self.log.heads().get(name)
        return next_chunk(self.log, name, head, position) if head else None

    def feed(self, copy: LocalCopy, name: ListName, chunks: int | None = None) -> list[Lists]:
        """Send what `copy` lacks, at most `chunks`; what was sent."""
        sent: list[Lists] = []
        while chunks is None or len(sent) < chunks:
            chunk = self.next(name, copy.positions()[name.value])
            if chunk is None:
                break
            copy.apply(chunk)
            sent.append(chunk)
        return sent
