"""The names of alarms that a kiosk raises (`AlarmRaised`, `AlarmCleared`): one literal table.

A lasting alarm is raised once and cleared once, by the same name. A passing one tells of something that
happened and is never cleared by the kiosk. `reason` is for staff: figures and the kiosk's own words, never an
item, a title, a reader, nor words of the ILS. A centre that does not know a name shows it as it is, so a
newer kiosk may raise more. What the heartbeat tells (disk, clock, outbox, operations not settled, heat) the
centre judges by itself: it is no alarm, or one cause would have two.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum


class AlarmName(Enum):
    # lasting
    ILS_UNREACHABLE = "ils_unreachable"
    PRINTER_CANNOT_PRINT = "printer_cannot_print"
    PAPER_LOW = "paper_low"
    PAPER_OUT = "paper_out"
    DOOR_COUNTER_SILENT = "door_counter_silent"
    JOURNAL_REPAIRS_WAITING = "journal_repairs_waiting"
    CERTIFICATE_EXPIRING = "certificate_expiring"
    DISK_FULL = "disk_full"
    ON_BATTERY = "on_battery"
    # passing
    SUSPICIOUS_ITEM = "suspicious_item"
    INCOMPLETE_SET = "incomplete_set"
    HOLD_RETURNED = "hold_returned"
    CHECKIN_FAILED = "checkin_failed"
    CHECKOUT_FAILED = "checkout_failed"
    EMPTY_TAG = "empty_tag"
    LARGE_CHECKOUT = "large_checkout"
    READER_STRUGGLING = "reader_struggling"


@dataclass(frozen=True)
class Meaning:
    """When a kiosk is to raise it, and, when it lasts, to clear it."""

    lasts: bool
    when: str


MEANINGS: Mapping[AlarmName, Meaning] = {
    AlarmName.ILS_UNREACHABLE: Meaning(True, "the ILS does not answer; cleared by its next answer"),
    AlarmName.PRINTER_CANNOT_PRINT: Meaning(True, "cover open, cutter stuck: any cause but paper"),
    AlarmName.PAPER_LOW: Meaning(True, "the near-end sensor; cleared by paper put in"),
    AlarmName.PAPER_OUT: Meaning(True, "the end sensor; cleared by paper put in"),
    AlarmName.DOOR_COUNTER_SILENT: Meaning(
        True, "the counter does not answer, or its sensor says it is blocked"
    ),
    AlarmName.JOURNAL_REPAIRS_WAITING: Meaning(True, "tags that a loan left secured wait to be put right"),
    AlarmName.CERTIFICATE_EXPIRING: Meaning(
        True, "its own certificate ends within 30 days; `reason` the date"
    ),
    AlarmName.DISK_FULL: Meaning(True, "no room to begin anything new; cleared by room made"),
    AlarmName.ON_BATTERY: Meaning(
        True, "the mains is gone for longer than is ridden out; cleared by its return, also after a start"
    ),
    AlarmName.SUSPICIOUS_ITEM: Meaning(
        False, "security bit and ILS disagree, the owner code is another's, or the ILS does not know it"
    ),
    AlarmName.INCOMPLETE_SET: Meaning(False, "a set was left with a part missing; `reason` such as '2 of 3'"),
    AlarmName.HOLD_RETURNED: Meaning(False, "a returned item is wanted by another reader"),
    AlarmName.CHECKIN_FAILED: Meaning(
        False, "a return cut short, whose tag could not be set, or that the ILS does not tell of"
    ),
    AlarmName.CHECKOUT_FAILED: Meaning(
        False, "a loan cut short, whose tag could not be set, or that the ILS does not tell of"
    ),
    AlarmName.EMPTY_TAG: Meaning(False, "a tag without an item identifier on the pad"),
    AlarmName.LARGE_CHECKOUT: Meaning(
        False, "more items at once than the place's limit; `reason` the number"
    ),
    AlarmName.READER_STRUGGLING: Meaning(False, "three failures in a row, or a very long visit; no identity"),
}
