"""What each tag bore before the tools wrote on it: lines of JSON, on disk before the tag is touched.

A line says `write` (with `before` and `after`), `written` (read back and right) or `restored`. The log also
tells a batch which books are done, so that it can go on where it stopped.
"""

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from devices.tag_tools.tags import Image, Refusal


@dataclass(frozen=True)
class Book:
    """Which tag of which book: the item identifier and, of a set, the part."""

    item_id: str
    part: int = 1


@dataclass
class Entry:
    """A tag that bears, or may bear, something else than it did: `before` is its very first state."""

    book: Book
    before: Image
    after: Image
    written: bool = False


@dataclass
class UndoLog:
    """`path` None keeps it in memory only. `entries` by UID, in order of their first write."""

    path: Path | None = None
    entries: dict[bytes, Entry] = field(default_factory=dict)

    @staticmethod
    def open(path: Path) -> "UndoLog":
        """Read what is there, if anything; Refusal for a file that is no undo log."""
        log = UndoLog(path)
        try:
            lines = path.read_bytes().splitlines(keepends=True) if path.exists() else []
        except OSError as error:
            raise Refusal(f"打不开撤销记录 / cannot read the undo log {path}: {error.strerror}") from error
        for number, line in enumerate(lines, start=1):
            if not line.endswith(b"\n"):
                # The power went while it was written, so what it tells of did not happen yet.
                os.truncate(path, sum(map(len, lines[:-1])))
                break
            log._take(number, line)
        return log

    @property
    def done(self) -> frozenset[Book]:
        return frozenset(entry.book for entry in self.entries.values() if entry.written)

    def write(self, uid: bytes, book: Book, before: Image, after: Image) -> None:
        """To be called before the tag is touched."""
        self._append(
            {
                "act": "write",
                "uid": uid.hex(),
                "item_id": book.item_id,
                "part": book.part,
                "before": before.as_json(),
                "after": after.as_json(),
            }
        )

    def written(self, uid: bytes) -> None:
        self._append({"act": "written", "uid": uid.hex()})

    def restored(self, uid: bytes) -> None:
        self._append({"act": "restored", "uid": uid.hex()})

    def _append(self, line: dict[str, Any]) -> None:
        self._apply(line)
        if self.path is None:
            return
        try:
            with self.path.open("a", encoding="utf-8") as file:
                file.write(json.dumps(line, ensure_ascii=False) + "\n")
                file.flush()
                os.fsync(file.fileno())
        except OSError as error:
            raise Refusal(
                f"写不了撤销记录，请检查磁盘 / cannot write the undo log {self.path}, check the disk: "
                f"{error.strerror}"
            ) from error

    def _take(self, number: int, line: bytes) -> None:
        try:
            self._apply(json.loads(line))
        except (KeyError, TypeError, ValueError, AttributeError, ArithmeticError, RecursionError) as error:
            raise Refusal(
                f"{self.path} 第 {number} 行不是撤销记录，请另选文件 / line {number} is not of an undo log, "
                "choose another file"
            ) from error

    def _apply(self, line: Mapping[str, Any]) -> None:
        uid = bytes.fromhex(line["uid"])
        match line["act"]:
            case "write":
                book = Book(str(line["item_id"]), int(line["part"]))
                before, after = Image.from_json(line["before"]), Image.from_json(line["after"])
                known = self.entries.get(uid)
                self.entries[uid] = Entry(book, known.before if known else before, after)
            case "written":
                self.entries[uid].written = True
            case "restored":
                self.entries.pop(uid, None)
            case act:
                raise ValueError(act)
