"""`python -m hardware_sim` as its own process, ended as the system ends it."""

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from devices.registry import MODELS, open_device
from hardware_sim.__main__ import main
from hardware_sim.control import Hands, HandsError


@contextmanager
def running(*arguments: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """The process and its first line."""
    command = [sys.executable, "-m", "hardware_sim", *arguments]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            yield process, process.stdout.readline()
        finally:
            process.kill()


def test_list_names_every_model_that_can_be_driven(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["list"]) == 0
    lines = capsys.readouterr().out.splitlines()
    simulated = {line.split()[0] for line in lines}
    assert {name for name, model in MODELS.items() if model.line} <= simulated <= MODELS.keys()
    assert ["feig_obid", "38400", "8E1"] in [line.split() for line in lines]


def test_a_place_in_its_own_process(tmp_path: Path) -> None:
    seed = tmp_path / "seed.json"
    tag = {"label": "book", "uid": "E004010012345678", "memory": "00" * 112, "dsfid": 6, "afi": 0xC2}
    card = {"label": "reader", "uid": "04A1B2C3", "technology": "mifare_classic"}
    seed.write_text(json.dumps({"tags": [tag], "cards": [card]}), encoding="utf-8")
    wires = tmp_path / "dev"
    with running("place", "--folder", str(wires), "--seed", str(seed)) as (process, line):
        assert line.startswith("control port ")
        with Hands(int(line.split()[-1])) as hands:
            hands.put("book")
            hands.tap("reader")
            assert hands.tag_state("book").afi == 0xC2
            reader = open_device("feig_obid", str(wires / "kiosk-pad"))
            assert len(reader.inventory()) == 1
            reader.close()
            process.terminate()
            _, complaint = process.communicate(timeout=10)
            assert (process.returncode, complaint) == (0, "")
            with pytest.raises(HandsError, match="the place on port"):
                hands.put("book")
    assert list(wires.iterdir()) == []


BAD_SEEDS = {
    "missing": None,
    "no JSON": "rubbish",
    "no object": "[]",
    "no uid": '{"tags": [{"label": "x"}]}',
    "no such card": '{"cards": [{"label": "x", "uid": "04A1B2C3", "technology": "gold"}]}',
    "half a uid": '{"tags": [{"label": "x", "uid": "04", "memory": ""}]}',
}


@pytest.mark.parametrize("name", BAD_SEEDS)
def test_a_bad_seed_is_said_in_one_sentence(
    name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file, seed = tmp_path / "seed.json", BAD_SEEDS[name]
    if seed is not None:
        file.write_text(seed, encoding="utf-8")
    assert main(["place", "--folder", str(tmp_path / "dev"), "--seed", str(file)]) == 1
    complaint = capsys.readouterr().err
    assert complaint.startswith(f"{file}: ")
    assert len(complaint.splitlines()) == 1


def test_a_file_in_the_way_of_a_wire_is_said_in_one_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "pad").write_text("precious", encoding="utf-8")
    assert main(["run", "feig_obid", "--link", str(tmp_path / "pad")]) == 1
    said = capsys.readouterr().err
    assert said.startswith(f"{tmp_path / 'pad'}: 已有同名文件")
    assert said.endswith("exists and is not a link; choose another name\n")


@pytest.mark.parametrize("arguments", [[], ["run", "abacus", "--link", "x"], ["place"], ["demo"]])
def test_arguments_that_make_no_sense(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as exit_:
        main(arguments)
    assert exit_.value.code == 2
    complaint = capsys.readouterr().err
    assert len(complaint.splitlines()) == 1
    assert complaint.startswith("python -m hardware_sim")
