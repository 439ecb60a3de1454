"""What the centre wants of this kiosk, done when nobody is being served: orders one after the other, settings
taken up, notices shown, and a closure that ends by itself.
"""

from collections.abc import Callable
from dataclasses import replace

from kiosk.flow import visit
from kiosk.flow.circulate import Turn
from kiosk.flow.effects import (
    Answer,
    Effect,
    Identify,
    KeepClosed,
    PublishState,
    RestartKiosk,
    SendLogs,
    SendScreenshot,
    TakeUpSettings,
    Tell,
    UpdateLists,
)
from kiosk.flow.events import NoticesCame, Ordered, SettingsCame
from kiosk.flow.remote_values import UNSAID, Announcement, Closure, Order, OrderKind, Outcome
from kiosk.flow.report_values import StaffDid
from kiosk.flow.session import Session, Stage

FREE = frozenset({Stage.IDLE, Stage.CLOSED, Stage.OUT_OF_SERVICE})
"""Where nobody is being served, neither readers nor staff."""
TURN_S = 8.0
"""How long each of several notices stands on the screen."""


def ordered(session: Session, event: Ordered) -> Turn:
    return replace(session, orders=(*session.orders, event.order)), ()


def settings_came(session: Session, event: SettingsCame) -> Turn:
    return replace(session, wanted=(event.version, event.rules)), ()


def notices_came(session: Session, event: NoticesCame) -> Turn:
    return replace(session, notices=event.notices), ()


def follow(session: Session) -> Turn:
    """Whatever can be done now."""
    session, effects = _without_expired(session)
    if session.stage not in FREE:
        return session, effects
    if session.wanted is not None:
        version, rules = session.wanted
        session = replace(session, rules=rules, wanted=None)
        effects += (TakeUpSettings(version),)
    if session.closed and session.closure.until is not None and session.local >= session.closure.until:
        session, more = _opened(session)
        effects += (Tell(StaffDid("back in service: the time given is over")), *more)
    orders, session = session.orders, replace(session, orders=())
    for order in orders:
        session, more = ACTS[order.kind](session, order)
        effects += more
    return session, effects


def current_notice(session: Session) -> Announcement | None:
    """Of several that hold now each in its turn."""
    current = [one for one in session.notices if one.is_current(session.local)]
    return current[int(session.now_s / TURN_S) % len(current)] if current else None


def _without_expired(session: Session) -> Turn:
    over = [order for order in session.orders if order.expires <= session.local]
    if not over:
        return session, ()
    left = tuple(order for order in session.orders if order not in over)
    reason = "" if session.stage in FREE else "somebody was being served all the time"
    return replace(session, orders=left), tuple(Answer(one.id, Outcome.EXPIRED, reason) for one in over)


# -- each of them ----------------------------------------------------------------------------------------


def _done(order: Order, *acts: Effect) -> tuple[Effect, ...]:
    """Answered after the acts: a power cut in between has them done twice, never half."""
    return (*acts, Answer(order.id, Outcome.DONE))


def _restart(session: Session, order: Order) -> Turn:
    if not session.watched:
        reason = "no service manager watches this kiosk: nobody would start it again"
        return session, (Answer(order.id, Outcome.REFUSED, reason),)
    # answered before: or it would start again and again
    return session, (Answer(order.id, Outcome.DONE), RestartKiosk())


def _close(session: Session, order: Order) -> Turn:
    session = replace(session, closed=True, closure=Closure(order.reason, order.until))
    if session.stage is Stage.IDLE:
        session = visit.enter(session, Stage.CLOSED)
    return session, _done(order, KeepClosed(True, session.closure), PublishState())


def _open(session: Session, order: Order) -> Turn:
    session, effects = _opened(session)
    return session, _done(order, *effects)


def _opened(session: Session) -> Turn:
    session = replace(session, closed=False, closure=UNSAID)
    if session.stage is Stage.CLOSED:
        session = visit.enter(session, Stage.IDLE)
    return session, (KeepClosed(False), PublishState())


def _send_logs(session: Session, order: Order) -> Turn:
    return session, (SendLogs(order.id, order.lines),)


def _send_screenshot(session: Session, order: Order) -> Turn:
    return session, (SendScreenshot(order.id),)


def _self_test(session: Session, order: Order) -> Turn:
    report = [_line(name, known.up, known.reason) for name, known in session.devices.items()]
    report.append(_line("ils", session.ils_up, session.ils_trouble))
    if session.fault:
        report.append(_line("kiosk", False, session.fault))
    if session.board is not None and not session.board.has_reserve:
        report.append(_line("disk", False, "full"))
    bad = [line for line in report if not line.endswith(": ok")]
    outcome = Outcome.FAILED if bad else Outcome.DONE
    answer = Answer(order.id, outcome, "; ".join(bad)[:300], "text/plain", "\n".join(report).encode())
    return session, (answer,)


def _line(name: str, up: bool | None, reason: str) -> str:
    return f"{name}: {'ok' if up else reason or ('not known' if up is None else 'down')}"


def _identify(session: Session, order: Order) -> Turn:
    known = session.devices.get(order.device)
    if known is None or not known.up or not known.can_identify:
        names = ", ".join(name for name, one in session.devices.items() if one.up and one.can_identify)
        reason = f"{order.device}: cannot blink or beep now; those that can: {names or 'none'}"
        return session, (Answer(order.id, Outcome.REFUSED, reason[:300]),)
    return session, _done(order, Identify(order.device))


def _update_lists(session: Session, order: Order) -> Turn:
    return session, _done(order, UpdateLists())


ACTS: dict[OrderKind, Callable[[Session, Order], Turn]] = {
    OrderKind.RESTART: _restart,
    OrderKind.OUT_OF_SERVICE: _close,
    OrderKind.IN_SERVICE: _open,
    OrderKind.LOGS: _send_logs,
    OrderKind.SCREENSHOT: _send_screenshot,
    OrderKind.SELF_TEST: _self_test,
    OrderKind.IDENTIFY: _identify,
    OrderKind.UPDATE_LISTS: _update_lists,
}
