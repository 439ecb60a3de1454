"""What the flow knows of alarms: their names as the promise with the centre has them, and what was told."""

from dataclasses import dataclass
from enum import Enum


class AlarmName(Enum):
    """As in `broker_config.alarms`, which says when each is raised; a test holds the two together."""

    # lasting
    ILS_UNREACHABLE = "ils_unreachable"
    PRINTER_CANNOT_PRINT = "printer_cannot_print"
    PAPER_LOW = "paper_low"
    PAPER_OUT = "paper_out"
    DOOR_COUNTER_SILENT = "door_counter_silent"
    JOURNAL_REPAIRS_WAITING = "journal_repairs_waiting"
    CERTIFICATE_EXPIRING = "certificate_expiring"
    DISK_FULL = "disk_full"
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
class Watch:
    """What was told, and what is counted until it is worth telling."""

    raised: frozenset[str] = frozenset()
    """Names of the lasting alarms that the centre believes to hold; kept across a start."""
    noticed: frozenset[tuple[AlarmName, str]] = frozenset()
    """What was told of this visit or of a tag that still lies there, by name and subject: it is told once."""
    here_since_s: float | None = None
    """Since when somebody is being served."""
    failures: int = 0
    """Scans, cards and PINs in a row that led nowhere."""
    failed_at_s: float = 0.0
