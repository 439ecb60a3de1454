"""Whatever befalls a tag while it is written: it bears the old content, the new one, or nothing."""

import itertools
import json
from collections.abc import Callable

import pytest

from devices.tag_data import Model, TagContent, Unreadable, decode, encode
from devices.tag_tools.mark import is_marked, mark_for
from hardware_sim.world import Chip
from tests.devices.tag_tools.bench import (
    ANNEX,
    DANISH,
    NEW_ID,
    RFID,
    SIZE,
    Bench,
    Tool,
    bears,
    believed,
    chip,
    item_id,
    one_sentence,
)

OLD_TAGS = {
    "blank": (b"", 0x00),
    "annex": (ANNEX, 0x06),
    "danish": (DANISH, 0x3E),
    "danish, no DSFID": (DANISH, 0x00),
    "3m": (encode(TagContent(Model.MMM, "200901010123"), 32), 0x00),
    "left-overs": (ANNEX + b"\xa5" * 60, 0x06),
    "the same book": (encode(TagContent(Model.ISO_28560_2, NEW_ID, "US-InU-Mu"), SIZE), 0x06),
}


def lifted(bench: Bench, tag: Chip) -> None:
    bench.lift(tag)


def failing(times: int) -> Callable[[Bench, Chip], None]:
    """So many writes tear in the middle; the driver gives up after three."""

    def befall(bench: Bench, tag: Chip) -> None:
        tag.write_fails = times

    return befall


WRITES = [
    *((name, "iso28560-2") for name in OLD_TAGS),
    *itertools.product(["annex", "danish, no DSFID"], ["iso28560-3", "3m"]),
]
DISASTERS = {"lifted": lifted, "failing a while": failing(3), "failing for good": failing(99)}


@pytest.mark.parametrize("disaster", DISASTERS)
@pytest.mark.parametrize(("name", "model"), WRITES)
def test_a_disaster_at_every_write_in_turn(
    bench: Bench, tool: Tool, name: str, model: str, disaster: str
) -> None:
    memory, dsfid = OLD_TAGS[name]
    befalls = DISASTERS[disaster]
    for number in itertools.count(1):
        tag = chip(1, memory, dsfid)
        before = bytes(tag.memory)
        bench.put(tag)
        bench.watch(tag, lambda now, tag=tag, number=number: befalls(bench, tag) if now == number else None)
        status, out, err = tool("write", "--id", NEW_ID, "--data-model", model, "--yes")
        if status == 0:
            break
        assert one_sentence(err)
        assert isinstance(bears(tag), Unreadable) or bytes(tag.memory) == before
        if "bears what it did before" in err:
            assert (bytes(tag.memory), tag.dsfid, tag.afi, out) == (before, dsfid, 0x00, "")
        else:
            assert "lay it back" in err
            assert disaster != "failing a while"
            assert json.loads(out)["before"]["hex"] == before.hex()
        assert all(state == before or not believed(state) for state in bench.watched.states)
    assert number > 3
    after = bytes(tag.memory)
    assert item_id(tag) == NEW_ID
    assert all(state in (before, after) or not believed(state) for state in bench.watched.states)


def test_a_torn_tag_says_so_and_is_written_again(bench: Bench, tool: Tool) -> None:
    tag = chip(1, ANNEX, dsfid=0x06)
    bench.put(tag)
    bench.watched.at_write = lambda now: bench.lift(tag) if now == 3 else None
    assert tool("write", "--id", NEW_ID, "--yes")[0] == 1
    bench.watched.at_write = lambda now: None
    bench.put(tag)
    assert "broken off" in json.loads(tool("read")[1])[0]["reason"]
    assert tool("write", "--id", NEW_ID, "--yes")[0] == 0
    assert item_id(tag) == NEW_ID


def test_a_locked_block_leaves_the_tag_as_it_was(bench: Bench, tool: Tool) -> None:
    tag = chip(1, ANNEX, dsfid=0x06)
    tag.locked_blocks = {4}
    bench.put(tag)
    status, _, err = tool("write", "--id", NEW_ID, "--yes")
    assert status == 1
    assert one_sentence(err)
    assert (item_id(tag), bytes(tag.memory[: len(ANNEX)])) == ("123456789012", ANNEX)


def test_the_item_identifier_is_written_last(bench: Bench, tool: Tool) -> None:
    tag = chip(1)
    bench.put(tag)
    bench.watch(tag)
    tool("write", "--id", NEW_ID)
    first_block = encode(TagContent(Model.ISO_28560_2, NEW_ID), SIZE)[:4]
    there = [memory[:4] == first_block for memory in bench.watched.states]
    complete = [memory == tag.memory for memory in bench.watched.states]
    assert there.index(True) == complete.index(True)


def test_no_checksum_agrees_with_the_mark_by_chance() -> None:
    tags = [bytes.fromhex(v["hex"]) for v in RFID["iso28560_2"] + RFID["iso28560_3"]]
    padded = [tag.ljust(SIZE, b"\0") for tag in [*tags, b"", b"\xff" * SIZE]]
    for before, after in itertools.permutations(padded, 2):
        mark = mark_for(before, after, block_size=4)
        assert is_marked(mark)
        for done in range(4, SIZE + 1, 4):
            state = mark + after[4:done] + before[done:]
            assert all(isinstance(decode(state, models=[model]), Unreadable) for model in Model)
