"""Writing a whole tag so that at every instant it bears the old content, the new one, or nothing believable.

The first block goes last: until then a mark stands there (`mark.py`; of UHF tags `uhf_writing.py`). What
fails is put back as it was if the tag still answers. Whether a tag may be overwritten is asked by the caller.
"""

from devices.errors import DeviceError
from devices.kinds import TagReader, is_hf
from devices.tag_tools import uhf_writing
from devices.tag_tools.blocks import not_as_written, write_changes
from devices.tag_tools.mark import mark_for
from devices.tag_tools.tags import Image, TagRefusal, image_of


class TornTag(TagRefusal):
    """The tag may be left with the mark: unreadable, never half-believed. `before` is what it bore."""

    def __init__(self, sentence: str, uid: bytes, before: Image) -> None:
        super().__init__(sentence)
        self.uid = uid
        self.before = before


def rewrite(reader: TagReader, uid: bytes, before: Image, wanted: Image) -> None:
    """Turn the tag from `before` into `wanted` and read it back.

    TagRefusal when it could not be written and bears `before` again, TornTag when not even that is sure.
    """
    try:
        _put(reader, uid, wanted)
    except DeviceError as error:
        _put_back(reader, uid, before, error)


def check_writable(reader: TagReader, uid: bytes, before: Image, wanted: Image) -> None:
    """TagRefusal for a tag that `rewrite` is not made for."""
    if not is_hf(uid):
        uhf_writing.check_writable(reader, uid, before, wanted)
    elif len(before.memory) != len(wanted.memory):
        raise TagRefusal(
            f"标签 {uid.hex()} 的容量不符 / tag {uid.hex()} holds {len(before.memory)} bytes, "
            f"not the {len(wanted.memory)} to be written: check that this is the right log"
        )


def _put_back(reader: TagReader, uid: bytes, before: Image, error: DeviceError) -> None:
    """After `error`: always raises."""
    try:
        _put(reader, uid, before)
    except DeviceError:
        raise TornTag(
            f"标签 {uid.hex()} 写入中断，内容不可信，请放回重写 / tag {uid.hex()} was lost while it was "
            f"written and is not to be trusted, lay it back and write it again: {error}",
            uid,
            before,
        ) from error
    raise TagRefusal(
        f"标签 {uid.hex()} 没有写成，已恢复原样，请放平再试或换一张 / tag {uid.hex()} was not written, it "
        f"bears what it did before, lay it flat and try again or take another one: {error}"
    ) from error


def _put(reader: TagReader, uid: bytes, wanted: Image) -> None:
    if is_hf(uid):
        _put_hf(reader, uid, wanted)
    else:
        uhf_writing.put(reader, uid, wanted.memory)


def _put_hf(reader: TagReader, uid: bytes, wanted: Image) -> None:
    size = reader.system_info(uid).block_size
    now = image_of(reader, uid)
    changed = now.memory != wanted.memory
    body = wanted.memory
    if changed:
        mark = mark_for(now.memory, wanted.memory, size)
        body = mark + wanted.memory[size:]
        write_changes(reader, uid, now.memory, body, size)
    if now.dsfid != wanted.dsfid:
        reader.write_dsfid(uid, wanted.dsfid)
    if now.afi != wanted.afi:
        reader.write_afi(uid, wanted.afi)
    _check(reader, uid, Image(body, wanted.dsfid, wanted.afi))
    if changed:
        reader.write_blocks(uid, 0, wanted.memory[:size])
        _check(reader, uid, wanted)


def _check(reader: TagReader, uid: bytes, wanted: Image) -> None:
    if image_of(reader, uid) != wanted:
        raise not_as_written(reader, uid)
