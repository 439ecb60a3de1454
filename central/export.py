"""Raw events as a table, for spreadsheets (CSV) and for analysis (Parquet): a row each, in order of time.

Both days are included, as days of the library. What names a reader or an item is never in it. Reader tokens,
which only serve to count readers of one month, are in it when asked for; the audit log says who did. In
CSV no text can be taken for a formula: it gets an apostrophe in front. The command is in `export_command.py`,
the download in `web/rest_export.py`.
"""

import csv
import io
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import Enum
from itertools import islice
from typing import Any
from zoneinfo import ZoneInfo

import msgspec

from broker_config.messages import WAYS
from broker_config.values import timestamp
from central.accounts import audit
from central.accounts.roles import Actor
from central.office import Office
from central.store import Store, StoredEvent

KINDS = tuple(way.kind for way in WAYS.values() if way.kind)
LONGEST = timedelta(days=3660)
CSV_ROWS = 1000
PARQUET_ROWS = 20_000
"""Rows that are made into bytes together."""
FORMULA_BEGINS = tuple("=+-@\t\r\n＝＋－＠")
"""What makes a spreadsheet compute a cell instead of showing it; some take the wide signs, too."""
BOM = "\ufeff"
"""Without it Excel takes UTF-8 for the code page of its computer."""


class ExportError(Exception):
    """What cannot be exported and what to do."""


class ExportAction(Enum):
    """As the audit log names it."""

    MAKE = "export.make"


class Type(Enum):
    TEXT = "text"
    NUMBER = "number"
    TRUTH = "truth"
    TIME = "time"


ENVELOPE: Mapping[str, Type] = {
    "place": Type.TEXT,
    "kiosk": Type.TEXT,
    "kind": Type.TEXT,
    "happened_at": Type.TIME,
    "received_at": Type.TIME,
    "install_id": Type.TEXT,
    "seq": Type.NUMBER,
    "clock_synced": Type.TRUTH,
}
FIELDS: Mapping[str, Type] = {
    "op_id": Type.TEXT,
    "due": Type.TEXT,
    "what": Type.TEXT,
    "reason": Type.TEXT,
    "done_at": Type.TEXT,
    "hour": Type.TEXT,
    "entries": Type.NUMBER,
    "count_type": Type.TEXT,
    "complete": Type.TRUTH,
    "since": Type.TEXT,
    "doubts": Type.NUMBER,
    "while_closed": Type.TRUTH,
    "entries_total": Type.NUMBER,
    "exits_total": Type.NUMBER,
    "boot_id": Type.TEXT,
    "device_kind": Type.TEXT,
    "name": Type.TEXT,
    "model": Type.TEXT,
    "port": Type.TEXT,
    "old_condition": Type.TEXT,
    "new_condition": Type.TEXT,
    "old_model": Type.TEXT,
    "old_serial": Type.TEXT,
    "new_serial": Type.TEXT,
    "command_id": Type.TEXT,
    "outcome": Type.TEXT,
    "media_type": Type.TEXT,
    "direction": Type.TEXT,
    "volumes": Type.NUMBER,
    "titles": Type.NUMBER,
}
"""Fields of events that are exported, by the name of their column."""
RENAMED = {"device_kind": "kind"}
"""Columns that cannot be called as their field is: the event's own kind is one, too."""
WITHHELD = frozenset({"reader_token", "reader_id", "item_id", "words", "csr", "attachment"})
"""Personal, or of no use in a table. A new field of an event goes here or in `FIELDS` (a test asks)."""
TOKEN = "reader_token"

Row = Sequence[Any]


@dataclass(frozen=True)
class Wanted:
    """Events from `first` to `last`, both included; all kinds and places where none is named."""

    first: date
    last: date
    kinds: frozenset[str] = frozenset()
    place: str | None = None
    reader_tokens: bool = False

    def __post_init__(self) -> None:
        if not timedelta() <= self.last - self.first <= LONGEST:
            raise ExportError(
                f"{self.first} to {self.last}: expected the first day before the last, "
                f"by no more than {LONGEST.days} days"
            )
        if unknown := sorted(self.kinds - set(KINDS)):
            raise ExportError(f"no events of kind {unknown[0]!r}: choose of {', '.join(KINDS)}")

    @property
    def columns(self) -> dict[str, Type]:
        return {**ENVELOPE, **FIELDS, **({TOKEN: Type.TEXT} if self.reader_tokens else {})}

    def details(self) -> dict[str, str]:
        """For the audit log."""
        return {
            "from": self.first.isoformat(),
            "to": self.last.isoformat(),
            "kinds": ", ".join(sorted(self.kinds)) or "*",
            "place": self.place or "*",
            "reader_tokens": "yes" if self.reader_tokens else "no",
        }


def rows(store: Store, zone: ZoneInfo, wanted: Wanted) -> Iterator[Row]:
    """As `wanted.columns`; read from the store a piece at a time."""
    start = datetime.combine(wanted.first, time(), zone)
    end = datetime.combine(wanted.last + timedelta(days=1), time(), zone)
    fields = [RENAMED.get(name, name) for name in list(wanted.columns)[len(ENVELOPE) :]]
    for event in store.events(start, end, wanted.kinds or None, wanted.place):
        yield _row(event, fields)


def _row(event: StoredEvent, fields: Sequence[str]) -> Row:
    said = msgspec.json.decode(event.body)
    # every event has a kind; only those of devices have one in their body
    return (
        event.identity.place,
        event.identity.device,
        event.kind,
        event.happened_at,
        event.received_at,
        event.install_id,
        event.seq,
        said.get("clock_synced"),
        *(said.get(name) for name in fields),
    )


# -- formats -----------------------------------------------------------------------------------------------


def as_csv(columns: Mapping[str, Type], found: Iterable[Row]) -> Iterator[bytes]:
    """UTF-8 with a byte order mark; times are ISO 8601 in UTC, what is not known is empty."""
    text = io.StringIO()
    writer = csv.writer(text)
    text.write(BOM)
    writer.writerow(columns)
    for piece in _pieces(found, CSV_ROWS):
        writer.writerows([_cell(value) for value in row] for row in piece)
        yield text.getvalue().encode()
        text.seek(0)
        text.truncate()
    yield text.getvalue().encode()


def _cell(value: Any) -> Any:
    if isinstance(value, str):
        return f"'{value}" if value.startswith(FORMULA_BEGINS) else value
    return timestamp(value) if isinstance(value, datetime) else value


def as_parquet(columns: Mapping[str, Type], found: Iterable[Row]) -> Iterator[bytes]:
    """Times are timestamps in UTC, what is not known is null."""
    import pyarrow as pa  # takes half a second to load
    from pyarrow import parquet

    types = {
        Type.TEXT: pa.string(),
        Type.NUMBER: pa.int64(),
        Type.TRUTH: pa.bool_(),
        Type.TIME: pa.timestamp("ms", tz="UTC"),
    }
    schema = pa.schema([(name, types[kind]) for name, kind in columns.items()])
    sink = _Sink()
    with parquet.ParquetWriter(sink, schema) as writer:
        for piece in _pieces(found, PARQUET_ROWS):
            arrays = [
                pa.array(column, kind)
                for column, kind in zip(zip(*piece, strict=True), schema.types, strict=True)
            ]
            writer.write_batch(pa.record_batch(arrays, schema=schema))
            yield sink.taken()
    yield sink.taken()


class _Sink(io.RawIOBase):
    """A file that only grows; what was written can be taken away meanwhile."""

    def __init__(self) -> None:
        self._waiting = bytearray()
        self._at = 0

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        self._waiting += data
        self._at += len(data)
        return len(data)

    def tell(self) -> int:
        return self._at

    def taken(self) -> bytes:
        taken, self._waiting = bytes(self._waiting), bytearray()
        return taken


def _pieces(found: Iterable[Row], size: int) -> Iterator[list[Row]]:
    iterator = iter(found)
    while piece := list(islice(iterator, size)):
        yield piece


class Format(Enum):
    CSV = "csv"
    PARQUET = "parquet"


@dataclass(frozen=True)
class Maker:
    media_type: str
    make: Callable[[Mapping[str, Type], Iterable[Row]], Iterator[bytes]]


MAKERS: Mapping[Format, Maker] = {
    Format.CSV: Maker("text/csv; charset=utf-8", as_csv),
    Format.PARQUET: Maker("application/vnd.apache.parquet", as_parquet),
}


def note(office: Office, actor: Actor, wanted: Wanted) -> None:
    """In the audit log."""
    audit.have_log(office)
    with office.writing() as db:
        audit.record(db, actor, ExportAction.MAKE, wanted.place or "*", wanted.details())
