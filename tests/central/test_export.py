"""Events as CSV and Parquet: whole, nobody's name in it, and harmless in a spreadsheet."""

import csv
import io
import stat
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl.cell import Cell
from openpyxl.workbook import Workbook
from pyarrow import parquet

from broker_config.events import AlarmRaised, DeviceChanged, Event, Loan
from broker_config.messages import WAYS
from broker_config.values import Condition
from central.__main__ import main
from central.accounts import audit
from central.accounts.audit import Wanted as Looked
from central.export import (
    ENVELOPE,
    FIELDS,
    FORMULA_BEGINS,
    RENAMED,
    WITHHELD,
    ExportError,
    Wanted,
    _cell,
    as_csv,
    as_parquet,
    rows,
)
from central.office import Office
from central.store import Store
from central.store.sqlite import SqliteStore
from tests.central.heard import NOW, Kiosk, ago
from tests.central.test_disputes import ITEM, READER, WORDS, dispute

ZONE = ZoneInfo("Asia/Shanghai")
FIRST, LAST = date(2026, 11, 20), date(2026, 11, 22)
TOKEN = "0123456789abcdef" * 2
EVERYTHING = Wanted(FIRST, LAST)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = SqliteStore(tmp_path / "centre.db", ZONE)
    yield opened
    opened.close()


def fill(store: Store) -> None:
    one, other = Kiosk(), Kiosk("mz-taiping-04.kiosk-1", "i-2")
    store.take([one.loan(ago(days=day, seconds=number)) for day in range(3) for number in range(40)])
    store.take([other.visits(day + 1, ago(days=day)) for day in range(3)])
    store.take([one.event(Loan, op_id="op", reader_token=TOKEN, due="2026-12-20")])
    store.take([one.event(AlarmRaised, name="paper_out", reason='=HYPERLINK("http://evil.example")')])
    store.take([one.event(DeviceChanged, **changed(old_serial="-1"))])
    store.take([dispute(one), one.loan(ago(days=9))])


def changed(**more: object) -> dict[str, object]:
    told = {"kind": "tag_reader", "model": "feig_obid", "port": "/dev/pad0"}
    return told | {"old_condition": Condition.OK, "new_condition": Condition.DOWN} | more


def table(store: Store, wanted: Wanted) -> list[dict[str, str]]:
    data = b"".join(as_csv(wanted.columns, rows(store, ZONE, wanted)))
    assert data.startswith(b"\xef\xbb\xbf")  # by which Excel knows UTF-8
    return list(csv.DictReader(io.StringIO(data.decode("utf-8-sig"), newline="")))


# -- what is in it -------------------------------------------------------------------------------------------


def test_counts_are_those_of_the_store(store: Store) -> None:
    fill(store)
    found = table(store, EVERYTHING)
    days = store.days(FIRST, LAST + timedelta(days=1))
    expected = Counter[tuple[str, str]]()
    for day in days:
        expected[day.place, day.kind] += day.events
    assert Counter((row["place"], row["kind"]) for row in found) == expected
    assert len(found) == store.event_count() - 1  # the one of nine days ago
    visits = sum(int(row["entries"]) for row in found if row["kind"] == "visits")
    assert visits == store.totals(*bounds())["mz-taiping-04", "visits"]


def bounds() -> tuple[datetime, datetime]:
    return datetime(2026, 11, 20, tzinfo=ZONE), datetime(2026, 11, 23, tzinfo=ZONE)


def test_a_row_says_what_where_and_when(store: Store) -> None:
    store.take([Kiosk().visits(7, ago(hours=1), complete=False)])
    (row,) = table(store, EVERYTHING)
    assert {name: value for name, value in row.items() if value} == {
        "place": "mz-taiping-03",
        "kiosk": "kiosk-1",
        "kind": "visits",
        "happened_at": "2026-11-22T02:00:00.000Z",
        "received_at": "2026-11-22T03:04:05.000Z",
        "install_id": "i-1",
        "seq": "1",
        "clock_synced": "True",
        "hour": "2026-11-22T02:00:00.000Z",
        "entries": "7",
        "count_type": "entries",
        "complete": "False",
        "doubts": "0",
    }


def test_only_what_was_asked_for(store: Store) -> None:
    fill(store)
    loans = table(store, Wanted(FIRST, LAST, frozenset({"loan"})))
    assert {row["kind"] for row in loans} == {"loan"}
    assert {row["place"] for row in table(store, Wanted(FIRST, LAST, place="mz-taiping-04"))} == {
        "mz-taiping-04"
    }
    one_day = table(store, Wanted(LAST, LAST, frozenset({"visits"})))
    assert [row["entries"] for row in one_day] == ["1"]


def test_nobody_is_in_it(store: Store) -> None:
    fill(store)
    told = repr(table(store, EVERYTHING))
    assert not any(secret in told for secret in (READER, ITEM, WORDS, TOKEN))
    assert "reader_token" not in table(store, EVERYTHING)[0]
    with_tokens = table(store, Wanted(FIRST, LAST, reader_tokens=True))
    assert Counter(row["reader_token"] for row in with_tokens)[TOKEN] == 1
    assert not any(secret in repr(with_tokens) for secret in (READER, ITEM, WORDS))


def test_every_field_of_every_event_was_thought_of() -> None:
    """A new field is exported (`FIELDS`) or kept back (`WITHHELD`): decide in central/export.py."""
    envelope = {field.name for field in msgspec.structs.fields(Event)}
    events = [cls for cls, way in WAYS.items() if way.kind]
    fields = {field.name for cls in events for field in msgspec.structs.fields(cls)} - envelope
    exported = {RENAMED.get(name, name) for name in FIELDS}
    assert fields - exported - WITHHELD == set()
    assert exported - fields == set()
    assert not exported & WITHHELD


@pytest.mark.parametrize(
    ("first", "last", "kinds"),
    [
        (LAST, FIRST, frozenset[str]()),
        (date(1990, 1, 1), LAST, frozenset[str]()),
        (FIRST, LAST, frozenset({"loans"})),
    ],
)
def test_what_cannot_be_exported(first: date, last: date, kinds: frozenset[str]) -> None:
    with pytest.raises(ExportError):
        Wanted(first, last, kinds)


# -- spreadsheets --------------------------------------------------------------------------------------------


def test_no_text_is_a_formula(store: Store) -> None:
    fill(store)
    found = table(store, EVERYTHING)
    (alarm,) = [row for row in found if row["kind"] == "alarm_raised"]
    assert alarm["reason"] == '\'=HYPERLINK("http://evil.example")'
    (device,) = [row for row in found if row["kind"] == "device_changed"]
    assert (device["old_serial"], device["device_kind"]) == ("'-1", "tag_reader")


@given(st.text())
def test_openpyxl_takes_no_cell_for_a_formula(text: str) -> None:
    """Whatever it is, what a spreadsheet sees first is harmless, and nothing of it is lost."""
    shown = _cell(text)
    assert not shown.startswith(FORMULA_BEGINS)
    assert shown.removeprefix("'") == text.removeprefix("'") or shown == text
    if text.isprintable():
        assert Cell(Workbook().active, value=shown).data_type != "f"


# -- parquet -------------------------------------------------------------------------------------------------


def test_parquet_is_read_back(store: Store) -> None:
    fill(store)
    data = b"".join(as_parquet(EVERYTHING.columns, rows(store, ZONE, EVERYTHING)))
    read = parquet.read_table(io.BytesIO(data))
    assert read.column_names == [*ENVELOPE, *FIELDS]
    found = read.to_pylist()
    plain = table(store, EVERYTHING)
    assert [row["seq"] for row in found] == [int(row["seq"]) for row in plain]
    (alarm,) = [row for row in found if row["kind"] == "alarm_raised"]
    assert alarm["reason"].startswith("=HYPERLINK")  # a column of text is never computed
    assert alarm["happened_at"] == NOW.replace(tzinfo=UTC)
    assert alarm["entries"] is None
    assert sum(row["entries"] or 0 for row in found) == 1 + 2 + 3


def test_parquet_of_nothing(store: Store) -> None:
    data = b"".join(as_parquet(EVERYTHING.columns, rows(store, ZONE, EVERYTHING)))
    assert parquet.read_table(io.BytesIO(data)).num_rows == 0


def test_it_comes_piece_by_piece(store: Store) -> None:
    """Far more than one piece is never in memory."""
    kiosk = Kiosk()
    store.take([kiosk.loan(ago(seconds=number)) for number in range(2500)])
    pieces = list(as_csv(EVERYTHING.columns, rows(store, ZONE, EVERYTHING)))
    assert [piece.count(b"\r\n") for piece in pieces] == [1001, 1000, 500, 0]


# -- the command ---------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Centre:
    config: Path
    folder: Path

    def export(self, *more: str, to: str = "events.csv") -> tuple[int, Path]:
        file = self.folder / to
        asked = ["export", "--config", str(self.config), "--from", str(FIRST), "--to", str(LAST)]
        return main([*asked, "--to-file", str(file), *more]), file


@pytest.fixture
def centre(tmp_path: Path) -> Centre:
    for name in ("ca.crt", "centre.crt", "centre.key"):
        (tmp_path / name).write_text("")
    (tmp_path / "places.toml").write_text(
        '[[town]]\nid = "t"\nname = "太平镇"\nname_en = "Taiping"\n'
        '[[place]]\nid = "mz-taiping-03"\nname = "东黄村服务点"\nshort = "东黄村"\n'
        'name_en = "Donghuang"\nshort_en = "Donghuang"\nlevel = "point"\ntown = "t"\n',
        encoding="utf-8",
    )
    config = tmp_path / "centre.toml"
    config.write_text(
        '[broker]\nhost = "x"\nport = 1\nca = "ca.crt"\ncert = "centre.crt"\nkey = "centre.key"\n'
        '[store]\nurl = "sqlite:centre.db"\n[places]\nfile = "places.toml"\n'
    )
    store = SqliteStore(tmp_path / "centre.db", ZONE)
    fill(store)
    store.close()
    return Centre(config, tmp_path)


def test_the_command_writes_a_file_and_the_audit_log(
    centre: Centre, capsys: pytest.CaptureFixture[str]
) -> None:
    code, file = centre.export("--kind", "loan", "--kind", "visits")
    assert code == 0
    assert capsys.readouterr().out == f"124 events written to {file}\n"
    assert file.read_bytes().count(b"\r\n") == 125
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    office = Office(centre.folder / "centre.office.db")
    (entry,) = audit.entries(office, Looked(action="export.make"), 9)
    office.close()
    assert (entry.actor, entry.subject, entry.details["kinds"]) == ("command line", "*", "loan, visits")
    assert entry.details["reader_tokens"] == "no"


def test_the_command_in_parquet_with_tokens(centre: Centre) -> None:
    code, file = centre.export("--format", "parquet", "--reader-tokens", to="events.parquet")
    assert code == 0
    assert TOKEN in parquet.read_table(file).column("reader_token").to_pylist()


@pytest.mark.parametrize(
    ("more", "sentence"),
    [
        (["--kind", "loans"], "no events of kind 'loans': choose of loan, return"),
        (["--place", "nowhere"], "no place 'nowhere' in "),
        (["--to", "2020-01-01"], "expected the first day before the last"),
        (["--to-file", "/nowhere/at/all.csv"], "/nowhere/at/all.csv: cannot be written"),
    ],
)
def test_what_is_wrong_is_one_sentence(
    centre: Centre, capsys: pytest.CaptureFixture[str], more: list[str], sentence: str
) -> None:
    code, file = centre.export(*more)
    assert code == 2
    told = capsys.readouterr().err
    assert sentence in told
    assert "Traceback" not in told
    assert not file.exists() and list(centre.folder.glob("*.part")) == []


def test_no_file_is_written_over(centre: Centre, capsys: pytest.CaptureFixture[str]) -> None:
    assert centre.export()[0] == 0
    assert centre.export()[0] == 2
    assert "is there already" in capsys.readouterr().err
