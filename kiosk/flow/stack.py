"""The books on the pad as the reader should see them: tags grouped into items, and what holds for each."""

from dataclasses import dataclass
from enum import Enum

from devices.kinds import TagOnPad
from devices.tag_data import TagContent, Unreadable
from kiosk.flow import offline
from kiosk.flow.ils_values import Item, ItemStatus
from kiosk.flow.operation import Act, next_act
from kiosk.flow.session import Mode, Session

USAGE_OID = 5
PATRON_CARD = "8"
"""The high digit of the type of usage (ISO 28560-1) that marks a reader's card."""


class Standing(Enum):
    """What can be done with a book in the current mode."""

    READY = "ready"
    ASKING = "asking"
    UNREADABLE = "unreadable"
    BLANK = "blank"
    FOREIGN = "foreign"
    READER_CARD = "reader_card"
    """A reader's card among the books (type of usage 8x)."""
    DOUBLE = "double"
    """The same item id on tags that are not parts of one set."""
    INCOMPLETE_SET = "incomplete_set"
    ON_LOAN = "on_loan"
    NOT_ON_LOAN = "not_on_loan"
    HELD = "held"
    NOT_FOR_LOAN = "not_for_loan"
    NOT_IN_CATALOGUE = "not_in_catalogue"


@dataclass(frozen=True)
class Book:
    """One thing on the pad: an item with its tags, or a single tag that cannot be believed."""

    tags: tuple[TagOnPad, ...]
    standing: Standing
    item_id: str | None = None
    title: str = ""
    parts: tuple[int, int] | None = None
    """(on the pad, in the set) for a set whose parts bear a tag each."""


BORROW_STANDING = {
    ItemStatus.AVAILABLE: Standing.READY,
    ItemStatus.OTHER: Standing.READY,
    ItemStatus.ON_LOAN: Standing.ON_LOAN,
    # only the ILS knows whether this reader is the one it waits for
    ItemStatus.HELD: Standing.READY,
    ItemStatus.NOT_FOR_LOAN: Standing.NOT_FOR_LOAN,
    ItemStatus.UNKNOWN_ITEM: Standing.NOT_IN_CATALOGUE,
}
RETURN_STANDING = {
    ItemStatus.AVAILABLE: Standing.NOT_ON_LOAN,
    ItemStatus.OTHER: Standing.READY,
    ItemStatus.ON_LOAN: Standing.READY,
    ItemStatus.HELD: Standing.NOT_ON_LOAN,
    ItemStatus.NOT_FOR_LOAN: Standing.NOT_ON_LOAN,
    ItemStatus.UNKNOWN_ITEM: Standing.NOT_IN_CATALOGUE,
}
STANDINGS = {Mode.BORROW: BORROW_STANDING, Mode.RETURN: RETURN_STANDING}


def books(session: Session) -> tuple[Book, ...]:
    """The pad's tags in the order they came, grouped by item."""
    groups: dict[str, list[TagOnPad]] = {}
    for tag in session.pad:
        groups.setdefault(_group(tag), []).append(tag)
    return tuple(_book(session, tuple(tags)) for tags in groups.values())


def ready(session: Session) -> tuple[Book, ...]:
    return tuple(book for book in books(session) if book.standing is Standing.READY)


def uids(stack: tuple[Book, ...]) -> frozenset[bytes]:
    return frozenset(tag.uid for book in stack for tag in book.tags)


def _group(tag: TagOnPad) -> str:
    """Tags of one item belong together; what bears no item number stands for itself."""
    content = tag.content
    if isinstance(content, TagContent) and content.primary_item_id:
        return f"item {content.primary_item_id}"
    return f"tag {tag.uid.hex()}"


def _book(session: Session, tags: tuple[TagOnPad, ...]) -> Book:
    contents = [t.content for t in tags if isinstance(t.content, TagContent) and t.content.primary_item_id]
    if not contents:
        bad = tags[0].content
        blank = isinstance(bad, Unreadable) and bad.blank
        return Book(tags, Standing.BLANK if blank else Standing.UNREADABLE)
    item_id = contents[0].primary_item_id
    item = session.items.get(item_id)
    title = item.title if item else ""
    parts = _parts(contents)
    fault = _tag_fault(session, contents, parts)
    if fault is not None:
        return Book(tags, fault, item_id, title, parts)
    if any(tag.afi is None for tag in tags):
        # without the value a tag bears now, a refused return could not give it back
        return Book(tags, Standing.ASKING, item_id, title, parts)
    if _under_way(session, item_id):
        return Book(tags, Standing.ASKING, item_id, title, parts)
    if offline.is_offline(session) and item is not None and item.status is ItemStatus.OTHER:
        return Book(tags, _what_the_tags_say(session, tags), item_id, title, parts)
    return Book(tags, _item_standing(session.mode, item), item_id, title, parts)


def _under_way(session: Session, item_id: str) -> bool:
    """An earlier operation is still being settled, or its tag put right: until then neither what the ILS said
    of the book nor what its tag bears can be built on."""
    return any(op.item_id == item_id and next_act(op) is not Act.REPLAY for op in session.unsettled())


def _item_standing(mode: Mode, item: Item | None) -> Standing:
    return Standing.ASKING if item is None else STANDINGS[mode][item.status]


def _what_the_tags_say(session: Session, tags: tuple[TagOnPad, ...]) -> Standing:
    """Offline only the security value tells whether a book is on loan; to tell the ILS once more of a loan
    that it has would renew it."""
    afis = {tag.afi for tag in tags}
    if None in afis:
        return Standing.ASKING
    values = session.rules.security
    if session.mode is Mode.RETURN:
        return Standing.NOT_ON_LOAN if values.in_library in afis else Standing.READY
    return Standing.ON_LOAN if values.on_loan in afis else Standing.READY


def _parts(contents: list[TagContent]) -> tuple[int, int] | None:
    sets = [content.set_info for content in contents if content.set_info and content.set_info.total > 1]
    if not sets:
        return None
    if any(info.part == 0 for info in sets):
        # one tag stands for all parts: only the reader can count them
        return sets[0].total, sets[0].total
    return len({info.part for info in sets}), sets[0].total


def _tag_fault(
    session: Session, contents: list[TagContent], parts: tuple[int, int] | None
) -> Standing | None:
    if any(str(content.elements.get(USAGE_OID, "")).startswith(PATRON_CARD) for content in contents):
        return Standing.READER_CARD
    owners = session.rules.owners
    if owners and any(content.owner and content.owner not in owners for content in contents):
        return Standing.FOREIGN
    if parts is None:
        return Standing.DOUBLE if len(contents) > 1 else None
    if len(contents) > parts[0]:
        return Standing.DOUBLE
    return Standing.INCOMPLETE_SET if parts[0] < parts[1] else None
