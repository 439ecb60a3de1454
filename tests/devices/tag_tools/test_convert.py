"""`tag convert`: what the target cannot hold is told."""

import json

import pytest

from devices.tag_data import Model, TagContent, Unreadable, decode, encode
from devices.tag_tools.converting import converted
from tests.devices.tag_tools.bench import (
    ANNEX,
    DANISH,
    RFID,
    SIZE,
    Bench,
    Tool,
    bears,
    chip,
    one_sentence,
)


def test_convert_keeps_what_the_target_can_hold_and_tells_the_rest(bench: Bench, tool: Tool) -> None:
    tag = chip(1, ANNEX, dsfid=0x06, afi=0xC2)
    bench.put(tag)
    status, out, err = tool("convert", "--to", "3m", "--yes")
    content, told = bears(tag), json.loads(out)
    assert status == 0
    assert isinstance(content, TagContent)
    assert (content.model, content.primary_item_id, tag.afi) == (Model.MMM, "123456789012", 0xC2)
    assert content.set_info and (content.set_info.part, content.set_info.total) == (3, 12)
    assert told["left_out"].keys() == {"3", "6"}
    assert "OID 6" in err
    assert "OID 3" in err


def test_convert_to_28560_3_tells_what_it_writes_in_its_own_way(bench: Bench, tool: Tool) -> None:
    tag = chip(1, encode(TagContent(Model.ISO_28560_2, "1000000056", "DK-718500"), SIZE), dsfid=0x06)
    bench.put(tag)
    status, out, _ = tool("convert", "--to", "iso28560-3", "--yes")
    assert status == 0
    assert json.loads(out)["changed"] == {"3": "DK718500"}
    assert bytes(tag.memory[:34]) == DANISH[:34]
    assert tag.dsfid == 0x3E


def test_convert_asks_first(bench: Bench, tool: Tool) -> None:
    tag = chip(1, DANISH, dsfid=0x3E)
    bench.put(tag)
    status, out, _ = tool("convert", "--to", "iso28560-2")
    assert (status, out, bench.watched.writes) == (1, "", 0)


def test_a_tag_that_cannot_be_trusted_is_not_converted(bench: Bench, tool: Tool) -> None:
    bench.put(chip(1, b"\xa5" * SIZE))
    status, _, err = tool("convert", "--to", "iso28560-2", "--yes")
    assert (status, bench.watched.writes) == (1, 0)
    assert one_sentence(err)


@pytest.mark.parametrize("to", [Model.ISO_28560_2, Model.ISO_28560_3, Model.MMM])
@pytest.mark.parametrize("vector", RFID["iso28560_2"], ids=lambda vector: vector["name"])
def test_no_element_of_a_captured_tag_is_lost_in_silence(vector: dict, to: Model) -> None:
    content = decode(bytes.fromhex(vector["hex"]))
    if isinstance(content, Unreadable) or not content.primary_item_id:
        assert "expect" in vector or content.model is Model.ISO_28560_4
        return
    conversion = converted(content, to, lambda _: SIZE)
    assert conversion.content.primary_item_id == content.primary_item_id
    for oid in set(content.elements) - {1, 2}:
        kept = oid in conversion.content.elements
        assert kept != (oid in conversion.left_out)
