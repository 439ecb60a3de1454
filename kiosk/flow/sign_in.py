"""Who is here: a card, a code, the ILS's answer, and a PIN where the library wants one."""

from dataclasses import replace

from devices.kinds import CardTapped, CodeScanned
from kiosk.flow import offline
from kiosk.flow.circulate import Turn
from kiosk.flow.effects import AskReader, LookUpReader
from kiosk.flow.events import (
    ReaderAnswered,
    ReaderNotAnswered,
)
from kiosk.flow.session import Hint, Message, Mode, Policy, Session, Stage
from kiosk.flow.stacking import open_stack
from kiosk.flow.visit import enter, hint, say

OPEN_TO_CARDS = {Stage.IDLE, Stage.MESSAGE, Stage.GOODBYE}
READER_CODE_DIGITS = 14
"""Library Codabar: reader numbers begin with 2, item numbers with 3."""


def card_tapped(session: Session, event: CardTapped) -> Turn:
    return _credential(session, event.uid.hex().upper())


def code_scanned(session: Session, event: CodeScanned) -> Turn:
    """A reader's barcode or QR code signs in; any other code gets a line saying so."""
    text = event.text.strip()
    if len(text) == READER_CODE_DIGITS and text.isdecimal() and text.startswith("2"):
        return _credential(session, text)
    return hint(session, Hint.NOT_A_READER_CODE), ()


def _credential(session: Session, credential: str) -> Turn:
    without_reader = session.stage is Stage.STACK and session.reader is None
    if session.stage in OPEN_TO_CARDS or without_reader:
        if session.ils_up is False and session.rules.offline < Policy.LOANS:
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
    if session.stage is not Stage.SIGNING_IN or event.asked != session.credential:
        return session, ()
    if event.reader is None:
        return say(session, Message.CARD_UNKNOWN_OFFLINE if event.offline else Message.CARD_UNKNOWN), ()
    session = replace(session, signed_in_online=not event.offline)
    if session.rules.pin_required and not event.offline and not event.pin_right:
        return _pin_wanted(session), ()
    if event.reader.block is not None:
        return say(replace(session, blocked=event.reader.block), Message.READER_BLOCKED), ()
    return open_stack(replace(session, reader=event.reader), Mode.BORROW)


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
