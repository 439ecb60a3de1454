"""`python -m devices tag read|write|convert|batch|undo`: what staff do with the tags on a live reader.

Results are JSON on standard output; questions, progress and failures go to standard error, a failure as one
sentence. Exit 0: done; 1: not done, or not all; 2: bad arguments.
"""

import argparse
import sys
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from devices.errors import BadFrame, DeviceError, DeviceLost, DeviceRefused
from devices.kinds import TagReader
from devices.tag_data import Model, TagContent, Unreadable, encode
from devices.tag_tools.arguments import (
    add_content_arguments,
    content_from,
    described,
    hex_bytes,
    one_byte,
    print_json,
)
from devices.tag_tools.batch import restore_all, tag_crate
from devices.tag_tools.converting import Conversion, converted
from devices.tag_tools.crate import LARGEST_CHIP_BYTES, read_crate
from devices.tag_tools.laying import Laying
from devices.tag_tools.opening import TAG_READERS, open_reader
from devices.tag_tools.overwriting import Pen, the_tag
from devices.tag_tools.tags import (
    LyingTag,
    Refusal,
    TagRefusal,
    check_model,
    image_for,
    room_for,
    tag_bearing,
    tags_on_pad,
    usual_model,
)
from devices.tag_tools.terminal import confirming, say
from devices.tag_tools.undo_log import Book, UndoLog
from devices.tag_tools.writing import TornTag

Subparsers = argparse._SubParsersAction
Run = Callable[[argparse.Namespace], int]

MODELS = [model.value for model in Model]
IN_LIBRARY = "07"
WAIT_S = 600.0

OPTIONS: dict[str, dict[str, Any]] = {
    "--port": {"required": True, "metavar": "PATH", "help": "such as /dev/kiosk-pad"},
    "--model": {"choices": TAG_READERS, "help": "of the reader (default: ask who answers)"},
    "--believe": {"choices": MODELS, "help": "no other data model on the tags"},
    "--data-model": {"choices": MODELS, "help": "to be written (default: iso28560-2, on UHF iso28560-4)"},
    "--to": {"choices": MODELS, "required": True, "help": "data model to be written"},
    "--afi": {"metavar": "XX", "help": "security byte (default: 07, in the library; convert: as it is)"},
    "--uid": {"metavar": "HEX", "help": "which tag, where more than one lies on the pad"},
    "--csv": {"type": Path, "required": True, "metavar": "FILE", "help": "item_id[,owner][,part,total]"},
    "--undo-log": {"type": Path, "metavar": "FILE", "help": "keeps what each tag bore before"},
    "--wait": {"type": float, "default": WAIT_S, "metavar": "S", "help": "for the next book, at most"},
    "--access-password": {"metavar": "HEX", "help": "eight hexadecimal digits, for locked UHF tags"},
    "--lock": {"action": "store_true", "help": "UHF: only this access password may change it from now on"},
    "--yes": {"action": "store_true", "help": "overwrite without a question"},
}
_LOG = ("--undo-log",)
_WRITING = ("--afi", "--yes", "--undo-log", "--access-password")

_WHAT_HELPS: dict[type[DeviceError], str] = {
    DeviceLost: "请检查线和电源，并关闭占用它的程序 / check cable and power, and stop a kiosk using it",
    DeviceRefused: "请把书放平再试 / lay the book flat and try again",
    BadFrame: "请检查型号和线 / check --model and the cable",
    DeviceError: "请再试 / try again",
}


def add_reader_actions(actions: "Subparsers[argparse.ArgumentParser]") -> None:
    """The actions of `tag` that need a reader."""
    _action(actions, "read", run_read, "show every tag on the pad", ("--believe",))
    writing = ("--data-model", "--uid", "--lock", *_WRITING)
    add_content_arguments(_action(actions, "write", run_write, "write a book's id on its tag", writing))
    converting = ("--to", "--believe", "--uid", *_WRITING)
    _action(actions, "convert", run_convert, "write a tag in another data model", converting)
    crate = ("--csv", "--data-model", "--wait", "--lock", *_WRITING)
    _action(actions, "batch", run_batch, "tag a crate of books from a list", crate, required=_LOG)
    undoing = ("--wait", "--yes", "--undo-log", "--access-password")
    _action(actions, "undo", run_undo, "give tags back what they bore before", undoing, required=_LOG)


def run_read(args: argparse.Namespace) -> int:
    with _reader(args) as reader:
        tags = tags_on_pad(reader, _believed(args))
    print_json([_shown(tag) for tag in tags])
    if any(tag.image is None for tag in tags):
        raise Refusal("有标签读不到，请把书分开放平 / a tag could not be read, lay the books flat and apart")
    return 0


def run_write(args: argparse.Namespace) -> int:
    content = content_from(args, _data_model(args))
    encode(content, LARGEST_CHIP_BYTES)
    uid, afi = _uid(args), one_byte("--afi", args.afi or IN_LIBRARY)
    with _reader(args) as reader:
        tag = the_tag(tags_on_pad(reader), uid, to_write=True)
        if args.data_model is None:
            content = replace(content, model=usual_model(tag))
        _write(_pen(args, reader), tag, content, afi)
    return 0


def run_convert(args: argparse.Namespace) -> int:
    uid = _uid(args)
    afi = None if args.afi is None else one_byte("--afi", args.afi)
    with _reader(args) as reader:
        tag = the_tag(tags_on_pad(reader, _believed(args)), uid, to_write=False)
        image = tag.whole()
        conversion = _conversion(tag, Model(args.to))
        for sentence in _losses(conversion):
            say(sentence)
        losses = {"left_out": conversion.left_out, "changed": conversion.changed}
        _write(_pen(args, reader), tag, conversion.content, image.afi if afi is None else afi, losses)
    return 0


def run_batch(args: argparse.Namespace) -> int:
    afi = one_byte("--afi", args.afi or IN_LIBRARY)
    rows = read_crate(args.csv, _data_model(args))
    with _reader(args) as reader:
        laying, any_model = Laying(reader, say, args.wait), args.data_model is None
        tag_crate(_pen(args, reader), laying, rows, afi, say, any_model=any_model)
    print_json({"books": len(rows), "written": [str(row) for row in rows]})
    return 0


def run_undo(args: argparse.Namespace) -> int:
    if not args.undo_log.exists():
        raise Refusal(f"没有撤销记录 / there is no undo log {args.undo_log}, check the name")
    with _reader(args) as reader:
        pen = _pen(args, reader)
        uids = [uid.hex() for uid in pen.log.entries]
        restore_all(pen, Laying(reader, say, args.wait), say)
    print_json({"restored": uids})
    return 0


# -- arguments -------------------------------------------------------------------------------------------


def _action(
    actions: "Subparsers[argparse.ArgumentParser]",
    name: str,
    run: Run,
    purpose: str,
    options: tuple[str, ...],
    *,
    required: tuple[str, ...] = (),
) -> argparse.ArgumentParser:
    parser = actions.add_parser(name, help=purpose)
    for option in ("--port", "--model", *options):
        parser.add_argument(option, **OPTIONS[option] | ({"required": True} if option in required else {}))
    parser.set_defaults(run=lambda args: _or_sentence(run, args))
    return parser


def _or_sentence(run: Run, args: argparse.Namespace) -> int:
    """What `run` returns, or its failure as one sentence: 2 for what the arguments say, else 1."""
    try:
        return run(args)
    except ValueError as error:
        return _failed(f"tag: {error}", 2)
    except TornTag as torn:
        print_json({"uid": torn.uid.hex(), "reason": str(torn), "before": torn.before.as_json()})
        return _failed(str(torn), 1)
    except Refusal as refusal:
        return _failed(str(refusal), 1)
    except DeviceError as error:
        helps = next(words for kind, words in _WHAT_HELPS.items() if isinstance(error, kind))
        return _failed(f"{error}; {helps}", 1)
    except KeyboardInterrupt:
        return _failed("已停止，可再次运行以继续 / stopped, run it again to go on", 1)


def _failed(sentence: str, status: int) -> int:
    print(sentence, file=sys.stderr)
    return status


def _uid(args: argparse.Namespace) -> bytes | None:
    return None if args.uid is None else hex_bytes("--uid", args.uid)


def _data_model(args: argparse.Namespace) -> Model:
    """What the list or the arguments are checked for, before any tag is seen."""
    return Model(args.data_model or Model.ISO_28560_2.value)


def _access_password(args: argparse.Namespace) -> int:
    """0 for none. ValueError where --lock is given without one."""
    text = getattr(args, "access_password", None)
    password = 0 if text is None else int.from_bytes(hex_bytes("--access-password", text, size=4))
    if getattr(args, "lock", False) and not password:
        raise ValueError("--lock needs --access-password, eight hexadecimal digits that are not all 0")
    return password


def _believed(args: argparse.Namespace) -> list[Model] | None:
    return [Model(args.believe)] if args.believe else None


# -- doing -----------------------------------------------------------------------------------------------


@contextmanager
def _reader(args: argparse.Namespace) -> Iterator[TagReader]:
    with closing(open_reader(args.port, args.model, _access_password(args))) as reader:
        yield reader


def _pen(args: argparse.Namespace, reader: TagReader) -> Pen:
    log = UndoLog.open(args.undo_log) if args.undo_log else UndoLog()
    return Pen(reader, log, confirming(args.yes), getattr(args, "lock", False))


def _write(
    pen: Pen, tag: LyingTag, content: TagContent, afi: int, more: dict[str, dict[int, str]] | None = None
) -> None:
    """Write `content` and print what the tag bears now, what it bore before, and `more`."""
    image = image_for(tag, content, afi)
    part = content.set_info.part if content.set_info else 1
    before = pen.write(tag, image, Book(content.primary_item_id, part))
    print_json({**_shown(tag_bearing(tag.uid, image)), "before": before.as_json(), **(more or {})})


def _shown(tag: LyingTag) -> dict[str, object]:
    registers = tag.image.as_json() if tag.image else {}
    return {"uid": tag.uid.hex(), **registers, **described(tag.content)}


def _conversion(tag: LyingTag, to: Model) -> Conversion:
    if isinstance(tag.content, Unreadable):
        raise TagRefusal(f"标签 {tag.uid.hex()} 不能转换 / cannot be converted: {tag.content.reason}")
    try:
        check_model(tag, to)
        return converted(tag.content, to, lambda content: room_for(tag, content))
    except ValueError as error:
        raise TagRefusal(f"标签 {tag.uid.hex()} 不能转换 / cannot be converted: {error}") from error


def _losses(conversion: Conversion) -> Iterator[str]:
    for oid, why in conversion.left_out.items():
        yield f"OID {oid} 不保留 / is left out: {why}"
    for oid, value in conversion.changed.items():
        yield f"OID {oid} 改写为 / becomes {value!r}"
