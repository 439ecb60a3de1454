"""Staff at the kiosk: let in by card or code, they see every device, change one, test it, close the kiosk.

Changing a device is one walk: pull the old one, plug in the new one, see it answer, test it. The screen goes
on by itself as far as the plugs and the device say so (`follow`); like for like takes no typing. What unit it
is now was bound when it came up (`system.device_up`), so that the walk can be left at any time.
Never in the middle of a visit: only a kiosk at which nobody stands lets staff in. The self-tests are in
`staff_check.py`.
"""

from collections.abc import Callable
from dataclasses import replace

from devices.kinds import CardTapped, CodeScanned, Kind
from kiosk.flow import sign_in, staff_check, visit
from kiosk.flow.circulate import Turn
from kiosk.flow.effects import Effect, Identify, KeepClosed, PrintTestPage, PublishState, Tell
from kiosk.flow.remote_values import UNSAID
from kiosk.flow.report_values import StaffDid
from kiosk.flow.session import Hint, Session, Stage
from kiosk.flow.staff_values import Check, Staff, StaffAt
from kiosk.flow.touch import Action, Touch

DOORS = frozenset({Stage.IDLE, Stage.MESSAGE, Stage.GOODBYE, Stage.CLOSED})
"""Where nobody is being served."""
NO_READERS = frozenset({Stage.STAFF_CODE, Stage.CLOSED})
"""Where a reader's card means nothing."""
LONGEST_CODE = 8


# -- coming and going ------------------------------------------------------------------------------------


def card_tapped(session: Session, event: CardTapped) -> Turn:
    """A staff card opens the staff's pages; every other card is a reader's."""
    if session.stage is Stage.STAFF:
        return staff_check.seen(session, Kind.CARD_READER), ()
    may_enter = session.stage in DOORS or session.stage is Stage.STAFF_CODE
    if may_enter and session.rules.staff.is_card(event.uid.hex().upper()):
        return _enter(session)
    return (session, ()) if session.stage in NO_READERS else sign_in.card_tapped(session, event)


def code_scanned(session: Session, event: CodeScanned) -> Turn:
    if session.stage is Stage.STAFF:
        return staff_check.seen(session, Kind.SCANNER), ()
    return (session, ()) if session.stage in NO_READERS else sign_in.code_scanned(session, event)


def _ask_code(session: Session, event: Touch) -> Turn:
    if not session.rules.staff.codes:
        return session, ()
    session, effects = visit.end(session)
    session = replace(visit.enter(session, Stage.STAFF_CODE), pin="")
    return (visit.hint(session, Hint.CODE_LOCKED) if _locked(session) else session), effects


def _digit(session: Session, event: Touch) -> Turn:
    full = len(session.pin) >= LONGEST_CODE
    return (session if full else replace(session, pin=session.pin + event.what, hint=None)), ()


def _erase(session: Session, event: Touch) -> Turn:
    return replace(session, pin=session.pin[:-1]), ()


def _try_code(session: Session, event: Touch) -> Turn:
    """Too many wrong ones are told to the centre, and none is taken for a while."""
    code, session = session.pin, replace(session, pin="")
    if _locked(session):
        return visit.hint(session, Hint.CODE_LOCKED), ()
    if session.rules.staff.is_code(code):
        return _enter(session)
    wrong = session.wrong_codes + 1
    if wrong < session.rules.staff.tries:
        return visit.hint(replace(session, wrong_codes=wrong), Hint.WRONG_CODE), ()
    until_s = session.now_s + session.rules.staff.locked_s
    session = replace(session, wrong_codes=0, locked_until_s=until_s)
    return visit.hint(session, Hint.CODE_LOCKED), (Tell(StaffDid("wrong staff codes, locked for a while")),)


def _locked(session: Session) -> bool:
    return session.now_s < session.locked_until_s


def _enter(session: Session) -> Turn:
    session, effects = visit.end(session)
    return replace(visit.enter(session, Stage.STAFF), staff=Staff(), pin="", wrong_codes=0), effects


def _leave(session: Session, event: Touch) -> Turn:
    return leave(session), ()


def leave(session: Session) -> Session:
    home = Stage.CLOSED if session.closed else Stage.IDLE
    session = replace(visit.enter(session, home), staff=Staff(), pin="", items={})
    return visit.as_found(session)


def seconds_left(session: Session) -> float | None:
    """Until staff who do nothing are led out; None where nobody is."""
    rules = session.rules.staff
    limit_s = {Stage.STAFF: rules.idle_s, Stage.STAFF_CODE: rules.code_s}.get(session.stage)
    return None if limit_s is None else session.touched_s + limit_s - session.now_s


# -- the devices -----------------------------------------------------------------------------------------


def _show_devices(session: Session, event: Touch) -> Turn:
    return staff_check.go(session, StaffAt.DEVICES, Staff()), ()


def _show_device(session: Session, event: Touch) -> Turn:
    if event.what not in session.devices:
        return session, ()
    spoken_of = Staff(device=event.what, before=session.bindings.get(event.what))
    return staff_check.go(session, StaffAt.DEVICE, spoken_of), ()


def _identify(session: Session, event: Touch) -> Turn:
    return session, ((Identify(session.staff.device),) if session.staff.device else ())


def _replace(session: Session, event: Touch) -> Turn:
    name = session.staff.device
    if not name:
        return session, ()
    arrivals, before = session.arrivals.get(name, 0), session.bindings.get(name)
    changing = Staff(device=name, before=before, arrivals=arrivals, changing=True)
    return staff_check.go(session, StaffAt.PULL, changing), ()


def _test(session: Session, event: Touch) -> Turn:
    known = staff_check.device(session)
    return staff_check.begin(session) if known and known.up else (session, ())


def follow(session: Session) -> Turn:
    """On as far as the plugs and the device say; and out when nothing was done for long."""
    left = seconds_left(session)
    if left is not None and left <= 0:
        return leave(session), ()
    effects: tuple[Effect, ...] = ()
    while (turn := _next(session)) is not None:
        session, more = turn
        effects += more
    return session, effects


def _next(session: Session) -> Turn | None:
    """The step after this one, when it is time for it."""
    staff = session.staff
    if session.stage is not Stage.STAFF or not staff.device:
        return None
    plugged, known = session.is_plugged(staff.device), staff_check.device(session)
    up = known is not None and known.up
    arrivals = session.arrivals.get(staff.device, 0)
    match staff.at:
        case StaffAt.PULL | StaffAt.PROBE if not plugged:
            return staff_check.go(session, StaffAt.PLUG), ()
        case StaffAt.PLUG if plugged:
            return staff_check.go(session, StaffAt.PROBE), ()
        case StaffAt.PROBE if up and arrivals > staff.arrivals:
            return staff_check.begin(session)
        case StaffAt.TEST if not up:
            return staff_check.go(session, StaffAt.PROBE, replace(staff, arrivals=arrivals)), ()
        case StaffAt.TEST if staff_check.is_passed(session):
            return staff_check.passed(session)
    return None


# -- the kiosk as a whole --------------------------------------------------------------------------------


def _print_page(session: Session, event: Touch) -> Turn:
    if not visit.can_print(session):
        return replace(session, staff=replace(session.staff, page=Check.FAILED)), ()
    return replace(session, staff=replace(session.staff, page=Check.WAITING)), (PrintTestPage(),)


def _close(session: Session, event: Touch) -> Turn:
    return _closed(session, True, "put out of service")


def _open(session: Session, event: Touch) -> Turn:
    return _closed(session, False, "put into service")


def _closed(session: Session, closed: bool, what: str) -> Turn:
    session = replace(session, closed=closed, closure=UNSAID)
    return session, (Tell(StaffDid(what)), KeepClosed(closed), PublishState())


TOUCHES: dict[tuple[Stage, Action], Callable[[Session, Touch], Turn]] = {
    **{(stage, Action.STAFF): _ask_code for stage in DOORS},
    (Stage.STAFF_CODE, Action.DIGIT): _digit,
    (Stage.STAFF_CODE, Action.ERASE): _erase,
    (Stage.STAFF_CODE, Action.ENTER): _try_code,
    (Stage.STAFF_CODE, Action.END): _leave,
    (Stage.STAFF, Action.STAFF_DEVICES): _show_devices,
    (Stage.STAFF, Action.STAFF_DEVICE): _show_device,
    (Stage.STAFF, Action.STAFF_IDENTIFY): _identify,
    (Stage.STAFF, Action.STAFF_REPLACE): _replace,
    (Stage.STAFF, Action.STAFF_TEST): _test,
    (Stage.STAFF, Action.STAFF_RIGHT): staff_check.right,
    (Stage.STAFF, Action.STAFF_WRONG): staff_check.wrong,
    (Stage.STAFF, Action.STAFF_PAGE): _print_page,
    (Stage.STAFF, Action.STAFF_CLOSE): _close,
    (Stage.STAFF, Action.STAFF_OPEN): _open,
    (Stage.STAFF, Action.END): _leave,
}
