"""What the `tag` commands share: arguments to values, contents to JSON."""

import argparse
import json

from devices.tag_data import Model, SetInfo, TagContent, Unreadable


def add_content_arguments(parser: argparse.ArgumentParser) -> None:
    """What a tag shall bear, except its data model; read by `content_from`."""
    parser.add_argument("--id", required=True, metavar="ITEM", help="primary item identifier")
    parser.add_argument("--owner", help="ISIL of the owning library")
    parser.add_argument("--set", metavar="PART/TOTAL", help="which part of how many")
    parser.add_argument("--element", action="append", default=[], metavar="OID=VALUE", help="may be repeated")


def content_from(args: argparse.Namespace, model: Model) -> TagContent:
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
    try:
        data = bytes.fromhex(text)
    except ValueError:
        raise ValueError(f"{name} {text!r} is not pairs of hexadecimal digits") from None
    if size is not None and len(data) != size:
        raise ValueError(f"{name} {text!r} must be {size} byte: {2 * size} hexadecimal digits")
    return data


def described(content: TagContent | Unreadable) -> dict[str, object]:
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
        raise ValueError(f"--set {text!r} is not PART/TOTAL, such as 1/2")
    return SetInfo(part=int(part), total=int(total))


def _element(text: str) -> tuple[int, str]:
    oid, equals, value = text.partition("=")
    if not (equals and oid.isdecimal()):
        raise ValueError(f"--element {text!r} is not OID=VALUE, such as 6=I247.5/123")
    return int(oid), value
