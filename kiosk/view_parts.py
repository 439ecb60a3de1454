"""What every screen has: the header, buttons, and the lines that say what is wrong."""

from dataclasses import replace
from datetime import date

from devices.kinds import Kind, PaperState
from kiosk import wording
from kiosk.flow import offline, visit
from kiosk.flow.operation import Ils, Operation, open_tag
from kiosk.flow.session import Language, Mode, Receipt, Session, Stage
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
        larger=_larger(session, say),
    )


def _larger(session: Session, say: Texts) -> Button | None:
    """Staff have the usual size: their screens say where a plug is, not what is due."""
    if session.stage is Stage.STAFF:
        return None
    return button(say("A-") if session.large_type else say("A+"), Action.LARGE_TYPE, Rank.QUIET)


MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
XINGQI = "一二三四五六日"


def button(text: str, action: Action, rank: Rank = Rank.SECONDARY, enabled: bool = True) -> Button:
    return Button(text, Touch(action), rank, enabled)


def paper_button(session: Session, say: Texts, paper: Button) -> tuple[Button, ...]:
    """`paper` prints: while the printer cannot, out of use in its place with the reason; none without one."""
    if not session.devices_of(Kind.RECEIPT_PRINTER):
        return ()
    if session.receipt is Receipt.PRINTING:
        return (replace(paper, enabled=False, note=say("Printing")),)
    if visit.can_print(session):
        return (paper,)
    no_paper = session.printer is not None and session.printer.paper is PaperState.OUT
    return (replace(paper, enabled=False, note=say("No paper") if no_paper else say("Not ready")),)


def unless_printing(session: Session, *buttons: Button) -> tuple[Button, ...]:
    """Whoever went now would miss what became of the paper."""
    if session.receipt is not Receipt.PRINTING:
        return buttons
    return tuple(replace(each, enabled=False) for each in buttons)


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


def sentences(say: Texts, *texts: str) -> str:
    """One after the other; Chinese ones need no space between them."""
    between = "" if say.language is Language.ZH else " "
    said = [text for text in texts if text]
    if not said:
        return ""
    ends = [*(between if text[-1] in "。！？；：" else " " for text in said[:-1]), ""]
    return "".join(text + end for text, end in zip(said, ends, strict=True))


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
    chosen = (replace(tab, chosen=mode is session.mode) for mode, tab in tabs.items())
    return unless_printing(session, *chosen)
