"""`tag batch` and `tag undo`: a crate of books, interrupted, continued and undone."""

import json
import threading
from pathlib import Path

import pytest

from devices.tag_data import TagContent
from devices.tag_tools.mark import is_marked
from hardware_sim.processes import wait_until
from hardware_sim.world import Chip
from tests.devices.tag_tools.bench import (
    ANNEX,
    NEW_ID,
    SIZE,
    Bench,
    Tool,
    bears,
    chip,
    item_id,
    one_sentence,
)


@pytest.fixture
def crate(tmp_path: Path) -> Path:
    path = tmp_path / "crate.csv"
    path.write_text(
        "item_id,owner,part,total\n33191000100001,CN-1,,\n33191000100002,CN-1,1,2\n33191000100002,CN-1,2,2\n"
    )
    return path


class Running:
    """A tool at work in another thread, while the test moves books."""

    def __init__(self, tool: Tool, *words: str) -> None:
        self.result: list[tuple[int, str, str]] = []
        self.thread = threading.Thread(target=lambda: self.result.append(tool(*words)))
        self.thread.start()

    def end(self) -> tuple[int, str, str]:
        self.thread.join(timeout=20)
        return self.result[0]


def lay(bench: Bench, tag: Chip, log: Path) -> None:
    """Leave it on the pad until the tool has read it back."""
    bench.put(tag)
    done = f'{{"act": "written", "uid": "{tag.uid.hex()}"}}'
    wait_until(f"{tag.uid.hex()} is written", lambda: log.exists() and done in log.read_text())
    bench.lift(tag)


def test_a_crate_is_tagged_interrupted_continued_and_undone(
    bench: Bench, tool: Tool, crate: Path, tmp_path: Path
) -> None:
    log = tmp_path / "undo.jsonl"
    words = ("batch", "--csv", str(crate), "--undo-log", str(log), "--wait", "1.5")
    tags = [chip(1), chip(2, afi=0xDA), chip(3)]

    first = Running(tool, *words)
    lay(bench, tags[0], log)
    status, out, err = first.end()
    assert (status, out) == (1, "")
    assert "1/3 33191000100001: 已写好" in err
    assert "run it again to go on" in err.splitlines()[-1]

    second = Running(tool, *words)
    lay(bench, tags[1], log)
    lay(bench, tags[2], log)
    status, out, err = second.end()
    assert status == 0
    assert "33191000100001:" not in err
    assert "3/3 33191000100002 (2/2): 已写好" in err
    parts = [content.set_info.part for tag in tags[1:] if isinstance(content := bears(tag), TagContent)]
    assert parts == [1, 2]

    bench.put(*tags)
    status, out, err = tool("undo", "--undo-log", str(log), "--wait", "5")
    assert (status, len(json.loads(out)["restored"])) == (0, 3)
    assert [(bytes(tag.memory), tag.dsfid, tag.afi) for tag in tags] == [
        (bytes(SIZE), 0, 0),
        (bytes(SIZE), 0, 0xDA),
        (bytes(SIZE), 0, 0),
    ]
    assert tool("undo", "--undo-log", str(log), "--wait", "1")[0] == 0


def test_two_books_at_once_are_waited_out(bench: Bench, tool: Tool, crate: Path, tmp_path: Path) -> None:
    log = str(tmp_path / "undo.jsonl")
    one, other = chip(1), chip(2)
    bench.put(one, other)
    running = Running(tool, "batch", "--csv", str(crate), "--undo-log", log, "--wait", "1.5")
    status, _, err = running.end()
    assert (status, bench.watched.writes) == (1, 0)
    assert "more than one tag" in err


def test_a_written_tag_in_the_crate_ends_it_where_nobody_can_be_asked(
    bench: Bench, tool: Tool, crate: Path, tmp_path: Path
) -> None:
    bench.put(chip(1, ANNEX, dsfid=0x06))
    status, _, err = tool(
        "batch", "--csv", str(crate), "--undo-log", str(tmp_path / "undo.jsonl"), "--wait", "5"
    )
    assert (status, bench.watched.writes) == (1, 0)
    assert "--yes" in err.splitlines()[-1]


def test_a_torn_tag_of_the_crate_is_taken_again_without_a_question(
    bench: Bench, tool: Tool, crate: Path, tmp_path: Path
) -> None:
    tag, log = chip(1), tmp_path / "undo.jsonl"
    bench.watched.at_write = lambda now: bench.lift(tag) if now == 2 else None
    running = Running(tool, "batch", "--csv", str(crate), "--undo-log", str(log), "--wait", "2")
    bench.put(tag)
    wait_until("the write is broken off", lambda: is_marked(bytes(tag.memory)) and not bench.world.pad)
    looked = bench.watched.inventories
    wait_until("the tool looks for the next book", lambda: bench.watched.inventories > looked + 3)
    lay(bench, tag, log)
    assert item_id(tag) == "33191000100001"
    assert "lay it back" in running.end()[2]
    assert json.loads(log.read_text().splitlines()[0])["before"]["hex"] == "00" * SIZE


def test_undo_asks_before_it_overwrites_what_others_wrote(bench: Bench, tool: Tool, tmp_path: Path) -> None:
    log, tag = str(tmp_path / "undo.jsonl"), chip(1)
    bench.put(tag)
    assert tool("write", "--id", NEW_ID, "--undo-log", log)[0] == 0
    tag.memory[:] = ANNEX.ljust(SIZE, b"\0")
    status, _, err = tool("undo", "--undo-log", log, "--wait", "3")
    assert status == 1
    assert "--yes" in err.splitlines()[-1]
    assert tool("undo", "--undo-log", log, "--wait", "3", "--yes")[0] == 0
    assert not any(tag.memory)


def test_undo_without_a_log(bench: Bench, tool: Tool, tmp_path: Path) -> None:
    status, out, err = tool("undo", "--undo-log", str(tmp_path / "nothing"))
    assert (status, out) == (1, "")
    assert one_sentence(err)


def test_half_a_line_of_a_power_cut_is_forgotten(bench: Bench, tool: Tool, tmp_path: Path) -> None:
    log, tag = tmp_path / "undo.jsonl", chip(1)
    bench.put(tag)
    tool("write", "--id", NEW_ID, "--undo-log", str(log))
    whole = log.read_bytes()
    log.write_bytes(whole + b'{"act": "wri')
    assert tool("write", "--id", "33191000105865", "--undo-log", str(log), "--yes")[0] == 0
    assert log.read_bytes().startswith(whole)
    assert all(json.loads(line) for line in log.read_text().splitlines())
    assert tool("undo", "--undo-log", str(log), "--wait", "3")[0] == 0
    assert not any(tag.memory)


@pytest.mark.parametrize(
    "line", ["hello", "[]", "{}", '{"act": "write", "uid": "e0"}', '{"act": "dance", "uid": "e0"}']
)
def test_a_file_that_is_no_undo_log(bench: Bench, tool: Tool, tmp_path: Path, line: str) -> None:
    log = tmp_path / "undo.jsonl"
    log.write_text(line + "\n")
    status, _, err = tool("undo", "--undo-log", str(log))
    assert status == 1
    assert one_sentence(err)
    assert "line 1" in err


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "the first line must be"),
        ("barcode\n1\n", "the first line must be"),
        ("item_id,part\n1,1\n", "the first line must be"),
        ("item_id\n", "lists no book"),
        ("item_id\n12345678\n\n12345678\n", "line 4"),
        ("item_id,part,total\n12345678,3,2\n", "line 2"),
        ("item_id,part,total\n12345678,,2\n", "line 2"),
        ("item_id\n12345678,7\n", "more fields"),
        ("item_id,owner\n,CN-1\n", "line 2"),
    ],
)
def test_lists_that_cannot_be_used(bench: Bench, tool: Tool, tmp_path: Path, text: str, says: str) -> None:
    path = tmp_path / "crate.csv"
    path.write_text(text)
    status, _, err = tool("batch", "--csv", str(path), "--undo-log", str(tmp_path / "undo.jsonl"))
    assert (status, bench.watched.writes) == (1, 0)
    assert one_sentence(err)
    assert says in err


def test_a_list_saved_by_a_spreadsheet(bench: Bench, tool: Tool, tmp_path: Path) -> None:
    path, tag = tmp_path / "crate.csv", chip(1)
    path.write_text("item_id,owner\r\n33191000100001,CN-440811-ZJ\r\n", encoding="utf-8-sig")
    bench.put(tag)
    assert (
        tool("batch", "--csv", str(path), "--undo-log", str(tmp_path / "undo.jsonl"), "--wait", "3")[0] == 0
    )
    assert item_id(tag) == "33191000100001"
    path.write_bytes("item_id,owner\n书,书\n".encode("gb18030"))
    assert "UTF-8" in tool("batch", "--csv", str(path), "--undo-log", str(tmp_path / "undo.jsonl"))[2]


def test_the_reader_lost_in_the_middle(bench: Bench, tool: Tool, crate: Path, tmp_path: Path) -> None:
    running = Running(tool, "batch", "--csv", str(crate), "--undo-log", str(tmp_path / "u"), "--wait", "20")
    lay(bench, chip(1), tmp_path / "u")
    bench.link.unplug()
    status, _, err = running.end()
    assert status == 1
    assert "check cable" in err.splitlines()[-1]
