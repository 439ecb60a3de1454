"""The journal on its own: what is kept, what is forgotten, and a disk that is full, slow or failing."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from kiosk import ballast
from kiosk.clock import Moment
from kiosk.flow.operation import Ils, Operation, OpKind, SecurityValues, Step, TagSide, Why, refuse
from kiosk.flow.report_values import LoanMade
from kiosk.journal import Journal, JournalError
from kiosk.reports import event_maker
from tests.crash import vfs
from tests.crash.kiosk_server import BadDisk

READER = "25240000010010"
UID = bytes.fromhex("E004011EF48C772E")
NOON = Moment(datetime(2026, 11, 22, 12, 0, tzinfo=UTC), synced=True)


def later(days: float, synced: bool = True) -> Moment:
    return Moment(NOON.utc + timedelta(days=days), synced)


def a_loan(op_id: int = 1, **known: object) -> Operation:
    op = Operation(
        op_id, OpKind.BORROW, "35240000000035", "", (TagSide(UID, 0x07),), SecurityValues(), READER
    )
    return replace(op, **known)


def done(op: Operation) -> Operation:
    return replace(op, done=True, reported=True, reader_id=None)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "kiosk" / "journal.db"


def opened(path: Path, **options: int) -> Journal:
    return Journal(path, path.with_suffix(".key"), **options)


@pytest.fixture
def journal(path: Path) -> Iterator[Journal]:
    with closing(opened(path)) as journal:
        yield journal


def bytes_on_disk(path: Path) -> bytes:
    """The database and everything that SQLite keeps beside it."""
    return b"".join(file.read_bytes() for file in sorted(path.parent.glob("journal.db*")))


# -- what is kept ------------------------------------------------------------------------------------------


def test_an_operation_cut_short_comes_back_as_it_was(path: Path) -> None:
    loan = a_loan(ils=Ils.SENT)
    with closing(opened(path)) as journal:
        journal.record([loan], Step.SENT, NOON)
    with closing(opened(path)) as journal:
        assert journal.unfinished() == (loan,)


def test_a_later_step_changes_when_it_changed_and_not_when_it_began(path: Path) -> None:
    with closing(opened(path)) as journal:
        journal.record([a_loan()], Step.INTENDED, NOON)
        journal.record([a_loan(ils=Ils.SENT)], Step.SENT, later(1))
    with closing(sqlite3.connect(path)) as database:
        (row,) = database.execute("SELECT step, begun_at, changed_at FROM operations").fetchall()
    assert row == ("sent", "2026-11-22T12:00:00.000Z", "2026-11-23T12:00:00.000Z")


def test_the_readers_number_never_stands_on_the_disk_in_clear(path: Path) -> None:
    with closing(opened(path)) as journal:
        journal.record([a_loan()], Step.INTENDED, NOON)
        assert READER.encode() not in bytes_on_disk(path)
        assert journal.unfinished()[0].reader_id == READER
        journal.record([done(a_loan(ils=Ils.ACCEPTED))], Step.DONE, NOON)
        assert READER.encode() not in bytes_on_disk(path)


def test_even_its_cipher_is_gone_when_the_operation_is_done(path: Path) -> None:
    with closing(opened(path)) as journal:
        journal.record([a_loan()], Step.INTENDED, NOON)
        token = next(journal._db.query("SELECT reader FROM operations"))["reader"]
        assert token in bytes_on_disk(path)
        journal.record([done(a_loan(ils=Ils.ACCEPTED))], Step.DONE, NOON)
    assert token not in bytes_on_disk(path), "the log is folded into the database at the end"


def test_the_key_is_for_the_kiosks_user_only(journal: Journal, path: Path) -> None:
    assert path.with_suffix(".key").stat().st_mode & 0o077 == 0


def test_without_its_key_an_operation_is_still_settled_by_its_item(path: Path) -> None:
    with closing(opened(path)) as journal:
        journal.record([a_loan(ils=Ils.SENT)], Step.SENT, NOON)
    path.with_suffix(".key").unlink()
    with closing(opened(path)) as journal:
        (op,) = journal.unfinished()
    assert op.reader_id is None and op.item_id == "35240000000035"


def test_a_spoilt_key_is_one_clear_sentence(path: Path) -> None:
    opened(path).close()
    path.with_suffix(".key").write_bytes(b"")
    with pytest.raises(JournalError, match=r"journal\.key is no key .* put the right one back"):
        opened(path)


def test_a_journal_of_an_older_kiosk_is_taken_over(path: Path) -> None:
    opened(path).close()
    with closing(sqlite3.connect(path)) as database:
        database.execute("ALTER TABLE operations DROP COLUMN due_before")
    with closing(opened(path)) as journal:
        journal.record([a_loan()], Step.INTENDED, NOON)
        assert journal.unfinished() == (a_loan(),)


# -- repairs -----------------------------------------------------------------------------------------------


def test_a_listed_tag_stays_listed_until_it_is_proven_right(journal: Journal) -> None:
    listed = a_loan(1, ils=Ils.ACCEPTED, tags=(TagSide(UID, 0x07, to_repair=True),))
    journal.record([done(listed)], Step.DONE, NOON)
    refused = refuse(a_loan(2), Why.ILS_UNREACHABLE)
    journal.record([done(refused)], Step.DONE, NOON)
    assert journal.repairs() == ((UID, listed.item_id),), "it was never touched"
    mended = a_loan(3, ils=Ils.ACCEPTED, tags=(TagSide(UID, None, written=0xC2, proven=0xC2),))
    journal.record([done(mended)], Step.DONE, NOON)
    assert journal.repairs() == ()


# -- retention ---------------------------------------------------------------------------------------------


def test_what_was_done_long_ago_is_forgotten_and_its_number_is_not_given_out_again(path: Path) -> None:
    with closing(opened(path, keep_days=90)) as journal:
        journal.record([done(a_loan(1))], Step.DONE, NOON)
        journal.record([a_loan(2)], Step.INTENDED, NOON)
        journal.record([done(a_loan(3))], Step.DONE, later(1))
        journal.record([done(a_loan(4))], Step.DONE, later(89))
        assert journal.steps(1) == ("done",)
        journal.record([done(a_loan(5))], Step.DONE, later(90.5))
        assert journal.steps(1) == () and journal.steps(3) == ("done",)
        assert [op.op_id for op in journal.unfinished()] == [2], "however old, it is not settled"
        journal.record([a_loan(6)], Step.INTENDED, later(400))
        assert journal.steps(4) == () and journal.next_op() == 7
        journal.record([done(a_loan(6))], Step.DONE, later(800))
        journal.tell(event_maker(LoanMade(6, "")), later(801))
        assert journal.next_op() == 7


def test_a_clock_that_may_be_wrong_forgets_nothing(journal: Journal) -> None:
    journal.record([done(a_loan(1))], Step.DONE, NOON)
    journal.record([a_loan(2)], Step.INTENDED, later(4000, synced=False))
    assert journal.steps(1) == ("done",)


# -- bad disks ---------------------------------------------------------------------------------------------


@dataclass
class Bench:
    """A journal on a disk that the test spoils."""

    journal: Journal
    disk: BadDisk


@pytest.fixture
def bench(path: Path) -> Iterator[Bench]:
    disk = BadDisk()
    with vfs.Vfs(disk):
        journal = opened(path)
        yield Bench(journal, disk)
        disk.state = "good"
        journal.close()


@pytest.mark.parametrize(("state", "says"), [("full", "disk is full"), ("broken", "disk I/O error")])
def test_a_step_that_is_not_durable_is_an_error_and_undone(bench: Bench, state: str, says: str) -> None:
    bench.journal.record([a_loan()], Step.INTENDED, NOON)
    bench.disk.state = state
    with pytest.raises(JournalError, match=says):
        bench.journal.record([a_loan(ils=Ils.SENT)], Step.SENT, NOON, event_maker(LoanMade(1, "")))
    bench.disk.state = "good"
    assert bench.journal.steps(1) == ("intended",) and bench.journal.outbox_depth() == 0
    bench.journal.record([a_loan(ils=Ils.SENT)], Step.SENT, NOON)
    assert bench.journal.unfinished()[0].ils is Ils.SENT


def test_a_full_disk_gets_the_reserve_back_and_only_what_is_under_way_goes_on(
    bench: Bench, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    reserve = path.with_suffix(".ballast")
    assert reserve.stat().st_size == ballast.SIZE
    bench.journal.record([a_loan()], Step.INTENDED, NOON)
    bench.disk.state = "full"
    with pytest.raises(JournalError):
        bench.journal.record([a_loan(ils=Ils.SENT)], Step.SENT, NOON)
    assert not reserve.exists()
    bench.disk.state = "good"
    monkeypatch.setattr("shutil.disk_usage", lambda folder: Usage(free=ballast.SIZE))
    bench.journal.record([a_loan(ils=Ils.SENT)], Step.SENT, NOON)
    with pytest.raises(JournalError, match="the disk is full: free 4 MB and start the kiosk again"):
        bench.journal.record([a_loan(2)], Step.INTENDED, NOON)
    monkeypatch.setattr("shutil.disk_usage", lambda folder: Usage(free=2 * ballast.SIZE))
    bench.journal.record([a_loan(2)], Step.INTENDED, NOON)
    assert reserve.exists()


@dataclass
class Usage:
    free: int


@pytest.mark.parametrize("question", ["unfinished", "repairs", "outbox_depth", "next_op", "token_keys"])
def test_a_question_that_the_disk_cannot_answer_is_a_journal_error(path: Path, question: str) -> None:
    journal = opened(path)
    journal._db.execute("DROP TABLE facts")
    journal._db.execute("DROP TABLE operations")
    journal._db.execute("DROP TABLE repairs")
    journal._db.execute("DROP TABLE outbox")
    with pytest.raises(JournalError, match=r"journal\.db: no such table"):
        getattr(journal, question)()
    journal.close()


def test_a_folder_that_cannot_be_made_is_one_clear_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a folder")
    with pytest.raises(JournalError, match="cannot open the journal"):
        opened(tmp_path / "file" / "journal.db")


def test_a_file_that_is_no_database_is_one_clear_sentence(path: Path) -> None:
    path.parent.mkdir(parents=True)
    path.write_bytes(b"not SQLite at all" * 1000)
    with pytest.raises(JournalError, match="file is not a database"):
        opened(path)
