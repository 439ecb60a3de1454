"""What once escaped from readers of files and of disks that lost bits, and what is answered now."""

import json
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from broker_config.lists import ListedItem, ListName, Lists, pack
from broker_config.toml import ConfigError
from central.backup import INDEX, BackupError, _read_index
from central.config import load as load_centre
from central.enrolment.authority import EnrolError
from central.enrolment.kept import without_broker
from devices.tag_data import Model
from devices.tag_tools.crate import read_crate
from devices.tag_tools.tags import Refusal
from devices.tag_tools.undo_log import UndoLog
from devices.watching import BadConfig, devices_in
from kiosk import journal_cli
from kiosk.config import load as load_kiosk
from kiosk.copy import LocalCopy
from kiosk.flow.operation import Ils, Step
from kiosk.journal import Journal, JournalError
from kiosk.kept import Kept, KeptFile
from kiosk.visits import Reading
from tests.central.test_config import GOOD as CENTRE
from tests.fuzz.messages import IDENTITY
from tests.kiosk.test_config import GOOD as KIOSK
from tests.kiosk.test_journal import NOON, a_loan

NO_UTF_8 = b'{"bindings": {"t\xe9": 1}, "zone": "\xe9"}'
TOO_DEEP = b"[" * 200_000
TOO_LONG_A_NAME = "c" * 300


# -- files -------------------------------------------------------------------------------------------------


def written(path: Path, data: bytes | str) -> Path:
    path.write_bytes(data.encode() if isinstance(data, str) else data)
    return path


@pytest.mark.parametrize(
    "text",
    [
        KIOSK.replace('"ca.crt"', f'"{TOO_LONG_A_NAME}"'),
        KIOSK + "x = " + "[" * 20_000,
        KIOSK.replace("6001", "6" * 5000),
    ],
    ids=["name", "depth", "number"],
)
def test_a_kiosks_file_gets_one_sentence(text: str, tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"kiosk\.toml: "):
        load_kiosk(written(tmp_path / "kiosk.toml", text))


def test_a_centres_file_gets_one_sentence(tmp_path: Path) -> None:
    text = CENTRE.replace('"ca.crt"', f'"{TOO_LONG_A_NAME}"')
    with pytest.raises(ConfigError, match=r"broker\.ca: .* is not there"):
        load_centre(written(tmp_path / "centre.toml", text))


def test_whoever_else_reads_a_kiosks_file_says_so_too(tmp_path: Path) -> None:
    for text in (KIOSK + "x = " + "[" * 20_000, KIOSK.replace("6001", "6" * 5000)):
        with pytest.raises(BadConfig, match="写法不对"):
            devices_in(written(tmp_path / "kiosk.toml", text))
        with pytest.raises(EnrolError, match="not TOML"):
            without_broker(IDENTITY, text)


@pytest.mark.parametrize("damaged", [NO_UTF_8, TOO_DEEP], ids=["encoding", "depth"])
def test_a_damaged_note_of_what_was_kept_is_no_reason_not_to_serve(damaged: bytes, tmp_path: Path) -> None:
    assert KeptFile(written(tmp_path / "kept.json", damaged)).now == Kept()


@pytest.mark.parametrize("damaged", [NO_UTF_8, TOO_DEEP], ids=["encoding", "depth"])
def test_a_damaged_index_is_no_backup(damaged: bytes, tmp_path: Path) -> None:
    written(tmp_path / INDEX, damaged)
    with pytest.raises(BackupError, match="cannot be read"):
        _read_index(tmp_path)


@pytest.mark.parametrize("part", ["1" * 5000, "9" * 10])
def test_a_part_of_a_set_that_nobody_can_count_is_named_with_its_line(part: str, tmp_path: Path) -> None:
    crate = written(tmp_path / "crate.csv", f"item_id,part,total\nB1,1,{part}\n")
    with pytest.raises(Refusal, match="line 2"):
        read_crate(crate, Model.ISO_28560_2)


def test_a_field_longer_than_any_is_named_with_its_line(tmp_path: Path) -> None:
    crate = written(tmp_path / "crate.csv", "item_id\nB1\n" + "B" * 200_000 + "\n")
    with pytest.raises(Refusal, match="line 3"):
        read_crate(crate, Model.ISO_28560_2)


@pytest.mark.parametrize("part", ["Infinity", "[" * 100_000])
def test_an_undo_log_of_something_else_is_refused(part: str, tmp_path: Path) -> None:
    line = f'{{"act": "write", "uid": "e004", "item_id": "B1", "part": {part}}}\n'
    with pytest.raises(Refusal, match="第 1 行"):
        UndoLog.open(written(tmp_path / "undo.jsonl", line))


# -- disks that lost bits ----------------------------------------------------------------------------------


def journal_with(folder: Path, sql: str) -> Journal:
    """One with a loan cut short, an event and an alarm, in which `sql` then did what a bad disk does."""
    path = folder / "journal.db"
    with closing(Journal(path, path.with_suffix(".key"))) as journal:
        journal.record([a_loan(ils=Ils.SENT)], Step.SENT, NOON)
        journal.set_alarms(frozenset({"paper_out"}))
        journal.next_connection()
    with closing(sqlite3.connect(path)) as database:
        database.execute(sql)
        database.commit()
    return Journal(path, path.with_suffix(".key"))


@pytest.mark.parametrize(
    ("sql", "ask"),
    [
        ("UPDATE operations SET kind = 'borsow'", Journal.unfinished),
        ("UPDATE operations SET tags = '[[7'", Journal.unfinished),
        ("UPDATE operations SET security = NULL", Journal.unfinished),
        ("INSERT INTO repairs VALUES ('e0x4', 'B1', 't')", Journal.repairs),
        ("UPDATE facts SET value = '[' WHERE name = 'alarms'", Journal.alarms),
        ("UPDATE facts SET value = '1x' WHERE name = 'connection'", Journal.next_connection),
        ("INSERT INTO facts VALUES ('card_keys', '[7]')", Journal.card_keys),
        ("INSERT INTO facts VALUES ('token_keys', 'nil')", Journal.token_keys),
        ("INSERT INTO facts VALUES ('last_seq', '7,')", Journal.newest_seq),
    ],
)
def test_a_journal_that_lost_bits_says_so_in_one_sentence(
    sql: str, ask: Callable[[Journal], object], tmp_path: Path
) -> None:
    with (
        closing(journal_with(tmp_path, sql)) as journal,
        pytest.raises(JournalError, match=r"journal\.db: 记录已损坏"),
    ):
        ask(journal)


@pytest.mark.parametrize("action", ["list", "export", "recover"])
def test_staff_are_shown_what_can_be_read_of_it_or_one_sentence(
    action: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    journal_with(tmp_path, "UPDATE operations SET kind = 'borsow', tags = NULL").close()
    for name in ("ca.crt", "kiosk.crt", "kiosk.key"):
        (tmp_path / name).touch()
    config = written(tmp_path / "kiosk.toml", KIOSK)
    status = journal_cli.main([action, "--config", str(config)])
    told = capsys.readouterr()
    if action == "list":
        assert status == 0 and "35240000000035" in told.out
    else:
        assert status == 2 and told.err.count("\n") == 1 and "记录已损坏" in told.err


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE copies SET list = 'itens'",
        "UPDATE copies SET whole_at = '2026-11-22T03:04:05.67'",
        "UPDATE copies SET whole_at = 'yesterday'",
    ],
)
def test_a_copy_that_lost_bits_knows_nothing_and_the_kiosk_goes_on(sql: str, tmp_path: Path) -> None:
    path, key = tmp_path / "copy.db", b"Zm9yIHRlc3RzIG9ubHksIG5vIHNlY3JldCBhdCBhbGw="
    changes = pack([], [ListedItem("35240000000019", "三体")])
    chunk = Lists(
        list=ListName.ITEMS,
        at="2026-11-22T03:04:05.678Z",
        log="00c0ffee",
        base=1,
        after=0,
        upto=1,
        changes=changes,
    )
    with closing(LocalCopy(path, key)) as copy:
        copy.apply(chunk)
        assert copy.age(ListName.ITEMS, NOON.utc) is not None
    with closing(sqlite3.connect(path)) as database:
        database.execute(sql)
        database.commit()
    with closing(LocalCopy(path, key)) as copy:
        assert copy.age(ListName.ITEMS, NOON.utc) is None
        copy.positions()
        assert copy.title("35240000000019") == "三体"


def test_a_door_count_of_no_time_is_damage() -> None:
    told = json.loads(Reading.from_json('{"count": {"entries": 7, "exits": 3}, "series": ""}').to_json())
    with pytest.raises(ValueError, match="zone"):
        Reading.from_json(json.dumps(told | {"at": "2026-11-22T03:04:05.678", "synced": True}))
