"""What the `tag` commands share: arguments to values, contents to JSON."""

import argparse
import json
import re

from devices.tag_data import Model, SetInfo, TagContent, Unreadable

_BETWEEN_BYTES = re.compile(r"[\s:,;.-]+")
_NO_HEX_DIGIT = re.compile(r"[^0-9a-f]")


def add_content_arguments(parser: argparse.ArgumentParser) -> None:
    """What a tag shall bear, except its data model; read by `content_from`."""
    parser.add_argument("--id", required=True, metavar="ITEM", help="primary item identifier")
    parser.add_argument("--owner", help="ISIL of the owning library")
    parser.add_argument("--set", metavar="PART/TOTAL", help="which part of how many")
    parser.add_argument("--element", action="append", default=[], metavar="OID=VALUE", help="may be repeated")


def content_from(args: argparse.Namespace, model: Model) -> TagContent:
    """What `--id`, `--owner`, `--set` and `--element` ask for; argparse has checked each."""
    return TagContent(
        model=model,
        primary_item_id=args.id,
        owner=args.owner,
        set_info=None if args.set is None else _set_info(args.set),
        elements=dict(_element(text) for text in args.element),
    )


def one_byte(name: str, text: str) -> int:
    return hex_bytes(name, text, size=1)[0]


def hex_bytes(name: str, text: str, size: int | None = None) -> bytes:
    """Bytes as manuals, logs and other programs write them: spaces, colons, commas or 0x between them or not.

    ValueError names the place, never more of the text: it may be a reader's card.
    """
    groups = [group.removeprefix("0x") for group in _BETWEEN_BYTES.split(text.lower())]
    for number, group in enumerate(groups, start=1):
        where = f"{name}, group {number}" if len(groups) > 1 else name
        if stranger := _NO_HEX_DIGIT.search(group):
            raise ValueError(
                f"{where}: {stranger[0]!r} 不是十六进制数字 / is none of the hexadecimal digits 0-9, A-F"
            )
        if len(group) % 2:
            raise ValueError(
                f"{where}: 数字不成对（{len(group)} 个），如 6 要写成 06 / an odd count of "
                f"hexadecimal digits ({len(group)}), write 6 as 06"
            )
    data = bytes.fromhex("".join(groups))
    if size is not None and len(data) != size:
        raise ValueError(
            f"{name}: 要 {2 * size} 个十六进制数字，不是 {2 * len(data)} 个 / "
            f"{2 * size} hexadecimal digits are needed, not {2 * len(data)}"
        )
    return data


def described(content: TagContent | Unreadable) -> dict[str, object]:
    """As JSON: elements by number, sets as [part, total]."""
    if isinstance(content, Unreadable):
        return {"reason": content.reason, "blank": content.blank}
    part_of = content.set_info
    return {
        "model": content.model.value,
        "primary_item_id": content.primary_item_id or None,
        "owner": content.owner,
        "set": [part_of.part, part_of.total] if part_of else None,
        "elements": {str(oid): value for oid, value in content.elements.items()},
    }


def print_json(value: object) -> None:
    print(json.dumps(value, ensure_ascii=False))


def _set_info(text: str) -> SetInfo:
    part, _, total = text.partition("/")
    if not (part.isdecimal() and total.isdecimal() and 0 <= int(part) <= int(total) and int(total) > 0):
        raise ValueError(f"--set {text!r}: 要写成 第几册/共几册，如 1/2 / is not PART/TOTAL, such as 1/2")
    return SetInfo(part=int(part), total=int(total))


def _element(text: str) -> tuple[int, str]:
    oid, equals, value = text.partition("=")
    if not (equals and oid.isdecimal()):
        raise ValueError(
            f"--element {text!r}: 要写成 编号=内容，如 6=I247.5/123 / is not OID=VALUE, such as 6=I247.5/123"
        )
    return int(oid), value
