"""The list of a crate of books to be tagged: a CSV with the columns item_id[,owner][,part,total]."""

import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from devices.tag_data import Model, SetInfo, TagContent, encode
from devices.tag_tools.tags import Refusal
from devices.tag_tools.undo_log import Book

COLUMNS = ("item_id", "owner", "part", "total")
LARGEST_CHIP_BYTES = 8192
LONGEST_NUMBER = 9
"""Of a part: no tag bears more digits, and int() refuses thousands."""


@dataclass(frozen=True)
class Row:
    book: Book
    content: TagContent

    def __str__(self) -> str:
        part_of = self.content.set_info
        return self.book.item_id + (f" ({part_of.part}/{part_of.total})" if part_of else "")


def read_crate(path: Path, model: Model) -> tuple[Row, ...]:
    """All rows, each of which can be written in `model`; Refusal names the first line that is wrong."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise Refusal(f"打不开 / cannot read {path}: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise Refusal(f"{path}: 请另存为 UTF-8 编码的 CSV / save it as CSV in UTF-8") from error
    reader = csv.DictReader(text.splitlines(), restkey="more", restval="")
    _check_columns(path, reader.fieldnames or ())
    rows: dict[Book, Row] = {}
    for fields in _fields(path, reader):
        where = f"{path} 第 {reader.line_num} 行 / line {reader.line_num}"
        row = _row(where, fields, model)
        if row.book in rows:
            raise Refusal(f"{where}: {row.book.item_id} 重复 / is there twice, remove one of them")
        rows[row.book] = row
    if not rows:
        raise Refusal(f"{path}: 没有图书 / it lists no book")
    return tuple(rows.values())


def _fields(path: Path, reader: "csv.DictReader[str]") -> Iterator[dict[str, str]]:
    try:
        yield from reader
    except csv.Error as error:
        at = reader.reader.line_num
        raise Refusal(f"{path} 第 {at} 行 / line {at}: {error}") from error


def _check_columns(path: Path, columns: Sequence[str]) -> None:
    if "item_id" not in columns or set(columns) - set(COLUMNS) or ("part" in columns) != ("total" in columns):
        raise Refusal(
            f"{path}: 表头应为 / the first line must be item_id[,owner][,part,total], "
            f"not {','.join(columns)!r}"
        )


def _row(where: str, fields: dict[str, str], model: Model) -> Row:
    if "more" in fields:
        raise Refusal(f"{where}: 列数太多 / has more fields than the first line")
    values = {name: fields.get(name, "").strip() for name in COLUMNS}
    set_info = _set_info(where, values["part"], values["total"])
    content = TagContent(model, values["item_id"], values["owner"] or None, set_info)
    try:
        encode(content, LARGEST_CHIP_BYTES)
    except ValueError as error:
        raise Refusal(f"{where}: 写不进标签 / cannot be written on a tag: {error}") from error
    return Row(Book(content.primary_item_id, set_info.part if set_info else 1), content)


def _set_info(where: str, part: str, total: str) -> SetInfo | None:
    if not part and not total:
        return None
    small = all(number.isdecimal() and len(number) <= LONGEST_NUMBER for number in (part, total))
    if not (small and int(part) <= int(total) and int(total) > 0):
        raise Refusal(f"{where}: part {part!r}, total {total!r}: 应如 1 和 2 / must be as 1 and 2")
    return SetInfo(int(part), int(total))
