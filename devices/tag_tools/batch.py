"""A crate of books, one after the other as they are laid on the pad: tagged from a list, or put back.

Both go on where they stopped, by the undo log. A tag that fails is told and waited for again; only a lost
reader, or nobody laying books any more, ends them early.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial

from devices.errors import BadFrame, DeviceRefused
from devices.tag_tools.crate import Row
from devices.tag_tools.laying import Laying
from devices.tag_tools.overwriting import Pen, Say
from devices.tag_tools.tags import TagRefusal, image_for, tag_on_pad, usual_model


def tag_crate(
    pen: Pen, laying: Laying, rows: Sequence[Row], afi: int, say: Say, *, any_model: bool = False
) -> None:
    """Write every row that the log does not tell as done; with `any_model` in what suits each tag's kind."""
    todo = [row for row in rows if row.book not in pen.log.done]
    for number, row in enumerate(todo, start=len(rows) - len(todo) + 1):
        place = f"{number}/{len(rows)} {row}"
        say(f"{place}: 请放上这本书 / lay this book on the pad")
        _until_done(laying.next_single, partial(_write, pen, row, afi, any_model), say)
        say(f"{place}: 已写好，请取走 / written, take it away")


def restore_all(pen: Pen, laying: Laying, say: Say) -> None:
    """Put every tag of the log back as it was, in whatever order they are laid down."""
    total = len(pen.log.entries)
    while left := len(pen.log.entries):
        say(f"{total - left}/{total} 已恢复，请放上其余的书 / restored, lay the others on the pad")
        _until_done(
            lambda: laying.next_of(frozenset(pen.log.entries)),
            lambda uid: pen.restore(tag_on_pad(pen.reader, uid)),
            say,
        )
    say(f"{total}/{total} 已恢复 / restored")


def _write(pen: Pen, row: Row, afi: int, any_model: bool, uid: bytes) -> None:
    tag = tag_on_pad(pen.reader, uid)
    content = replace(row.content, model=usual_model(tag)) if any_model else row.content
    pen.write(tag, image_for(tag, content, afi), row.book)


def _until_done(next_tag: Callable[[], bytes], act: Callable[[bytes], None], say: Say) -> None:
    """`act` on one tag after the other until one works; what is wrong with the others is said."""
    while True:
        uid = next_tag()
        try:
            return act(uid)
        except (TagRefusal, DeviceRefused, BadFrame) as failure:
            say(str(failure))
