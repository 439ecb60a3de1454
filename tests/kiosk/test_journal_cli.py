"""What staff see of the journal, with the kiosk stopped, running or cut short."""

import json
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from kiosk import config, journal_cli
from kiosk.clock import Moment
from kiosk.flow.operation import Ils, Operation, OpKind, SecurityValues, Step, TagSide
from kiosk.journal import Journal

READER = "25240000010010"
UID = bytes.fromhex("E004011EF48C772E")
NOON = Moment(datetime(2026, 11, 22, 12, 0, tzinfo=UTC), synced=True)


def an_operation(op_id: int, kind: OpKind = OpKind.BORROW, afi: int = 0x07, **known: object) -> Operation:
    op = Operation(op_id, kind, f"3524000000{op_id:04}", "", (TagSide(UID, afi),), SecurityValues(), READER)
    return replace(op, **known)


@pytest.fixture
def path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A journal with one operation of each sort; the configuration is not what is tested here."""
    path = tmp_path / "journal.db"
    monkeypatch.setattr(config, "load", lambda file: Config(Where(str(path))))
    with closing(Journal(path, path.with_suffix(".key"))) as journal:
        for op in (
            an_operation(1, ils=Ils.ACCEPTED, due="2026-12-22"),
            an_operation(2, ils=Ils.SENT),
            an_operation(3, OpKind.RETURN, afi=0xC2, ils=Ils.SENT, tags=(TagSide(UID, 0xC2, 7, 7, True),)),
            an_operation(4),
        ):
            journal.record([op], Step.INTENDED, NOON)
        done = an_operation(
            1, ils=Ils.ACCEPTED, done=True, reader_id=None, tags=(TagSide(UID, 7, 0xC2, 0xC2),)
        )
        journal.record([done], Step.DONE, NOON)
        lost = an_operation(5, ils=Ils.ACCEPTED, done=True, tags=(TagSide(b"\xe0" * 8, 7, to_repair=True),))
        journal.record([lost], Step.DONE, NOON)
    return path


class Where:
    def __init__(self, path: str) -> None:
        self.path = path


class Config:
    def __init__(self, journal: Where) -> None:
        self.journal = journal


def said(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    assert journal_cli.main([*arguments, "--config", "kiosk.toml"]) == 0
    return capsys.readouterr().out


def test_list_shows_what_is_not_settled_first(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    lines = said(capsys, "list").splitlines()
    assert lines[0] == "未了结 / not settled: 3"
    assert "归还 return  35240000000003" in lines[2]
    assert lines[4] == "最近完成 / done last:" and lines[5].split()[0] == "5"
    assert (
        lines[-2] == "待改标签 / tags to be put right when they are seen: 1"
        and "e0e0e0e0e0e0e0e0" in lines[-1]
    )


def test_show_tells_every_step_and_what_is_proven(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    shown = said(capsys, "show", "1")
    assert "2026-11-22T12:00:00.000Z  确认 intended" in shown and "完成 done" in shown
    assert "标签 tag e004011ef48c772e：核对值 proven C2h" in shown


def test_export_is_one_object_a_line_without_the_reader(
    path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    exported = said(capsys, "export")
    rows = [json.loads(line) for line in exported.splitlines()]
    assert [row["op_id"] for row in rows] == [1, 2, 3, 4, 5]
    assert [step["step"] for step in rows[0]["steps"]] == ["intended", "done"]
    assert READER not in exported and not any("reader" in row for row in rows)


def test_recover_says_what_a_start_would_do(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = path.read_bytes()
    lines = said(capsys, "recover").splitlines()
    assert "ask the ILS if it was done; nothing is sent again" in lines[1]
    assert "if it was done: 写标签 e004011ef48c772e：C2h" in lines[2] and "if not: 向中心上报结果" in lines[3]
    assert "if it was done: 向中心上报结果" in lines[6], "the tag is secured and proven already"
    assert "if not: 写标签 e004011ef48c772e：C2h" in lines[7], "its own value comes back"
    assert "never sent: called off" in lines[9]
    assert path.read_bytes() == before and {file.name for file in path.parent.iterdir()} == NOTHING_NEW


NOTHING_NEW = {"journal.ballast", "journal.db", "journal.key"}


def test_nothing_to_recover(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with closing(Journal(path, path.with_suffix(".key"))) as journal:
        for op in journal.unfinished():
            journal.record([replace(op, done=True)], Step.DONE, NOON)
    assert said(capsys, "recover").startswith("没有要处理的 / nothing is left to settle")


def test_a_running_kiosk_is_looked_at_without_disturbing_it(
    path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with closing(Journal(path, path.with_suffix(".key"))) as journal:
        journal.record([an_operation(6)], Step.INTENDED, NOON)
        assert "35240000000006" in said(capsys, "list"), "what stands only in the log is seen too"
        journal.record([an_operation(6, ils=Ils.SENT)], Step.SENT, NOON)
        assert journal.steps(6) == ("intended", "sent")


@pytest.mark.parametrize(
    ("arguments", "status", "says"),
    [(["show", "99"], 1, "no such operation"), (["list"], 2, "was this kiosk ever started?")],
)
def test_what_is_not_there_is_one_sentence(
    path: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], status: int, says: str
) -> None:
    if status == 2:
        path.unlink()
    assert journal_cli.main([*arguments, "--config", "kiosk.toml"]) == status
    error = capsys.readouterr().err
    assert says in error and error.count("\n") == 1
