"""Writing a UHF tag whole: never half of one book and half of another, see `uhf_image`.

Its name in the field is what bank 01 bears, so nothing is written beside a tag of the same content.
"""

from typing import Protocol, runtime_checkable

from devices.errors import DeviceRefused
from devices.kinds import TagReader
from devices.tag_tools.blocks import not_as_written, write_changes
from devices.tag_tools.tags import Image, TagRefusal, image_of
from devices.tag_tools.uhf_image import Steps, user_size
from devices.uhf_reader18.memory import HEAD_SIZE, content_size

CRC_SIZE = 2


@runtime_checkable
class Naming(Protocol):
    """A reader that addresses tags by what they bear."""

    def check_single(self, uid: bytes) -> None:
        """DeviceRefused where it could not be told which tag would be written."""


def check_writable(reader: TagReader, uid: bytes, before: Image, wanted: Image) -> None:
    """TagRefusal for a tag that `put` is not made for, and for a name that another tag there has."""
    if len(uid) not in (8, 12) or uid[:1] not in (b"\xe0", b"\xe2"):
        raise TagRefusal(
            f"标签 {uid.hex()} 没有自己的芯片号，改写后认不出 / tag {uid.hex()} has no chip number of its "
            "own and could not be told again once written: take another one"
        )
    if isinstance(reader, Naming):
        try:
            reader.check_single(uid)
        except DeviceRefused as refusal:
            raise TagRefusal(refusal.detail) from refusal
    if user_size(before.memory) != user_size(wanted.memory):
        raise TagRefusal(
            f"标签 {uid.hex()} 的容量不符 / bank 11 of tag {uid.hex()} holds {user_size(before.memory)} "
            f"bytes, not the {user_size(wanted.memory)} to be written: check that this is the right log"
        )
    for other in {sighting.uid for sighting in reader.inventory()} - {uid}:
        if _name(_memory(reader, other)) == _name(wanted.memory):
            raise TagRefusal(
                f"旁边的标签 {other.hex()} 已是这个编号，请拿开 / tag {other.hex()} beside it bears the same "
                "already: take it away"
            )


def put(reader: TagReader, uid: bytes, wanted: bytes) -> None:
    """Turn the tag into `wanted`: the mark, all the rest, read back, the right head, read back."""
    system = reader.system_info(uid)
    steps = Steps.between(_memory(reader, uid), wanted)
    reader.write_blocks(uid, 0, steps.mark)
    now = steps.body[:HEAD_SIZE] + _memory(reader, uid)[HEAD_SIZE:]
    write_changes(reader, uid, now, steps.body, system.block_size)
    _check(reader, uid, steps.body)
    reader.write_blocks(uid, 0, steps.head)
    _check(reader, uid, wanted)


def _memory(reader: TagReader, uid: bytes) -> bytes:
    return image_of(reader, uid).memory


def _check(reader: TagReader, uid: bytes, wanted: bytes) -> None:
    """But for the checksum, which a chip may make anew only when it gets power again."""
    if _memory(reader, uid)[CRC_SIZE:] != wanted[CRC_SIZE:]:
        raise not_as_written(reader, uid)


def _name(memory: bytes) -> bytes:
    """What bank 01 bears, and a reader calls the tag by."""
    return memory[HEAD_SIZE : HEAD_SIZE + content_size(memory[:HEAD_SIZE])]
