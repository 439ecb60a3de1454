"""A SQLite VFS written with ctypes: every write, sync, truncation and deletion of unchanged code goes past a
`Watcher`, which may note it, slow it down or let it fail. Reading and locking are the system's own.

    with Vfs(watcher):          # SQLite's default for every connection opened in here
        journal = Journal(…)
        journal.close()         # before the block ends: SQLite keeps pointers to these functions

Tried with SQLite 3.40.1 on Debian 12.
"""

import ctypes
import ctypes.util
import sqlite3
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Any, Protocol, Self

OK, FULL, IOERR_FSYNC = 0, 13, 1034
OPEN_CREATE = 0x04
WATCHED = {0x100: "database", 0x800: "journal", 0x80000: "wal"}
"""SQLITE_OPEN_MAIN_DB, _MAIN_JOURNAL, _WAL: temporary files are nobody's business."""


class Watcher(Protocol):
    """Told before the thing is done; a code other than OK is SQLite's answer and the thing is left undone."""

    def opened(self, name: str, *, created: bool, syncs_folder: bool) -> None: ...

    def write(self, name: str, offset: int, data: bytes) -> int: ...

    def truncate(self, name: str, size: int) -> int: ...

    def sync(self, name: str) -> int: ...

    def delete(self, name: str, *, syncs_folder: bool) -> int: ...


_pointer, _int, _int64 = ctypes.c_void_p, ctypes.c_int, ctypes.c_int64
_OPEN = ctypes.CFUNCTYPE(_int, _pointer, _pointer, _pointer, _int, ctypes.POINTER(_int))
_DELETE = ctypes.CFUNCTYPE(_int, _pointer, _pointer, _int)
_WRITE = ctypes.CFUNCTYPE(_int, _pointer, _pointer, _int, _int64)
_TRUNCATE = ctypes.CFUNCTYPE(_int, _pointer, _int64)
_SYNC = ctypes.CFUNCTYPE(_int, _pointer, _int)


class _Methods(ctypes.Structure):
    """struct sqlite3_io_methods, version 3."""

    _fields_ = (
        ("version", _int), ("close", _pointer), ("read", _pointer), ("write", _WRITE),
        ("truncate", _TRUNCATE), ("sync", _SYNC), ("others", _pointer * 13),
    )  # fmt: skip


class _VfsStruct(ctypes.Structure):
    """struct sqlite3_vfs, version 3."""

    _fields_ = (
        ("version", _int), ("file_size", _int), ("longest_path", _int), ("next", _pointer),
        ("name", ctypes.c_char_p), ("app_data", _pointer), ("open", _OPEN), ("delete", _DELETE),
        ("others", _pointer * 14),
    )  # fmt: skip


class _File(ctypes.Structure):
    _fields_ = (("methods", ctypes.POINTER(_Methods)),)


class Vfs:
    """The system's own VFS with a watcher before it; its files are the system's, with our methods."""

    def __init__(self, watcher: Watcher) -> None:
        self._watcher = watcher
        self._names: dict[int, str] = {}
        self._library = _library()
        self._system = self._library.sqlite3_vfs_find(b"unix")
        self._system_address = ctypes.cast(self._system, _pointer).value
        self._struct = _VfsStruct.from_buffer_copy(self._system.contents)
        self._struct.name = b"watched"
        self._struct.open, self._struct.delete = _OPEN(self._open), _DELETE(self._delete)
        self._own: dict[int, _Methods] = {}
        """Our methods by the address of the system's: journals have others than databases."""

    def register(self) -> None:
        self._library.sqlite3_vfs_register(ctypes.byref(self._struct), 1)

    def unregister(self) -> None:
        self._library.sqlite3_vfs_unregister(ctypes.byref(self._struct))
        self._library.sqlite3_vfs_register(self._system, 1)

    def __enter__(self) -> Self:
        self.register()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.unregister()

    def _open(self, vfs: int, name: int | None, file: int, flags: int, out_flags: Any) -> int:
        # `name` stays a bare pointer: the system keeps it, and reads more than the name behind it
        what = next((kind for flag, kind in WATCHED.items() if flags & flag), None)
        path = Path(ctypes.string_at(name).decode()) if name else None
        existed = path is not None and path.exists()
        code: int = self._system.contents.open(self._system_address, name, file, flags, out_flags)
        if code == OK and what is not None and path is not None:
            self._names[file] = path.name
            self._take_over(_File.from_address(file))
            # the system syncs the folder with the first sync of a journal opened so
            syncs_folder = what != "database" and bool(flags & OPEN_CREATE)
            self._watcher.opened(path.name, created=not existed, syncs_folder=syncs_folder)
        return code

    def _take_over(self, file: _File) -> None:
        theirs = file.methods.contents
        address = ctypes.addressof(theirs)
        if address not in self._own:
            self._theirs = theirs
            own = _Methods.from_buffer_copy(theirs)
            own.write, own.truncate, own.sync = _WRITE(self._write), _TRUNCATE(self._cut), _SYNC(self._sync)
            self._own[address] = own
        file.methods = ctypes.pointer(self._own[address])

    def _delete(self, vfs: int, name: int, sync_folder: int) -> int:
        path, code = Path(ctypes.string_at(name).decode()), OK
        if path.exists():
            code = self._watcher.delete(path.name, syncs_folder=bool(sync_folder))
        return code or self._system.contents.delete(self._system_address, name, sync_folder)

    def _write(self, file: int, data: int, size: int, offset: int) -> int:
        code = self._watcher.write(self._names[file], offset, ctypes.string_at(data, size))
        return code or self._theirs.write(file, data, size, offset)

    def _cut(self, file: int, size: int) -> int:
        return self._watcher.truncate(self._names[file], size) or self._theirs.truncate(file, size)

    def _sync(self, file: int, flags: int) -> int:
        return self._watcher.sync(self._names[file]) or self._theirs.sync(file, flags)


def _library() -> ctypes.CDLL:
    """The SQLite that Python's own module uses."""
    library = ctypes.CDLL(ctypes.util.find_library("sqlite3"))
    library.sqlite3_libversion.restype = ctypes.c_char_p
    version: Callable[[], bytes] = library.sqlite3_libversion
    if version().decode() != sqlite3.sqlite_version:
        raise RuntimeError("Python brings its own SQLite here: this VFS would watch another library")
    library.sqlite3_vfs_find.restype = ctypes.POINTER(_VfsStruct)
    return library
