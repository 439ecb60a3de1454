"""`tag read` and `tag write` on a simulated reader: nothing is overwritten by mistake."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from devices.__main__ import main
from devices.tag_data import Model, TagContent, encode
from hardware_sim.world import Chip
from tests.devices.tag_tools.bench import (
    ANNEX,
    NEW_ID,
    RFID,
    SIZE,
    Bench,
    Tool,
    bears,
    chip,
    item_id,
    one_sentence,
    uid_of,
    written_chip,
)


def test_read_shows_every_tag_as_json(bench: Bench, tool: Tool) -> None:
    bench.put(chip(1, ANNEX, dsfid=0x06, afi=0x07), chip(2))
    status, out, err = tool("read")
    annex, blank = json.loads(out)
    assert (status, err) == (0, "")
    assert (annex["uid"], annex["dsfid"], annex["afi"]) == (uid_of(1).hex(), "06", "07")
    assert (annex["primary_item_id"], annex["owner"], annex["set"]) == ("123456789012", "US-InU-Mu", [3, 12])
    assert bytes.fromhex(annex["hex"]) == ANNEX.ljust(SIZE, b"\0")
    assert blank["blank"] is True


@pytest.mark.parametrize("vector", RFID["iso28560_2"], ids=lambda vector: vector["name"])
def test_every_captured_tag_is_read_as_decode_reads_it(bench: Bench, tool: Tool, vector, capsys) -> None:
    bench.put(chip(1, bytes.fromhex(vector["hex"])))
    shown = json.loads(tool("read")[1])[0]
    main(["tag", "decode", "--dsfid", "00", vector["hex"].ljust(2 * SIZE, "0")])
    assert shown.items() >= json.loads(capsys.readouterr().out).items()
    assert ("reason" in shown) == ("expect" in vector or shown.get("model") is None)


def test_an_empty_pad_is_an_empty_list(tool: Tool) -> None:
    assert tool("read") == (0, "[]\n", "")


def test_a_tag_at_the_edge_is_told(bench: Bench, tool: Tool) -> None:
    bench.put(chip(1, ANNEX))
    bench.world.tags[uid_of(1).hex()].read_fails = 99
    status, out, err = tool("read")
    assert status == 1
    assert "spread" in json.loads(out)[0]["reason"] or "apart" in json.loads(out)[0]["reason"]
    assert one_sentence(err)


def test_without_a_model_the_reader_is_found(bench: Bench, capsys: pytest.CaptureFixture[str]) -> None:
    bench.put(chip(1, ANNEX))
    assert main(["tag", "read", "--port", bench.port]) == 0
    assert json.loads(capsys.readouterr().out)[0]["primary_item_id"] == "123456789012"


def test_no_such_port_is_one_sentence(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["tag", "read", "--port", str(tmp_path / "nothing")]) == 1
    printed = capsys.readouterr()
    assert one_sentence(printed.err)
    assert "nothing: open: " in printed.err
    assert "No such file" in printed.err


@pytest.mark.parametrize(("model", "dsfid"), [("iso28560-2", 0x06), ("iso28560-3", 0x3E), ("3m", 0x00)])
def test_a_blank_tag_is_written_without_a_question(bench: Bench, tool: Tool, model: str, dsfid: int) -> None:
    tag = chip(1)
    bench.put(tag)
    status, out, err = tool("write", "--id", NEW_ID, "--data-model", model, "--set", "1/2")
    assert (status, err) == (0, "")
    assert (item_id(tag), tag.dsfid, tag.afi) == (NEW_ID, dsfid, 0x07)
    told = json.loads(out)
    assert (told["model"], told["set"]) == (model, [1, 2])
    assert told["before"] == {"hex": "00" * SIZE, "dsfid": "00", "afi": "00"}


def test_owner_set_and_elements_are_written(bench: Bench, tool: Tool) -> None:
    tag = chip(1)
    bench.put(tag)
    tool("write", "--id", NEW_ID, "--owner", "CN-440811-ZJ", "--set", "1/2", "--element", "6=I247.5")
    content = bears(tag)
    assert isinstance(content, TagContent)
    assert (content.owner, content.elements[6]) == ("CN-440811-ZJ", "I247.5")


@pytest.mark.parametrize("size", [32, 28 * 8, 40 * 4])
def test_other_chips(bench: Bench, tool: Tool, size: int) -> None:
    tag = chip(1)
    tag.memory[:] = bytes(size)
    bench.put(tag)
    assert tool("write", "--id", NEW_ID)[0] == 0
    assert item_id(tag) == NEW_ID


def test_the_counter_block_of_a_slix2_is_left_alone(bench: Bench, tool: Tool) -> None:
    tag = chip(1)
    tag.memory[:] = bytes(79 * 4) + b"\x01\x00\x00\x00"
    bench.put(tag)
    assert tool("write", "--id", NEW_ID)[0] == 0
    assert tag.memory[-4:] == b"\x01\x00\x00\x00"


def test_a_written_tag_is_not_overwritten_unasked(bench: Bench, tool: Tool) -> None:
    tag = chip(1, ANNEX, dsfid=0x06)
    bench.put(tag)
    status, out, err = tool("write", "--id", NEW_ID)
    assert (status, out, bench.watched.writes) == (1, "", 0)
    assert one_sentence(err)
    assert "123456789012" in err
    assert "--yes" in err


@pytest.mark.parametrize(("word", "expected"), [("y", NEW_ID), ("是", NEW_ID), ("", "123456789012")])
def test_whoever_sits_there_decides(
    bench: Bench, tool: Tool, answer: Callable[[str], None], word: str, expected: str
) -> None:
    tag = chip(1, ANNEX, dsfid=0x06)
    bench.put(tag)
    answer(word)
    status, _, err = tool("write", "--id", NEW_ID)
    assert item_id(tag) == expected
    assert status == (expected == "123456789012")
    assert "123456789012" in err


def test_yes_overwrites_and_leaves_nothing_behind(bench: Bench, tool: Tool) -> None:
    tag = chip(1, b"\xa5" * SIZE, dsfid=0x3E)
    bench.put(tag)
    assert tool("write", "--id", NEW_ID, "--yes")[0] == 0
    assert tag.memory == encode(TagContent(Model.ISO_28560_2, NEW_ID), SIZE)


def test_a_tag_that_bears_it_already_is_not_touched(bench: Bench, tool: Tool) -> None:
    bench.put(written_chip(1, NEW_ID))
    status, _, err = tool("write", "--id", NEW_ID)
    assert (status, err, bench.watched.writes) == (0, "", 0)


@pytest.mark.parametrize(
    ("others", "words", "says"),
    [
        ([chip(2)], (), "2 blank tags"),
        ([chip(2)], ("--uid", uid_of(1).hex()), "2 blank tags"),
        ([written_chip(2, "77")], (), "2 tags lie on the pad"),
        ([], ("--uid", uid_of(9).hex()), "is not on the pad"),
    ],
)
def test_no_doubt_which_tag_is_meant(
    bench: Bench, tool: Tool, others: list[Chip], words: tuple[str, ...], says: str
) -> None:
    bench.put(chip(1), *others)
    status, out, err = tool("write", "--id", NEW_ID, "--yes", *words)
    assert (status, out, bench.watched.writes) == (1, "", 0)
    assert one_sentence(err)
    assert says in err


def test_one_of_several_by_its_uid(bench: Bench, tool: Tool) -> None:
    tag, other = chip(1), written_chip(2, "77889900")
    bench.put(tag, other)
    assert tool("write", "--id", NEW_ID, "--uid", uid_of(1).hex())[0] == 0
    assert (item_id(tag), item_id(other)) == (NEW_ID, "77889900")


def test_nothing_on_the_pad(tool: Tool) -> None:
    status, _, err = tool("write", "--id", NEW_ID)
    assert status == 1
    assert one_sentence(err)
    assert "no tag lies on the pad" in err


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("--id", "1", "--afi", "xyz"), "--afi"),
        (("--id", "1", "--uid", "xyz"), "--uid"),
        (("--id", "1", "--set", "3/2"), "PART/TOTAL"),
        (("--id", "书" * 20, "--data-model", "iso28560-3"), "16 bytes"),
    ],
)
def test_arguments_that_make_no_sense(tool: Tool, words: tuple[str, ...], says: str) -> None:
    status, out, err = tool("write", *words)
    assert (status, out) == (2, "")
    assert one_sentence(err)
    assert says in err


def test_a_chip_that_is_too_small(bench: Bench, tool: Tool) -> None:
    tag = chip(1)
    tag.memory[:] = bytes(32)
    bench.put(tag)
    status, _, err = tool("write", "--id", NEW_ID, "--element", f"17={'红楼梦' * 8}")
    assert (status, bench.watched.writes) == (1, 0)
    assert one_sentence(err)
    assert "the tag holds 32" in err
