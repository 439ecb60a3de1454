"""Takes the library's lists of items and readers from CSV files into the logs of changes (`store/lists.py`).

A file is compared with what is known, and only the difference is logged. If anything is wrong with it, all of
it and the file beside it stay outside. Columns of other names are not looked at, so that an ILS's own export
will do; names and addresses go no further. Sending belongs to `feeder.py`.
"""

import csv
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import msgspec

from broker_config.lists import BLOCK_REASONS, ENTRIES, Entry, ListedReader, ListName
from central.store.lists import Difference, ListLog, compare

LONGEST_TITLE = 200
SHRINKS_BY_AT_MOST = 0.2
"""An export that broke off looks like a library that threw its books away; every kiosk would pay for it."""
FEW = 100
"""So many may always go."""


class ListError(Exception):
    """A file that cannot be taken: names file and line, and never a reader."""


@dataclass(frozen=True)
class Imported:
    """What an import changed in one list that has `total` entries now."""

    name: ListName
    difference: Difference
    total: int

    def __str__(self) -> str:
        added, changed, removed = self.difference.counts
        return f"{self.name.value}: {added} added, {changed} changed, {removed} removed; {self.total} now"


def import_files(
    log: ListLog, files: Mapping[ListName, Path], now: datetime, may_shrink: bool = False
) -> list[Imported]:
    """All of `files`, or ListError and none. `may_shrink`: they are meant to be much shorter than before."""
    lists = {name: read_list(name, path) for name, path in files.items()}
    imported = []
    with log.writing():
        for name, wanted in lists.items():
            have = log.entries(name)
            difference = compare(have, wanted)
            if not may_shrink:
                _refuse_shrinking(files[name], len(difference.removed), len(have))
            log.append(name, difference, now)
            imported.append(Imported(name, difference, len(wanted)))
    return imported


def _refuse_shrinking(path: Path, removed: int, of: int) -> None:
    if removed > max(FEW, SHRINKS_BY_AT_MOST * of):
        raise ListError(
            f"{path}: {removed} of {of} known entries are not in it: "
            f"if it is complete all the same, import it with --may-shrink"
        )


def read_list(name: ListName, path: Path) -> dict[str, str]:
    """The entries of a CSV file, as JSON by key."""
    entries: dict[str, str] = {}
    lines: dict[str, int] = {}
    for line, entry in _rows(name, path):
        for known in _names_of(entry):
            if known in lines:
                what = "number or credential" if name is ListName.READERS else "item_id"
                raise ListError(f"{path} line {line}: its {what} is that of line {lines[known]} already")
            lines[known] = line
        entries[next(_names_of(entry))] = msgspec.json.encode(entry).decode()
    return entries


def _names_of(entry: Entry) -> Iterator[str]:
    """What must be unique in its list, the key first."""
    if isinstance(entry, ListedReader):
        yield entry.number
        yield from (credential for credential in entry.credentials if credential != entry.number)
    else:
        yield entry.item_id


def _rows(name: ListName, path: Path) -> Iterator[tuple[int, Entry]]:
    """Entries with their line numbers."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = csv.DictReader(file, strict=True)
            try:
                _check_header(name, rows.fieldnames or ())
                for row in rows:
                    yield rows.line_num, _entry(name, row)
            except (csv.Error, _BadRow) as error:
                raise ListError(f"{path} line {rows.reader.line_num}: {error}") from error
    except UnicodeDecodeError as error:
        raise ListError(f"{path}: is not UTF-8: save it as 'CSV UTF-8'") from error
    except OSError as error:
        raise ListError(f"{path}: cannot be read: {error.strerror}") from error


class _BadRow(Exception):
    """What is wrong with it, without what is in it."""


def _check_header(name: ListName, header: Sequence[str]) -> None:
    expected = ENTRIES[name].__struct_fields__
    if missing := [column for column in expected if column not in header]:
        raise _BadRow(f"no column {missing[0]}, expected a first line with {','.join(expected)}")


_AT = re.compile(r" - at `\$\[(?P<column>\d+)\].*`$")


def _entry(name: ListName, row: Mapping[str, str | None]) -> Entry:
    columns = ENTRIES[name].__struct_fields__
    if any(row[column] is None for column in columns):
        raise _BadRow(f"fewer columns than the first line: expected {','.join(columns)}")
    values = [_TEXTS.get(column, _optional)(row[column] or "") for column in columns]
    try:
        return msgspec.convert(values, ENTRIES[name], strict=False)
    except msgspec.ValidationError as error:
        problem = str(error)
        column = columns[int(found["column"])] if (found := _AT.search(problem)) else "row"
        what = _AT.sub("", problem)
        raise _BadRow(f"{column}: {what[:1].lower()}{what[1:]}") from error


def _optional(text: str) -> str | None:
    return text.strip() or None


def _title(text: str) -> str:
    """On one line; nobody reads further on a kiosk."""
    return " ".join(text.split())[:LONGEST_TITLE]


def _credentials(text: str) -> list[str]:
    """Separated by spaces, commas or semicolons; upper-case, as card readers tell them."""
    return [one.upper() for one in re.split(r"[\s;,]+", text) if one]


def _blocked(text: str) -> str | None:
    reason = _optional(text)
    if reason is not None and reason not in BLOCK_REASONS:
        raise _BadRow(f"blocked: expected nothing or one of {', '.join(BLOCK_REASONS)}")
    return reason


_TEXTS: dict[str, Callable[[str], object]] = {
    "item_id": str.strip,
    "title": _title,
    "number": str.strip,
    "credentials": _credentials,
    "blocked": _blocked,
}
"""How a column is read; those not named here may be empty."""
