"""Every word of `ils check`, against every dialect: people and scripts go by it."""

from pathlib import Path

import pytest

from tests.kiosk import ils_check_reports as reports


@pytest.mark.parametrize(("dialect", "tls"), reports.CASES, ids=[reports.name_of(*c) for c in reports.CASES])
def test_the_report_is_the_committed_one(dialect: str, tls: bool, tmp_path: Path) -> None:
    for file, text in reports.reported(dialect, tls, tmp_path).items():
        committed = (reports.FOLDER / file).read_text(encoding="utf-8")
        assert text == committed, f"{file} changed; python -m tests.kiosk.ils_check_reports writes it anew"
