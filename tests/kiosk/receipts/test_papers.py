"""A receipt as it stands on paper 32 cells wide: only what is certain, nobody by name."""

from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest

from devices.escpos.protocol import Row, cells, lay_out
from devices.kinds import Emphasis, ReceiptLine
from kiosk.flow.ils_values import Account, LoanEntry, Reader
from kiosk.flow.operation import Hold, Ils, Operation, OpKind, SecurityValues, Why
from kiosk.flow.session import Language, Rules, Session
from kiosk.receipts import sample
from kiosk.receipts.library import load
from kiosk.receipts.papers import PHONE_BYTES, Paper, Papers, as_text

PAPERS = Papers(load())
COLUMNS = 32
READER = Reader("25240000010044", "陈演练")
LONG = "A Handbook of Pest and Disease Control for Rice, Sugar Cane and Tropical Fruit Trees 水稻甘蔗"


def op(op_id: int, kind: OpKind = OpKind.BORROW, title: str = "水浒传", **more: Any) -> Operation:
    values = {"ils": Ils.ACCEPTED, "done": True, "due": "2026-12-22"} | more
    return Operation(op_id, kind, f"3524000000{op_id:04}", title, (), SecurityValues(), **values)


def session(*ops: Operation, reader: Reader | None = READER) -> Session:
    return Session(
        Rules("麻章区图书馆太平村服务点"),
        local=datetime(2026, 11, 22, 14, 5),
        reader=reader,
        ops=ops,
        visit=tuple(one.op_id for one in ops),
    )


def paper(made: Session, language: Language = Language.ZH) -> list[str]:
    return on_paper(PAPERS.visit(replace(made, language=language)))


def on_paper(lines: tuple[ReceiptLine, ...], columns: int = COLUMNS) -> list[str]:
    rows = [row for row in lay_out(lines, columns) if isinstance(row, Row)]
    assert all(cells(row.text) <= (columns // 2 if row.title else columns) for row in rows)
    return [row.text for row in rows]


def test_a_loan_on_paper() -> None:
    assert paper(session(op(1), op(2, title="呐喊"))) == [
        "借书凭条",
        "麻章区图书馆太平村服务点",
        "2026-11-22 14:05",
        "读者                       陈*练",
        "证号              **********0044",
        "-" * 32,
        "《水浒传》",
        "35240000000001   应还 2026-12-22",
        "《呐喊》",
        "35240000000002   应还 2026-12-22",
        "-" * 32,
        "合计                        2 本",
        "可在全区任一图书馆、服务点归还。",
    ]


@pytest.mark.parametrize("language", Language)
def test_neither_name_nor_number_of_the_reader_stands_there(language: Language) -> None:
    text = "\n".join(paper(session(op(1)), language))
    assert READER.name not in text and READER.reader_id not in text and "陈*练" in text


@pytest.mark.parametrize("language", Language)
def test_a_long_title_is_wrapped_and_whole(language: Language) -> None:
    rows = paper(session(op(1, title=LONG)), language)
    assert LONG.replace(" ", "") in "".join(rows).replace(" ", "")


@pytest.mark.parametrize(
    "uncertain",
    [
        {"ils": Ils.UNKNOWN, "done": False},
        {"ils": Ils.SENT, "done": False},
        {"ils": Ils.REFUSED, "why": Why.BY_ILS},
        {"done": False},
    ],
    ids=["unknown", "sent", "refused", "tag not proven"],
)
def test_only_what_is_certain_is_printed(uncertain: dict[str, Any]) -> None:
    text = "\n".join(paper(session(op(1), op(2, title="呐喊", **uncertain))))
    assert "水浒传" in text and "呐喊" not in text and "1 本" in text


def test_what_was_done_offline_is_on_it_and_says_that_it_waits() -> None:
    queued = op(1, ils=Ils.QUEUED, done=False, due="")
    rows = paper(session(queued))
    assert rows[0] == "借书凭条" and any("1 本" in row for row in rows)
    assert any("待登记" in row for row in rows) and not any("应还" in row for row in rows)


def test_returns_without_a_card_name_nobody() -> None:
    rows = paper(session(op(1, OpKind.RETURN, due=""), reader=None))
    assert rows[0] == "还书凭条" and not [row for row in rows if "证号" in row or "读者" in row]
    assert any("已归还" in row for row in rows) and not any("应还" in row for row in rows)


def test_an_item_without_a_title_is_known_by_its_number() -> None:
    assert any("35240000000001" in row for row in paper(session(op(1, title=""))))


def test_operations_of_an_earlier_visit_are_not_on_it() -> None:
    made = replace(session(op(1), op(2, title="呐喊")), visit=(2,))
    assert "水浒传" not in "\n".join(paper(made))


@pytest.mark.parametrize(
    ("number", "masked"),
    [
        ("25240000010044", "**********0044"),
        ("12345678", "****5678"),
        ("1234567", "****567"),
        ("1234", "**34"),
        ("7", "*"),
        ("", ""),
    ],
)
def test_at_most_four_figures_and_half_of_a_number_are_shown(number: str, masked: str) -> None:
    made = session(op(1), reader=replace(READER, reader_id=number))
    lines = PAPERS.visit(replace(made, language=Language.EN))
    shown = [line.right for line in lines if line.left == "Card"]
    assert shown == ([masked] if masked else [""])


def test_the_slip_says_where_a_returned_book_is_to_go_and_hardly_for_whom() -> None:
    held = op(1, OpKind.RETURN, hold=Hold("太平分馆", "0017"))
    lines = PAPERS.slip(held, session(held, reader=None))
    text = "\n".join(on_paper(lines))
    assert lines[0].emphasis is Emphasis.TITLE
    assert "太平分馆" in text and "…0017" in text and "水浒传" in text


# -- other papers ------------------------------------------------------------------------------------------


def test_a_book_to_be_sent_home_names_the_place_and_nobody() -> None:
    sent = op(1, OpKind.RETURN, hold=Hold("太平分馆"))
    text = "\n".join(on_paper(PAPERS.slip(sent, session(sent))))
    assert "送往他馆" in text and "太平分馆" in text and "证号" not in text and "陈" not in text


def test_a_fee_agreed_to_stands_on_a_paper_of_its_own() -> None:
    rows = paper(session(op(1, fee="0.50 CNY", consented=True), op(2)))
    assert rows[0] == "借书凭条" and "费用凭条" in rows
    assert f"《水浒传》{'0.50 元':>21}" in rows


def test_the_account_on_paper() -> None:
    account = Account((LoanEntry("B1", "活着", "2026-12-22"),), holds_ready=("边城",), fee_total="1.20 CNY")
    rows = on_paper(PAPERS.account(replace(session(), account=account)))
    assert rows[0] == "我的借阅" and "陈*练" in rows[3]
    assert "《活着》" in rows and "在借                        1 本" in rows
    assert "预约到馆                《边城》" in rows and "待缴费用                 1.20 元" in rows


def test_an_account_that_is_not_known_is_no_paper() -> None:
    assert PAPERS.account(session()) == ()


@pytest.mark.parametrize("columns", [32, 42, 48])
@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize("paper", Paper)
def test_every_paper_fits_in_every_width(paper: Paper, language: Language, columns: int) -> None:
    lines = sample.lines(Papers(load(), sample.ACCOUNT_URL), paper, language)
    rows = on_paper(lines, columns)
    assert rows and not [row for row in rows if "{" in row]
    assert "陈演练" not in repr(lines) and "25240000010044" not in repr(lines)


def test_the_account_is_a_code_where_the_library_has_a_page_for_it() -> None:
    with_page = Papers(load(), "https://lib.example.cn/my").visit(session(op(1)))
    assert ReceiptLine("https://lib.example.cn/my", emphasis=Emphasis.QR) in with_page
    assert not [line for line in PAPERS.visit(session(op(1))) if line.emphasis is Emphasis.QR]


def test_a_second_copy_says_so_above_everything_else() -> None:
    first, second = PAPERS.visit(session(op(1))), PAPERS.visit(session(op(1)), copy=True)
    assert second[0] == ReceiptLine("重印 REPRINT", emphasis=Emphasis.TITLE) and second[1:] == first
    account = replace(session(), account=Account(()))
    assert PAPERS.account(account, copy=True)[0] == second[0]


# -- without paper -----------------------------------------------------------------------------------------


def test_the_text_for_a_telephone_has_the_words_of_the_paper() -> None:
    text = PAPERS.visit_text(session(op(1), op(2, title="呐喊")))
    assert text == as_text(PAPERS.visit(session(op(1), op(2, title="呐喊"))))
    assert text.splitlines()[:2] == ["借书凭条", "麻章区图书馆太平村服务点"]
    assert "应还 2026-12-22" in text and "---" not in text and READER.name not in text


@pytest.mark.parametrize("books", [1, 12, 20, 60])
def test_the_text_is_never_more_than_a_telephone_reads(books: int) -> None:
    ops = [op(n, title=LONG) for n in range(1, books + 1)]
    text = PAPERS.visit_text(session(*ops))
    assert len(text.encode()) <= PHONE_BYTES
    assert (LONG in text) == (books == 1)
    assert sum(one.item_id in text for one in ops) == books or text.endswith("……")
