"""A receipt as it stands on paper 32 cells wide: only what is certain, nobody by name."""

from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest

from devices.escpos.protocol import cells, lay_out
from devices.kinds import Emphasis
from kiosk import receipt, texts
from kiosk.flow.events import Reader
from kiosk.flow.operation import Hold, Ils, Operation, OpKind, SecurityValues, Why
from kiosk.flow.session import Language, Rules, Session

TEXTS = texts.load()
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
    rows = lay_out(receipt.lines(made, TEXTS[language]), COLUMNS)
    assert all(cells(row.text) <= (COLUMNS // 2 if row.title else COLUMNS) for row in rows)
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
    [line] = [line for line in receipt.lines(made, TEXTS[Language.EN]) if line.left == "Card"]
    assert line.right == masked


def test_the_slip_says_where_a_returned_book_is_to_go_and_hardly_for_whom() -> None:
    held = op(1, OpKind.RETURN, hold=Hold("太平分馆", "0017"))
    lines = receipt.slip(held, session(held, reader=None), TEXTS[Language.ZH])
    text = "\n".join(row.text for row in lay_out(lines, COLUMNS))
    assert lines[0].emphasis is Emphasis.TITLE
    assert "太平分馆" in text and "…0017" in text and "水浒传" in text
