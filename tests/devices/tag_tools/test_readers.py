"""The tools on every model of reader."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from devices.__main__ import main
from devices.tag_data import Model, TagContent, encode
from devices.tag_tools.opening import TAG_READERS, UHF_READERS
from hardware_sim.registry import SimulatedDevice
from tests.devices.tag_tools.bench import (
    NEW_ID,
    SIZE,
    Bench,
    chip,
    uid_of,
)


@pytest.fixture(params=[name for name in TAG_READERS if name not in UHF_READERS])
def hf_reader(request: pytest.FixtureRequest, bench: Bench, tmp_path: Path) -> Iterator[str]:
    """Another model of reader over the same pad; gives its port."""
    device = SimulatedDevice(request.param, bench.world, tmp_path / "other-pad", tmp_path)
    device.plug()
    yield str(device.link.path)
    device.unplug()


def test_every_hf_reader_is_found_and_writes_the_same_bytes(
    bench: Bench, hf_reader: str, capsys: pytest.CaptureFixture[str]
) -> None:
    tag = chip(1, b"\xa5" * SIZE, dsfid=0x3E, afi=0xC2)
    bench.put(tag)
    assert main(["tag", "write", "--port", hf_reader, "--id", NEW_ID, "--yes"]) == 0
    assert bytes(tag.memory) == encode(TagContent(Model.ISO_28560_2, NEW_ID), SIZE)
    assert (tag.dsfid, tag.afi) == (0x06, 0x07)
    assert json.loads(capsys.readouterr().out)["uid"] == uid_of(1).hex()
