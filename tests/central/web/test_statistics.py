"""The monthly form as page, workbook and csv, against each other and the report; closing; by hand."""

import csv
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from openpyxl import load_workbook

from central.accounts import audit
from central.accounts.audit import Wanted
from central.statistics.closing import Refusal, shown
from central.statistics.entries import Action
from central.statistics.figures import Cause, Item, Note
from central.statistics.opening import Standing
from central.web.statistics import desk_of
from central.web.statistics_form import ITEMS
from central.web.statistics_words import sentence
from central.web.texts import Language, Words
from central.web.words import TEXTS
from tests.central.heard import Kiosk
from tests.central.statistics.world import NEW, OCTOBER, PLACES, SILENT, WELL, ZONE, at, fill, lend
from tests.central.web.inside import House, Person, house

ZH, EN = Words(Language.CHINESE, ZONE), Words(Language.ENGLISH, ZONE)
NO_DATA = ("无数据", "未填报")


@pytest.fixture
def own(tmp_path: Path) -> Iterator[House]:
    with house(tmp_path) as made:
        fill(made.shell.board.store)
        yield made


@pytest.fixture(scope="module")
def reading(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """For tests that change nothing."""
    with house(tmp_path_factory.mktemp("statistics")) as made:
        fill(made.shell.board.store)
        yield made


@pytest.fixture(scope="module")
def boss(reading: House) -> Person:
    return reading.person("boss")


# -- reading the form back ---------------------------------------------------------------------------------


class Tables(HTMLParser):
    """The cells of the tables of a page."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tables: list[list[list[str]]] = []
        self._cell: list[str] | None = None
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: object) -> None:
        if tag == "table":
            self.tables.append([])
        elif tag == "tr":
            self.tables[-1].append([])
        elif tag in ("td", "th"):
            self._cell = []

    def handle_endtag(self, tag: str) -> None:
        if tag in ("td", "th") and self._cell is not None:
            self.tables[-1][-1].append("".join(self._cell).strip())
            self._cell = None

    def handle_data(self, data: str) -> None:
        if self._cell is not None:
            self._cell.append(data)


@dataclass(frozen=True)
class Read:
    """Heads, and rows of numbers or words, as read back from one of the three."""

    heads: list[str]
    rows: list[list[float | str]]


NUMBER = re.compile(r"(-?[\d,]+(?:\.\d+)?)(?:[*≈†]*)(?: \(\d+/\d+\))?")


def value(text: str) -> float | str:
    match = NUMBER.fullmatch(text)
    return float(match[1].replace(",", "")) if match else text


def from_page(person: Person, query: str) -> Read:
    table = Tables(person.get(f"/statistics/print?{query}").text).tables[0]
    return Read(table[0], [[value(cell) for cell in row] for row in table[1:]])


def from_csv(person: Person, query: str) -> Read:
    response = person.get(f"/statistics/form.csv?{query}")
    assert response.content.startswith(b"\xef\xbb\xbf"), "Excel needs it to open Chinese right"
    heads, *rows = csv.reader(io.StringIO(response.content.decode("utf-8-sig"), newline=""))
    return Read(heads[:-1], [[value(cell) for cell in row[:-1]] for row in rows])


def sheets(person: Person, query: str) -> Any:
    response = person.get(f"/statistics/form.xlsx?{query}")
    assert response.headers["content-type"].startswith("application/vnd.openxmlformats")
    return load_workbook(io.BytesIO(response.content))


def from_xlsx(person: Person, query: str) -> Read:
    sheet = sheets(person, query).worksheets[0]
    top = int(re.sub(r"\D", "", sheet.freeze_panes)) - 1
    heads = [cell.value for cell in sheet[top]]
    rows = []
    for cells in sheet.iter_rows(min_row=top + 1):
        if all(cell.border.left.style is None for cell in cells):
            break
        rows.append([_plain(cell) for cell in cells])
    return Read(heads, rows)


def _plain(cell: Any) -> float | str:
    if not isinstance(cell.value, int | float):
        return cell.value or ""
    decimals = 1 if ".0" in cell.number_format else 0
    return float(f"{cell.value:.{decimals}f}")


QUERIES = (
    "month=2026-10",
    "month=2026-10&scope=town:taiping",
    f"month=2026-10&scope=place:{NEW}",
    "month=2026-09",
)


@pytest.mark.parametrize("query", QUERIES)
def test_page_workbook_and_csv_are_the_same(boss: Person, query: str) -> None:
    page, workbook, text = (read(boss, query) for read in (from_page, from_xlsx, from_csv))
    assert page.heads == workbook.heads == text.heads
    assert page.rows == workbook.rows == text.rows
    assert sum(isinstance(cell, float) for row in page.rows for cell in row) > 5


def test_the_form_says_what_the_report_says(reading: House, boss: Person) -> None:
    found = desk_of(reading.shell).report(OCTOBER, PLACES.place)
    page = from_page(boss, "month=2026-10")
    columns = [page.heads.index(TEXTS[f"statistics_{item.value}"][0]) for item in ITEMS]
    assert len(page.rows) == len(found.rows) + len(found.groups)
    for row, cells in zip(found.rows, page.rows, strict=False):
        assert cells[1] == row.place.name
        for item, column in zip(ITEMS, columns, strict=True):
            amount = shown(item, row.figures[item])
            assert cells[column] == amount if amount is not None else cells[column] in NO_DATA


def test_a_place_is_called_as_the_plan_says(boss: Person) -> None:
    page = boss.get(f"/statistics/print?month=2026-10&scope=place:{NEW}").text
    assert "<h1>麻章区图书馆岭头村服务点业务统计月报表</h1>" in page
    for words in (
        "填报人",
        "审核人",
        "日期",
        "@page { size: A4 portrait",
        "counter(pages)",
        "10月12日 10:00 才接入",
    ):
        assert words in page
    branch = boss.get("/statistics/print?month=2026-10&scope=level:branch").text
    for name in ("麻章区图书馆麻章分馆", "麻章区图书馆湖光分馆", "麻章区图书馆太平分馆"):
        assert name in branch
    assert "size: A4 landscape" in branch


def test_a_workbook_tells_its_gaps(boss: Person) -> None:
    book = sheets(boss, "month=2026-10")
    sheet, remarks = book.worksheets
    assert (book.sheetnames, sheet.page_setup.paperSize, sheet.page_setup.orientation) == (
        ["月报表", "说明"], 9, "landscape",
    )  # fmt: skip
    comments = [cell.comment.text for row in sheet.iter_rows() for cell in row if cell.comment]
    assert any("进馆计数器 10月20日 08:00 至 10月22日 12:00 没有读数" in text for text in comments)
    said = {(row[0].value, row[1].value, row[2].value) for row in remarks.iter_rows(min_row=2)}
    assert ("岭头村", "进馆人次", "进馆计数器 10月20日 08:00 至 10月22日 12:00 没有读数") in said
    assert any("王村" in where and "10月18日 12:00 起失去联系" in why for where, _, why in said)


def test_a_csv_has_the_reasons_beside_the_numbers(boss: Person) -> None:
    text = boss.get("/statistics/form.csv?month=2026-10&scope=town:taiping").content.decode("utf-8-sig")
    rows = {row["网点"]: row for row in csv.DictReader(io.StringIO(text, newline=""))}
    assert rows["麻章区图书馆岭头村服务点"]["说明"].count("10月12日 10:00 才接入") == 1
    assert rows["麻章区图书馆东黄村服务点"]["进馆人次"].isdecimal()


def test_files_are_named_for_people(boss: Person) -> None:
    told = boss.get(f"/statistics/form.xlsx?month=2026-10&scope=place:{WELL}").headers["content-disposition"]
    assert quote("麻章区图书馆东黄村服务点业务统计月报表-2026-10.xlsx") in told


def test_in_english(reading: House) -> None:
    person = reading.person("reader")
    person.get("/language/en")
    page = from_page(person, "month=2026-10&scope=town:taiping")
    assert page.heads[2:4] == ["Visits", "Readers"]
    assert "no data" in page.rows[1]
    assert "Filled in by" in person.get("/statistics/print?month=2026-10").text


# -- who sees what -----------------------------------------------------------------------------------------


def test_a_branch_sees_its_own_places_only(reading: House) -> None:
    taiping = reading.person("taiping")
    rows = from_csv(taiping, "month=2026-10").rows
    assert [row[1] for row in rows[:1]] == ["麻章区图书馆东黄村服务点"] and len(rows) == 1
    response = taiping.get(f"/statistics/print?month=2026-10&scope=place:{NEW}")
    assert response.status_code == 422 and f"place:{NEW}" in response.text
    assert "岭头村" not in taiping.get("/statistics/print?month=2026-10&scope=all").text
    assert taiping.get(f"/statistics/entries/{NEW}").status_code == 403


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("month=2026-13", "月份“2026-13”无法识别"),
        ("month=<b>", "月份“&lt;b&gt;”无法识别"),
        ("month=2030-01", "2030-01 还没有到"),
        ("scope=place:nowhere", "没有这个范围，或不在您的网点之内：place:nowhere"),
        ("scope=planet", "没有这个范围"),
    ],
)
def test_what_does_not_exist_is_told_in_a_sentence(boss: Person, query: str, said: str) -> None:
    for path in ("print", "form.csv", "form.xlsx"):
        response = boss.get(f"/statistics/{path}?{query}")
        assert response.status_code == 422 and said in response.text


# -- closing and entering ----------------------------------------------------------------------------------


def test_closing_and_what_came_afterwards(own: House) -> None:
    boss, store = own.person("boss"), own.shell.board.store
    token = form_token(boss)
    closed = boss.post("/statistics/close", data={"form_token": token, "month": "2026-10"})
    assert (closed.status_code, closed.headers["location"]) == (303, "/statistics?month=2026-10")
    before = from_csv(boss, f"month=2026-10&scope=place:{SILENT}")
    late = Kiosk(f"{SILENT}.kiosk-1", f"i-{SILENT}")
    late.seq = next(
        c.confirmed.seq for c in store.confirmations() if c.confirmed.install_id == late.install_id
    )
    store.take([lend(late, at(10, 25, "16:00"), 99)])
    page = boss.get(f"/statistics/print?month=2026-10&scope=place:{SILENT}").text
    loans = next(row for row in before.rows if row[0] == "借出")[1]
    assert isinstance(loans, float)
    assert f">{loans + 1:.0f}*†</td>" in page and f"更正：原报 {loans:.0f}" in page
    assert "由 boss 结账" in page
    again = boss.post("/statistics/close", data={"form_token": token, "month": "2026-10"})
    assert again.status_code == 303
    once_more = boss.post("/statistics/close", data={"form_token": token, "month": "2026-10"})
    assert once_more.status_code == 409 and "没有变化" in once_more.text
    too_early = boss.post("/statistics/close", data={"form_token": token, "month": "2026-11"})
    assert too_early.status_code == 409 and "还没有结束" in too_early.text
    assert len(audit.entries(own.shell.office, Wanted(action=Action.CLOSE.value), 9)) == 2


def form_token(person: Person) -> str:
    found = re.search(r'name="form_token" value="([0-9a-f]+)"', person.get("/account").text)
    assert found is not None
    return found[1]


def test_only_the_main_library_closes(own: House) -> None:
    for name in ("taiping", "reader"):
        person = own.person(name)
        answer = person.post("/statistics/close", data={"form_token": form_token(person), "month": "2026-10"})
        assert answer.status_code == 403
    assert own.person("boss").post("/statistics/close", data={"month": "2026-10"}).status_code == 403
    assert desk_of(own.shell).closings.latest(OCTOBER) is None


def test_a_branch_enters_what_no_kiosk_counts(own: House) -> None:
    taiping, path = own.person("taiping"), f"/statistics/entries/{WELL}"
    page = f"{path}?month=2026-10"
    assert "新增图书" in taiping.get(page).text
    done = taiping.fill_in(page, path, month="2026-10", added="40", processed="", activities="1")
    assert done.status_code == 303
    cells = {row[0]: row[1] for row in from_csv(taiping, f"month=2026-10&scope=place:{WELL}").rows}
    assert (cells["新增图书（册）"], cells["加工量（册）"], cells["读者活动（场）"]) == (40, "未填报", 1)
    assert "taiping 于" in taiping.get(page).text
    bad = taiping.fill_in(page, path, month="2026-10", added="lots", processed="", activities="")
    assert bad.status_code == 422 and "新增图书（册）：请填 0 到 1,000,000 的整数" in bad.text
    assert 'value="lots"' in bad.text, "what was typed is still there"
    assert own.person("reader").get(page).status_code == 403


def test_everything_that_can_come_up_has_words() -> None:
    wanted = {f"statistics_cause_{cause.value}" for cause in Cause}
    wanted |= {f"statistics_{item.value}" for item in Item}
    wanted |= {f"statistics_{standing.value}" for standing in Standing}
    wanted |= {f"action_{action.value}" for action in Action} | {refusal.value for refusal in Refusal}
    assert wanted <= set(TEXTS)
    for cause in Cause:
        note = Note(cause, at(10, 1), at(10, 2), 3, "offline")
        assert "{" not in sentence(ZH, note) + sentence(EN, note)
