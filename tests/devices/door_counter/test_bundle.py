"""The folder for the chip: complete, and clear about what is missing."""

import json
from pathlib import Path

import pytest

from central.enrolment.authority import init_ca, issue
from devices.door_counter.__main__ import main
from devices.door_counter.bundle import FIRMWARE

IDENTITY = "mz-taiping-03.door-1"


def test_the_folder_is_complete(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    certificates, folder = tmp_path / "ca", tmp_path / "node"
    init_ca(certificates)
    issue(certificates, IDENTITY)
    words = [IDENTITY, "--folder", str(folder), "--certificates", str(certificates), "--host", "b.example"]
    assert main([*words, "--wifi", "村书屋"]) == 0
    config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    assert (config["identity"], config["host"], config["wifi"]) == (IDENTITY, "b.example", "村书屋")
    names = {file.name for file in folder.iterdir()}
    assert names >= {file.name for file in FIRMWARE.glob("*.py")} | {"passage.py", "ca.der", "node.der"}
    assert capsys.readouterr().out.startswith(f"{folder}: 填好 config.json")


def test_no_certificate(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = [IDENTITY, "--folder", str(tmp_path / "node"), "--certificates", str(tmp_path), "--host", "b"]
    assert main(words) == 1
    printed = capsys.readouterr().err
    assert printed.startswith(f"{tmp_path / 'ca.crt'}: 没有或不是 PEM 文件")
    assert "Traceback" not in printed
