"""Devices, the ILS's line and the kiosk's own start: what works, and what is told of it."""

from dataclasses import replace

from devices.kinds import DoorCount, Kind
from kiosk.flow import circulate, visit
from kiosk.flow.circulate import Turn
from kiosk.flow.effects import Bind, Effect, PublishState, StoreDoorCount, Tell
from kiosk.flow.events import (
    BoardChecked,
    Broken,
    DeviceDown,
    DeviceUp,
    DoorCounted,
    IlsDown,
    IlsUp,
    Plug,
    PrinterChecked,
    Recovered,
)
from kiosk.flow.ils_values import ItemStatus
from kiosk.flow.operation import Why, after_crash
from kiosk.flow.report_values import DeviceChange
from kiosk.flow.session import DeviceCondition, Receipt, Session, Stage
from kiosk.flow.stacking import ask_items
from kiosk.flow.staff_values import Binding


def device_up(session: Session, event: DeviceUp) -> Turn:
    """Counted as an arrival each time: it may be another unit."""
    before = session.devices.get(event.key)
    since = before.since if before and before.up else session.local
    info = event.info
    now = DeviceCondition(
        info.kind, True, info.model, info.port, info=info, since=since, can_identify=event.can_identify
    )
    arrivals = dict(session.arrivals) | {event.key: session.arrivals.get(event.key, 0) + 1}
    session = replace(session, devices=dict(session.devices) | {event.key: now}, arrivals=arrivals)
    return _bound(session, event.key, before, now)


def _bound(session: Session, name: str, before: DeviceCondition | None, now: DeviceCondition) -> Turn:
    """Tell what changed, and that it is another unit now, also if the change was made without power. A unit
    that does not tell its number is not taken for another one of the same model."""
    old = session.bindings.get(name)
    serial = now.info.serial if now.info else None
    new = Binding(now.model, serial or (old.serial if old and old.model == now.model else None))
    if old == new:
        return session, _device_told(name, before, now)
    session = replace(session, bindings=dict(session.bindings) | {name: new})
    if old is None:
        return session, (*_device_told(name, before, now), Bind(name, new))
    change = DeviceChange(
        now.kind, now.model, now.port, before.up if before else None, True, now.reason, old.serial, serial,
        name, old.model,
    )  # fmt: skip
    return session, (Tell(change), PublishState(), Bind(name, new))


def plug(session: Session, event: Plug) -> Turn:
    return replace(session, plugged=dict(session.plugged) | {event.name: event.there}), ()


def device_down(session: Session, event: DeviceDown) -> Turn:
    """Without the pad nothing more is sent; paper that was awaited from the printer may never come."""
    before = session.devices.get(event.key)
    last_info = before.info if before else None
    since = before.since if before and not before.up else session.local
    now = DeviceCondition(event.kind, False, event.model, event.port, event.reason, last_info, since)
    session = replace(session, devices=dict(session.devices) | {event.key: now})
    effects = _device_told(event.key, before, now)
    if event.kind is Kind.TAG_READER:
        session = replace(session, pad=(), pad_seen=False, items={})
        session, stopped = circulate.stop_unsent(session, Why.STACK_CHANGED)
        effects += stopped
    if event.kind is Kind.RECEIPT_PRINTER:
        receipt = Receipt.FAILED if session.receipt is Receipt.PRINTING else session.receipt
        session = replace(session, printer=None, receipt=receipt)
    return session, effects


def _device_told(name: str, before: DeviceCondition | None, now: DeviceCondition) -> tuple[Effect, ...]:
    """The retained state always; an event only for a change, not for the first sight of a working device."""
    serial_before = before.info.serial if before and before.info else None
    serial = now.info.serial if now.info else None
    up_before = before.up if before else None
    change = DeviceChange(
        now.kind, now.model, now.port, up_before, now.up, now.reason, serial_before, serial, name
    )
    if before is None:
        return (PublishState(),) if now.up else (Tell(change), PublishState())
    if before.up != now.up or serial_before != serial:
        return (Tell(change), PublishState())
    return (PublishState(),) if before.reason != now.reason else ()


def printer_checked(session: Session, event: PrinterChecked) -> Turn:
    """A change of what the printer can do is told once, not at every poll."""
    if session.printer == event.status:
        return session, ()
    session = replace(session, printer=event.status)
    return session, (PublishState(),)


def door_counted(session: Session, event: DoorCounted) -> Turn:
    """A beam that is stuck is told when it is stuck and when it is free, not at every reading."""
    count: DoorCount = event.count
    before, session = session.door_trouble, replace(session, door_trouble=count.trouble)
    effects: tuple[Effect, ...] = (StoreDoorCount(count),)
    if count.trouble == (before or ""):
        return session, effects
    return session, (*effects, PublishState())


def ils_up(session: Session, event: IlsUp) -> Turn:
    """What could not be asked while it was away, or was asked of the local copy, is asked now."""
    was = session.ils_up
    items = {
        item_id: item
        for item_id, item in session.items.items()
        if item is None or item.status is not ItemStatus.OTHER
    }
    session = replace(session, ils_up=True, ils_trouble="", retry_at_s=session.now_s, items=items)
    session, asked = ask_items(session)
    return session, asked + (() if was else (PublishState(),))


def ils_down(session: Session, event: IlsDown) -> Turn:
    was = session.ils_up
    session = replace(session, ils_up=False, ils_trouble=event.reason)
    return session, () if was is False else (PublishState(),)


def recovered(session: Session, event: Recovered) -> Turn:
    """What was cut short is settled before the first reader is served."""
    ops = tuple(after_crash(op) for op in event.unfinished)
    no_counts_at_s = session.now_s + session.rules.late_s
    repairs = dict(event.repairs)
    session = replace(session, stage_since_s=session.now_s, no_counts_at_s=no_counts_at_s)
    return replace(session, ops=ops, repairs=repairs, recovered=True), ()


def board_checked(session: Session, event: BoardChecked) -> Turn:
    return replace(session, board=event), ()


def broken(session: Session, event: Broken) -> Turn:
    """No act without its durable step: the kiosk closes. The screen forgets the reader."""
    session = visit.enter(session, Stage.OUT_OF_SERVICE)
    session = replace(session, fault=event.reason, reader=None, credential="", items={}, visit=())
    session = replace(session, pin="", account=None)
    return session, (PublishState(),)


def finish_start(session: Session) -> Turn:
    """Serve the first reader only when what a crash cut short is settled, or cannot be in `start_s` or for
    want of the ILS.

    Tags that do not lie on the pad now go to the repair list.
    """
    pad_known = session.pad_seen or session.away(Kind.TAG_READER)
    if session.stage is not Stage.STARTING or not (session.recovered and pad_known):
        return session, ()
    effects: tuple[Effect, ...] = ()
    for op in session.unsettled():
        if circulate.waits_for_tag(session, op):
            session, more = circulate.give_up_waiting(session, op)
            effects += more
    in_time = session.now_s - session.stage_since_s < session.rules.start_s
    if session.ils_up is None or (session.unsettled() and session.ils_up and in_time):
        return session, effects
    return visit.enter(session, Stage.CLOSED if session.closed else Stage.IDLE), effects
