"""`python -m central export`: events into a file, whole or not at all, its owner's alone.

    python -m central export --config centre.toml --from 2026-01-01 --to 2026-12-31 --to-file year.csv
        [--format csv|parquet] [--kind loan --kind return] [--place mz-taiping-03] [--reader-tokens]

It may run beside the centre. That it did is in the audit log.
"""

import argparse
import os
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, date, datetime
from pathlib import Path

from central import config as configuration
from central.accounts.roles import Actor
from central.export import MAKERS, ExportError, Format, Row, Wanted, note, rows
from central.office import Office
from central.places import load_places
from central.store import opened


def add_export(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    parser = commands.add_parser("export", help="events as CSV or Parquet")
    parser.add_argument("--config", type=Path, required=True, help="the centre's TOML file")
    for name, destination, text in (("from", "first", "first"), ("to", "last", "last")):
        parser.add_argument(
            f"--{name}", dest=destination, type=date.fromisoformat, required=True, help=f"the {text} day"
        )
    parser.add_argument("--kind", action="append", default=[], help="loan, return, visits …; repeatable")
    parser.add_argument("--place", help="id of a place; all if absent")
    parser.add_argument("--format", type=Format, choices=list(Format), default=Format.CSV)
    parser.add_argument("--to-file", type=Path, required=True, help="a new file, its owner's alone")
    parser.add_argument("--reader-tokens", action="store_true", help="with the readers' monthly tokens")


def export(chosen: argparse.Namespace, now: Callable[[], datetime]) -> str:
    """Write the file, whole or not at all; what was done in a sentence."""
    config = configuration.load(chosen.config)
    kinds = frozenset(chosen.kind)
    wanted = Wanted(chosen.first, chosen.last, kinds, chosen.place, chosen.reader_tokens)
    if wanted.place and load_places(Path(config.places.file)).find(wanted.place) is None:
        raise ExportError(f"no place {wanted.place!r} in {config.places.file}")
    if chosen.to_file.exists():
        raise ExportError(f"{chosen.to_file} is there already: name another file")
    office = Office(config.office_path)
    try:
        note(office, Actor("command line", "", now().astimezone(UTC)), wanted)
    finally:
        office.close()
    store, counter = opened(config.store.url, config.time_zone), _Counter()
    try:
        found = counter.counting(rows(store, config.time_zone, wanted))
        _write(chosen.to_file, MAKERS[chosen.format].make(wanted.columns, found))
    finally:
        store.close()
    return f"{counter.count} events written to {chosen.to_file}"


class _Counter:
    count = 0

    def counting(self, found: Iterable[Row]) -> Iterator[Row]:
        for row in found:
            self.count += 1
            yield row


def _write(file: Path, pieces: Iterable[bytes]) -> None:
    part = file.with_name(f"{file.name}.part")
    try:
        with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as out:
            for piece in pieces:
                out.write(piece)
        part.replace(file)
    except OSError as error:
        raise ExportError(f"{file}: cannot be written: {error.strerror}") from error
    finally:
        part.unlink(missing_ok=True)
