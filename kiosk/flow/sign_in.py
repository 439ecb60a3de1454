"""Who is here: a card, a code, the ILS's answer, and a PIN where the library wants one."""

from dataclasses import replace

from devices.codes import CodeKind, what_is, without_guards
from devices.kinds import CardTapped, CodeScanned
from kiosk.credentials import SIGNED_CODE, Refused, Why
from kiosk.flow import offline
from kiosk.flow.circulate import Turn
from kiosk.flow.effects import AskReader, CheckReaderCode, LookUpReader, NoteForStaff
from kiosk.flow.events import (
    CodeRefusal,
    ReaderAnswered,
    ReaderCodeChecked,
    ReaderNotAnswered,
)
from kiosk.flow.session import Hint, Message, Mode, Policy, Session, Stage
from kiosk.flow.stacking import open_stack
from kiosk.flow.visit import enter, hint, say

OPEN_TO_CARDS = {Stage.IDLE, Stage.MESSAGE, Stage.GOODBYE}
CODE_HINTS = {
    CodeKind.ITEM: Hint.BOOK_CODE,
    CodeKind.ISBN: Hint.ISBN,
    CodeKind.READER: Hint.NOT_A_READER_CODE,
    CodeKind.OTHER: Hint.NOT_A_READER_CODE,
}
"""What is said of a code that signs nobody in."""
READER_CODE_DIGITS = 14
"""Library Codabar: reader numbers begin with 2, item numbers with 3."""


REFUSED: dict[Why, tuple[Message, Hint]] = {
    Why.NOT_A_READER_CARD: (Message.NOT_A_READER_CARD, Hint.NOT_A_READER_CARD),
    Why.UNREADABLE: (Message.CARD_UNREADABLE, Hint.CARD_UNREADABLE),
}
"""What the reader is told of a card that signs nobody in: on the idle screen, and beside what is shown."""
CODE_REFUSED: dict[CodeRefusal, Message] = {
    CodeRefusal.EXPIRED: Message.CODE_EXPIRED,
    CodeRefusal.USED: Message.CODE_USED,
    CodeRefusal.NOT_GENUINE: Message.CODE_NOT_GENUINE,
    CodeRefusal.CANNOT_CHECK: Message.CODE_CANNOT_BE_CHECKED,
}


def card_tapped(session: Session, event: CardTapped) -> Turn:
    found = session.rules.cards.card(event)
    return _card_refused(session, found) if isinstance(found, Refused) else _credential(session, found)


def _card_refused(session: Session, refused: Refused) -> Turn:
    """Who is in the middle of something is not thrown out of it."""
    message, beside = REFUSED[refused.why]
    told = (NoteForStaff(f"a card was refused: {refused.detail}"),)
    if session.stage in OPEN_TO_CARDS:
        return say(session, message), told
    return hint(session, beside), told


def _signed_code(session: Session, code: str) -> Turn:
    """One that lies before the scanner is scanned again and again: it is checked once, for it counts once."""
    if code == session.code:
        return session, ()
    if not _open_to_readers(session):
        return (hint(session, Hint.OTHER_CARD) if session.reader else session), ()
    if _closed_to_readers(session):
        return say(session, Message.ILS_DOWN), ()
    return replace(session, code=code), (CheckReaderCode(code),)


def reader_code_checked(session: Session, event: ReaderCodeChecked) -> Turn:
    """A code that is good signs in like a card; why another is not is told."""
    if event.code != session.code or not _open_to_readers(session):
        return session, ()
    if isinstance(event.found, str):
        return _credential(session, event.found)
    told = (NoteForStaff(f"a reader code was refused: {event.detail}"),)
    return say(session, CODE_REFUSED[event.found]), told


def code_scanned(session: Session, event: CodeScanned) -> Turn:
    """A reader's barcode or signed code signs in; any other code gets a line saying what it is."""
    if event.text.strip().upper().startswith(SIGNED_CODE):
        return _signed_code(session, event.text.strip())
    number = without_guards(event.text.strip())
    is_number = len(number) == READER_CODE_DIGITS and number.isdecimal() and number.startswith("2")
    if is_number and session.rules.cards.takes_plain(event):
        return _credential(session, number)
    return hint(session, CODE_HINTS[what_is(number)]), ()


def _credential(session: Session, credential: str) -> Turn:
    if _open_to_readers(session):
        if _closed_to_readers(session):
            return say(session, Message.ILS_DOWN), ()
        session = replace(
            enter(session, Stage.SIGNING_IN),
            credential=credential,
            message=None,
            blocked=None,
            pin="",
            pin_failures=0,
            asked=False,
        )
        return ask_when_clear(session)
    if session.reader is not None and credential != session.credential:
        return hint(session, Hint.OTHER_CARD), ()
    return session, ()


def _open_to_readers(session: Session) -> bool:
    """Nobody is here, or somebody returns books without having said who. In a power cut nobody new is
    served."""
    without_reader = session.stage is Stage.STACK and session.reader is None
    return (session.stage in OPEN_TO_CARDS and not session.power.on_battery) or without_reader


def _closed_to_readers(session: Session) -> bool:
    """Nobody can be asked who it is."""
    return session.ils_up is False and session.rules.offline < Policy.LOANS


def ask_when_clear(session: Session) -> Turn:
    """Ask who it is once everything done offline has had its verdict; offline, ask the local copy."""
    if session.stage is not Stage.SIGNING_IN or session.asked:
        return session, ()
    if session.ils_up is False:
        return replace(session, asked=True), (LookUpReader(session.credential),)
    if offline.to_replay(session):
        return session, ()
    return replace(session, asked=True), (AskReader(session.credential),)


def reader_answered(session: Session, event: ReaderAnswered) -> Turn:
    """Of a credential that nobody waits for any more it means nothing."""
    if session.stage is not Stage.SIGNING_IN or event.asked != session.credential:
        return session, ()
    if event.reader is None:
        return say(session, Message.CARD_UNKNOWN_OFFLINE if event.offline else Message.CARD_UNKNOWN), ()
    session = replace(session, signed_in_online=not event.offline)
    if session.rules.pin_required and not event.offline and not event.pin_right:
        return _pin_wanted(session), ()
    if event.reader.block is not None:
        return say(replace(session, blocked=event.reader.block), Message.READER_BLOCKED), ()
    was_returning = session.mode is Mode.RETURN
    session, effects = open_stack(replace(session, reader=event.reader), Mode.BORROW)
    return (hint(session, Hint.NOW_BORROWING) if was_returning else session), effects


def _pin_wanted(session: Session) -> Session:
    """The number pad; after too many wrong PINs the visit ends."""
    failures = session.pin_failures + (1 if session.pin else 0)
    if failures >= session.rules.pin_tries:
        return say(session, Message.WRONG_PIN)
    again = replace(enter(session, Stage.PIN), pin="", pin_failures=failures)
    return hint(again, Hint.WRONG_PIN) if failures else again


def reader_not_answered(session: Session, event: ReaderNotAnswered) -> Turn:
    if session.stage is not Stage.SIGNING_IN or event.asked != session.credential:
        return session, ()
    return say(session, Message.ILS_DOWN), ()
