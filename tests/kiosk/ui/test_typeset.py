"""Line breaking, with every character one wide."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.ui.typeset import break_lines


def broken(text: str, width: int, most_lines: int = 0, balanced: bool = False) -> list[str]:
    return break_lines(text, width, most_lines, len, balanced)


@pytest.mark.parametrize(
    ("text", "width", "lines"),
    [
        ("红楼梦", 5, ["红楼梦"]),
        ("把书放在台面上", 4, ["把书放在", "台面上"]),
        # no line begins with closing punctuation, none ends with opening punctuation
        ("请把书，放好", 3, ["请把", "书，放", "好"]),
        ("读《活着》吧", 2, ["读", "《活", "着》", "吧"]),
        ("Put your books on the pad", 10, ["Put your", "books on", "the pad"]),
        # what fits on no line falls apart rather than stick out
        ("ABCDEFGH", 3, ["ABC", "DEF", "GH"]),
        ("第一行\n第二行", 9, ["第一行", "第二行"]),
        ("", 5, [""]),
    ],
)
def test_lines_break_where_typography_allows(text: str, width: int, lines: list[str]) -> None:
    assert broken(text, width) == lines


def test_what_does_not_fit_ends_in_an_ellipsis() -> None:
    assert broken("新编农作物病虫害防治技术手册", 6, most_lines=2) == ["新编农作物病", "虫害防治技…"]


def test_latin_words_keep_their_spaces_when_shortened() -> None:
    assert broken("one two three four five", 9, most_lines=2) == ["one two", "three fo…"]


def test_balanced_text_breaks_after_a_clause() -> None:
    assert broken("确认后，把书带回家", 7, balanced=True) == ["确认后，", "把书带回家"]


def test_balanced_text_leaves_no_stray_character() -> None:
    assert broken("把书放在台面上", 6, balanced=True) == ["把书放在", "台面上"]


@given(st.text("红楼梦，。《》（ab c3-", max_size=40), st.integers(2, 12), st.integers(0, 3), st.booleans())
def test_no_line_is_too_long_and_nothing_is_lost(
    text: str, width: int, most_lines: int, balanced: bool
) -> None:
    lines = broken(text, width, most_lines, balanced)
    assert all(len(line) <= width for line in lines)
    if not most_lines:
        assert "".join("".join(lines).split()) == "".join(text.split())
    else:
        assert len(lines) <= most_lines
