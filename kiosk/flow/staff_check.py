"""The self-test of a device, by its kind: read any tag, card or code, print a page and ask, walk through.

What it takes to pass comes from the device itself, except for the page: only staff see whether it is right.
"""

from dataclasses import replace

from devices.kinds import Kind
from kiosk.flow import system, visit
from kiosk.flow.circulate import Turn
from kiosk.flow.effects import PrintTestPage, Tell
from kiosk.flow.events import DoorCounted, PrintJob, ReceiptFailed, ReceiptPrinted
from kiosk.flow.report_values import StaffDid
from kiosk.flow.session import DeviceCondition, Session, Stage
from kiosk.flow.staff_values import Binding, Check, Staff, StaffAt
from kiosk.flow.touch import Touch

REMARK_CHARACTERS = 200


def device(session: Session) -> DeviceCondition | None:
    """The one spoken of."""
    return session.devices.get(session.staff.device)


def go(session: Session, at: StaffAt, staff: Staff | None = None) -> Session:
    """On to a step; that is a sign of life, too."""
    staff = replace(staff or session.staff, at=at, check=Check.WAITING, passages=None)
    return replace(session, staff=staff, touched_s=session.now_s, stage_since_s=session.now_s)


def begin(session: Session) -> Turn:
    """A page is printed at once, to look at or with a code to scan; everything else waits for staff."""
    known = device(session)
    session = go(session, StaffAt.TEST)
    for_scanner = known is not None and known.kind is Kind.SCANNER
    prints = for_scanner or (known is not None and known.kind is Kind.RECEIPT_PRINTER)
    if not prints or (for_scanner and not visit.can_print(session)):
        return session, ()
    return session, (PrintTestPage(for_scanner),)


def is_passed(session: Session) -> bool:
    """A tag that can be read may lie on the pad already."""
    known = device(session)
    reads = known is not None and known.kind is Kind.TAG_READER
    return session.staff.check is Check.PASSED or (reads and any(tag.afi is not None for tag in session.pad))


def passed(session: Session) -> Turn:
    return go(session, StaffAt.DONE), (Tell(StaffDid(_what_was_done(session))),)


def right(session: Session, event: Touch) -> Turn:
    return (_checked(session, Check.PASSED) if session.staff.check is Check.ASKED else session), ()


def wrong(session: Session, event: Touch) -> Turn:
    """Also for whatever did not come, however long one waited."""
    if session.staff.at is not StaffAt.TEST:
        return session, ()
    told = StaffDid(f"self-test of {session.staff.device} failed")
    return _checked(session, Check.FAILED), (Tell(told),)


def seen(session: Session, kind: Kind) -> Session:
    """A card, a code, somebody at the door: a device of this kind works."""
    known = device(session)
    tested = session.staff.at is StaffAt.TEST and known is not None and known.kind is kind
    return _checked(session, Check.PASSED) if tested else session


def door_counted(session: Session, event: DoorCounted) -> Turn:
    """The test begins with the first count, and somebody walked through when it grows."""
    before, now = session.staff.passages, event.count.entries + event.count.exits
    if session.stage is Stage.STAFF and session.staff.at is StaffAt.TEST:
        session = replace(session, staff=replace(session.staff, passages=now))
        session = session if before in (None, now) else seen(session, Kind.DOOR_COUNTER)
    return system.door_counted(session, event)


def page_printed(session: Session, event: ReceiptPrinted) -> Turn:
    if event.job is not PrintJob.TEST:
        return visit.receipt_printed(session, event)
    return _page(session, Check.ASKED), ()


def page_failed(session: Session, event: ReceiptFailed) -> Turn:
    if event.job is not PrintJob.TEST:
        return visit.receipt_failed(session, event)
    return _page(session, Check.FAILED), ()


def _page(session: Session, check: Check) -> Session:
    """Printed in a test, which asks about it, or from the list of devices."""
    known = device(session)
    if session.staff.at is StaffAt.DEVICES:
        return replace(session, staff=replace(session.staff, page=check))
    tested = session.staff.at is StaffAt.TEST and known is not None and known.kind is Kind.RECEIPT_PRINTER
    return _checked(session, check) if tested else session


def _checked(session: Session, check: Check) -> Session:
    return replace(session, staff=replace(session.staff, check=check), touched_s=session.now_s)


def _what_was_done(session: Session) -> str:
    staff, now = session.staff, session.bindings.get(session.staff.device)
    if not staff.changing:
        return f"self-test of {staff.device} passed"
    words = f"changed {staff.device} from {_unit(staff.before)} to {_unit(now)}, self-test passed"
    return words[:REMARK_CHARACTERS]


def _unit(binding: Binding | None) -> str:
    return f"{binding.model} {binding.serial or 'without a number'}" if binding else "an unknown one"
