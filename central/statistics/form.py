"""A monthly form as values: what stands in it, before anyone writes it down as a workbook, csv or a page.

All three are written from the same `Form`, so that their figures cannot differ. Which words stand in it is
the caller's business. Pure.
"""

from collections.abc import Sequence
from dataclasses import dataclass

Value = str | int | float


@dataclass(frozen=True)
class Column:
    """`key` is for programs that read the csv; `width` in characters."""

    key: str
    title: str
    width: int


@dataclass(frozen=True)
class Cell:
    """A number or words; `mark` follows a number that is not all that it seems, `note` says why."""

    value: Value
    decimals: int = 0
    mark: str = ""
    note: str = ""
    missing: bool = False

    @property
    def text(self) -> str:
        """As it is shown to people."""
        return self.value if isinstance(self.value, str) else f"{self.value:,.{self.decimals}f}{self.mark}"

    @property
    def plain(self) -> str:
        """As programs read it: a number has no mark and no thousands."""
        return self.value if isinstance(self.value, str) else f"{self.value:.{self.decimals}f}"


@dataclass(frozen=True)
class Remark:
    """Why a figure of `where` is as it is."""

    where: str
    what: str
    sentence: str


@dataclass(frozen=True)
class Form:
    """`rows` and `totals` have one cell for each of `columns`. `lines` stand under the title, `foot` under
    the table; `signatures` are lines to sign on."""

    title: str
    sheet: str
    remarks_sheet: str
    remarks_heads: tuple[str, str, str]
    lines: tuple[str, ...]
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    totals: tuple[tuple[Cell, ...], ...]
    remarks: tuple[Remark, ...]
    foot: tuple[str, ...]
    signatures: tuple[str, ...]

    @property
    def body(self) -> Sequence[tuple[Cell, ...]]:
        return (*self.rows, *self.totals)
