"""Which data model a tag bears, and the one door to read and write them all."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from devices.tag_data import gaoxiao, iso28560_2, iso28560_3, iso28560_4, mmm, uhf
from devices.tag_data.content import BadTag, Model, TagContent, Unreadable


@dataclass(frozen=True)
class Codec:
    """`decode` raises BadTag only, `encode` ValueError only; `dsfid` is the register of a written tag."""

    decode: Callable[[bytes], TagContent]
    encode: Callable[[TagContent, int], bytes]
    dsfid: int


CODECS: dict[Model, Codec] = {
    Model.ISO_28560_2: Codec(iso28560_2.decode, iso28560_2.encode, iso28560_2.DSFID),
    Model.ISO_28560_3: Codec(iso28560_3.decode, iso28560_3.encode, iso28560_3.DSFID),
    Model.MMM: Codec(mmm.decode, mmm.encode, mmm.DSFID),
    Model.ISO_28560_4: Codec(iso28560_4.decode, iso28560_4.encode, iso28560_4.DSFID),
    Model.GAOXIAO: Codec(gaoxiao.decode, gaoxiao.encode, gaoxiao.DSFID),
}

# Most certain first: a CRC proves more than an unbroken chain of objects, and that more than two constants.
_HF_MODELS = (Model.ISO_28560_3, Model.ISO_28560_2, Model.MMM)
_UHF_MODELS = (Model.GAOXIAO, Model.ISO_28560_4)
_ANY_MODELS = (Model.ISO_28560_3, Model.GAOXIAO, Model.ISO_28560_2, Model.MMM, Model.ISO_28560_4)
_MODELS_BY_DSFID = {
    iso28560_2.DSFID: (Model.ISO_28560_2, Model.ISO_28560_3),
    iso28560_3.DSFID: (Model.ISO_28560_3,),
}
"""A torn 28560-3 tag must not pass as anything else, so its DSFID allows no other model."""

_BLANK_BYTES = (0x00, 0xFF)


def decode(
    memory: bytes, dsfid: int | None = None, models: Sequence[Model] | None = None
) -> TagContent | Unreadable:
    """What the tag bears, whatever the bytes are.

    `memory` starts at address 0 (UHF: bank 01, then bank 11). `dsfid` is the register of an HF tag; without
    it the memory may be a UHF tag's, and is one, of no HF model, where the chip's own CRC says so. `models`
    are the library's own choice, tried in that order instead.
    """
    memory = bytes(memory)
    if not memory:
        return Unreadable("没有读到数据 / nothing was read")
    if (memory[0] in _BLANK_BYTES and len(set(memory)) == 1) or (dsfid is None and uhf.is_unwritten(memory)):
        return Unreadable("空白标签 / blank tag", blank=True)
    candidates = _candidates(dsfid, models)
    if dsfid is None and _is_uhf(memory):
        candidates = [model for model in candidates if model in _UHF_MODELS]
    faults = [] if candidates else ["a UHF tag, and the library has chosen no model of such tags"]
    for model in candidates:
        try:
            return CODECS[model].decode(memory)
        except BadTag as fault:
            faults.append(f"{model.value}: {fault}")
    return Unreadable(f"标签内容不可信 / not a tag to be trusted: {'; '.join(faults)}")


def encode(content: TagContent, memory_size: int) -> bytes:
    """The whole memory of `memory_size` bytes for `content.model`; ValueError, in one sentence, for what that
    model or that size cannot hold."""
    return CODECS[content.model].encode(content, memory_size)


def dsfid_of(model: Model) -> int:
    return CODECS[model].dsfid


def bytes_needed(
    prefix: bytes, dsfid: int | None, models: Sequence[Model] | None = None, extensions: bool = False
) -> int | None:
    """How many bytes from address 0 of an HF tag to read when `prefix`, its first 32 to 36, is not enough.

    None when `prefix` already holds all that can be trusted, or more of it would not help. Otherwise more
    than `len(prefix)`, perhaps more than the chip has: read that far or to its end, then ask again.
    `extensions` asks for the extension blocks of ISO 28560-3 too.
    """
    needs = [0]
    for model in _candidates(dsfid, models):
        try:
            need = _needed_by(model, prefix, extensions)
            needs.append(need)
            CODECS[model].decode(prefix)
        except BadTag:
            continue
        needs = [need]
        break
    return max(needs) if max(needs) > len(prefix) else None


def _needed_by(model: Model, prefix: bytes, extensions: bool) -> int:
    match model:
        case Model.ISO_28560_2:
            return iso28560_2.bytes_needed(prefix)
        case Model.ISO_28560_3:
            return iso28560_3.bytes_needed(prefix, extensions)
        case Model.MMM:
            return mmm.bytes_needed(prefix)
        case Model.ISO_28560_4 | Model.GAOXIAO:
            raise BadTag("a UHF tag is read by banks")


def _is_uhf(memory: bytes) -> bool:
    try:
        uhf.split(memory)
    except BadTag:
        return False
    return True


def _candidates(dsfid: int | None, models: Sequence[Model] | None) -> Sequence[Model]:
    if models:
        return models
    return _ANY_MODELS if dsfid is None else _MODELS_BY_DSFID.get(dsfid, _HF_MODELS)
