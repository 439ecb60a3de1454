"""What a benchmark found, printed as a table and kept as JSON. Figures are reported, never asserted."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

Cell = str | int | float
Row = dict[str, Cell]


@dataclass(frozen=True)
class Findings:
    """One section's rows, all with the same columns, and what has to be known to read them."""

    title: str
    rows: Sequence[Row]
    remarks: Sequence[str] = ()


def text(findings: Findings) -> str:
    """Columns aligned: words to the left, figures to the right."""
    columns = list(findings.rows[0])
    cells = [columns, *([_shown(row[name]) for name in columns] for row in findings.rows)]
    widths = [max(len(line[n]) for line in cells) for n in range(len(columns))]
    figures = [not isinstance(findings.rows[0][name], str) for name in columns]
    lines = ["  ".join(_padded(*each) for each in zip(line, widths, figures, strict=True)) for line in cells]
    return "\n".join([findings.title, *lines, *findings.remarks])


def store(file: Path, section: str, findings: Findings) -> None:
    """Beside the sections that the file already holds."""
    kept = json.loads(file.read_text(encoding="utf-8")) if file.exists() else {}
    kept[section] = {
        "title": findings.title,
        "rows": list(findings.rows),
        "remarks": list(findings.remarks),
    }
    file.write_text(json.dumps(kept, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


def _shown(cell: Cell) -> str:
    return f"{cell:.3f}" if isinstance(cell, float) else str(cell)


def _padded(cell: str, width: int, figure: bool) -> str:
    return cell.rjust(width) if figure else cell.ljust(width)
