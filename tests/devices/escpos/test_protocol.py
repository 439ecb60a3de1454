"""Status bits from Epson's and Bixolon's DLE EOT tables; two-byte codes from GB/T 2312 and GBK."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devices.escpos.protocol import (
    Row,
    Symbol,
    cells,
    decode_status,
    encode_text,
    is_status,
    lay_out,
    plain_text,
)
from devices.kinds import Emphasis, PaperState, PrinterFault, PrinterStatus, PrinterTrouble, ReceiptLine

FINE = (0x12, 0x12, 0x12, 0x12)

STATUS = {
    "fine": (FINE, PrinterStatus(PaperState.OK)),
    "near end": ((0x12, 0x12, 0x12, 0x1E), PrinterStatus(PaperState.NEAR_END)),
    "paper out": ((0x1A, 0x32, 0x12, 0x7E), PrinterStatus(PaperState.OUT, offline=True)),
    "out, as the cause alone": (
        (0x1A, 0x32, 0x12, 0x12),
        PrinterStatus(PaperState.OUT, offline=True),
    ),
    "cover open": ((0x1A, 0x16, 0x12, 0x12), PrinterStatus(PaperState.OK, cover_open=True, offline=True)),
    "cutter": (
        (0x1A, 0x52, 0x1A, 0x12),
        PrinterStatus(PaperState.OK, cutter_error=True, offline=True),
    ),
    "head too hot": (
        (0x1A, 0x52, 0x52, 0x12),
        PrinterStatus(PaperState.OK, offline=True, fault=PrinterFault.RECOVERABLE),
    ),
    "broken": (
        (0x1A, 0x52, 0x32, 0x12),
        PrinterStatus(PaperState.OK, offline=True, fault=PrinterFault.UNRECOVERABLE),
    ),
    "broken, and the cutter too": (
        (0x1A, 0x52, 0x3A, 0x12),
        PrinterStatus(PaperState.OK, cutter_error=True, offline=True, fault=PrinterFault.UNRECOVERABLE),
    ),
    "an error of no kind": (
        (0x1A, 0x52, 0x12, 0x12),
        PrinterStatus(PaperState.OK, offline=True, fault=PrinterFault.RECOVERABLE),
    ),
    "waiting": (
        (0x3A, 0x12, 0x12, 0x12),
        PrinterStatus(PaperState.OK, offline=True, fault=PrinterFault.WAITING),
    ),
    "offline": ((0x1A, 0x12, 0x12, 0x12), PrinterStatus(PaperState.OK, offline=True)),
    "cash drawer signal": ((0x16, 0x12, 0x12, 0x12), PrinterStatus(PaperState.OK)),
    "someone feeds paper": ((0x12, 0x1A, 0x12, 0x12), PrinterStatus(PaperState.OK)),
}


@pytest.mark.parametrize(("answers", "status"), STATUS.values(), ids=STATUS)
def test_status(answers: tuple[int, int, int, int], status: PrinterStatus) -> None:
    assert all(map(is_status, answers))
    assert decode_status(answers) == status


@pytest.mark.parametrize("byte", [0x00, 0x11, 0x13, 0x92, 0xFF], ids="{:02X}".format)
def test_what_lacks_the_fixed_bits_is_no_status(byte: int) -> None:
    assert not is_status(byte)


TROUBLES = {
    "fine": None,
    "near end": PrinterTrouble.NEAR_END,
    "paper out": PrinterTrouble.PAPER_OUT,
    "cover open": PrinterTrouble.COVER_OPEN,
    "cutter": PrinterTrouble.CUTTER,
    "head too hot": PrinterTrouble.RECOVERABLE,
    "broken": PrinterTrouble.UNRECOVERABLE,
    "waiting": PrinterTrouble.WAITING,
    "offline": PrinterTrouble.OFFLINE,
}


@pytest.mark.parametrize(("state", "trouble"), TROUBLES.items(), ids=TROUBLES)
def test_staff_are_told_each_state_apart(state: str, trouble: PrinterTrouble | None) -> None:
    status = decode_status(STATUS[state][0])
    assert status.trouble is trouble
    assert status.can_print is (trouble in (None, PrinterTrouble.NEAR_END))


def test_every_trouble_is_some_states() -> None:
    assert set(TROUBLES.values()) == {None, *PrinterTrouble}


TEXT = {
    "啊": "1c 26 b0 a1",  # the first hanzi of GB/T 2312
    "：": "1c 26 a3 ba",  # python-escpos makes this a question mark
    "￥12": "1c 26 a3 a4 1c 2e 31 32",
    "ISBN": "1c 2e 49 53 42 4e",
    "還A": "1c 26 df 80 1c 2e 41",  # traditional, in GBK but not in GB/T 2312
}


@pytest.mark.parametrize(("text", "expected"), TEXT.items(), ids=TEXT)
def test_each_script_in_its_own_mode(text: str, expected: str) -> None:
    assert encode_text(text).hex(" ") == expected


@pytest.mark.parametrize("text", ["𠮷", "㐂", "é€", "한"])
def test_what_gbk_lacks_needs_an_image(text: str) -> None:
    assert Row(text).needs_image()


def test_every_gbk_character_goes_as_two_bytes_none_of_them_a_command() -> None:
    every = [chr(code) for code in range(0x80, 0x10000) if not Row(chr(code)).needs_image()]
    assert len(every) > 21_000
    for character in every:
        first, second = encode_text(character)[2:]
        assert first >= 0x81 and second >= 0x40


def test_width_in_cells() -> None:
    assert cells("三体 III") == 4 + 4
    assert cells("——") == 4, "the printer takes dashes from its Chinese font"
    assert cells("𠮷") == 2 and cells("é") == 2 and cells("ñ") == 1
    assert cells("e\u0301") == 1, "a combining accent has no cell of its own"


def texts(line: ReceiptLine, columns: int = 32) -> list[str]:
    return [row.text for row in lay_out((line,), columns)]


@pytest.mark.parametrize("columns", [32, 42, 48])
def test_left_and_right_meet_the_margins(columns: int) -> None:
    (row,) = texts(ReceiptLine("三体", "2022-07-31"), columns)
    assert cells(row) == columns
    assert row.startswith("三体 ") and row.endswith(" 2022-07-31")


def test_right_stands_below_where_there_is_no_room() -> None:
    assert texts(ReceiptLine("一二三四五六七八九十甲", "2022-07-31")) == [
        "一二三四五六七八九十甲",
        " " * 22 + "2022-07-31",
    ]


def test_right_stands_beside_the_last_row_of_a_long_left() -> None:
    assert texts(ReceiptLine("A Brief History of Time and more", "07-31"), 20) == [
        "A Brief History of",
        "Time and more  07-31",
    ]


def test_right_alone() -> None:
    assert texts(ReceiptLine("", "4 册"), 32) == [" " * 28 + "4 册"]
    assert texts(ReceiptLine("", "12345678"), 8) == ["12345678"]


def test_punctuation_stays_with_its_character() -> None:
    assert texts(ReceiptLine("一二三四，《五六》"), 8) == ["一二三", "四，《五", "六》"]


def test_a_word_wider_than_the_paper_is_broken() -> None:
    assert texts(ReceiptLine("0123456789"), 4) == ["0123", "4567", "89"]


def test_title_rule_and_blank() -> None:
    title = ReceiptLine("麻章区图书馆太平村服务点", emphasis=Emphasis.TITLE)
    assert lay_out((title,), 32) == (Row("麻章区图书馆太平", title=True), Row("村服务点", title=True))
    assert texts(ReceiptLine(emphasis=Emphasis.RULE), 42) == ["-" * 42]
    assert texts(ReceiptLine()) == [""]


def test_no_control_character_passes() -> None:
    assert texts(ReceiptLine("书\x1b@\n\x1dV\x00\x85名", "¥1")) == ["书 @  V  名" + " " * 18 + "￥1"]


@given(st.text(max_size=80), st.text(max_size=40), st.sampled_from(Emphasis), st.sampled_from((32, 42, 48)))
def test_nothing_is_wider_than_the_paper_and_nothing_is_lost(
    left: str, right: str, emphasis: Emphasis, columns: int
) -> None:
    rows = lay_out((ReceiptLine(left, right, emphasis),), columns)
    assert rows
    if emphasis is Emphasis.QR:
        assert rows == (Symbol(left),)
        return
    assert all(cells(row.text) <= (columns // 2 if row.title else columns) for row in rows)
    if emphasis is not Emphasis.RULE:
        printed = "".join(row.text for row in rows)
        assert [c for c in printed if c.isalnum()] == [c for c in left + right if c.isalnum()]


def test_a_printer_without_a_chinese_font_gets_pictures_of_chinese_only() -> None:
    assert Row("书").needs_image(chinese_font=False) and not Row("ISBN").needs_image(chinese_font=False)


def test_in_the_middle_and_as_plain_text() -> None:
    lines = (
        ReceiptLine("借书", emphasis=Emphasis.TITLE),
        ReceiptLine("谢谢", emphasis=Emphasis.CENTRED),
        ReceiptLine("https://x", emphasis=Emphasis.QR),
    )
    assert plain_text(lines, 20) == "        借书\n        谢谢\n   [QR https://x]\n"
