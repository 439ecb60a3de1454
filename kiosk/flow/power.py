"""The mains is gone and a UPS carries the kiosk: short cuts are ridden out, then nobody new is served, what
is open is finished, and the board is shut down before the battery ends.

Whoever is in the middle of a visit ends it. Open is what `next_act` still has to do; what was done offline
and waits for the ILS is not: it is durable as it is. When the mains is back in time, service goes on by
itself. Without rules of power there is no UPS, and nothing of this happens.
"""

from dataclasses import replace

from kiosk.flow import visit
from kiosk.flow.circulate import Turn
from kiosk.flow.effects import PublishState, ShutDown
from kiosk.flow.events import MainsPower
from kiosk.flow.operation import Act, next_act
from kiosk.flow.power_values import PowerRules
from kiosk.flow.session import UNATTENDED, Hint, Session, Stage

CANNOT_END = UNATTENDED | {Stage.STARTING}
"""Where there is no visit to be ended."""
CLOSED_ANYWAY = frozenset({Act.NOTHING, Act.REPLAY})


def mains_power(session: Session, event: MainsPower) -> Turn:
    since_s = session.power.gone_since_s
    if event.good:
        since_s = None
    elif since_s is None:
        since_s = session.now_s
    return replace(session, power=replace(session.power, good=event.good, gone_since_s=since_s)), ()


def follow(session: Session) -> Turn:
    """As far as the time since the mains went says so."""
    rules = session.rules.power
    if rules is None:
        return session, ()
    session, effects = _refuse_or_serve(session, rules)
    if session.power.on_battery and not session.power.shutting_down:
        session, more = _shut_down_when_due(session, rules)
        effects += more
    return session, effects


def is_open(session: Session) -> bool:
    """An operation is half done. A kiosk out of service finishes none: the next start does."""
    if session.stage is Stage.OUT_OF_SERVICE:
        return False
    return any(next_act(op) not in CLOSED_ANYWAY for op in session.unsettled())


def is_to_start_again(session: Session) -> bool:
    """It is out of service by a fault, and the mains is there: without it, the time until the board is shut
    down would begin anew with each start."""
    return session.stage is Stage.OUT_OF_SERVICE and session.power.gone_since_s is None


def _refuse_or_serve(session: Session, rules: PowerRules) -> Turn:
    on_battery = session.power.shutting_down or _gone_s(session) >= rules.ride_through_s
    changed = on_battery != session.power.on_battery
    if changed:
        power = replace(session.power, on_battery=on_battery, nothing_open_since_s=None)
        session = replace(session, power=power)
        if on_battery and session.attended:
            session = visit.hint(session, Hint.ON_BATTERY)
    shut = session.closed or on_battery
    if session.stage is (Stage.IDLE if shut else Stage.CLOSED):
        session = visit.enter(session, Stage.CLOSED if shut else Stage.IDLE)
    return session, ((PublishState(),) if changed else ())


def _gone_s(session: Session) -> float:
    """-1 while it is there: a cut may be ridden out for no time at all."""
    since_s = session.power.gone_since_s
    return -1.0 if since_s is None else session.now_s - since_s


def _shut_down_when_due(session: Session, rules: PowerRules) -> Turn:
    """The reader's visit ends with it; a tag that was waited for goes to the repair list."""
    busy = is_open(session) or session.stage not in UNATTENDED
    since_s = session.power.nothing_open_since_s
    if busy:
        since_s = None
    elif since_s is None:
        since_s = session.now_s
    session = replace(session, power=replace(session.power, nothing_open_since_s=since_s))
    quiet = since_s is not None and session.now_s - since_s >= rules.shut_down_after_s
    if not quiet and not _too_late(session, rules):
        return session, ()
    session = replace(session, power=replace(session.power, shutting_down=True))
    session, effects = (session, ()) if session.stage in CANNOT_END else visit.end(session, Stage.CLOSED)
    return session, (*effects, ShutDown())


def _too_late(session: Session, rules: PowerRules) -> bool:
    """The battery does not wait for an ILS that is away, but for the next step of what still moves."""
    moves = is_open(session) and session.now_s - session.progress_s < session.rules.settle_s
    return _gone_s(session) >= rules.at_latest_s and not moves
