"""What a disk holds after the power failed: writes that were not synced may be there, be gone, or be torn.

Pure. Names and contents are apart, as on a real file system: a name persists only with its folder's sync,
and a deleted file's contents are still there for the name that was not taken away durably.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import Enum
from random import Random

from tests.crash import vfs

Files = Mapping[str, bytes]


@dataclass(frozen=True)
class Created:
    name: str


@dataclass(frozen=True)
class Opened:
    """From now on the first sync of this file syncs its folder too."""

    name: str


@dataclass(frozen=True)
class Write:
    name: str
    offset: int
    data: bytes


@dataclass(frozen=True)
class Truncate:
    name: str
    size: int


@dataclass(frozen=True)
class Sync:
    name: str


@dataclass(frozen=True)
class Delete:
    name: str
    syncs_folder: bool


@dataclass(frozen=True)
class Acknowledged:
    """The program under test said that its transaction of this number is safe."""

    number: int


Act = Created | Opened | Write | Truncate | Sync | Delete | Acknowledged
Change = Write | Truncate


@dataclass
class Recorder:
    """A `vfs.Watcher` that notes everything and disturbs nothing."""

    acts: list[Act] = field(default_factory=list)

    def opened(self, name: str, *, created: bool, syncs_folder: bool) -> None:
        self.acts += [Created(name)] * created + [Opened(name)] * syncs_folder

    def write(self, name: str, offset: int, data: bytes) -> int:
        return self._note(Write(name, offset, data))

    def truncate(self, name: str, size: int) -> int:
        return self._note(Truncate(name, size))

    def sync(self, name: str) -> int:
        return self._note(Sync(name))

    def delete(self, name: str, *, syncs_folder: bool) -> int:
        return self._note(Delete(name, syncs_folder))

    def _note(self, act: Act) -> int:
        self.acts.append(act)
        return vfs.OK


class Loss(Enum):
    """What becomes of the writes that were not synced."""

    DROPPED = "dropped"
    KEPT = "kept"
    TORN = "torn"
    SECTORS_512 = "sectors of 512"
    SECTORS_4096 = "sectors of 4096"
    WAL_ONLY = "wal only"
    DATABASE_ONLY = "database only"


class Disk:
    """Takes acts one by one; `image` is what a power failure right now would leave."""

    def __init__(self, files: Files | None = None) -> None:
        self._contents = [bytearray(data) for data in (files or {}).values()]
        self._names = {name: number for number, name in enumerate(files or {})}
        self._durable_names = dict(self._names)
        self._pending: list[tuple[int, Change]] = []
        self._syncs_folder: set[int] = set()
        self.acknowledged = -1

    def do(self, act: Act) -> None:
        match act:
            case Created(name):
                self._names[name] = len(self._contents)
                self._contents.append(bytearray())
            case Opened(name):
                self._syncs_folder.add(self._names[name])
            case Write(name) | Truncate(name):
                self._pending.append((self._names[name], act))
            case Sync(name):
                self._sync(self._names[name])
            case Delete(name, syncs_folder):
                del self._names[name]
                if syncs_folder:
                    self._durable_names = dict(self._names)
            case Acknowledged(number):
                self.acknowledged = number

    def _sync(self, number: int) -> None:
        for file, change in self._pending:
            if file == number:
                _apply(self._contents[number], change)
        self._pending = [(file, change) for file, change in self._pending if file != number]
        if number in self._syncs_folder:
            self._syncs_folder.discard(number)
            self._durable_names = dict(self._names)

    def image(self, loss: Loss, random: Random) -> dict[str, bytes]:
        contents = [bytearray(data) for data in self._contents]
        for file, change in SURVIVORS[loss](self, random):
            _apply(contents[file], change)
        names = self._names if loss is Loss.KEPT or random.random() < 0.5 else self._durable_names
        if loss is Loss.DROPPED:
            names = self._durable_names
        return {name: bytes(contents[number]) for name, number in names.items()}

    # -- which of the pending changes survive ----------------------------------------------------------------

    def all(self, random: Random) -> Iterator[tuple[int, Change]]:
        yield from self._pending

    def none(self, random: Random) -> Iterator[tuple[int, Change]]:
        yield from ()

    def torn(self, random: Random) -> Iterator[tuple[int, Change]]:
        """The first ones in order, and a part of the next."""
        whole = random.randint(0, len(self._pending))
        yield from self._pending[:whole]
        for file, change in self._pending[whole : whole + 1]:
            if isinstance(change, Write):
                yield (
                    file,
                    Write(change.name, change.offset, change.data[: random.randrange(len(change.data))]),
                )

    def sectors(self, size: int, random: Random) -> Iterator[tuple[int, Change]]:
        """Any of the sectors written, whatever their order was."""
        for file, change in self._pending:
            for piece in _pieces(change, size):
                if random.random() < 0.5:
                    yield file, piece

    def only(self, wal: bool) -> Iterator[tuple[int, Change]]:
        yield from ((file, change) for file, change in self._pending if change.name.endswith("-wal") == wal)


SURVIVORS: dict[Loss, Callable[[Disk, Random], Iterator[tuple[int, Change]]]] = {
    Loss.DROPPED: Disk.none,
    Loss.KEPT: Disk.all,
    Loss.TORN: Disk.torn,
    Loss.SECTORS_512: lambda disk, random: disk.sectors(512, random),
    Loss.SECTORS_4096: lambda disk, random: disk.sectors(4096, random),
    Loss.WAL_ONLY: lambda disk, random: disk.only(wal=True),
    Loss.DATABASE_ONLY: lambda disk, random: disk.only(wal=False),
}


def _apply(content: bytearray, change: Change) -> None:
    if isinstance(change, Truncate):
        del content[change.size :]
        return
    end = change.offset + len(change.data)
    content.extend(bytes(max(0, end - len(content))))
    content[change.offset : end] = change.data


def _pieces(change: Change, size: int) -> Iterator[Change]:
    """A write cut at the multiples of `size` of its file."""
    if isinstance(change, Truncate):
        yield change
        return
    at, end = change.offset, change.offset + len(change.data)
    while at < end:
        stop = min(end, (at // size + 1) * size)
        yield Write(change.name, at, change.data[at - change.offset : stop - change.offset])
        at = stop
