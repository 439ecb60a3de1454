"""The node's memory over power cuts: littlefs and the firmware's own file, under MicroPython."""

import json
import shutil
import subprocess
from pathlib import Path

import pytest

from devices.door_counter.bundle import FIRMWARE
from tests.devices.door_counter.nodes import MICROPYTHON
from tests.devices.door_counter.test_ledger import firmware

keeping = firmware("keeping")


def test_power_cut_at_every_write_leaves_the_old_or_the_new(tmp_path: Path) -> None:
    shutil.copy(Path(__file__).with_name("power_cuts.py"), tmp_path)
    shutil.copy(FIRMWARE / "keeping.py", tmp_path)
    program = [MICROPYTHON, "power_cuts.py", "run"]
    ran = subprocess.run(program, cwd=tmp_path, capture_output=True, text=True, timeout=100, check=False)
    assert ran.returncode == 0, ran.stderr + ran.stdout
    told = json.loads(ran.stdout.splitlines()[-1])  # before it, what files that the cut left open complain of
    assert told["cuts"] > 20
    assert told["outcomes"]["garbage"] == 0
    assert told["outcomes"]["old"] > 10
    assert told["outcomes"]["new"] > 0


def test_what_was_saved_is_loaded(tmp_path: Path) -> None:
    path = str(tmp_path / "counts.json")
    assert keeping.load(path) is None
    keeping.save(path, {"totals": [1, 2, 3, 4], "name": "门口"})
    assert keeping.load(path) == {"totals": [1, 2, 3, 4], "name": "门口"}


@pytest.mark.parametrize("damage", ["", "zz", "00000000{}", "truncated", "flipped"])
def test_what_cannot_be_trusted_is_nothing(damage: str, tmp_path: Path) -> None:
    path = tmp_path / "counts.json"
    keeping.save(str(path), {"totals": [1, 2, 3, 4]})
    whole = path.read_text(encoding="utf-8")
    broken = {"truncated": whole[:-3], "flipped": whole.replace("3", "8", 1)}.get(damage, damage)
    assert broken != whole
    path.write_text(broken, encoding="utf-8")
    assert keeping.load(str(path)) is None
