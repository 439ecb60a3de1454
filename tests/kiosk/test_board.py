"""What the board tells of itself, and which alarms the journal keeps for the next start."""

from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from kiosk import ballast, condition
from kiosk.clock import Moment
from kiosk.flow.report_values import Alarm
from kiosk.journal import Journal, JournalError
from kiosk.reports import event_maker
from tests.kiosk.sip2.certificate import self_signed

NOON = Moment(datetime(2026, 11, 22, 12, 0, tzinfo=UTC), synced=True)
ALARMS = frozenset({"ils_unreachable", "paper_low"})


def opened(folder: Path) -> Journal:
    return Journal(folder / "journal.db", folder / "journal.key")


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[Journal]:
    with closing(opened(tmp_path)) as journal:
        yield journal


@dataclass
class Usage:
    free: int


# -- the board -------------------------------------------------------------------------------------------


def test_the_board_tells_when_its_certificate_ends(journal: Journal, tmp_path: Path) -> None:
    certificate, _ = self_signed(tmp_path)
    board = condition.board(journal, certificate)
    assert board.has_reserve
    assert board.certificate_ends is not None
    assert timedelta(hours=23) < board.certificate_ends - datetime.now(UTC) < timedelta(hours=25)


@pytest.mark.parametrize("content", [None, b"", b"-----BEGIN CERTIFICATE-----\nno\n"])
def test_a_certificate_that_cannot_be_read_ends_at_no_known_time(
    journal: Journal, tmp_path: Path, content: bytes | None
) -> None:
    file = tmp_path / "kiosk.crt"
    if content is not None:
        file.write_bytes(content)
    assert condition.board(journal, file).certificate_ends is None


def test_without_room_the_reserve_is_gone_until_there_is_room_again(
    journal: Journal, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    reserve = tmp_path / "journal.ballast"
    reserve.unlink()
    monkeypatch.setattr("shutil.disk_usage", lambda folder: Usage(free=ballast.SIZE))
    assert not journal.has_reserve() and not reserve.exists()
    monkeypatch.setattr("shutil.disk_usage", lambda folder: Usage(free=2 * ballast.SIZE))
    assert journal.has_reserve() and reserve.stat().st_size == ballast.SIZE


def test_a_disk_that_cannot_be_asked_has_no_room(
    journal: Journal, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(folder: Path) -> Usage:
        raise OSError(5, "Input/output error")

    (tmp_path / "journal.ballast").unlink()
    monkeypatch.setattr("shutil.disk_usage", fails)
    assert not journal.has_reserve()


# -- what was told ---------------------------------------------------------------------------------------


def test_alarms_that_hold_are_known_at_the_next_start(tmp_path: Path) -> None:
    with closing(opened(tmp_path)) as journal:
        assert journal.alarms() == frozenset()
        journal.set_alarms(ALARMS)
    with closing(opened(tmp_path)) as journal:
        assert journal.alarms() == ALARMS
        journal.set_alarms(frozenset())
        assert journal.alarms() == frozenset()


def test_an_alarm_is_kept_with_its_report_or_not_at_all(journal: Journal) -> None:
    with pytest.raises(JournalError), journal.one_commit():
        journal.tell(event_maker(Alarm("paper_low", "", raised=True)), NOON)
        journal.set_alarms(ALARMS)
        raise JournalError("the power went")
    assert journal.alarms() == frozenset() and journal.outbox_depth() == 0
