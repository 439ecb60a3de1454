"""What may give cause for an alert, seen at this moment: from verdicts, devices and alarms to signs. Pure.

A sign names its rule (`rules.py`), where it is seen, and what more is to be said of it (`details.py`).
Whether it becomes an alert is `engine.py`'s affair.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from msgspec import Struct

from broker_config.status import DeviceState
from broker_config.values import Condition
from central.alerts.details import Code, Fact, Said
from central.health import Cause, Finding, Verdict
from central.store import Kiosk

SUSPECT_AFTER = timedelta(seconds=55)
"""A heartbeat of 30 s was missed: suspected early, so that those that fall silent together are told so."""


class Key(Struct, frozen=True, order=True):
    """One sign for ever: `place` is "" for the centre itself, `kiosk` the device half of its identity,
    `subject` what of it (a device's name, an event's number)."""

    rule: str
    place: str = ""
    kiosk: str = ""
    subject: str = ""


@dataclass(frozen=True)
class Sign:
    key: Key
    said: Said = ""


BY_CAUSE: Mapping[Cause, str] = {
    Cause.OFFLINE: "kiosk_offline",
    Cause.OUT_OF_SERVICE: "out_of_service",
    Cause.ILS_DOWN: "ils_unreachable",
    Cause.CLOCK_UNSYNCED: "clock_wrong",
    Cause.CLOCK_OFF: "clock_wrong",
    Cause.DISK_LOW: "disk_low",
    Cause.HOT: "hot",
    Cause.SCREEN_SLOW: "screen_slow",
    Cause.OUTBOX_LONG: "outbox_long",
    Cause.UNSETTLED: "unsettled",
}
"""Silence is suspected before it is judged, devices have rules of their own, and a place without a kiosk is
no fault."""
FIGURES: Mapping[Cause, Code] = {
    Cause.CLOCK_OFF: Code.CLOCK_OFF_S,
    Cause.DISK_LOW: Code.DISK_FREE_MB,
    Cause.HOT: Code.TEMPERATURE_C,
    Cause.SCREEN_SLOW: Code.STALL_MS,
    Cause.OUTBOX_LONG: Code.EVENTS_WAITING,
    Cause.UNSETTLED: Code.OPERATIONS_UNSETTLED,
}
"""What the figure of a finding is."""
BY_DEVICE: Mapping[str, str] = {
    "tag_reader": "tag_reader_down",
    "receipt_printer": "printer_down",
    "door_counter": "door_counter_silent",
}
"""Every other kind is `device_down`."""
PAPER: Mapping[str, str] = {"out of paper": "paper_out", "nearly used up": "paper_low"}
"""By what a kiosk's sentence about its printer says; the kiosk's alarm of the same name is the same alert."""


def signs_of(kiosk: Kiosk, verdict: Verdict, listening_since: datetime, now: datetime) -> Iterator[Sign]:
    """`listening_since` is since when we would have heard it: nobody is silent while we are deaf."""
    here = (kiosk.identity.place, kiosk.identity.device)
    if kiosk.online:
        heard_at = max(kiosk.heard_at or listening_since, listening_since)
        if now - heard_at > SUSPECT_AFTER:
            yield Sign(Key("kiosk_silent", *here))
            return
    seen = set()
    for finding in verdict.findings:
        rule = BY_CAUSE.get(finding.cause)
        if rule is not None and rule not in seen:
            seen.add(rule)
            yield Sign(Key(rule, *here), said_of(finding))
    if kiosk.online:
        yield from (_device(here, device) for device in kiosk.devices if device.condition is not Condition.OK)


def said_of(finding: Finding) -> Said:
    """Its figure as a fact, else the kiosk's own words."""
    if finding.figure is not None:
        return Fact(FIGURES[finding.cause], (finding.figure,))
    return Fact(Code.CLOCK_UNSYNCED) if finding.cause is Cause.CLOCK_UNSYNCED else finding.detail


def _device(here: tuple[str, str], device: DeviceState) -> Sign:
    rule = BY_DEVICE.get(device.kind, "device_down")
    if device.kind == "receipt_printer" and device.condition is Condition.DEGRADED:
        rule = cannot_print(device.reason)
    return Sign(Key(rule, *here, device.name or device.kind), device.reason)


def cannot_print(reason: str) -> str:
    """The rule for a printer that answers and cannot print."""
    return next((rule for words, rule in PAPER.items() if words in reason), "printer_cannot_print")


def of_centre(rule: str, subject: str = "", said: Said = "") -> Sign:
    """A sign of the centre itself."""
    return Sign(Key(rule, subject=subject), said)


def by_key(signs: Iterable[Sign]) -> dict[Key, Sign]:
    """The first of each key counts."""
    found: dict[Key, Sign] = {}
    for sign in signs:
        found.setdefault(sign.key, sign)
    return found
