"""A file is the old one or the new one wherever the power goes, and a key is never anybody else's."""

import os
from pathlib import Path

import pytest

from broker_config.whole_files import write_whole

STEPS = ((os, "fsync"), (Path, "replace"))
"""What is done before the new file has the old one's name, and that."""


class PowerCut(BaseException):
    pass


@pytest.mark.parametrize("begun", [False, True])
@pytest.mark.parametrize(("owner", "step"), STEPS, ids=[step for _, step in STEPS])
def test_a_power_cut_leaves_the_old_or_the_new(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, owner: object, step: str, begun: bool
) -> None:
    file = write_whole(tmp_path / "kept", b"old")
    whole = getattr(owner, step)

    def cut(*arguments: object) -> None:
        if begun:
            whole(*arguments)
        raise PowerCut

    monkeypatch.setattr(owner, step, cut)
    with pytest.raises(PowerCut):
        write_whole(file, b"new")
    monkeypatch.undo()
    assert file.read_bytes() == (b"new" if begun and step == "replace" else b"old")
    assert write_whole(file, b"newer").read_bytes() == b"newer", "what the cut left behind is in nobody's way"
    assert [path.name for path in tmp_path.iterdir()] == ["kept"]


def test_a_key_is_its_owners_from_the_first_moment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    modes = []
    synced = os.fsync
    monkeypatch.setattr(
        os, "fsync", lambda handle: (modes.append(os.fstat(handle).st_mode & 0o777), synced(handle))
    )
    (tmp_path / "key").write_bytes(b"old, and open to all")
    file = write_whole(tmp_path / "key", b"secret", 0o600)
    assert modes[0] == 0o600 and file.stat().st_mode & 0o777 == 0o600
