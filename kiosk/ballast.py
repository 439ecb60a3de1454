"""Space held in reserve beside the journal: given back when the disk is full, so that what was under way can
still be settled. New work waits until there is room for the reserve again."""

import os
import shutil
from contextlib import suppress
from pathlib import Path

SIZE = 2 * 2**20
"""Bytes; settling a whole pad of books writes a tenth of it."""
CHUNK = 2**16


class Ballast:
    """One file of `SIZE` bytes, written out and not sparse."""

    def __init__(self, path: Path) -> None:
        self._path = path

    @property
    def in_place(self) -> bool:
        return self._path.exists()

    def lay(self) -> bool:
        """Make it if there is room for it twice; whether it is there."""
        if not self.in_place and shutil.disk_usage(self._path.parent).free >= 2 * SIZE:
            try:
                self._write()
            except OSError:
                self.release()
        return self.in_place

    def release(self) -> None:
        """Give the space back; raises nothing."""
        with suppress(OSError):
            self._path.unlink()

    def _write(self) -> None:
        with self._path.open("wb") as file:
            for _ in range(SIZE // CHUNK):
                # nothing that a file system could fold together
                file.write(os.urandom(CHUNK))
            file.flush()
            os.fsync(file.fileno())
