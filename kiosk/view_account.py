"""The reader's own screens: the number pad, and the account with its loans, holds and fees."""

from datetime import date

from kiosk import wording
from kiosk.flow import offline
from kiosk.flow.ils_values import LoanEntry
from kiosk.flow.session import Hint, Receipt, Session
from kiosk.flow.touch import Action, Touch
from kiosk.texts import Texts
from kiosk.view_data import AccountScreen, Button, Line, PinScreen, Rank, Row, Section, Tone
from kiosk.view_parts import (
    button,
    day_of,
    header_of,
    hint_line,
    ils_line,
    paper_button,
    tabs_of,
    unless_printing,
)

KEYS = "1234567890"
UNKNOWN = "–"


def pin_screen(session: Session, say: Texts) -> PinScreen:
    entered = len(session.pin)
    return PinScreen(
        header=header_of(session, say),
        title=say("Enter your PIN"),
        text=say("It stays covered. The staff of any branch can set a new one."),
        entered=entered,
        places=session.rules.pin_places,
        keys=tuple(Button(key, Touch(Action.DIGIT, what=key)) for key in KEYS),
        erase=button(say("Erase"), Action.ERASE, enabled=entered > 0),
        enter=button(say("OK"), Action.ENTER, Rank.PRIMARY, enabled=entered > 0),
        buttons=(button(say("Back"), Action.END),),
        notice=hint_line(session, say),
    )


def account_screen(session: Session, say: Texts) -> AccountScreen:
    return AccountScreen(
        header=header_of(session, say),
        title=say("My account"),
        tabs=tabs_of(session, say),
        figures=_figures(session, say),
        sections=_sections(session, say),
        buttons=_account_buttons(session, say),
        notice=_account_notice(session, say),
    )


def _account_buttons(session: Session, say: Texts) -> tuple[Button, ...]:
    """Without a printer no word of printing."""
    loans = bool(session.account and session.account.loans)
    can_renew = loans and not offline.is_offline(session)
    return unless_printing(
        session,
        button(say("End"), Action.END),
        *paper_button(session, say, button(say("Print"), Action.PRINT_ACCOUNT, enabled=loans)),
        button(say("Renew all"), Action.RENEW_ALL, Rank.PRIMARY, enabled=can_renew),
    )


def _account_notice(session: Session, say: Texts) -> Line | None:
    if session.receipt is Receipt.PRINTING:
        return Line(say("Printing your list…"), Tone.BUSY)
    # in place of the loans it says so already
    said = session.account_failed and session.hint is Hint.NO_ACCOUNT
    return (None if said else hint_line(session, say)) or ils_line(session, say)


def _figures(session: Session, say: Texts) -> tuple[tuple[str, str], ...]:
    """Borrowed, allowed, overdue: unknown is a dash, never a nought; none while they are being asked for."""
    account = session.account
    words = (say("borrowed"), say("allowed"), say("overdue"))
    if account is None:
        return tuple((UNKNOWN, word) for word in words) if session.account_failed else ()
    limit = account.loan_limit
    allowed = str(int(limit)) if limit and limit.isdecimal() else UNKNOWN
    return tuple(zip((str(len(account.loans)), allowed, str(account.overdue)), words, strict=True))


def _sections(session: Session, say: Texts) -> tuple[Section, ...]:
    account = session.account
    if account is None:
        failed = session.account_failed
        words = say("Your account cannot be looked up now.") if failed else say("Looking up your account…")
        return (Section(say("Loans"), (), words),)
    loans = tuple(_loan(session, loan, say) for loan in account.loans)
    sections = [Section(say("Loans"), loans, say("You have no books on loan."))]
    if account.holds_ready:
        sections.append(
            Section(say("Ready for you"), _texts(account.holds_ready, say("Fetch it"), Tone.GOOD))
        )
    if account.holds_pending:
        pending = _texts(account.holds_pending, say("Not here yet"), Tone.NEUTRAL)
        sections.append(Section(say("Reserved, on the way"), pending))
    if account.fees or account.fee_total:
        sums = account.fees or (wording.money(account.fee_total, say.language),)
        fees = _texts(sums, say("To be paid"), Tone.WARN)
        sections.append(Section(say("Fees"), fees))
    return tuple(sections)


def _loan(session: Session, loan: LoanEntry, say: Texts) -> Row:
    today = session.local.date().isoformat()
    overdue = _is_day(loan.due) and loan.due < today
    due = day_of(loan.due, session, say)
    renew = Button(
        say("Renew"), Touch(Action.RENEW, what=loan.item_id), enabled=not offline.is_offline(session)
    )
    return Row(
        key=loan.item_id,
        title=say("{title}", title=loan.title) if loan.title else say("Book {number}", number=loan.item_id),
        detail=say("No. {number}", number=loan.item_id),
        mark=say("Overdue since {date}", date=due) if overdue else say("Due {date}", date=due),
        tone=Tone.BAD if overdue else Tone.GOOD,
        button=unless_printing(session, renew)[0],
    )


def _texts(texts: tuple[str, ...], mark: str, tone: Tone) -> tuple[Row, ...]:
    return tuple(Row(f"{mark} {n}", text, "", mark, tone) for n, text in enumerate(texts))


def _is_day(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True
