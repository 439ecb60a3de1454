"""Which alarms of kiosks hold: what their events said last, in order. Pure.

A lasting alarm holds from its raising to its clearing; news (a passing alarm, a dispute, a changed device)
holds for as long as its rule says from the moment it was received: late news is news. Events may come in
any order and any number of times. A kiosk installed anew knows nothing of the alarms before, so they end.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

import msgspec
from msgspec import Struct, field, structs

from broker_config.alarms import MEANINGS, AlarmName
from broker_config.topics import Identity
from central.alerts.details import Code, Fact, Said
from central.alerts.rules import RULES
from central.alerts.signs import Key, Sign, cannot_print
from central.disputes import BLANK
from central.store import StoredEvent

KINDS = frozenset({"alarm_raised", "alarm_cleared", "dispute", "device_changed"})
"""The kinds of event that matter here."""
PRINTER, COUNTER = "receipt_printer", "door_counter"
SUBJECTS: Mapping[AlarmName, str] = {
    AlarmName.PRINTER_CANNOT_PRINT: PRINTER,
    AlarmName.PAPER_LOW: PRINTER,
    AlarmName.PAPER_OUT: PRINTER,
    AlarmName.DOOR_COUNTER_SILENT: COUNTER,
}
"""Told by the state of the device, too: one alert, not two."""


class Entry(Struct, frozen=True):
    """What was said last of one key; `until` None: it holds until something else is said. `raised` False is
    kept, too: a raising that comes late must not undo a later clearing."""

    key: Key
    raised: bool
    happened_at: datetime
    seq: int
    install_id: str
    said: Said = field(default="", name="detail")
    until: datetime | None = None

    def holds(self, now: datetime) -> bool:
        return self.raised and (self.until is None or now < self.until)


Ledger = Mapping[Key, Entry]


def with_events(ledger: Ledger, events: Iterable[StoredEvent]) -> dict[Key, Entry]:
    """The ledger after `events`, which may be known already."""
    result = dict(ledger)
    for event in events:
        entry = _entry(event)
        if entry is None:
            continue
        before = result.get(entry.key)
        if before is None or _order(before) <= _order(entry):  # the same event may say something else by now
            result[entry.key] = entry
    return _without_older_installs(result)


def signs(ledger: Ledger, now: datetime) -> list[Sign]:
    return [_sign(entry) for entry in ledger.values() if entry.holds(now)]


def _sign(entry: Entry) -> Sign:
    """Why a printer cannot print is known only while it cannot, so its rule is chosen here."""
    key = entry.key
    if key.rule == AlarmName.PRINTER_CANNOT_PRINT.value:
        key = structs.replace(key, rule=cannot_print(str(entry.said)))
    return Sign(key, entry.said)


def without_past(ledger: Ledger, now: datetime) -> dict[Key, Entry]:
    """News that no longer holds is forgotten; nothing can bring it back but itself, and it stays past."""
    return {key: entry for key, entry in ledger.items() if entry.until is None or now < entry.until}


def _order(entry: Entry) -> tuple[datetime, int]:
    return entry.happened_at, entry.seq


def _entry(event: StoredEvent) -> Entry | None:
    said: dict[str, Any] = msgspec.json.decode(event.body)
    match event.kind:
        case "alarm_raised" | "alarm_cleared":
            return _alarm(event, said)
        case "dispute":
            # a settled one names no item any more
            return structs.replace(_news(event, said, "dispute_waiting", ""), raised=said["item_id"] != BLANK)
        case "device_changed":
            before, after = said.get("old_serial"), said.get("new_serial")
            if before and after and before != after:
                swapped = Fact(Code.DEVICE_SWAPPED, (said["kind"], before, after))
                return _news(event, said, "device_changed", swapped)
    return None


def _alarm(event: StoredEvent, said: dict[str, Any]) -> Entry:
    raised, text, reason = event.kind == "alarm_raised", said["name"], said.get("reason", "")
    try:
        name = AlarmName(text)
    except ValueError:
        return _lasting(event, said, Key("other_alarm", *_where(event.identity), text), raised, reason)
    if not MEANINGS[name].lasts:
        return _news(event, said, text, reason)
    return _lasting(event, said, Key(text, *_where(event.identity), SUBJECTS.get(name, "")), raised, reason)


def _lasting(event: StoredEvent, said: dict[str, Any], key: Key, raised: bool, detail: str) -> Entry:
    return Entry(key, raised, event.happened_at, said["seq"], said["install_id"], detail)


def _news(event: StoredEvent, said: dict[str, Any], rule: str, more: Said) -> Entry:
    """Each one is its own: the number of the event is its subject."""
    subject = f"{said['install_id']}/{said['seq']}"
    key, lasts = Key(rule, *_where(event.identity), subject), RULES[rule].lasts
    assert lasts is not None, f"{rule}: a rule for news must say how long it lasts"
    until = event.received_at + lasts
    return Entry(key, True, event.happened_at, said["seq"], said["install_id"], more, until)


def _where(identity: Identity) -> tuple[str, str]:
    return identity.place, identity.device


def _without_older_installs(ledger: Mapping[Key, Entry]) -> dict[Key, Entry]:
    newest: dict[tuple[str, str], Entry] = {}
    for entry in ledger.values():
        where = entry.key.place, entry.key.kiosk
        if where not in newest or _order(newest[where]) < _order(entry):
            newest[where] = entry
    return {
        key: entry
        for key, entry in ledger.items()
        if entry.until is not None or entry.install_id == newest[key.place, key.kiosk].install_id
    }
