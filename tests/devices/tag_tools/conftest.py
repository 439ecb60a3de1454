"""A reader with a pad for every test, and the tools to be run on it."""

import sys
from collections.abc import Callable, Iterator
from io import StringIO
from pathlib import Path

import pytest

from devices.__main__ import main
from tests.devices.tag_tools.bench import Bench, Tool


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    bench = Bench(tmp_path)
    with bench.link:
        yield bench


@pytest.fixture
def tool(bench: Bench, capsys: pytest.CaptureFixture[str]) -> Tool:
    """Run `tag ACTION --port …`; gives exit status, standard output and standard error."""

    def run(action: str, *words: str) -> tuple[int, str, str]:
        status = main(["tag", action, "--port", bench.port, "--model", "feig_obid", *words])
        printed = capsys.readouterr()
        return status, printed.out, printed.err

    return run


@pytest.fixture
def answer(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Somebody sits at the terminal and will answer so."""

    class Terminal(StringIO):
        def isatty(self) -> bool:
            return True

    return lambda text: monkeypatch.setattr(sys, "stdin", Terminal(text + "\n"))
