"""The tags on a reader's pad as the staff tools see them: every byte, and what the bytes mean."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from devices.errors import BadFrame, DeviceRefused
from devices.kinds import TagReader, TagSystem, is_hf
from devices.tag_data import Model, TagContent, Unreadable, decode, dsfid_of, encode
from devices.tag_tools.mark import is_marked

ROUNDS = 3
"""Inventories whose sum counts: a second tag at the edge of the field must not go unseen."""
SLIX2_BLOCKS = 80


class Refusal(Exception):
    """Why a tool did not do what was asked, in one sentence for staff: what, where, what to do."""


class TagRefusal(Refusal):
    """It is this tag that cannot be used or must not be; another one may."""


@dataclass(frozen=True)
class Image:
    """Everything that the tools change on a tag: its memory from address 0 and two registers."""

    memory: bytes
    dsfid: int
    afi: int

    def as_json(self) -> dict[str, str]:
        return {"hex": self.memory.hex(), "dsfid": f"{self.dsfid:02x}", "afi": f"{self.afi:02x}"}

    @staticmethod
    def from_json(value: Mapping[str, Any]) -> "Image":
        """KeyError, TypeError or ValueError where `as_json` did not make `value`."""
        (dsfid,), (afi,) = bytes.fromhex(value["dsfid"]), bytes.fromhex(value["afi"])
        return Image(bytes.fromhex(value["hex"]), dsfid, afi)


@dataclass(frozen=True)
class LyingTag:
    """A tag on the pad. `image` is None where it could not be read; `content` then says why."""

    uid: bytes
    image: Image | None
    content: TagContent | Unreadable

    @property
    def blank(self) -> bool:
        return isinstance(self.content, Unreadable) and self.content.blank

    @property
    def marked(self) -> bool:
        """Whether these tools were interrupted while writing it."""
        return self.image is not None and is_marked(self.image.memory)

    def whole(self) -> Image:
        """The image; TagRefusal where there is none."""
        if self.image is None:
            reason = self.content.reason if isinstance(self.content, Unreadable) else ""
            raise TagRefusal(f"标签 / tag {self.uid.hex()}: {reason}")
        return self.image


def tags_on_pad(reader: TagReader, models: Sequence[Model] | None = None) -> tuple[LyingTag, ...]:
    """Every tag seen in any of a few rounds; `models` as for `tag_data.decode`."""
    uids = dict.fromkeys(sighting.uid for _ in range(ROUNDS) for sighting in reader.inventory())
    return tuple(tag_on_pad(reader, uid, models) for uid in uids)


def tag_on_pad(reader: TagReader, uid: bytes, models: Sequence[Model] | None = None) -> LyingTag:
    try:
        image = image_of(reader, uid)
    except (DeviceRefused, BadFrame) as error:
        reason = f"读不到标签，请把书分开放平 / cannot be read, lay the books flat and apart: {error.detail}"
        return LyingTag(uid, None, Unreadable(reason))
    return tag_bearing(uid, image, models)


def tag_bearing(uid: bytes, image: Image, models: Sequence[Model] | None = None) -> LyingTag:
    """Pure: what a tag with these bytes is. A UHF tag has no DSFID that would tell its data model."""
    if is_marked(image.memory):
        return LyingTag(
            uid, image, Unreadable("上次写入中断，请重写 / writing was broken off: write it again")
        )
    return LyingTag(uid, image, decode(image.memory, image.dsfid if is_hf(uid) else None, models))


def image_of(reader: TagReader, uid: bytes) -> Image:
    """Read the whole tag, whatever it says about its length: an undo must know every byte."""
    system = reader.system_info(uid)
    return Image(reader.read_blocks(uid, 0, usable_blocks(system)), system.dsfid, system.afi)


def usable_blocks(system: TagSystem) -> int:
    """The last block of an ICODE SLIX2 is a counter: writing there would set it."""
    return system.block_count - (system.block_count == SLIX2_BLOCKS)


def image_for(content: TagContent, memory_size: int, afi: int) -> Image:
    """The tag that bears `content`; Refusal for what that chip cannot hold or nobody could read again."""
    try:
        image = Image(encode(content, memory_size), dsfid_of(content.model), afi)
    except ValueError as error:
        raise TagRefusal(f"这张标签写不下 / this tag cannot bear it: {error}") from error
    again = decode(image.memory, image.dsfid)
    if isinstance(again, Unreadable) or again.primary_item_id != content.primary_item_id:
        raise TagRefusal(
            f"{content.primary_item_id!r} 写成 {content.model.value} 后读不回来，请换数据模型 / "
            f"would not be read back as written in {content.model.value}: choose another data model"
        )
    return image
