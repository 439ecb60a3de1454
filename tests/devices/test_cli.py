"""`python -m devices` as people run it, against simulated devices."""

from pathlib import Path

import pytest

from devices.__main__ import main
from devices.registry import MODELS
from hardware_sim.registry import SimulatedDevice
from hardware_sim.world import World


def test_list_names_every_model_once(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["list"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert sorted(line.split()[0] for line in lines) == sorted(MODELS)
    assert "feig_obid           tag_reader        38400 8E1" in lines
    assert "wedge_scanner       scanner           no serial line" in lines
    assert "pulse_counter       door_counter      no serial line" in lines


@pytest.mark.parametrize("model", [name for name, model in MODELS.items() if model.answers and model.line])
def test_probe_finds_what_answers(model: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    device = SimulatedDevice(model, World(), tmp_path / "kiosk-port", tmp_path)
    device.plug()
    try:
        status = main(["probe", "--port", str(tmp_path / "kiosk-port")])
    finally:
        device.unplug()
    printed = capsys.readouterr()
    assert (status, printed.err) == (0, "")
    assert printed.out.startswith(f"{tmp_path / 'kiosk-port'}: {model} ({MODELS[model].kind.value}), serial ")


def test_probe_tells_the_firmware(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    device = SimulatedDevice("feig_obid", World(), tmp_path / "kiosk-pad", tmp_path)
    device.plug()
    try:
        main(["probe", "--port", str(tmp_path / "kiosk-pad")])
    finally:
        device.unplug()
    assert capsys.readouterr().out.endswith("serial 0C1A77D3, firmware 02.10\n")


def test_probe_of_a_silent_device_says_that_it_might_be_a_scanner(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    device = SimulatedDevice("serial_scanner", World(), tmp_path / "kiosk-scanner", tmp_path)
    device.plug()
    try:
        status = main(["probe", "--port", str(tmp_path / "kiosk-scanner")])
    finally:
        device.unplug()
    printed = capsys.readouterr()
    assert (status, printed.out) == (1, "")
    assert "nothing answered" in printed.err
    assert "might be a serial_scanner, which never answers" in printed.err


def test_probe_of_a_port_that_is_not_there(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["probe", "--port", str(tmp_path / "nothing")]) == 1
    printed = capsys.readouterr()
    assert printed.out == ""
    assert printed.err.startswith(f"{tmp_path / 'nothing'}: open: ")
    assert "No such file or directory" in printed.err
    assert len(printed.err.splitlines()) == 1


def test_tag_is_one_of_the_commands(capsys: pytest.CaptureFixture[str]) -> None:
    """A blank tag cannot be trusted: exit status 1 and why; the rest of `tag` has its own tests."""
    assert main(["tag", "decode", "00" * 32]) == 1
    assert "reason" in capsys.readouterr().out


@pytest.mark.parametrize("arguments", [[], ["abacus"], ["probe"]])
def test_arguments_that_make_no_sense(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as exit_:
        main(arguments)
    assert exit_.value.code == 2
    assert "usage: python -m devices" in capsys.readouterr().err
