"""From one data model to another: pure. What the target cannot hold is told, never dropped in silence."""

from collections.abc import Callable
from dataclasses import dataclass

from devices.tag_data import Model, SetInfo, TagContent, decode, dsfid_of, encode
from devices.tag_data.content import BadTag
from devices.tag_data.oid import Oid

_MADE_ANEW = (Oid.PRIMARY_ITEM_ID, Oid.CONTENT_PARAMETER)


RoomFor = Callable[[TagContent], int]
"""How many bytes of memory the tag has for such a content."""
_NOT_GIVEN_BACK = "an empty value is not given back by the target"


@dataclass(frozen=True)
class Conversion:
    """`content` as the tag will be read; `left_out`: OID → why; `changed`: OID → what is read instead, since
    the target writes it in its own way (an ISIL without hyphen) or puts a value of its own there."""

    content: TagContent
    left_out: dict[int, str]
    changed: dict[int, str]


def converted(content: TagContent, to: Model, room_for: RoomFor) -> Conversion:
    """ValueError, in one sentence, when not even the item identifier can be written."""
    given = {oid: value for oid, value in content.elements.items() if oid not in _MADE_ANEW}
    kept: dict[int, object] = {}
    refused: dict[int, str] = {}
    result = _as_read(TagContent(to, content.primary_item_id), room_for)
    for oid, value in given.items():
        try:
            result = _as_read(TagContent(to, content.primary_item_id, elements=kept | {oid: value}), room_for)
        except ValueError as error:
            refused[oid] = str(error)
        else:
            kept[oid] = value
    there = result.elements
    return Conversion(
        result,
        left_out={oid: refused.get(oid) or _NOT_GIVEN_BACK for oid in given if oid not in there},
        changed={
            oid: str(there[oid]) for oid in given if oid in there and not _same(oid, given[oid], there[oid])
        },
    )


def _as_read(content: TagContent, room_for: RoomFor) -> TagContent:
    again = decode(encode(content, room_for(content)), dsfid_of(content.model), [content.model])
    if not isinstance(again, TagContent) or again.primary_item_id != content.primary_item_id:
        raise ValueError(f"{content.model.value} would not give back {content.primary_item_id!r}")
    return again


def _same(oid: int, one: object, other: object) -> bool:
    """Set information means the same with more digits: 102 and 0102."""
    if oid != Oid.SET_INFORMATION:
        return one == other
    try:
        return SetInfo.from_digits(str(one)) == SetInfo.from_digits(str(other))
    except BadTag:
        return False
