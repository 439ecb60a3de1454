"""The syntax of templates, and what is said of a slip of the pen in one."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devices.kinds import Emphasis, ReceiptLine
from kiosk.flow.session import Language
from kiosk.receipts.__main__ import main
from kiosk.receipts.library import load
from kiosk.receipts.papers import Paper
from kiosk.receipts.template import Names, TemplateError, parse

NAMES = Names(frozenset({"place", "due"}), {"book": frozenset({"title"})})
VALUES = {"place": "太平村", "due": "", "book": [{"title": "活着"}, {"title": "边城"}]}


def filled(text: str) -> list[ReceiptLine]:
    return list(parse(text, NAMES, "x.txt").fill(VALUES))


LINES = {
    "plain": ("欢迎", ReceiptLine("欢迎")),
    "a value": ("在{place}借", ReceiptLine("在太平村借")),
    "two sides": ("地点 | {place}", ReceiptLine("地点", "太平村")),
    "right alone": ("| {place}", ReceiptLine("", "太平村")),
    "title": ("= {place}", ReceiptLine("太平村", emphasis=Emphasis.TITLE)),
    "middle": ("^ 谢谢", ReceiptLine("谢谢", emphasis=Emphasis.CENTRED)),
    "rule": ("---", ReceiptLine(emphasis=Emphasis.RULE)),
    "code": ("qr: https://x/{place}", ReceiptLine("https://x/太平村", emphasis=Emphasis.QR)),
    "braces": ("{{place}}", ReceiptLine("{place}")),
    "empty": ("", ReceiptLine()),
}


@pytest.mark.parametrize(("line", "expected"), LINES.values(), ids=LINES)
def test_a_line(line: str, expected: ReceiptLine) -> None:
    assert filled(line + "\n") == [expected]


def test_remarks_are_not_printed() -> None:
    assert filled("# 给馆员看的\n一") == [ReceiptLine("一")]


def test_once_for_each_and_values_of_outside_are_seen_inside() -> None:
    lines = filled("{each book}\n{title} | {place}\n{end}\n完")
    assert lines == [ReceiptLine("活着", "太平村"), ReceiptLine("边城", "太平村"), ReceiptLine("完")]


def test_a_value_that_is_empty_is_no() -> None:
    assert filled("{if due}\n应还\n{else}\n无\n{end}") == [ReceiptLine("无")]
    assert filled("{if place}\n{if due}\n一\n{end}\n二\n{end}") == [ReceiptLine("二")]


MISTAKES = {
    "unknown value": ("一\n{plaec}", "x.txt, line 2: unknown name 'plaec', expected one of: due, place"),
    "unknown in a condition": (
        "{if name}\n{end}",
        "x.txt, line 1: unknown name 'name', expected one of: due, place",
    ),
    "unknown list": ("{each card}\n{end}", "x.txt, line 1: unknown name 'card', expected one of: book"),
    "of a book, outside": ("{title}", "x.txt, line 1: unknown name 'title', expected one of: due, place"),
    "no end": ("{if due}\n一", "x.txt, line 2: {end} is missing for the block of line 1"),
    "end alone": ("一\n{end}", "x.txt, line 2: {end} without a block that it ends"),
    "else alone": ("{else}", "x.txt, line 1: {else} without a block that it ends"),
    "else of each": (
        "{each book}\n{else}\n{end}",
        "x.txt, line 2: {else} where {end} was expected for the block of line 1",
    ),
    "a lone brace": ("一\n\n{ 一", "x.txt, line 3: a lone {: expected {name}, or {{ to print a brace"),
}


@pytest.mark.parametrize(("text", "message"), MISTAKES.values(), ids=MISTAKES)
def test_a_slip_of_the_pen_is_told_with_its_line(text: str, message: str) -> None:
    with pytest.raises(TemplateError) as mistake:
        filled(text)
    assert str(mistake.value) == message


@given(
    st.lists(
        st.sampled_from(["{if due}", "{each book}", "{else}", "{end}", "{title}", "= {place}", "{", "一|二"])
    )
)
def test_any_text_is_a_template_or_a_mistake_with_a_line(lines: list[str]) -> None:
    try:
        assert all(isinstance(line, ReceiptLine) for line in filled("\n".join(lines)))
    except TemplateError as mistake:
        assert str(mistake).startswith("x.txt, line ")


# -- a library's own ---------------------------------------------------------------------------------------


def test_a_librarys_own_template_takes_the_place_of_the_shipped_one(tmp_path: Path) -> None:
    (tmp_path / "return.zh_CN.txt").write_text("\ufeff= 谢谢您还书\n", encoding="utf-8")
    own, shipped = load(tmp_path), load()
    changed = {key for key in shipped if own[key] != shipped[key]}
    assert changed == {(Paper.RETURN, Language.ZH)}


WRONG = {
    "unknown name": ("borow.zh_CN.txt", "一".encode(), "borow.zh_CN.txt: no paper has that name"),
    "not UTF-8": (
        "borrow.zh_CN.txt",
        "书站".encode("gb18030"),
        "borrow.zh_CN.txt: .* expected text in UTF-8",
    ),
    "a mistake": ("borrow.zh_CN.txt", b"{nmae}", "borrow.zh_CN.txt, line 1: unknown name 'nmae'"),
}


@pytest.mark.parametrize(("name", "content", "message"), WRONG.values(), ids=WRONG)
def test_what_cannot_be_used_is_told_by_its_file(
    name: str, content: bytes, message: str, tmp_path: Path
) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(TemplateError, match=message):
        load(tmp_path)


def test_a_folder_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(TemplateError, match="expected a folder"):
        load(tmp_path / "nowhere")


def test_a_template_can_be_looked_at(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["borrow", "--columns", "42"]) == 0
    shown = capsys.readouterr().out.splitlines()
    assert shown[0] == "borrow.zh_CN.txt" and shown[1] == "+" + "-" * 42 + "+"
    assert "合计                                  3 本" in shown


def test_looking_at_a_wrong_one_says_what_is_wrong(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "code.en.txt").write_text("{end}", encoding="utf-8")
    assert main(["--folder", str(tmp_path)]) == 1
    assert capsys.readouterr().err.strip().endswith("code.en.txt, line 1: {end} without a block that it ends")
