"""What single answers of an ILS under examination mean, in words for staff. Pure."""

import ssl
from datetime import UTC, datetime

from kiosk.sip2 import protocol as sip
from kiosk.sip2.probe import Answer


def expiry(not_after: str) -> str:
    """The day on which a certificate ends; `?` where it does not say."""
    if not not_after:
        return "?"
    return f"{datetime.fromtimestamp(ssl.cert_time_to_seconds(not_after), UTC):%Y-%m-%d}"


def offset_s(told: datetime | None) -> float | None:
    """How far the ILS's clock is before ours."""
    return None if told is None else (told - datetime.now(told.tzinfo)).total_seconds()


def masked(name: str) -> str:
    """The first character alone."""
    name = name.strip()
    return name[:1] + "*" * len(name[1:])


def told_of_loan(reply: sip.ItemInformation) -> str:
    if reply.circulation_status is not sip.CirculationStatus.CHARGED:
        return "not on loan now: give one that is to learn whether 17 tells the due day"
    if not (reply.due_date or "").strip():
        return "17 tells that it is on loan, not until when nor to whom (63 lists a reader's loans)"
    if sip.read_due(reply.due_date) is None:
        return "17 tells until when in words that read as no day or as two: let it write year, month, day"
    return "17 tells that it is on loan and until when, not to whom (63 lists a reader's loans)"


def trailer_word(answer: Answer) -> str:
    """What an answer's checksum and sequence number are worth."""
    received = answer.received
    if received is None or answer.sequence is None or received.checksum is sip.Checksum.ABSENT:
        return "absent"
    if received.sequence != answer.sequence:
        return "out of sequence"
    if received.checksum is sip.Checksum.RIGHT:
        return "right"
    return "summed over characters instead of bytes" if _sums_characters(answer.line) else "wrong"


def _sums_characters(line: bytes) -> bool:
    """As some servers do: right for ASCII, wrong for everything else."""
    text = line.decode("utf-8", "replace").rstrip()
    return f"{-sum(map(ord, text[:-4])) & 0xFFFF:04X}" == text[-4:].upper()
