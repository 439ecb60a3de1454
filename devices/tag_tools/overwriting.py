"""The rule for every write of the tools: ask before anything is overwritten, log first, then write."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

from devices.kinds import TagReader
from devices.tag_data import Unreadable
from devices.tag_tools.tags import Image, LyingTag, Refusal, TagRefusal
from devices.tag_tools.undo_log import Book, UndoLog
from devices.tag_tools.writing import check_writable, rewrite

Confirm = Callable[[str], bool]
"""Tells staff what would be overwritten and asks; False for no. Refusal where there is nobody to ask."""
Say = Callable[[str], None]


@runtime_checkable
class PasswordLocking(Protocol):
    """A reader whose tags can be locked so that only the library's password changes them."""

    def lock_with_password(self, uid: bytes) -> None: ...


@dataclass(frozen=True)
class Pen:
    """What every write needs: where to, who is asked, what is logged."""

    reader: TagReader
    log: UndoLog
    confirm: Confirm
    lock: bool = False
    """Whether what is written is then locked with the library's access password."""

    def write(self, tag: LyingTag, wanted: Image, book: Book) -> Image:
        """Make `tag` bear `wanted`; what it bore before. TagRefusal when staff say no or the tag fails.

        A tag that bears `wanted` already is only noted as done; one that this log tells was broken off in the
        middle, and a blank one, is overwritten without a question.
        """
        before = tag.whole()
        check_writable(self.reader, tag.uid, before, wanted)
        self._check_lockable(tag)
        if before != wanted:
            self._ask_for(tag)
        self.log.write(tag.uid, book, before, wanted)
        if before != wanted:
            rewrite(self.reader, tag.uid, before, wanted)
        if self.lock and isinstance(self.reader, PasswordLocking):
            self.reader.lock_with_password(tag.uid)
        self.log.written(tag.uid)
        return before

    def restore(self, tag: LyingTag) -> None:
        """Give a tag of the log back what it bore before its first write. Asks only where somebody else has
        written on it since."""
        before, entry = tag.whole(), self.log.entries[tag.uid]
        check_writable(self.reader, tag.uid, before, entry.before)
        if before not in (entry.before, entry.after) and not tag.marked:
            self._ask(tag)
        rewrite(self.reader, tag.uid, before, entry.before)
        self.log.restored(tag.uid)

    def _check_lockable(self, tag: LyingTag) -> None:
        if self.lock and not isinstance(self.reader, PasswordLocking):
            raise TagRefusal(
                f"标签 {tag.uid.hex()} 不能用密码锁 / tag {tag.uid.hex()} cannot be locked with a password, "
                "only UHF tags can: leave --lock away"
            )

    def _ask_for(self, tag: LyingTag) -> None:
        broken_off = tag.marked and tag.uid in self.log.entries
        if not tag.blank and not broken_off:
            self._ask(tag)

    def _ask(self, tag: LyingTag) -> None:
        bears = (
            "读不懂的内容 / what cannot be read"
            if isinstance(tag.content, Unreadable)
            else f"{tag.content.primary_item_id} ({tag.content.model.value})"
        )
        if not self.confirm(f"标签 {tag.uid.hex()} 已写有 / the tag bears {bears}"):
            raise TagRefusal(f"标签 {tag.uid.hex()} 未改动 / tag {tag.uid.hex()} was left as it is")


def the_tag(tags: tuple[LyingTag, ...], uid: bytes | None, to_write: bool) -> LyingTag:
    """The one tag meant; Refusal when that is not certain. Two blank tags cannot be told apart by eye, so
    nothing is written (`to_write`) while they lie there, not even by UID."""
    blanks = sum(tag.blank for tag in tags)
    if to_write and blanks > 1:
        raise Refusal(
            f"读写器上有 {blanks} 张空白标签，请只留一张 / {blanks} blank tags lie on the pad, "
            "leave only the one to be written"
        )
    meant = [tag for tag in tags if uid is None or tag.uid == uid]
    if len(meant) == 1:
        return meant[0]
    if uid is not None:
        raise Refusal(
            f"读写器上没有标签 {uid.hex()}，请放上 / tag {uid.hex()} is not on the pad, lay it there"
        )
    if not meant:
        raise Refusal("读写器上没有标签，请放上一本书 / no tag lies on the pad, lay one book there")
    raise Refusal(
        f"读写器上有 {len(meant)} 张标签，请只留一张或用 --uid 指定 / {len(meant)} tags lie on the pad, "
        "leave only one or name it with --uid"
    )
