"""`python -m devices tag decode|encode`: look at a tag's bytes, or make some, without a reader.

JSON on standard output. Exit 0: done; 1: the bytes cannot be trusted (JSON with `reason`); 2: bad arguments
(one sentence on standard error).
"""

import argparse
import json
import sys
from collections.abc import Callable

from devices.tag_data import Model, SetInfo, TagContent, Unreadable, decode, dsfid_of, encode

_MODELS = [model.value for model in Model]
_SLIX_BYTES = 112
"""28 blocks of 4: the most common chip."""
_LARGEST_BYTES = 8192


def add_tag_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add `tag` with its two actions; the parsed arguments' `run(args)` returns the exit status."""
    tag = subparsers.add_parser("tag", help="decode and encode what is written on book tags")
    actions = tag.add_subparsers(dest="action", required=True)

    decoding = actions.add_parser("decode", help="say what the memory of a tag means, as JSON")
    decoding.add_argument("--model", choices=_MODELS, help="believe this data model only (default: find out)")
    decoding.add_argument("--dsfid", metavar="XX", help="the tag's DSFID register, two hexadecimal digits")
    decoding.add_argument(
        "hex", metavar="HEX", nargs="+", help="memory from address 0; UHF: bank 01, then 11"
    )
    decoding.set_defaults(run=run_decode)

    encoding = actions.add_parser("encode", help="make the memory of a tag, as JSON")
    encoding.add_argument("--model", choices=_MODELS, default=Model.ISO_28560_2.value)
    encoding.add_argument("--id", required=True, metavar="ITEM", help="primary item identifier")
    encoding.add_argument("--owner", help="ISIL of the owning library")
    encoding.add_argument("--set", metavar="PART/TOTAL", help="which part of how many")
    encoding.add_argument(
        "--element", action="append", default=[], metavar="OID=VALUE", help="may be repeated"
    )
    encoding.add_argument("--size", type=int, default=_SLIX_BYTES, metavar="BYTES", help="memory of the chip")
    encoding.set_defaults(run=run_encode)


def run_decode(args: argparse.Namespace) -> int:
    def show() -> int:
        memory = _bytes("HEX", " ".join(args.hex))
        dsfid = None if args.dsfid is None else _bytes("--dsfid", args.dsfid, size=1)[0]
        content = decode(memory, dsfid, [Model(args.model)] if args.model else None)
        _print_json(_described(content))
        return 1 if isinstance(content, Unreadable) else 0

    return _or_sentence(show)


def run_encode(args: argparse.Namespace) -> int:
    def show() -> int:
        model = Model(args.model)
        content = TagContent(
            model=model,
            primary_item_id=args.id,
            owner=args.owner,
            set_info=None if args.set is None else _set_info(args.set),
            elements=dict(_element(text) for text in args.element),
        )
        if not 0 < args.size <= _LARGEST_BYTES:
            raise ValueError(f"--size {args.size} is not a chip's memory: 1 to {_LARGEST_BYTES} bytes")
        memory = encode(content, args.size)
        _print_json({"hex": memory.hex(), "dsfid": f"{dsfid_of(model):02x}", "model": model.value})
        return 0

    return _or_sentence(show)


def _or_sentence(act: Callable[[], int]) -> int:
    """`act`, or its ValueError as one sentence and exit status 2."""
    try:
        return act()
    except ValueError as error:
        print(f"tag: {error}", file=sys.stderr)
        return 2


def _described(content: TagContent | Unreadable) -> dict[str, object]:
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


def _print_json(value: dict[str, object]) -> None:
    print(json.dumps(value, ensure_ascii=False))


def _bytes(name: str, text: str, size: int | None = None) -> bytes:
    try:
        data = bytes.fromhex(text)
    except ValueError:
        raise ValueError(f"{name} {text!r} is not pairs of hexadecimal digits") from None
    if size is not None and len(data) != size:
        raise ValueError(f"{name} {text!r} must be {size} byte: {2 * size} hexadecimal digits")
    return data


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
