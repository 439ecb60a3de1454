"""Data elements of ISO 28560-1 by object identifier, and the rules on them that all data models share."""

from enum import IntEnum

from devices.tag_data.content import BadTag, Model, SetInfo, TagContent


class Oid(IntEnum):
    """The elements that some codec treats specially; the others (up to 31) are plain text."""

    PRIMARY_ITEM_ID = 1
    CONTENT_PARAMETER = 2
    OWNER = 3
    SET_INFORMATION = 4
    TYPE_OF_USAGE = 5
    ILL_BORROWING_INSTITUTION = 11


LAST_OID = 31


def trusted(model: Model, elements: dict[int, object]) -> TagContent:
    """The content that `elements` make; BadTag without an item identifier fit to be one."""
    item_id = elements.get(Oid.PRIMARY_ITEM_ID)
    if not isinstance(item_id, str) or not item_id:
        raise BadTag("no primary item identifier (OID 1)")
    check_item_id(item_id)
    return content_of(model, item_id, elements)


def content_of(model: Model, item_id: str, elements: dict[int, object]) -> TagContent:
    """`elements` by their numbers; owner and set information are told apart from the rest."""
    set_digits = str(elements.get(Oid.SET_INFORMATION) or "")
    return TagContent(
        model=model,
        primary_item_id=item_id,
        owner=str(elements.get(Oid.OWNER) or "") or None,
        set_info=SetInfo.from_digits(set_digits) if set_digits else None,
        elements={int(oid): value for oid, value in elements.items()},
    )


def check_item_id(item_id: str) -> None:
    if not item_id.isprintable():
        raise BadTag("the primary item identifier (OID 1) is not printable text")


def elements_to_write(content: TagContent) -> dict[int, str]:
    """Text by OID, item identifier first, in the order of `content.elements`; owner and set information
    last where only their fields give them. The content parameter is the encoder's own affair.

    ValueError where a value is not text or contradicts the field of the same name, or the item identifier
    is missing: bank 11 of ISO 28560-4 alone may lack it.
    """
    written: dict[int, str] = {}
    if content.primary_item_id:
        check_item_id(content.primary_item_id)
        written[Oid.PRIMARY_ITEM_ID] = content.primary_item_id
    elif content.model is not Model.ISO_28560_4:
        raise ValueError("the primary item identifier is missing")
    for oid, value in content.elements.items():
        if oid == Oid.CONTENT_PARAMETER:
            continue
        if not 1 <= oid <= LAST_OID:
            raise ValueError(f"OID {oid} does not exist; 1 to {LAST_OID} do")
        if not isinstance(value, str) or any("\ud800" <= character <= "\udfff" for character in value):
            raise ValueError(f"OID {oid}: text is needed, not {value!r}")
        _check_agrees(content, oid, value)
        written[oid] = value
    if content.set_info:
        SetInfo.from_digits(content.set_info.digits)
        written.setdefault(Oid.SET_INFORMATION, content.set_info.digits)
    if content.owner:
        written.setdefault(Oid.OWNER, content.owner)
    return written


def _check_agrees(content: TagContent, oid: int, value: str) -> None:
    fields: dict[int, object] = {
        Oid.PRIMARY_ITEM_ID: content.primary_item_id,
        Oid.OWNER: content.owner,
        Oid.SET_INFORMATION: content.set_info,
    }
    stated = fields.get(oid)
    element = SetInfo.from_digits(value) if oid == Oid.SET_INFORMATION else value
    if stated and element != stated:
        raise ValueError(f"OID {oid} says {element!r}, the content's own field {stated!r}")


def fitted(memory: bytes, memory_size: int) -> bytes:
    """`memory` filled with 00 to the tag's size: no left-overs of an earlier use stay behind."""
    if len(memory) > memory_size:
        raise ValueError(
            f"the content takes {len(memory)} bytes, the tag holds {memory_size}: write fewer elements"
        )
    return memory.ljust(memory_size, b"\0")
