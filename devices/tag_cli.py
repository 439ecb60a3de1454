"""`python -m devices tag decode|encode`: look at a tag's bytes, or make some, without a reader.

JSON on standard output. Exit 0: done; 1: the bytes cannot be trusted (JSON with `reason`); 2: bad arguments
(one sentence on standard error). The commands that need a reader are in `tag_tools.cli`.
"""

import argparse
import sys
from collections.abc import Callable

from devices.tag_data import Model, TagContent, Unreadable, decode, dsfid_of, encode, uhf
from devices.tag_tools.arguments import (
    add_content_arguments,
    content_from,
    described,
    hex_bytes,
    one_byte,
    print_json,
)
from devices.tag_tools.cli import add_reader_actions

_MODELS = [model.value for model in Model]
_SLIX_BYTES = 112
"""28 blocks of 4: the most common chip."""
_LARGEST_BYTES = 8192


def add_tag_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add `tag` with its actions; the parsed arguments' `run(args)` returns the exit status."""
    tag = subparsers.add_parser("tag", help="read, write, convert, decode and encode book tags")
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
    add_content_arguments(encoding)
    encoding.add_argument("--size", type=int, default=_SLIX_BYTES, metavar="BYTES", help="memory of the chip")
    encoding.set_defaults(run=run_encode)

    add_reader_actions(actions)


def run_decode(args: argparse.Namespace) -> int:
    def show() -> int:
        memory = hex_bytes("HEX", " ".join(args.hex))
        dsfid = None if args.dsfid is None else one_byte("--dsfid", args.dsfid)
        content = _decoded(memory, dsfid, Model(args.model) if args.model else None)
        print_json(described(content))
        return 1 if isinstance(content, Unreadable) else 0

    return _or_sentence(show)


def _decoded(memory: bytes, dsfid: int | None, model: Model | None) -> TagContent | Unreadable:
    """Most readers print a UHF tag without the CRC that proves it one. It is taken for one then if nothing
    else can be read there, and its control word speaks of a library or the caller names the model."""
    content = decode(memory, dsfid, [model] if model else None)
    if dsfid is not None or not isinstance(content, Unreadable):
        return content
    completed = uhf.with_crc(memory)
    printed = decode(completed, None, [model or Model.ISO_28560_4]) if completed else content
    return content if isinstance(printed, Unreadable) else printed


def run_encode(args: argparse.Namespace) -> int:
    def show() -> int:
        content = content_from(args, Model(args.model))
        if not 0 < args.size <= _LARGEST_BYTES:
            raise ValueError(
                f"--size {args.size}: 芯片有 1 到 {_LARGEST_BYTES} 字节 / "
                f"a chip's memory has 1 to {_LARGEST_BYTES} bytes"
            )
        memory, dsfid = _encoded(content, args.size), dsfid_of(content.model)
        read_back = described(decode(memory, dsfid, [content.model]))
        print_json({"hex": memory.hex(), "dsfid": f"{dsfid:02x}", **read_back})
        return 0

    return _or_sentence(show)


def _encoded(content: TagContent, size: int) -> bytes:
    try:
        return encode(content, size)
    except ValueError as error:
        raise ValueError(
            f"这些内容不能写成 {content.model.value} 标签 / not possible on such a tag: {error}"
        ) from error


def _or_sentence(act: Callable[[], int]) -> int:
    """`act`, or its ValueError as one sentence and exit status 2."""
    try:
        return act()
    except ValueError as error:
        print(f"tag: {error}", file=sys.stderr)
        return 2
