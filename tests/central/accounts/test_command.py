"""`python -m central users …` and `… audit verify`, beside a running centre or without one."""

import re
import sqlite3
from pathlib import Path

import pytest

import central
from central.__main__ import main

PLACES = Path(central.__file__).with_name("places.toml")
ONE_TIME = re.compile(r"one-time password (\S+)")


@pytest.fixture
def config(tmp_path: Path) -> Path:
    for name in ("ca.crt", "centre.crt", "centre.key"):
        (tmp_path / name).touch()
    file = tmp_path / "centre.toml"
    file.write_text(
        '[broker]\nhost = "127.0.0.1"\nport = 8883\nca = "ca.crt"\ncert = "centre.crt"\nkey = "centre.key"\n'
        f'[store]\nurl = "sqlite:centre.db"\n[places]\nfile = "{PLACES}"\n',
        encoding="utf-8",
    )
    return file


def run(config: Path, *words: str) -> int:
    return main([*words, "--config", str(config)])


def test_adding_listing_and_resetting(config: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(config, "users", "list") == 0
    assert "no accounts" in capsys.readouterr().out
    assert run(config, "users", "add", "chen", "--display", "陈", "--role", "main") == 0
    first = ONE_TIME.search(capsys.readouterr().out)
    words = ("users", "add", "li", "--display", "李", "--role", "branch", "--place", "mz-taiping-03")
    assert run(config, *words) == 0
    assert run(config, "users", "reset", "chen") == 0
    second = ONE_TIME.search(capsys.readouterr().out.splitlines()[-1])
    assert first and second and first[1] != second[1]
    assert run(config, "users", "list") == 0
    lines = capsys.readouterr().out.splitlines()
    assert re.fullmatch(r"chen +main +all places \(one-time password\)", lines[0])
    assert re.fullmatch(r"li +branch +mz-taiping-03 \(one-time password\)", lines[1])
    assert run(config, "audit", "verify") == 0
    assert "3 entries, unbroken" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("add", "x", "--display", "陈"), "账号名只能用小写字母"),
        (("add", "chen", "--display", "陈", "--place", "nowhere"), "没有这个网点编号：nowhere"),
        (("add", "chen", "--display", "陈", "--role", "branch"), "A branch needs at least one place"),
        (("reset", "nobody"), "There is no such account"),
    ],
)
def test_one_sentence_in_both_languages(
    config: Path, capsys: pytest.CaptureFixture[str], words: tuple[str, ...], sentence: str
) -> None:
    assert run(config, "users", *words) == 2
    said = capsys.readouterr()
    assert sentence in said.err and said.out == ""


def test_a_log_that_was_changed(config: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run(config, "users", "add", "chen", "--display", "陈")
    run(config, "users", "reset", "chen")
    run(config, "audit", "verify")
    head = capsys.readouterr().out.split()[-1]
    assert run(config, "audit", "verify", "--noted", head) == 0
    assert run(config, "audit", "verify", "--noted", "0" * 63 + "1") == 2
    assert "its end was cut off" in capsys.readouterr().err
    db = sqlite3.connect(config.with_name("centre.office.db"))
    db.execute("DROP TRIGGER audit_stays")
    db.execute("UPDATE audit SET actor = 'somebody else' WHERE seq = 2")
    db.commit()
    db.close()
    assert run(config, "audit", "verify") == 2
    assert "changed from entry 2 on" in capsys.readouterr().err
