"""What `sql.py` needs of a database: transactions to write in, rows to read, and a fast way in."""

from collections.abc import Collection, Iterable, Sequence
from contextlib import AbstractContextManager
from typing import Any, Protocol

Row = tuple[Any, ...]


class Writing(Protocol):
    """One transaction. SQL has `?` for a value."""

    def execute(self, sql: str, values: Sequence[Any] = ()) -> list[Row]:
        """The rows it brings, if any."""

    def executemany(self, sql: str, rows: Collection[Row]) -> None: ...

    def insert(self, table: str, columns: Sequence[str], rows: Collection[Row]) -> None:
        """Rows that are known not to be there."""

    def changes(self, sql: str, values: Sequence[Any] = ()) -> int:
        """How many rows it changed."""


class Database(Protocol):
    name: str
    """For sentences; no password is in it."""

    locking: str
    """What a SELECT ends with whose rows nobody else may change until the end of the transaction."""

    size: str
    """SQL for the database's size in bytes."""

    def transaction(self) -> AbstractContextManager[Writing]:
        """All or nothing, and on disk at the end; StoreError when it is nothing. One at a time."""

    def rows(self, sql: str, values: Sequence[Any] = ()) -> list[Row]:
        """From any thread."""

    def prepare_months(self, months: Iterable[str]) -> None:
        """Events of these months ("2026-11", UTC) are about to come."""

    def forget_events(self, writing: Writing, before: str, at_most: int) -> int:
        """Delete raw events that happened before `before` and lie below their installation's mark; how
        many, or at least that there were some."""

    def scrub(self) -> None:
        """What transactions replaced or deleted goes from the files, too."""

    def close(self) -> None: ...
