"""Cuts the power of the unchanged journal: records what it asks of its disk, makes the disks that a power
failure between two acts could leave, opens each with the journal itself and looks for what is missing.

A disk is good when the journal opens it and holds exactly the state after the last acknowledged transaction,
or after the one under way: all that was promised, and nothing half. `python -m tests.crash.power` is the long
form; the failures of a journal made unsafe on purpose are in `test_power_cut.py`.
"""

import argparse
import sqlite3
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

from devices.kinds import DoorCount
from kiosk.clock import Moment
from kiosk.flow.operation import Ils, Operation, OpKind, SecurityValues, Step, TagSide, leave_to_repair
from kiosk.flow.report_values import BookReturned, LoanMade, Report
from kiosk.journal import Journal, JournalError
from kiosk.journal_rows import TABLES
from kiosk.reports import event_maker
from tests.crash.disk import Acknowledged, Act, Disk, Files, Loss, Recorder
from tests.crash.vfs import Vfs

NAME = "journal.db"
SHM_BYTES = 32 * 1024
SECOND_CUT_EVERY = 10
"""One image in so many has its power cut again while the journal recovers it."""
START = datetime(2026, 1, 1, tzinfo=UTC)
READER = "25240000010010"

Transaction = Callable[[Journal], None]
State = dict[str, list[Any]]


@dataclass(frozen=True)
class Recording:
    """`acts` in order; `states[n]` is the whole journal after transaction n (0: just opened)."""

    acts: Sequence[Act]
    states: Sequence[State]
    key: bytes


@dataclass(frozen=True)
class Fault:
    """An image that the journal cannot be trusted with."""

    acts_done: int
    loss: Loss
    what: str


# -- what a kiosk's day does to its journal ------------------------------------------------------------------


def a_day(operations: int) -> Iterator[Transaction]:
    """One transaction after the other, as the flow makes them; deterministic."""
    count = DoorCount(0, 0)
    for number in range(1, operations + 1):
        # hours apart, so that the retention time passes too
        moment = Moment(START + timedelta(hours=6 * number), synced=True)
        yield from _operation(number, moment)
        if number % 3 == 0:
            count = DoorCount(count.entries + 2, count.exits + 1)
            yield lambda journal, count=count, moment=moment: journal.store_door_count(count, moment)  # type: ignore[misc]
        if number % 5 == 0:
            yield lambda journal: journal.confirmed(journal.confirmed_up_to() + 3)
        if number % 7 == 0:
            yield lambda journal: journal.next_connection()  # type: ignore[return-value]
        if number % 11 == 0:
            yield lambda journal, n=number: journal.set_token_keys({"2026-01": f"{n:064x}"})  # type: ignore[misc]


def _operation(number: int, moment: Moment) -> Iterator[Transaction]:
    borrow = number % 2 == 1
    tag = TagSide(bytes.fromhex(f"E00401{number:010X}"), 0x07)
    op = Operation(
        op_id=number,
        kind=OpKind.BORROW if borrow else OpKind.RETURN,
        item_id=f"3524{number:010}",
        title="",
        tags=(tag,),
        security=SecurityValues(),
        reader_id=READER if borrow else None,
    )
    written = replace(tag, touched=True, written=0xC2)
    yield _recording(op, Step.INTENDED, moment)
    yield _recording(op := replace(op, ils=Ils.SENT), Step.SENT, moment)
    yield _recording(op := replace(op, ils=Ils.ACCEPTED, due="2026-02-01"), Step.ACCEPTED, moment)
    if number % 4 == 0:
        yield _recording(op := leave_to_repair(op), Step.TAG_TO_REPAIR, moment)
    else:
        yield _recording(op := replace(op, tags=(written,)), Step.TAG_WRITTEN, moment)
    report = LoanMade(number, op.due) if borrow else BookReturned(number)
    yield _recording(op := replace(op, reported=True), Step.REPORTED, moment, report)
    yield _recording(replace(op, done=True, reader_id=None), Step.DONE, moment)


def _recording(op: Operation, step: Step, moment: Moment, report: Report | None = None) -> Transaction:
    make = event_maker(report) if report else None
    return lambda journal: journal.record([op], step, moment, make)


# -- recording -------------------------------------------------------------------------------------------


def record(
    operations: int, unsafe: Callable[[Journal], None] = lambda journal: None, too_early: bool = False
) -> Recording:
    """`unsafe` spoils the journal just opened, `too_early` acknowledges before the commit: for proofs."""
    recorder, states = Recorder(), []
    with tempfile.TemporaryDirectory(dir=_fast_folder()) as folder, Vfs(recorder):
        path = Path(folder) / NAME
        with closing(Journal(path, path.with_suffix(".key"))) as journal:
            unsafe(journal)
            states.append(state_of(journal))
            recorder.acts.append(Acknowledged(0))
            for number, transaction in enumerate(a_day(operations), start=1):
                if too_early:
                    recorder.acts.append(Acknowledged(number))
                transaction(journal)
                states.append(state_of(journal))
                recorder.acts.append(Acknowledged(number))
        key = path.with_suffix(".key").read_bytes()
    return Recording(recorder.acts, states, key)


def state_of(journal: Journal) -> State:
    """Every row of every table."""
    return {name: [tuple(row.values()) for row in journal._db[name].rows] for name in TABLES}


# -- cutting ---------------------------------------------------------------------------------------------


def cut(recording: Recording, images: int, seed: int) -> Iterator[Fault | None]:
    """`images` power failures, each judged: None is a good one."""
    random = Random(seed)
    acts = len(recording.acts)
    disk, done = Disk(), 0
    with tempfile.TemporaryDirectory(dir=_fast_folder()) as folder:
        for moment in sorted(random.randint(1, acts) for _ in range(images)):
            for act in recording.acts[done:moment]:
                disk.do(act)
            done = moment
            loss = random.choice(list(Loss))
            image = disk.image(loss, random)
            examine = _examine_twice if random.randrange(SECOND_CUT_EVERY) == 0 else _examine
            what = examine(Path(folder), image, recording, disk.acknowledged, random)
            yield Fault(done, loss, what) if what else None


def _examine(folder: Path, image: Files, recording: Recording, acknowledged: int, random: Random) -> str:
    """What is wrong with this image; empty when nothing is."""
    _lay(folder, image, recording.key, random)
    return _open_and_compare(folder, recording, acknowledged)


def _examine_twice(
    folder: Path, image: Files, recording: Recording, acknowledged: int, random: Random
) -> str:
    """The power goes again while the journal is opened."""
    recorder = Recorder()
    _lay(folder, image, recording.key, random)
    with Vfs(recorder):
        what = _open_and_compare(folder, recording, acknowledged)
    disk = Disk(image)
    for act in recorder.acts[: random.randint(0, len(recorder.acts))]:
        disk.do(act)
    second = disk.image(random.choice(list(Loss)), random)
    return what or _examine(folder, second, recording, acknowledged, random)


def _lay(folder: Path, image: Files, key: bytes, random: Random) -> None:
    for old in folder.iterdir():
        old.unlink()
    for name, data in image.items():
        (folder / name).write_bytes(data)
    (folder / NAME).with_suffix(".key").write_bytes(key)
    if random.random() < 0.5:
        (folder / f"{NAME}-shm").write_bytes(random.randbytes(SHM_BYTES))


def _open_and_compare(folder: Path, recording: Recording, acknowledged: int) -> str:
    path = folder / NAME
    try:
        with closing(Journal(path, path.with_suffix(".key"))) as journal:
            state = state_of(journal)
            readers = {op.reader_id for op in journal.unfinished()}
            sound = journal._db.execute("PRAGMA integrity_check").fetchone()[0]
    except (JournalError, sqlite3.Error) as error:
        return f"cannot be opened: {error}"
    if sound != "ok":
        return f"damaged: {sound}"
    if readers - {READER, None}:
        return "a reader's number came back changed"
    return _missing(state, recording.states, acknowledged)


def _missing(state: State, states: Sequence[State], acknowledged: int) -> str:
    if acknowledged < 0:
        return "rows out of nowhere" if state["operations"] or state["outbox"] else ""
    allowed = states[acknowledged : acknowledged + 2]
    if state in allowed:
        return ""
    older = next((n for n, known in enumerate(states) if known == state), None)
    found = "something half done" if older is None else f"transaction {older}"
    return f"transaction {acknowledged} was acknowledged, the disk holds {found}"


def _fast_folder() -> str | None:
    return "/dev/shm" if Path("/dev/shm").is_dir() else None


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.crash.power", description=__doc__)
    parser.add_argument("--images", type=int, default=20_000)
    parser.add_argument("--operations", type=int, default=120)
    parser.add_argument("--seed", type=int, default=1)
    chosen = parser.parse_args()
    recording = record(chosen.operations)
    begun = time.monotonic()
    faults = [fault for fault in cut(recording, chosen.images, chosen.seed) if fault]
    for fault in faults[:10]:
        print(f"after act {fault.acts_done}, {fault.loss.value}: {fault.what}")
    print(
        f"power cuts: {chosen.images} images of {len(recording.acts)} disk acts in"
        f" {len(recording.states) - 1} transactions, {len(faults)} bad, seed {chosen.seed},"
        f" {time.monotonic() - begun:.0f} s"
    )
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
