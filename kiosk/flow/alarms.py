"""What the centre is told without having asked: alarms that last, and those of what happened (`happened.py`).

Looked at after every step. A lasting alarm is told at its beginning and at its end; which ones hold is kept
with the same commit, so that an end is told also when it came while the kiosk was off. What happened is told
once in a visit, and once of a tag for as long as it lies there.
A reason is figures and words of the kiosk: never a reader, an item, a title, nor words of the ILS. What the
heartbeat tells (disk, clock, outbox, operations not settled, heat) the centre judges by itself.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta

from broker_config.alarms import AlarmName
from devices.kinds import Kind, PaperState, PrinterTrouble
from kiosk.flow.alarm_values import Watch
from kiosk.flow.circulate import Turn
from kiosk.flow.effects import Effect, KeepAlarms, Tell
from kiosk.flow.happened import FINDERS, HERE, counted
from kiosk.flow.report_values import Alarm
from kiosk.flow.session import Session

CERTIFICATE_WARNING = timedelta(days=30)

Judge = Callable[[Session], str | None]
"""The reason while it holds, "" while it does not, None while nobody can tell."""


def watch(before: Session, after: Session, effects: Sequence[Effect]) -> Turn:
    """What a step from `before` to `after`, with these effects, is to be told of beside them."""
    after = _with(after, counted(before, after))
    after, lasting = _lasting(after)
    after, passing = _passing(before, after, effects)
    return after, lasting + passing


def _with(session: Session, watch: Watch) -> Session:
    """Most steps change nothing of it, and a session is large."""
    return session if watch == session.watch else replace(session, watch=watch)


def _lasting(session: Session) -> Turn:
    raised, effects = set(session.watch.raised), []
    for name, judge in LASTING.items():
        reason = judge(session)
        if reason is None or bool(reason) == (name.value in raised):
            continue
        raised.symmetric_difference_update({name.value})
        effects.append(Tell(Alarm(name.value, reason, raised=bool(reason))))
    if not effects:
        return session, ()
    kept = frozenset(raised)
    return _with(session, replace(session.watch, raised=kept)), (*effects, KeepAlarms(kept))


def _passing(before: Session, after: Session, effects: Sequence[Effect]) -> Turn:
    noticed = _still_noticed(after)
    told: list[Effect] = []
    for find in FINDERS:
        for news in find(before, after, effects):
            if (news.name, news.subject) not in noticed:
                noticed |= {(news.name, news.subject)}
                told.append(Tell(Alarm(news.name.value, news.reason, raised=True)))
    return _with(after, replace(after.watch, noticed=noticed)), tuple(told)


def _still_noticed(session: Session) -> frozenset[tuple[AlarmName, str]]:
    """All of it while somebody is here, then only that of tags which were left on the pad."""
    if session.stage in HERE or not session.watch.noticed:
        return session.watch.noticed
    lying = {tag.uid.hex() for tag in session.pad}
    return frozenset(known for known in session.watch.noticed if known[1] in lying)


# -- what lasts ------------------------------------------------------------------------------------------


def _ils(session: Session) -> str | None:
    if session.ils_up is False:
        return session.ils_trouble or "it could not be reached"
    return None if session.ils_up is None else ""


def _cannot_print(session: Session) -> str | None:
    """For another cause than paper, which has alarms of its own."""
    if session.printer is None:
        return None
    trouble = session.printer.trouble
    return trouble.value if trouble and trouble not in ABOUT_PAPER else ""


def _paper(state: PaperState, trouble: PrinterTrouble) -> Judge:
    def judge(session: Session) -> str | None:
        if session.printer is None:
            return None
        return trouble.value if session.printer.paper is state else ""

    return judge


def _door(session: Session) -> str | None:
    if session.away(Kind.DOOR_COUNTER):
        return next(device.reason for device in session.devices_of(Kind.DOOR_COUNTER)) or "it does not answer"
    return session.door_trouble


def _repairs(session: Session) -> str | None:
    waiting = len(session.repairs)
    return (f"tags: {waiting}" if waiting else "") if session.recovered else None


def _certificate(session: Session) -> str | None:
    """A board that does not know the day cannot tell."""
    board = session.board
    if board is None or board.certificate_ends is None or not board.clock_synced:
        return None
    soon = board.certificate_ends - session.local.astimezone() <= CERTIFICATE_WARNING
    return f"it ends on {board.certificate_ends:%Y-%m-%d}" if soon else ""


def _disk(session: Session) -> str | None:
    if session.board is None:
        return None
    return "" if session.board.has_reserve else NO_ROOM


def _battery(session: Session) -> str | None:
    """A short cut is none; without a UPS there is nothing to tell."""
    if session.rules.power is None:
        return "" if session.recovered else None
    if session.power.good is None:
        return None
    return MAINS_GONE if session.power.on_battery else ""


MAINS_GONE = "the mains is gone: no new visits, then it shuts down"
NO_ROOM = "no room for a new operation: nothing can be borrowed or returned"
ABOUT_PAPER = frozenset({PrinterTrouble.PAPER_OUT, PrinterTrouble.NEAR_END})
LASTING: Mapping[AlarmName, Judge] = {
    AlarmName.ILS_UNREACHABLE: _ils,
    AlarmName.PRINTER_CANNOT_PRINT: _cannot_print,
    AlarmName.PAPER_LOW: _paper(PaperState.NEAR_END, PrinterTrouble.NEAR_END),
    AlarmName.PAPER_OUT: _paper(PaperState.OUT, PrinterTrouble.PAPER_OUT),
    AlarmName.DOOR_COUNTER_SILENT: _door,
    AlarmName.JOURNAL_REPAIRS_WAITING: _repairs,
    AlarmName.CERTIFICATE_EXPIRING: _certificate,
    AlarmName.DISK_FULL: _disk,
    AlarmName.ON_BATTERY: _battery,
}
