"""A live page that cannot be made says so in a sentence, and not in the error's own words."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]


@pytest.fixture(scope="module")
def answers(tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[int, str]]:
    command = [sys.executable, "-m", "tests.central.web.broken_page", str(tmp_path_factory.mktemp("house"))]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    return dict(json.loads(done.stdout.splitlines()[-1]))


@pytest.mark.parametrize(
    ("case", "said"),
    [
        ("store zh-CN", "中心暂时读不出数据"),
        ("store en", "cannot read its data"),
        ("fault zh-CN", "这个页面出错了"),
        ("fault en", "This page failed"),
    ],
)
def test_a_sentence_and_not_the_errors_own_words(
    answers: dict[str, tuple[int, str]], case: str, said: str
) -> None:
    status, text = answers[case]
    assert status == 500
    assert said in text
    assert "/secret" not in text and "Error" not in text
