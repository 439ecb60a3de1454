"""A copy of everything the centre knows, taken while it runs, and its way back.

A backup is a folder: the store (`store.db`, or `store.dump` of PostgreSQL), the office's and the lists'
databases, and `backup.json`, written last, with the checksum of each. The certificate authority is named in
it, not copied: whoever has its key can be any kiosk, so it is kept elsewhere, once, offline.

What a restored centre knows ends with the backup, and its marks are lower than what kiosks were told. What
they sent since and the centre confirmed, they have forgotten; they say so (`State.oldest_seq`), at the latest
when asked for what is missing (`gaps.py`). These events are then noted as lost, of that kiosk from number to
number, shown as a gap and never as zero; what was not yet confirmed comes again by itself, once.

Each database is a state of one moment; the store is copied last, so that nothing speaks of a place or a list
that the others do not know yet. Tried with SQLite 3.40 and PostgreSQL 15.
"""

import hashlib
import os
import shutil
import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import msgspec
from msgspec import Struct
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from broker_config.values import Timestamp, timestamp
from central.config import Config, sqlite_file

INDEX = "backup.json"
STORE_FILE, STORE_DUMP = "store.db", "store.dump"
PAGES_AT_ONCE = 2000
"""Between these a collector may write; what it wrote is then in the copy, too."""


class BackupError(Exception):
    """What could not be copied or brought back, and what to do."""


class Index(Struct, frozen=True, forbid_unknown_fields=True):
    """`files`: name -> SHA-256."""

    at: Timestamp
    zone: str
    authority: str
    files: dict[str, str]


@dataclass(frozen=True)
class Part:
    """A database and its name in a backup."""

    name: str
    source: str
    """A path, or the URL of PostgreSQL."""

    @property
    def file(self) -> Path | None:
        return None if self.source.startswith("postgres") else Path(self.source)


def parts(config: Config) -> list[Part]:
    file = sqlite_file(config.store.url)
    store = Part(STORE_FILE, str(file)) if file else Part(STORE_DUMP, config.store.url)
    return [Part("office.db", str(config.office_path)), Part("lists.db", str(config.lists_path)), store]


def back_up(config: Config, to: Path, now: datetime) -> list[Path]:
    """Copy everything into the new folder `to`; returns what was written."""
    if to.exists() and any(to.iterdir()):
        raise BackupError(f"{to} is not empty: a backup is never written over another, name a new folder")
    try:
        to.mkdir(parents=True, exist_ok=True)
        to.chmod(0o700)
        written = [path for part in parts(config) for path in _copied(part, to / part.name)]
        index = Index(
            at=timestamp(now),
            zone=config.zone,
            authority=str(Path(config.broker.ca).parent),
            files={path.name: _checksum(path) for path in written},
        )
        (to / INDEX).write_bytes(msgspec.json.format(msgspec.json.encode(index)) + b"\n")
    except OSError as error:
        raise BackupError(f"{to}: cannot be written: {error.strerror or error}") from error
    return [*written, to / INDEX]


def restore(config: Config, source: Path) -> list[str]:
    """Bring a backup back to where `config` says everything lies; the centre must not run. Returns names of
    what was restored. A database that is there already is never replaced."""
    index = _read_index(source)
    if index.zone != config.zone:
        raise BackupError(f"{source}: its days are those of {index.zone}: set zone = '{index.zone}'")
    wanted = [part for part in parts(config) if part.name in index.files]
    if not any(part.name in (STORE_FILE, STORE_DUMP) for part in wanted):
        raise BackupError(f"{source}: holds no store of this kind: choose store.url as it was then")
    for part in wanted:
        if part.file is not None and part.file.exists():
            raise BackupError(f"{part.file} is there: move it away first, nothing is written over")
        if _checksum(source / part.name) != index.files[part.name]:
            raise BackupError(f"{source / part.name} is not what was backed up: use another backup")
    for part in wanted:
        _bring_back(source / part.name, part)
    return [part.name for part in wanted]


def _read_index(source: Path) -> Index:
    try:
        return msgspec.json.decode((source / INDEX).read_bytes(), type=Index)
    except FileNotFoundError as error:
        raise BackupError(f"{source}: no {INDEX}: it is no backup, or one that was cut short") from error
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError, OSError) as error:
        raise BackupError(f"{source / INDEX}: cannot be read: {error}") from error


def _copied(part: Part, target: Path) -> Iterator[Path]:
    if part.file is None:
        _run("pg_dump", part.source, "--format=custom", "--no-owner", f"--file={target}")
    elif part.file.exists():
        _copy_sqlite(part.file, target)
    else:
        return  # nothing was ever decided or imported
    target.chmod(0o600)
    yield target


def _copy_sqlite(source: Path, target: Path) -> None:
    """Through SQLite's own copying: it sees what the log beside the file holds, and no half transaction."""
    try:
        with (
            closing(sqlite3.connect(f"{source.absolute().as_uri()}?mode=ro", uri=True, timeout=10)) as here,
            closing(sqlite3.connect(target)) as there,
        ):
            here.backup(there, pages=PAGES_AT_ONCE)
            ((verdict,),) = there.execute("PRAGMA quick_check").fetchall()
    except sqlite3.Error as error:
        raise BackupError(f"{source}: cannot be copied to {target}: {error}") from error
    if verdict != "ok":
        raise BackupError(f"{target}: the copy is damaged: {verdict}; is {source} itself whole?")
    _sync(target)


def _bring_back(copy: Path, part: Part) -> None:
    if part.file is None:
        options = ("--no-owner", "--exit-on-error", "--single-transaction")
        _run("pg_restore", part.source, *options, str(copy))
        return
    try:
        part.file.parent.mkdir(parents=True, exist_ok=True)
        beside = part.file.with_suffix(".restoring")
        shutil.copyfile(copy, beside)
        beside.chmod(0o600)
        _sync(beside)
        beside.rename(part.file)
    except OSError as error:
        raise BackupError(f"{part.file}: cannot be restored: {error.strerror or error}") from error


def _run(program: str, url: str, *arguments: str) -> None:
    """PostgreSQL's own tools, which know every version of their own formats."""
    path = shutil.which(program) or next(
        (str(one) for one in sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{program}"), reverse=True)), None
    )
    if path is None:
        raise BackupError(f"{program} is not there: apt-get install postgresql-client")
    access = conninfo_to_dict(url)
    # everybody on this machine may read our arguments, but not our environment
    environment = {**os.environ, "PGPASSWORD": str(access.pop("password", ""))}
    command = [path, f"--dbname={make_conninfo(**access)}", *arguments]  # type: ignore[arg-type]
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=environment)
    if done.returncode:
        said = done.stderr.strip().splitlines() or [f"exit code {done.returncode}"]
        raise BackupError(f"{program}: {said[-1]}")


def _checksum(path: Path) -> str:
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise BackupError(f"{path}: cannot be read: {error.strerror}") from error


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
