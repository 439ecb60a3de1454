"""`python -m kiosk journal`: what the kiosk did and what it has still to settle, for staff.

Only reads; the kiosk may be running. No output names a reader or a title.

    python -m kiosk journal list --config kiosk.toml       what is not settled, then the last operations
    python -m kiosk journal show 12 --config kiosk.toml    one operation, step by step
    python -m kiosk journal export --config kiosk.toml     every operation as JSON lines
    python -m kiosk journal recover --config kiosk.toml    what the next start will do, in words

Exit 0: done; 1: there is no such operation; 2: the journal or the configuration cannot be read.
"""

import argparse
import json
import sqlite3
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

from broker_config.toml import ConfigError
from kiosk import config as configuration
from kiosk.flow.operation import (
    Act,
    Ils,
    Operation,
    Truth,
    after_crash,
    next_act,
    open_tag,
    settle,
    wanted_afi,
)
from kiosk.journal_database import JournalError, taken_apart
from kiosk.journal_rows import from_row

RECENT = 20
KINDS = {"borrow": "借出 loan", "return": "归还 return", "renew": "续借 renewal", "repair": "改签 tag repair"}
STEPS = {
    "intended": "确认 intended",
    "sent": "已发往图书馆系统 sent",
    "accepted": "系统接受 accepted",
    "refused": "系统拒绝或取消 refused",
    "unknown": "没有答复 unknown",
    "fee_asked": "询问费用 fee asked",
    "queued": "离线办理 queued",
    "tag_written": "标签已写 tag written",
    "tag_proven": "标签已核对 tag proven",
    "tag_to_repair": "标签待改 tag to repair",
    "reported": "已上报 reported",
    "done": "完成 done",
}
NEXT = {
    Act.ASK_TRUTH: "向图书馆系统查询是否已办成，不再发送 / ask the ILS if it was done; nothing is sent again",
    Act.REPLAY: "把离线办理的这一笔告诉图书馆系统 / tell the ILS of what was done offline",
    Act.REPORT: "向中心上报结果 / report how it ended",
    Act.FINISH: "记为完成 / mark it done",
}
TAG = "{what} {uid}：{afi:02X}h，书不在感应区就列入待改 / {how}: {afi:02X}h, listed for repair if away"
TAG_WORDS = {Act.WRITE_TAG: ("写标签", "write the tag"), Act.READ_TAG: ("核对标签", "read the tag back")}
CALLED_OFF = "从未发送，取消 / never sent: called off"


class Unreadable(Exception):
    """One sentence for staff."""


class NotFound(Exception):
    """One sentence for staff."""


def main(arguments: Sequence[str]) -> int:
    """`arguments` are those after `journal`."""
    chosen = _parser().parse_args(arguments)
    try:
        path = Path(configuration.load(chosen.config).journal.path)
        with closing(_read_only(path)) as database, taken_apart(path, "what it says"):
            for line in chosen.run(database, chosen):
                print(line)
    except (ConfigError, Unreadable, JournalError, sqlite3.Error, ValueError) as error:
        # on one line: SQLite quotes a damaged table's definition as it stands
        print(f"journal: {' '.join(str(error).split())}", file=sys.stderr)
        return 2
    except NotFound as error:
        print(f"journal: {error}", file=sys.stderr)
        return 1
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="kiosk journal", description="What the kiosk did and has to settle."
    )
    actions = parser.add_subparsers(required=True)
    for name, (run, explained) in ACTIONS.items():
        action = actions.add_parser(name, help=explained)
        action.add_argument("--config", type=Path, required=True, help="the kiosk's TOML file")
        action.set_defaults(run=run)
        if name == "show":
            action.add_argument("op_id", type=int, metavar="ID", help="an operation's number")
    return parser


def _read_only(path: Path) -> sqlite3.Connection:
    """Makes no file, whoever runs it: a log left by root would keep the kiosk from its own journal."""
    if not path.is_file():
        raise Unreadable(f"{path}: 还没有日志 / there is no journal yet: was this kiosk ever started?")
    running_or_cut_short = path.with_name(f"{path.name}-wal").exists()
    mode = "mode=ro" if running_or_cut_short else "immutable=1"
    database = sqlite3.connect(f"{path.resolve().as_uri()}?{mode}", uri=True, timeout=5.0)
    database.row_factory = sqlite3.Row
    return database


# -- what each prints --------------------------------------------------------------------------------------


def _list(database: sqlite3.Connection, chosen: argparse.Namespace) -> Iterator[str]:
    unsettled = _rows(database, "WHERE done = 0 ORDER BY op_id")
    yield f"未了结 / not settled: {len(unsettled)}"
    yield from map(_line, unsettled)
    yield "最近完成 / done last:"
    yield from map(_line, _rows(database, "WHERE done = 1 ORDER BY op_id DESC LIMIT ?", RECENT))
    yield from _repairs(database)


def _line(row: dict[str, Any]) -> str:
    step = STEPS.get(row["step"], row["step"])
    return f"{row['op_id']:>6}  {row['changed_at']}  {KINDS.get(row['kind'], '?')}  {row['item_id']}  {step}"


def _repairs(database: sqlite3.Connection) -> Iterator[str]:
    rows = database.execute("SELECT uid, item_id, since FROM repairs ORDER BY since").fetchall()
    yield f"待改标签 / tags to be put right when they are seen: {len(rows)}"
    for uid, item_id, since in rows:
        yield f"        {since}  {item_id}  {uid}"


def _show(database: sqlite3.Connection, chosen: argparse.Namespace) -> Iterator[str]:
    rows = _rows(database, "WHERE op_id = ?", chosen.op_id)
    if not rows:
        raise NotFound(f"{chosen.op_id}: 没有这一笔，或已过保存期 / no such operation, or kept no longer")
    yield _line(rows[0])
    for step in _steps(database, chosen.op_id):
        yield f"        {step['at']}  {STEPS.get(step['step'], step['step'])}"
    op = from_row(rows[0], None)
    for tag in op.tags:
        afi = "—" if tag.proven is None else f"{tag.proven:02X}h"
        listed = "，待改 / to be put right" if tag.to_repair else ""
        yield f"        标签 tag {tag.uid.hex()}：核对值 proven {afi}{listed}"
    yield from (f"        {line}" for line in _to_do(op))


def _export(database: sqlite3.Connection, chosen: argparse.Namespace) -> Iterator[str]:
    for row in _rows(database, "ORDER BY op_id"):
        kept = {name: value for name, value in row.items() if name != "reader"}
        kept |= {name: json.loads(row[name]) for name in ("tags", "security")}
        yield json.dumps(kept | {"steps": _steps(database, row["op_id"])}, ensure_ascii=False)


def _recover(database: sqlite3.Connection, chosen: argparse.Namespace) -> Iterator[str]:
    rows = _rows(database, "WHERE done = 0 ORDER BY op_id")
    if not rows:
        yield "没有要处理的 / nothing is left to settle"
    for row in rows:
        yield _line(row)
        yield from (f"        {line}" for line in _to_do(from_row(row, None)))
    yield from _repairs(database)


def _to_do(op: Operation) -> Iterator[str]:
    """What a start would do next about it; what was asked of the ILS has two ends."""
    if op.done:
        return
    found = after_crash(op)
    if op.ils is Ils.NOT_ASKED and found.ils is Ils.REFUSED:
        yield CALLED_OFF
    yield _act(found)
    if next_act(found) is Act.ASK_TRUTH:
        yield f"  已办成 / if it was done: {_act(settle(found, Truth(*DONE[op.kind.value], due='?')))}"
        yield f"  未办成 / if not: {_act(settle(found, Truth(*NOT_DONE[op.kind.value], due=op.due_before)))}"


DONE = {"borrow": (True, True), "renew": (True, True), "return": (False, None)}
NOT_DONE = {"borrow": (False, None), "renew": (True, True), "return": (True, None)}
"""What the ILS would answer: on loan, to this operation's reader."""


def _act(op: Operation) -> str:
    act, tag = next_act(op), open_tag(op)
    afi = wanted_afi(op, tag) if tag is not None else None
    if tag is None or afi is None:
        return NEXT[act]
    what, how = TAG_WORDS[act]
    return TAG.format(what=what, how=how, uid=tag.uid.hex(), afi=afi)


def _rows(database: sqlite3.Connection, which: str, *values: object) -> list[dict[str, Any]]:
    return [dict(row) for row in database.execute(f"SELECT * FROM operations {which}", values)]


def _steps(database: sqlite3.Connection, op_id: int) -> list[dict[str, str]]:
    rows = database.execute("SELECT step, at FROM steps WHERE op_id = ? ORDER BY id", [op_id])
    return [dict(row) for row in rows]


ACTIONS: dict[str, tuple[Callable[[sqlite3.Connection, argparse.Namespace], Iterator[str]], str]] = {
    "list": (_list, "what is not settled, then the last operations"),
    "show": (_show, "one operation, step by step"),
    "export": (_export, "every operation as JSON lines"),
    "recover": (_recover, "what the next start will do, in words; does nothing"),
}
