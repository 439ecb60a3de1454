"""The lines of [staff] that the tool writes let in whom they were written for."""

import tomllib

import pytest

from kiosk import staff_cli
from kiosk.config_tables import Staff


def test_its_lines_let_in_that_card_and_that_code(capsys: pytest.CaptureFixture[str]) -> None:
    arguments = ["--salt", "mazhang-qu", "--card", "04a1b2c3", "--code"]
    assert staff_cli.main(arguments, ask=lambda prompt: "246810") == 0
    written = capsys.readouterr().out
    rules = Staff(**tomllib.loads(written)["staff"]).rules
    assert rules.is_card("04A1B2C3")
    assert rules.is_code("246810")
    assert not rules.is_card("246810")
    assert not rules.is_code("246811")
    assert "246810" not in written


@pytest.mark.parametrize(
    ("arguments", "code", "sentence"),
    [
        (["--salt", "short", "--code"], "246810", "8 printable characters"),
        (["--salt", "mazhang-qu"], "", "nothing to do"),
        (["--salt", "mazhang-qu", "--card", "reader 7"], "", "uid in hexadecimal"),
        (["--salt", "mazhang-qu", "--code"], "1234", "6 to 8 figures"),
    ],
)
def test_what_makes_no_sense_is_one_sentence(
    arguments: list[str], code: str, sentence: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert staff_cli.main(arguments, ask=lambda prompt: code) == 2
    assert sentence in capsys.readouterr().err
