"""What the devices of a place tell, as one line for people and as data for programs. Pure.

Says what was read: tags, the chip number of a card, codes. What an ID card bears beyond that stays untold.
"""

from dataclasses import dataclass, fields
from enum import Enum

from devices.kinds import (
    CardTapped,
    CodeScanned,
    DeviceInfo,
    DoorCount,
    PrinterStatus,
    TagOnPad,
    TagsChanged,
)
from devices.tag_data import TagContent


@dataclass(frozen=True)
class Told:
    """One thing that happened at `port`: `what` names it, `about` is for people, `data` for programs."""

    port: str
    what: str
    about: str
    data: dict[str, object]


def tags_told(port: str, changed: TagsChanged) -> Told:
    ids = [_tag(tag) for tag in changed.tags]
    named = ", ".join(f"{each['id'] or each.get('reason')} (AFI {each['afi'] or '—'})" for each in ids)
    about = f"{len(ids)} 个标签 / tags: {named or '—'}"
    return Told(port, "tags", about, {"tags": ids})


def _tag(tag: TagOnPad) -> dict[str, object]:
    content = tag.content
    afi = None if tag.afi is None else f"{tag.afi:02x}"
    if isinstance(content, TagContent):
        return {"uid": tag.uid.hex(), "id": content.primary_item_id, "model": content.model.value, "afi": afi}
    return {"uid": tag.uid.hex(), "id": None, "reason": content.reason, "afi": afi}


def card_told(port: str, card: CardTapped) -> Told:
    """The chip's number. What an ID card or a sector says beyond it stays where it is."""
    about = f"刷卡 / card {card.technology.value} {card.uid.hex() or '—'}"
    return Told(port, "card", about, {"uid": card.uid.hex() or None, "technology": card.technology.value})


def code_told(port: str, code: CodeScanned) -> Told:
    return Told(port, "code", f"扫码 / code {code.text}", {"text": code.text, "symbology": code.symbology})


def printer_told(port: str, status: PrinterStatus) -> Told:
    told = {field.name: getattr(status, field.name) for field in fields(status)}
    data = {name: value.value if isinstance(value, Enum) else value for name, value in told.items()}
    wrong = "".join(f", {name}" for name, value in data.items() if value is True)
    about = f"打印机 / printer: paper {status.paper.value}{wrong}"
    return Told(port, "printer", about, data | {"can_print": status.can_print})


def count_told(port: str, count: DoorCount) -> Told:
    about = f"客流 / people: in {count.entries}, out {count.exits}"
    return Told(port, "count", about, {"entries": count.entries, "exits": count.exits})


def opened_told(info: DeviceInfo) -> Told:
    data: dict[str, object] = {"model": info.model, "serial": info.serial, "firmware": info.firmware}
    about = f"已打开 / opened: {info.model}, serial {info.serial or '—'}, firmware {info.firmware or '—'}"
    return Told(info.port, "opened", about, data)


def lost_told(port: str, reason: str) -> Told:
    return Told(port, "lost", f"失去联系 / lost: {reason}", {"reason": reason})
