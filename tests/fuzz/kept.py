"""What a kiosk and a counter node keep for themselves, after a disk lost bits of it."""

import io
import tempfile
from contextlib import closing, redirect_stderr, redirect_stdout
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

from broker_config import lists as promised
from devices.kinds import DoorCount
from kiosk import journal_cli
from kiosk.clock import Moment
from kiosk.copy import CopyError, LocalCopy
from kiosk.flow.operation import Ils, Step
from kiosk.journal import Journal, JournalError
from kiosk.journal_rows import from_row, to_row
from kiosk.kept import Kept, KeptFile
from kiosk.visits import Reading
from tests.devices.door_counter.test_ledger import firmware
from tests.fuzz.engine import Target
from tests.fuzz.files import in_a_file
from tests.fuzz.inputs import chance_of, mutations_of, scripts
from tests.kiosk.test_config import GOOD as KIOSK
from tests.kiosk.test_journal import a_loan, done

_AT = "2026-11-22T03:04:05.678Z"
NOON = Moment(datetime(2026, 11, 22, 12, 0, tzinfo=UTC), synced=True)
_DAMAGE = (ValueError, TypeError, KeyError, AttributeError, RecursionError)
"""What `kiosk.journal_database.taken_apart` makes one sentence of."""

keeping = firmware("keeping")


def _kept(path: Path) -> bool:
    """Nothing kept is no reason not to serve."""
    return KeptFile(path).now != Kept()


def _reading(data: bytes) -> bool:
    reading = Reading.from_json(data.decode("utf-8", "replace"))
    kept = reading.to_json()
    assert Reading.from_json(kept).to_json() == kept
    return True


def _row(data: bytes) -> bool:
    """A row of which one field came back as something else."""
    row: dict[str, Any] = {**to_row(a_loan(ils=Ils.SENT))}
    name, _, value = data.partition(b"=")
    row[name.decode("utf-8", "replace")] = value.decode("utf-8", "replace")
    from_row(row, None)
    return True


_FIELDS = [f"{name}={value}".encode() for name, value in to_row(a_loan(ils=Ils.SENT)).items()]
_READING = Reading(DoorCount(7, 3, doubts=1), NOON).to_json().encode()
_KEY = b"Zm9yIHRlc3RzIG9ubHksIG5vIHNlY3JldCBhdCBhbGw="


@cache
def _journal_file() -> bytes:
    """A journal with operations done and under way, as a power cut leaves it once it was opened again."""
    with tempfile.TemporaryDirectory() as folder:
        path = _beside_a_key(Path(folder), b"")
        with closing(Journal(path, path.with_suffix(".key"))) as journal:
            journal.record([a_loan(1, ils=Ils.SENT)], Step.SENT, NOON)
            journal.record([done(a_loan(2, ils=Ils.ACCEPTED))], Step.DONE, NOON)
            journal.set_alarms(frozenset({"paper_out"}))
            journal.set_card_keys({"21fe31df": "0a" * 32})
        return path.read_bytes()


def _beside_a_key(folder: Path, database: bytes) -> Path:
    """With its reserve laid: two megabytes for each input would test the disk alone."""
    path = folder / "journal.db"
    path.with_suffix(".key").write_bytes(_KEY)
    path.with_suffix(".ballast").touch()
    if database:
        path.write_bytes(database)
    return path


def _worn(whole: bytes, script: bytes) -> bytes:
    """Bits that an old memory card lost."""
    chance, worn = chance_of(script), bytearray(whole)
    written = [at for at, byte in enumerate(whole) if byte]
    for _ in range(chance.choice((0, 1, 1, 2, 5, 20))):
        worn[chance.choice(written)] ^= 1 << chance.randrange(8)
    return bytes(worn)


def _journal(script: bytes) -> bool:
    """All that a start reads of it is there, or one sentence says that it is not."""
    with tempfile.TemporaryDirectory() as folder:
        path = _beside_a_key(Path(folder), _worn(_journal_file(), script))
        with closing(Journal(path, path.with_suffix(".key"))) as journal:
            for ask in (
                journal.unfinished,
                journal.repairs,
                journal.alarms,
                journal.token_keys,
                journal.card_keys,
            ):
                ask()
            journal.waiting(0, 100)
            return bool(journal.newest_seq() + journal.confirmed_up_to() + journal.next_op())


def _journal_shown(script: bytes) -> bool:
    """`python -m kiosk journal`: exit 0, or 2 and one sentence."""
    with tempfile.TemporaryDirectory() as folder:
        _beside_a_key(Path(folder), _worn(_journal_file(), script))
        (Path(folder) / "kiosk.toml").write_text(KIOSK, encoding="utf-8")
        for name in ("ca.crt", "kiosk.crt", "kiosk.key"):
            (Path(folder) / name).touch()
        said, action = io.StringIO(), chance_of(script).choice(("list", "export", "recover"))
        with redirect_stdout(io.StringIO()), redirect_stderr(said):
            status = journal_cli.main([action, "--config", f"{folder}/kiosk.toml"])
    assert (status, said.getvalue().count("\n")) in ((0, 0), (2, 1)), said.getvalue()
    return status == 0


@cache
def _copy_file() -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "copy.db"
        with closing(LocalCopy(path, _KEY)) as copy:
            for name, entry in (
                (promised.ListName.ITEMS, promised.ListedItem("35240000000019", "三体")),
                (promised.ListName.READERS, promised.ListedReader("25240000010010", ("04A1B2C3",))),
            ):
                packed = promised.pack([], [entry])
                whole = {"log": "00c0ffee", "base": 1, "after": 0, "upto": 1, "changes": packed}
                copy.apply(promised.Lists(list=name, at=_AT, **whole))
        return path.read_bytes()


def _copy(script: bytes) -> bool:
    """A copy that cannot be read knows nothing, and the kiosk goes on without it."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "copy.db"
        path.write_bytes(_worn(_copy_file(), script))
        with closing(LocalCopy(path, _KEY)) as copy:
            copy.positions()
            for name in promised.ListName:
                copy.age(name, NOON.utc)
            return bool(copy.title("35240000000019") or copy.reader("04A1B2C3"))


def _node_memory(path: Path) -> bool:
    return bool(keeping.load(str(path)))


@cache
def _node_memory_file() -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        keeping.save(f"{folder}/counts.json", {"totals": [1, 2, 3, 4]})
        return (Path(folder) / "counts.json").read_bytes()


TARGETS = (
    Target(
        "kept.json",
        mutations_of(b'{"bindings": {"tag_reader": {"model": "rl866"}}, "closed": true}'),
        in_a_file("kept.json", _kept),
    ),
    Target("kept door count", mutations_of(_READING, b"[7, 3]"), _reading, _DAMAGE),
    Target("row of the journal", mutations_of(*_FIELDS), _row, _DAMAGE),
    Target("worn journal", scripts, _journal, (JournalError,)),
    Target("worn journal, shown", scripts, _journal_shown),
    Target("worn copy of lists", scripts, _copy, (CopyError,)),
    Target("memory of a node", mutations_of(_node_memory_file()), in_a_file("counts.json", _node_memory)),
)
