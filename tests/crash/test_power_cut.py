"""Power cuts of the kiosk's journal, short form; and the proof that the check finds a journal that is unsafe.

The long form is `make crash`. Expectation taken from the SQLite documentation: WAL with synchronous=FULL
loses nothing acknowledged; NORMAL and OFF do; a rollback journal does with FULL and does not with EXTRA,
since only EXTRA syncs the folder after the journal was deleted.
"""

from collections.abc import Callable

import pytest

from kiosk.journal import Journal
from tests.crash import power
from tests.crash.disk import Acknowledged, Created, Disk, Loss, Opened, Sync, Write

IMAGES = 300
OPERATIONS = 40


def pragma(*settings: str) -> Callable[[Journal], None]:
    def spoil(journal: Journal) -> None:
        for setting in settings:
            journal._db.execute(f"PRAGMA {setting}")

    return spoil


def faults(recording: power.Recording, images: int = IMAGES) -> list[power.Fault]:
    return [fault for fault in power.cut(recording, images, seed=1) if fault]


def test_nothing_acknowledged_is_lost_and_nothing_is_half_done() -> None:
    recording = power.record(OPERATIONS)
    kinds = {type(act) for act in recording.acts}
    assert {Created, Opened, Write, Sync, Acknowledged} <= kinds, "the disk was watched"
    assert any(isinstance(act, Write) and act.name == power.NAME for act in recording.acts), "a checkpoint"
    assert faults(recording) == []


@pytest.mark.parametrize(
    "settings",
    [("synchronous=NORMAL",), ("synchronous=OFF",), ("journal_mode=DELETE", "synchronous=FULL")],
    ids=["normal", "off", "rollback journal"],
)
def test_an_unsafe_journal_is_found_out(settings: tuple[str, ...]) -> None:
    assert len(faults(power.record(OPERATIONS, pragma(*settings)))) > IMAGES // 20


def test_a_step_acknowledged_before_its_commit_is_found_out() -> None:
    assert len(faults(power.record(OPERATIONS, too_early=True))) > IMAGES // 20


def test_a_rollback_journal_whose_folder_is_synced_loses_nothing() -> None:
    """The other way round: the check does not cry wolf over a safe setting that is not ours."""
    assert faults(power.record(OPERATIONS, pragma("journal_mode=DELETE", "synchronous=EXTRA"))) == []


@pytest.mark.parametrize(
    ("loss", "left"),
    [(Loss.DROPPED, {}), (Loss.KEPT, {"a": b"new", "b-wal": b"\0log"})],
)
def test_a_disk_keeps_only_what_was_synced(loss: Loss, left: dict[str, bytes]) -> None:
    disk = Disk()
    for act in (Created("a"), Write("a", 0, b"new"), Created("b-wal"), Write("b-wal", 1, b"log")):
        disk.do(act)
    assert disk.image(loss, power.Random(1)) == left


def test_a_name_persists_with_its_folder_and_contents_with_their_sync() -> None:
    disk = Disk({"a": b"old"})
    for act in (
        Write("a", 0, b"new"),
        Created("b-wal"),
        Opened("b-wal"),
        Sync("b-wal"),
        Write("b-wal", 0, b"x"),
    ):
        disk.do(act)
    assert disk.image(Loss.DROPPED, power.Random(1)) == {"a": b"old", "b-wal": b""}
