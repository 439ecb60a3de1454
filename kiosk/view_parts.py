"""What every screen has: the header, buttons, and the lines that say what is wrong."""

from dataclasses import replace
from datetime import date

from kiosk import wording
from kiosk.flow import offline
from kiosk.flow.operation import Ils, Operation, open_tag
from kiosk.flow.session import Language, Mode, Session
from kiosk.flow.touch import Action, Touch
from kiosk.texts import Texts
from kiosk.view_data import Button, Header, Line, Rank, Tone


def header_of(session: Session, say: Texts) -> Header:
    other = "English" if session.language is Language.ZH else "中文"
    reader = wording.masked(session.reader.name) if session.reader else None
    return Header(
        place=session.rules.place_name,
        clock=f"{session.local:%H:%M}",
        date=say(
            "{weekday} {day} {month}",
            day=session.local.day,
            month=MONTHS[session.local.month - 1] if session.language is Language.EN else session.local.month,
            weekday=(WEEKDAYS if session.language is Language.EN else XINGQI)[session.local.weekday()],
        ),
        language=button(other, Action.LANGUAGE, Rank.QUIET),
        reader=reader,
    )


MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
XINGQI = "一二三四五六日"


def button(text: str, action: Action, rank: Rank = Rank.SECONDARY, enabled: bool = True) -> Button:
    return Button(text, Touch(action), rank, enabled)


def hint_line(session: Session, say: Texts) -> Line | None:
    if session.hint is None:
        return None
    text, tone = wording.HINT[session.hint]
    return Line(say(text), tone)


def ils_line(session: Session, say: Texts) -> Line | None:
    if not offline.is_offline(session):
        return None
    if offline.may_borrow(session):
        return Line(say("Working without the library system: it is told when it is back."), Tone.WARN)
    if offline.may_return(session):
        return Line(
            say("The library system cannot be reached. Returning works; borrowing must wait."), Tone.WARN
        )
    return Line(say("The library system cannot be reached. Borrowing and returning must wait."), Tone.BAD)


def phone(session: Session, say: Texts) -> str:
    phone = session.rules.service_phone
    return say("Library phone: {phone}", phone=phone) if phone else ""


def is_certain(op: Operation) -> bool:
    """The ILS's yes, or done offline by the place's policy; its tag proven or on the repair list."""
    return (op.done and op.ils is Ils.ACCEPTED) or (op.ils is Ils.QUEUED and open_tag(op) is None)


def day_of(text: str, session: Session, say: Texts) -> str:
    """A day of ISO 8601 as people say it, with the year where it is not this one; other text as it is."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return text
    month = MONTHS[day.month - 1] if session.language is Language.EN else day.month
    if day.year == session.local.year:
        return say("{day} {month}", day=day.day, month=month)
    return say("{day} {month} {year}", day=day.day, month=month, year=day.year)


def tabs_of(session: Session, say: Texts) -> tuple[Button, ...]:
    """What a reader who is signed in can turn to; nothing for somebody without a card."""
    if session.reader is None:
        return ()
    tabs = {
        Mode.BORROW: button(say("Borrow"), Action.SHOW_BORROW),
        Mode.RETURN: button(say("Return"), Action.SHOW_RETURN),
        Mode.RENEW: button(say("My account"), Action.SHOW_ACCOUNT),
    }
    return tuple(replace(tab, chosen=mode is session.mode) for mode, tab in tabs.items())
