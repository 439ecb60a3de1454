"""A monthly form as xlsx: numbers as numbers, heads that stay, what is missing in grey, why as comments and
on a second sheet. Prints on A4 across, its heads on every page. Read back with openpyxl.
"""

import io
from collections.abc import Mapping
from typing import Any

import xlsxwriter

from central.statistics.form import Cell, Form

A4 = 9
FONT = "Microsoft YaHei"
_BASE: Mapping[str, Any] = {"font_name": FONT, "font_size": 10, "border": 1, "valign": "vcenter"}
_COMMENT: Mapping[str, Any] = {"font_name": FONT, "font_size": 9, "x_scale": 2.2, "y_scale": 1.2}


def workbook(form: Form) -> bytes:
    out = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(out, options) as book:
        _Sheets(book, form).write()
    return out.getvalue()


class _Sheets:
    def __init__(self, book: Any, form: Form) -> None:
        self._book, self._form = book, form
        self._formats: dict[tuple[Any, ...], Any] = {}
        self._head = len(form.lines) + 1

    def write(self) -> None:
        form, last = self._form, len(self._form.columns) - 1
        sheet = self._book.add_worksheet(form.sheet)
        sheet.merge_range(
            0, 0, 0, last, form.title, self._format(bold=True, size=15, border=0, align="center")
        )
        for number, line in enumerate(form.lines, 1):
            sheet.merge_range(number, 0, number, last, line, self._format(border=0, align="center"))
        head = self._format(bold=True, bg_color="#E7EFED", align="center", text_wrap=True)
        for column, each in enumerate(form.columns):
            sheet.set_column(column, column, each.width)
            sheet.write_string(self._head, column, each.title, head)
        for number, row in enumerate(form.body, self._head + 1):
            for column, cell in enumerate(row):
                self._write_cell(sheet, number, column, cell, bold=number > self._head + len(form.rows))
        below = self._head + len(form.body) + 1
        for number, line in enumerate([*form.foot, "　　　　".join(form.signatures)], below):
            sheet.merge_range(number, 0, number, last, line, self._format(border=0, text_wrap=True))
        self._print_setup(sheet)
        self._remarks()

    def _write_cell(self, sheet: Any, row: int, column: int, cell: Cell, bold: bool) -> None:
        if isinstance(cell.value, str):
            look: dict[str, Any] = {"text_wrap": True}
            look |= {"font_color": "#7A7A7A", "align": "center"} if cell.missing else {}
            sheet.write_string(row, column, cell.value, self._format(bold=bold, **look))
        else:
            digits = "#,##0" + ("." + "0" * cell.decimals if cell.decimals else "")
            mark = f'"{cell.mark}"' if cell.mark else ""
            sheet.write_number(row, column, cell.value, self._format(bold=bold, num_format=digits + mark))
        if cell.note:
            sheet.write_comment(row, column, cell.note, dict(_COMMENT))

    def _print_setup(self, sheet: Any) -> None:
        sheet.freeze_panes(self._head + 1, 2)
        sheet.set_landscape()
        sheet.set_paper(A4)
        sheet.set_margins(left=0.4, right=0.4, top=0.5, bottom=0.6)
        sheet.fit_to_pages(1, 0)
        sheet.repeat_rows(self._head)
        sheet.set_footer("&C&P / &N")

    def _remarks(self) -> None:
        form = self._form
        sheet = self._book.add_worksheet(form.remarks_sheet)
        head = self._format(bold=True, bg_color="#E7EFED", align="center")
        for column, (width, title) in enumerate(zip((44, 18, 90), form.remarks_heads, strict=True)):
            sheet.set_column(column, column, width)
            sheet.write_string(0, column, title, head)
        wrapped = self._format(text_wrap=True)
        for number, remark in enumerate(form.remarks, 1):
            for column, text in enumerate((remark.where, remark.what, remark.sentence)):
                sheet.write_string(number, column, text, wrapped)
        sheet.freeze_panes(1, 0)
        sheet.set_landscape()
        sheet.set_paper(A4)
        sheet.fit_to_pages(1, 0)

    def _format(self, *, size: int = 10, **look: Any) -> Any:
        key = (size, *sorted(look.items()))
        if key not in self._formats:
            self._formats[key] = self._book.add_format({**_BASE, "font_size": size, **look})
        return self._formats[key]
