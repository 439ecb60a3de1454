"""Books come to the pad and go: what is asked of the ILS about them."""

from dataclasses import replace

from devices.kinds import TagsChanged
from devices.tag_data import TagContent
from kiosk.flow import circulate, offline
from kiosk.flow.circulate import Turn
from kiosk.flow.effects import AskItem, Effect, LookUpItem
from kiosk.flow.events import ItemAnswered, ItemNotAnswered
from kiosk.flow.ils_values import ItemStatus
from kiosk.flow.operation import Why
from kiosk.flow.session import Mode, Receipt, Session, Stage
from kiosk.flow.visit import enter

UNCERTAIN = frozenset({ItemStatus.OTHER, ItemStatus.UNKNOWN_ITEM})


def open_stack(session: Session, mode: Mode) -> Turn:
    """A new stack: nothing is known of its books or of what was done before."""
    session = replace(
        enter(session, Stage.STACK),
        mode=mode,
        items={},
        visit=(),
        account=None,
        message=None,
        receipt=Receipt.NOT_ASKED,
    )
    return ask_items(session)


def ask_items(session: Session) -> Turn:
    """Ask the ILS about books on the pad that were not asked about yet: all of them while a stack is shown,
    otherwise only those whose tag is to be put right."""
    shown = session.stage is Stage.STACK
    wanted = {
        tag.content.primary_item_id: None
        for tag in session.pad
        if isinstance(tag.content, TagContent)
        and tag.content.primary_item_id
        and (shown or tag.uid in session.repairs)
    }
    new = [item_id for item_id in wanted if item_id not in session.items]
    items = dict(session.items) | dict.fromkeys(new)
    ask = LookUpItem if offline.is_offline(session) and offline.may_return(session) else AskItem
    return replace(session, items=items), tuple(ask(item_id) for item_id in new)


def tags_changed(session: Session, event: TagsChanged) -> Turn:
    """What was not sent yet is stopped when the stack changes while it is worked on."""
    before = {tag.uid for tag in session.pad}
    now = {tag.uid for tag in event.tags}
    on_pad = {tag.content.primary_item_id for tag in event.tags if isinstance(tag.content, TagContent)}
    session = replace(
        session,
        pad=event.tags,
        pad_seen=True,
        seen=session.seen | now,
        touched_s=session.touched_s if now <= session.seen else session.now_s,
        # a book that left is asked about afresh when it comes back
        items={item_id: item for item_id, item in session.items.items() if item_id in on_pad},
    )
    effects: tuple[Effect, ...] = ()
    if session.stage is Stage.WORKING and before != now:
        session, effects = circulate.stop_unsent(session, Why.STACK_CHANGED)
    session, asked = ask_items(session)
    return session, effects + asked


def item_answered(session: Session, event: ItemAnswered) -> Turn:
    """Also sets right the tag of a book that is on the repair list."""
    if event.item.item_id not in session.items:
        return session, ()
    session = replace(session, items=dict(session.items) | {event.item.item_id: event.item})
    if event.item.status in UNCERTAIN:
        # a tag is put right by what the ILS says, not by what the local copy does not know
        return session, ()
    effects: tuple[Effect, ...] = ()
    for tag in session.pad:
        if session.repairs.get(tag.uid) == event.item.item_id:
            session, more = circulate.repair_op(session, tag.uid)
            effects += more
    return session, effects


def item_not_answered(session: Session, event: ItemNotAnswered) -> Turn:
    """Forget that it was asked. Offline the local copy is asked instead; else it is asked again when the ILS
    is back (`system.ils_up`)."""
    items = {item_id: item for item_id, item in session.items.items() if item_id != event.item_id}
    session = replace(session, items=items)
    return (
        ask_items(session) if offline.is_offline(session) and offline.may_return(session) else (session, ())
    )
