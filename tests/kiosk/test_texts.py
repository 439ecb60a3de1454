"""Every English sentence of the screens has its Chinese one, with the same values in it."""

import ast
import string
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

import kiosk
from devices.kinds import PrinterTrouble
from kiosk import texts, wording
from kiosk.flow.session import Language

FOLDER = Path(kiosk.__file__).parent
SOURCES = ["view.py", "view_account.py", "view_books.py", "view_parts.py", "view_staff.py"]


STAFF_TABLES: tuple[Mapping[Any, str], ...] = (
    wording.DEVICE, wording.WHERE, wording.WAY, wording.CONDITION_ADVICE
)  # fmt: skip
CONDITIONS = (("Works",), tuple(wording.CONDITION_ADVICE))


def said() -> set[str]:
    """What the sources give to `say(…)`, and to `say.many(…)` for the number that Chinese has."""
    found = set()
    for name in SOURCES:
        for node in ast.walk(ast.parse((FOLDER / name).read_text(encoding="utf-8"))):
            match node:
                case ast.Call(ast.Name("say"), [ast.Constant(sentence), *_]):
                    found.add(sentence)
                case ast.Call(ast.Attribute(attr="many"), [_, ast.Constant(sentence), *_]):
                    found.add(sentence)
    found |= {text for text, _ in (*wording.STANDING.values(), *wording.HINT.values())}
    found |= {text for pair in wording.BLOCK.values() for text in pair} | set(wording.WHY.values())
    found |= {text for pair in wording.REFUSAL.values() for text in pair} | set(wording.WORKING.values())
    found |= {text for table in STAFF_TABLES for text in table.values()}
    found |= {text for words in (*wording.SELF_TEST.values(), *CONDITIONS) for text in words}
    found |= {text for text, _ in wording.TEST_PAGE.values()}
    found |= {trouble.value for trouble in PrinterTrouble}
    found |= {t for m in wording.MESSAGE.values() for t in (m.title, m.text, m.advice)}
    return found | set(wording.NOT_DONE.values()) | {more for _, more in wording.DONE.values()}


def values_in(sentence: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(sentence) if name}


@pytest.mark.parametrize("sentence", sorted(said()))
def test_every_sentence_is_translated_with_its_values(sentence: str) -> None:
    chinese = texts._catalogue(texts.LOCALE, Language.ZH)
    assert sentence in chinese
    assert values_in(chinese[sentence]) == values_in(sentence)


def test_nothing_is_translated_that_nobody_says() -> None:
    assert set(texts._catalogue(texts.LOCALE, Language.ZH)) - said() == set()


@pytest.mark.parametrize(
    ("name", "shown"),
    [("张小三", "张*三"), ("李四", "李*"), ("王", "王*"), ("Ann Smith", "A*******h"), ("", "")],
)
def test_names_are_masked(name: str, shown: str) -> None:
    assert wording.masked(name) == shown
