"""A monthly form as csv: UTF-8 with the mark by which Excel knows it, a line of heads, then only rows."""

import csv
import io

from central.statistics.form import Cell, Form

MARK = "\ufeff"
_FORMULA = ("=", "+", "-", "@")


def text_table(form: Form) -> bytes:
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    heads = [column.title for column in form.columns]
    writer.writerow([*heads, form.remarks_heads[-1]])
    for row in form.body:
        plain = [_safe(cell.plain) if isinstance(cell.value, str) else cell.plain for cell in row]
        writer.writerow([*plain, _notes(heads, row)])
    return (MARK + out.getvalue()).encode()


def _notes(heads: list[str], row: tuple[Cell, ...]) -> str:
    """Marks are for the eye; here the reasons stand beside the numbers, each once."""
    told: dict[str, list[str]] = {}
    for head, cell in zip(heads, row, strict=True):
        for line in cell.note.splitlines():
            told.setdefault(line, []).append(head)
    return " | ".join(f"{', '.join(names)}: {line}" for line, names in told.items())


def _safe(text: str) -> str:
    """A spreadsheet must not take words for a formula."""
    return f"'{text}" if text.startswith(_FORMULA) else text
