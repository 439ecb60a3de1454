"""The tags on a reader's pad as the staff tools see them: every byte, and what the bytes mean."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from devices.errors import BadFrame, DeviceRefused
from devices.kinds import TagReader, TagSystem, is_hf
from devices.tag_data import Model, TagContent, Unreadable, decode, dsfid_of, encode
from devices.tag_tools import uhf_image
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
        return self.image is not None and _broken_off(self.uid, self.image)

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
    """A tag that cannot be read is Unreadable, in words for staff; DeviceLost when the reader is gone."""
    try:
        image = image_of(reader, uid)
    except (DeviceRefused, BadFrame) as error:
        reason = f"读不到标签，请把书分开放平 / cannot be read, lay the books flat and apart: {error.detail}"
        return LyingTag(uid, None, Unreadable(reason))
    return tag_bearing(uid, image, models)


def tag_bearing(uid: bytes, image: Image, models: Sequence[Model] | None = None) -> LyingTag:
    """Pure: what a tag with these bytes is. A UHF tag has no DSFID that would tell its data model."""
    if _broken_off(uid, image):
        return LyingTag(
            uid, image, Unreadable("上次写入中断，请重写 / writing was broken off: write it again")
        )
    if not is_hf(uid) and uhf_image.is_blank(image.memory):
        return LyingTag(uid, image, Unreadable("空白标签 / blank tag", blank=True))
    return LyingTag(uid, image, decode(image.memory, image.dsfid if is_hf(uid) else None, models))


def _broken_off(uid: bytes, image: Image) -> bool:
    return is_marked(image.memory) if is_hf(uid) else uhf_image.is_marked(image.memory)


def image_of(reader: TagReader, uid: bytes) -> Image:
    """Read the whole tag, whatever it says about its length: an undo must know every byte."""
    system = reader.system_info(uid)
    memory = reader.read_blocks(uid, 0, usable_blocks(system))
    return Image(memory[: system.memory_size], system.dsfid, system.afi)


def usable_blocks(system: TagSystem) -> int:
    """The last block of an ICODE SLIX2 is a counter: writing there would set it."""
    return system.block_count - (system.block_count == SLIX2_BLOCKS)


def image_for(tag: LyingTag, content: TagContent, afi: int) -> Image:
    """`tag` bearing `content`; Refusal for what its chip cannot hold or nobody could read again."""
    check_model(tag, content.model)
    try:
        image = _image(tag, content, afi)
    except ValueError as error:
        raise TagRefusal(f"这张标签写不下 / this tag cannot bear it: {error}") from error
    again = decode(image.memory, image.dsfid if is_hf(tag.uid) else None)
    if isinstance(again, Unreadable) or again.primary_item_id != content.primary_item_id:
        raise TagRefusal(
            f"{content.primary_item_id!r} 写成 {content.model.value} 后读不回来，请换数据模型 / "
            f"would not be read back as written in {content.model.value}: choose another data model"
        )
    return image


def check_model(tag: LyingTag, model: Model) -> None:
    """TagRefusal where a tag of this kind cannot bear that data model."""
    if is_hf(tag.uid) == (model in uhf_image.MODELS):
        kind, models = (
            ("高频 / an HF tag", HF_MODELS) if is_hf(tag.uid) else ("超高频 / a UHF tag", UHF_MODELS)
        )
        raise TagRefusal(
            f"标签 {tag.uid.hex()} 是{kind}，不能写 {model.value} / cannot bear {model.value}: "
            f"choose one of {', '.join(models)}"
        )


def usual_model(tag: LyingTag) -> Model:
    """What is written where nobody says otherwise."""
    return Model.ISO_28560_2 if is_hf(tag.uid) else Model.ISO_28560_4


def room_for(tag: LyingTag, content: TagContent) -> int:
    """Bytes of memory that `tag` has for `content`: of a UHF tag, bank 01 grows with it."""
    memory = tag.whole().memory
    return len(memory) if is_hf(tag.uid) else uhf_image.room_for(memory, content)


def _image(tag: LyingTag, content: TagContent, afi: int) -> Image:
    memory = encode(content, room_for(tag, content))
    if is_hf(tag.uid):
        return Image(memory, dsfid_of(content.model), afi)
    return Image(uhf_image.secured(memory, afi), tag.whole().dsfid, afi)


HF_MODELS = [model.value for model in Model if model not in uhf_image.MODELS]
UHF_MODELS = [model.value for model in uhf_image.MODELS]
