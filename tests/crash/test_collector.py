"""Ten kills of collectors, and the judge himself: `make crash-centre` does the many."""

from pathlib import Path

from central.store import opened
from tests.central.heard import Kiosk
from tests.crash.collector import judged, play


def test_ten_kills_lose_nothing_and_double_nothing(tmp_path: Path) -> None:
    outcome = play(10, seed=1, folder=tmp_path)
    assert outcome.findings == []
    assert (outcome.kills, outcome.broker) == (10, 1)
    assert outcome.events > 350
    assert "Traceback" not in (tmp_path / "collectors.log").read_text(encoding="utf-8")


def test_the_judge_sees_what_is_lost_and_what_is_counted_twice(tmp_path: Path) -> None:
    url = f"sqlite:{tmp_path / 'centre.db'}"
    store, kiosk = opened(url), Kiosk()
    store.take([kiosk.loan() for _ in range(5)])
    assert judged(url, {"i-1": 5}) == []
    assert any(finding.startswith("lost: [('i-1', 6)]") for finding in judged(url, {"i-1": 6}))
    assert any(finding.startswith("never told") for finding in judged(url, {"i-1": 4}))
    with store.database.transaction() as writing:  # type: ignore[attr-defined]
        writing.execute("UPDATE days SET events = events + 1, amount = amount + 1")
    assert [finding for finding in judged(url, {"i-1": 5}) if finding.startswith("counted 6 of 5")]
    assert store.event_count() == 5, "and the judge has it counted anew"
    store.close()
