"""What a kiosk needs to know of items and readers while the ILS cannot be reached, and how it gets there.

The centre numbers the changes of a list upwards in a log; a kiosk says how far it is (`Position`, in its
state) and is sent what follows (`Lists`, on `…/cmd/lists`), a chunk at a time. Of an entry that changed more
than once only the latest is sent. `Lists.changes` is JSON in columns, `[removed keys, [column, …]]`, within
bzip2: measured on titles it is a quarter smaller than zlib of rows, and a village pays by the megabyte.
Names, addresses and whatever else a kiosk can do without are in no list.
"""

import bz2
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import Enum
from typing import Annotated, Any

import msgspec
from msgspec import Meta, Struct

from broker_config.values import Count, Number, Timestamp, moment

LARGEST_CHANGES_BYTES = 36_000
"""Of `Lists.changes` before base64, which makes 48 kB of them."""
LARGEST_UNPACKED_BYTES = 4 * 2**20

Key = Annotated[str, Meta(min_length=1, max_length=64)]
Title = Annotated[str, Meta(min_length=1, max_length=200)]
LogId = Annotated[str, Meta(pattern=r"^[0-9a-f]{8,32}$", description="one centre's log of changes")]


class ListName(Enum):
    READERS = "readers"
    ITEMS = "items"


class ListedItem(Struct, frozen=True, array_like=True):
    item_id: Key
    title: Title


class ListedReader(Struct, frozen=True, array_like=True):
    """`credentials` are the uids of the reader's cards in upper-case hex, or whatever else signs in beside
    the number. `blocked` is a reason (`BLOCK_REASONS`), None while borrowing is allowed; it is text, since an
    older kiosk must still take a newer centre's list."""

    number: Key
    credentials: Annotated[tuple[Key, ...], Meta(max_length=10)] = ()
    blocked: Key | None = None
    loan_limit: Annotated[int, Meta(ge=0, le=9999)] | None = None
    expires: date | None = None


Entry = ListedItem | ListedReader
ENTRIES: dict[ListName, type[Entry]] = {ListName.READERS: ListedReader, ListName.ITEMS: ListedItem}
"""The first field of every type is the key of its list."""
BLOCK_REASONS = ("card_lost", "too_many", "overdue", "fees", "other")


class Position(Struct, frozen=True, kw_only=True):
    """A copy that was begun from nothing when `log` stood at `base`, and has its changes up to `seq`: it is
    whole once `seq` has reached `base`."""

    log: LogId
    base: Number
    seq: Count

    @property
    def whole(self) -> bool:
        return self.seq >= self.base


class Lists(Struct, frozen=True, kw_only=True, tag_field="type", tag="lists/1"):
    """The changes of `list` above `after`, up to `upto`, for a copy at (`log`, `base`, `after`); `after` 0
    begins a copy anew. `at` is when the library last told the centre this list."""

    list: ListName
    at: Timestamp
    log: LogId
    base: Number
    after: Count
    upto: Number
    changes: Annotated[bytes, Meta(max_length=LARGEST_CHANGES_BYTES)]

    def __post_init__(self) -> None:
        moment(self.at)
        if self.upto <= self.after:
            raise ValueError("upto: expected more than after")

    def __repr__(self) -> str:
        """Without the changes: they may be readers."""
        return f"Lists({self.list.value} {self.after} to {self.upto} of {self.log} from {self.base})"

    @property
    def before(self) -> Position:
        """The only position, but none at all, from which this goes on."""
        return Position(log=self.log, base=self.base, seq=self.after)

    @property
    def position(self) -> Position:
        return Position(log=self.log, base=self.base, seq=self.upto)


@dataclass(frozen=True)
class Changes:
    """Keys of the entries that are no more, and the entries that are new or different."""

    removed: tuple[str, ...]
    entries: tuple[Entry, ...]


class BadChanges(ValueError):
    """`Lists.changes` that cannot be read; one sentence without what was in it."""


def pack(removed: Sequence[str], entries: Sequence[Entry]) -> bytes:
    columns = list(zip(*(msgspec.to_builtins(entry) for entry in entries), strict=True))
    return bz2.compress(msgspec.json.encode([removed, columns]))


def unpack(name: ListName, packed: bytes) -> Changes:
    """BadChanges for whatever `pack` cannot have made of entries of this list."""
    try:
        removed, columns = _PACKED.decode(_inflated(packed))
        rows = zip(*columns, strict=True)
        return Changes(removed, tuple(msgspec.convert(row, ENTRIES[name]) for row in rows))
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError, ValueError, OSError, EOFError) as error:
        raise BadChanges(f"changes of the {name.value} cannot be read: {_cause(error)}") from error


_PACKED = msgspec.json.Decoder(tuple[tuple[Key, ...], list[list[Any]]])


def _inflated(packed: bytes) -> bytes:
    """At most so much of it as is allowed, whatever it says of itself."""
    inflater = bz2.BZ2Decompressor()
    text = inflater.decompress(packed, LARGEST_UNPACKED_BYTES)
    if not inflater.eof:
        raise ValueError(f"they are cut short, or longer than {LARGEST_UNPACKED_BYTES} bytes")
    return text


def _cause(error: Exception) -> str:
    """msgspec's own sentences quote no value; others may."""
    return str(error) if type(error) in (msgspec.ValidationError, ValueError) else type(error).__name__
