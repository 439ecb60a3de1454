"""What a kiosk keeps of its devices: old or new after a power cut at any step, never nothing."""

import os
from pathlib import Path

import pytest

from kiosk.flow.staff_values import Binding
from kiosk.kept import KeptFile

OLD, NEW = Binding("feig_obid", "0C1A77D3"), Binding("rl866")


def test_kept_over_a_start(tmp_path: Path) -> None:
    file = KeptFile(tmp_path / "kept.json")
    assert file.now.bindings == {}
    file.bind("tag_reader", OLD)
    file.close(True)
    again = KeptFile(tmp_path / "kept.json").now
    assert (again.bindings, again.closed) == ({"tag_reader": OLD}, True)


class PowerCut(BaseException):
    pass


@pytest.mark.parametrize("act", ["fsync", "replace"])
@pytest.mark.parametrize("before", [True, False])
def test_a_power_cut_in_the_middle_leaves_the_old_or_the_new(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, act: str, before: bool
) -> None:
    file = KeptFile(tmp_path / "kept.json")
    file.bind("tag_reader", OLD)
    owner = os if act == "fsync" else Path
    whole = getattr(owner, act)

    def cut(*arguments: object) -> object:
        if not before:
            whole(*arguments)
        raise PowerCut

    monkeypatch.setattr(owner, act, cut)
    with pytest.raises(PowerCut):
        file.bind("tag_reader", NEW)
    monkeypatch.undo()
    expected = NEW if act == "replace" and not before else OLD
    assert KeptFile(tmp_path / "kept.json").now.bindings == {"tag_reader": expected}


@pytest.mark.parametrize("content", [b"", b"\x00\x00", b'{"bindings": 3}'])
def test_an_unreadable_file_is_no_reason_not_to_serve(
    tmp_path: Path, content: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    path = tmp_path / "kept.json"
    path.write_bytes(content)
    assert KeptFile(path).now.bindings == {}
    assert "not used" in caplog.text
