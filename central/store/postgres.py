"""The centre's store on PostgreSQL: for several collectors, or a district that outgrows a file.

Events are partitioned by month, a partition made when its first event comes and dropped as a whole when it
is too old. One connection writes and one reads; each is made anew when the server was away.
Tried with PostgreSQL 15 and psycopg 3.3.
"""

import re
import threading
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import Any
from zoneinfo import ZoneInfo

import psycopg
from psycopg.conninfo import conninfo_to_dict

from central.store import ZONE, StoreError
from central.store.database import Row, Writing
from central.store.sql import SqlStore
from central.store.versions import scripts, statements

Connection = psycopg.Connection[Row]

CONNECT_S = 5
MAKING_LOCK = 7_436_101
"""Held while tables are made: two collectors may start, or begin a month, at once."""
_TONGUE = (
    # the same order as SQLite's, and no index for LIKE is needed
    (r"\bTEXT\b", 'TEXT COLLATE "C"'),
    (r"\) STRICT(, WITHOUT ROWID)?;", ");"),
    (r"\bid INTEGER PRIMARY KEY\b", "id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY"),
    (r"\bINTEGER\b", "BIGINT"),
    # A partition's key must be in it. (install, seq) alone stays unique because `SqlStore.take` decides what
    # is new under the lock of the installation's row.
    (
        r"PRIMARY KEY \(install, seq\)\n\);",
        "PRIMARY KEY (install, seq, happened_at)\n)\nPARTITION BY RANGE (happened_at);",
    ),
    (
        r"PRAGMA user_version = (\d+);",
        r"INSERT INTO facts (name, value) VALUES ('version', '\1') "
        r"ON CONFLICT (name) DO UPDATE SET value = excluded.value;",
    ),
)
_MONTHS = (
    "SELECT relname FROM pg_class WHERE relname ~ '^events_[0-9]{4}_[0-9]{2}$' AND relkind = 'r' ORDER BY 1"
)


class PostgresStore(SqlStore):
    def __init__(self, url: str, zone: ZoneInfo = ZONE) -> None:
        self.database = PostgresDatabase(url)
        super().__init__(self.database, zone)


class PostgresDatabase:
    """Implements `Database`."""

    locking = " FOR UPDATE"
    size = "SELECT pg_database_size(current_database())"

    def __init__(self, url: str) -> None:
        self.name = _named(url)
        self._url = url
        self._writing, self._reading = threading.Lock(), threading.Lock()
        self._writer: Connection | None = None
        self._reader: Connection | None = None
        self._months: set[str] = set()
        try:
            self._prepare()
        except StoreError:
            self.close()
            raise

    def _prepare(self) -> None:
        with self.transaction() as writing:
            _lock_making(writing)
            for script in scripts(_version(writing), self.name):
                for statement in statements(in_postgres(script)):
                    writing.execute(statement)

    @contextmanager
    def transaction(self) -> Iterator[Writing]:
        with self._writing, self._failing("write", self._drop_writer):
            self._writer = self._writer or self._connect()
            with self._writer.transaction():
                yield _Writing(self._writer)

    def rows(self, sql: str, values: Sequence[Any] = ()) -> list[Row]:
        with self._reading:
            try:
                return self._read(sql, values)
            except StoreError:
                # a server that was started anew is not worth a word to whoever looks at a page
                return self._read(sql, values)

    def _read(self, sql: str, values: Sequence[Any]) -> list[Row]:
        with self._failing("read", self._drop_reader):
            self._reader = self._reader or self._connect()
            return self._reader.execute(_sql(sql), values).fetchall()

    def prepare_months(self, months: Iterable[str]) -> None:
        for month in sorted(set(months) - self._months):
            table, until = f"events_{month.replace('-', '_')}", _next(month)
            with self.transaction() as writing:
                _lock_making(writing)
                writing.execute(
                    f"CREATE TABLE IF NOT EXISTS {table} PARTITION OF events "
                    f"FOR VALUES FROM ('{month}') TO ('{until}')"
                )
            self._months.add(month)

    def forget_events(self, writing: Writing, before: str, at_most: int) -> int:
        """A whole month at once: `at_most` would cost more than it spares."""
        for (table,) in writing.execute(_MONTHS):
            month = table.removeprefix("events_").replace("_", "-")
            if _next(month) > before:
                break
            above = (
                f"SELECT 1 FROM {table} JOIN installs ON installs.id = install WHERE seq > confirmed LIMIT 1"
            )
            if not writing.execute(above):
                ((count,),) = writing.execute(f"SELECT count(*) FROM {table}")
                writing.execute(f"DROP TABLE {table}")
                self._months.discard(month)
                return max(int(count), 1)
        return 0

    def scrub(self) -> None:
        with self._writing, self._failing("write", self._drop_writer):
            self._writer = self._writer or self._connect()
            self._writer.execute("VACUUM events")

    def close(self) -> None:
        self._drop_reader()
        self._drop_writer()

    # -- connections ---------------------------------------------------------------------------------------

    def _connect(self) -> Connection:
        return psycopg.connect(self._url, autocommit=True, connect_timeout=CONNECT_S)

    def _drop_writer(self) -> None:
        _close(self._writer)
        self._writer = None

    def _drop_reader(self) -> None:
        _close(self._reader)
        self._reader = None

    @contextmanager
    def _failing(self, what: str, drop: Callable[[], None]) -> Iterator[None]:
        try:
            yield
        except psycopg.Error as error:
            drop()
            first_line = str(error).strip().partition("\n")[0]
            raise StoreError(f"{self.name}: cannot {what} the centre's database: {first_line}") from error


class _Writing:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def execute(self, sql: str, values: Sequence[Any] = ()) -> list[Row]:
        cursor = self._connection.execute(_sql(sql), values)
        return cursor.fetchall() if cursor.description else []

    def executemany(self, sql: str, rows: Collection[Row]) -> None:
        if rows:
            with self._connection.cursor() as cursor:
                cursor.executemany(_sql(sql), rows)

    def insert(self, table: str, columns: Sequence[str], rows: Collection[Row]) -> None:
        if not rows:
            return
        copy = f"COPY {table} ({', '.join(columns)}) FROM STDIN"
        with self._connection.cursor() as cursor, cursor.copy(copy) as out:
            for row in rows:
                out.write_row(row)

    def changes(self, sql: str, values: Sequence[Any] = ()) -> int:
        return self._connection.execute(_sql(sql), values).rowcount


def in_postgres(script: str) -> str:
    """A script of `versions.py` in PostgreSQL's tongue."""
    for pattern, words in _TONGUE:
        script = re.sub(pattern, words, script)
    return script.strip().removesuffix(";")


def _sql(sql: str) -> str:
    return sql.replace("?", "%s")


def _version(writing: Writing) -> int:
    """0: there is nothing yet."""
    ((there,),) = writing.execute("SELECT to_regclass('facts')")
    if there is None:
        return 0
    ((version,),) = writing.execute("SELECT value FROM facts WHERE name = 'version'")
    return int(version)


def _lock_making(writing: Writing) -> None:
    writing.execute(f"SELECT pg_advisory_xact_lock({MAKING_LOCK})")


def _next(month: str) -> str:
    year, number = map(int, month.split("-"))
    return f"{year + number // 12:04}-{number % 12 + 1:02}"


def _close(connection: Connection | None) -> None:
    if connection is not None:
        with suppress(psycopg.Error):
            connection.close()


def _named(url: str) -> str:
    """Without its password; StoreError when it is no URL of a database."""
    try:
        parts = conninfo_to_dict(url)
    except psycopg.Error as error:
        raise StoreError("store.url: expected postgresql://user:password@host/database") from error
    return f"postgresql://{parts.get('host', '')}:{parts.get('port', '5432')}/{parts.get('dbname', '')}"
