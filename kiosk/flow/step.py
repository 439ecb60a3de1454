"""`step(session, event)`: the next session, and what is to be done in the world, in order."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from devices.kinds import CardTapped, CodeScanned, TagsChanged
from kiosk.flow import (
    alarms,
    answers,
    circulate,
    events,
    power,
    remote,
    sign_in,
    stacking,
    staff,
    staff_check,
    system,
    touches,
    visit,
)
from kiosk.flow.circulate import Turn
from kiosk.flow.effects import Effect, Journal
from kiosk.flow.operation import OpKind
from kiosk.flow.session import Session, Stage
from kiosk.flow.touch import Touch


def step(session: Session, event: events.Event) -> Turn:
    """Pure. What the event means, then what time has brought, then every act that can now begin."""
    if session.stage is Stage.OUT_OF_SERVICE and type(event) not in STILL_HEARD:
        return session, ()
    before, stage = session, session.stage
    session, first = HANDLERS[type(event)](session, event)
    effects: list[Effect] = list(first)
    for follow in FOLLOWING:
        session, more = follow(session)
        effects.extend(more)
    if session.stage not in (stage, Stage.OUT_OF_SERVICE):
        # what the visit knew of the pad is forgotten at its end: a tag to be put right may lie there still
        session, asked = stacking.ask_items(session)
        effects.extend(asked)
    if any(isinstance(effect, Journal) for effect in effects):
        session = replace(session, progress_s=session.now_s)
    session, told = alarms.watch(before, session, effects)
    effects.extend(told)
    return session, tuple(effects)


def _settled(session: Session) -> Turn:
    """After the acts: show a result that is complete, forget operations that nobody looks at any more. What
    the ILS said of their books before is asked again."""
    session = visit.show_result(session)
    if session.stage is Stage.OUT_OF_SERVICE:
        return session, ()
    kept = tuple(op for op in session.ops if not op.done or op.op_id in session.visit)
    stale = {op.item_id for op in session.ops if op not in kept and op.kind is not OpKind.REPAIR}
    items = {item_id: item for item_id, item in session.items.items() if item_id not in stale}
    if len(items) == len(session.items):
        return replace(session, ops=kept), ()
    return stacking.ask_items(replace(session, ops=kept, items=items))


def _tick(session: Session, event: events.Tick) -> Turn:
    session = replace(session, now_s=event.now_s, local=event.local)
    return visit.on_time(session)


FOLLOWING = (
    system.finish_start,
    circulate.advance,
    sign_in.ask_when_clear,
    touches.ask_account_when_clear,
    staff.follow,
    remote.follow,
    power.follow,
    _settled,
)
HANDLERS: dict[type, Callable[[Session, Any], Turn]] = {
    events.Tick: _tick,
    Touch: touches.touch,
    CardTapped: staff.card_tapped,
    CodeScanned: staff.code_scanned,
    TagsChanged: stacking.tags_changed,
    events.DeviceUp: system.device_up,
    events.DeviceDown: system.device_down,
    events.Plug: system.plug,
    events.PrinterChecked: system.printer_checked,
    events.ReceiptPrinted: staff_check.page_printed,
    events.ReceiptFailed: staff_check.page_failed,
    events.ReceiptComposed: visit.receipt_composed,
    events.CodeRejected: visit.code_rejected,
    events.DoorCounted: staff_check.door_counted,
    events.AfiWritten: answers.of_open_operation(answers.afi_written),
    events.AfiRead: answers.of_open_operation(answers.afi_read),
    events.TagActFailed: answers.of_open_operation(answers.tag_act_failed),
    events.IlsUp: system.ils_up,
    events.IlsDown: system.ils_down,
    events.ReaderAnswered: sign_in.reader_answered,
    events.ReaderCodeChecked: sign_in.reader_code_checked,
    events.ReaderNotAnswered: sign_in.reader_not_answered,
    events.ItemAnswered: stacking.item_answered,
    events.ItemNotAnswered: stacking.item_not_answered,
    events.IlsAccepted: answers.of_open_operation(answers.ils_accepted),
    events.IlsWantsFee: answers.of_open_operation(answers.ils_wants_fee),
    events.AccountAnswered: touches.account_answered,
    events.AccountNotAnswered: touches.account_not_answered,
    events.IlsRefused: answers.of_open_operation(answers.ils_refused),
    events.IlsNotReached: answers.of_open_operation(answers.ils_not_reached),
    events.IlsUnknown: answers.of_open_operation(answers.ils_unknown),
    events.TruthAnswered: answers.of_open_operation(answers.truth_answered),
    events.TruthNotAnswered: answers.of_open_operation(answers.truth_not_answered),
    events.Recovered: system.recovered,
    events.BoardChecked: system.board_checked,
    events.MainsPower: power.mains_power,
    events.Ordered: remote.ordered,
    events.SettingsCame: remote.settings_came,
    events.NoticesCame: remote.notices_came,
    events.Broken: system.broken,
}

STILL_HEARD = {
    events.Tick,
    events.DeviceUp,
    events.DeviceDown,
    events.Plug,
    events.BoardChecked,
    events.MainsPower,
    events.Ordered,
}
"""What a kiosk out of service listens to: it begins nothing, but the centre is told how its devices are."""
