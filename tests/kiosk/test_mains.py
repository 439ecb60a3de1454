"""The mains as the kernel's file and a UPS's pin tell of it, and the command that ends the board."""

import logging
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from gpiozero import Device
from gpiozero.pins.mock import MockFactory

from broker_config.toml import ConfigError
from kiosk.config import load
from kiosk.config_tables import Power
from kiosk.flow.events import MainsPower
from kiosk.flow.power_values import PowerRules
from kiosk.mains import LOOK_S, Mains, MainsFile, open_mains, shut_down
from kiosk.mains_pin import MainsPin
from tests.kiosk.test_config import GOOD, written

GONE, THERE = MainsPower(False), MainsPower(True)


@pytest.fixture
def online(tmp_path: Path) -> Path:
    file = tmp_path / "online"
    file.write_text("1\n", encoding="ascii")
    return file


@pytest.fixture
def pins() -> Iterator[MockFactory]:
    before, Device.pin_factory = Device.pin_factory, MockFactory()
    yield Device.pin_factory
    Device.pin_factory.reset()
    Device.pin_factory = before


def looks(mains: Mains, times: int, from_s: float = 0.0) -> list[MainsPower | None]:
    return [mains.look(from_s + n * LOOK_S) for n in range(times)]


def test_the_first_look_tells_and_then_only_what_changes(online: Path) -> None:
    mains = Mains(MainsFile(online))
    assert looks(mains, 2) == [THERE, None]
    online.write_text("0\n", encoding="ascii")
    assert mains.look(1.5) is None, "not looked at more often than that"
    assert looks(mains, 2, from_s=2.0) == [GONE, None]
    online.write_text("2\n", encoding="ascii")
    assert mains.look(4.0) == THERE, "the kernel's 2: online at a voltage that was agreed on"


@pytest.mark.parametrize("words", [None, b"", b"yes\n", b"\xff"])
def test_what_cannot_be_read_is_good_and_said_once(
    online: Path, words: bytes | None, caplog: pytest.LogCaptureFixture
) -> None:
    mains = Mains(MainsFile(online))
    online.write_text("0\n", encoding="ascii")
    assert mains.look(0.0) == GONE
    if words is None:
        online.unlink()
    else:
        online.write_bytes(words)
    with caplog.at_level(logging.WARNING):
        assert looks(mains, 4, from_s=1.0) == [THERE, None, None, None]
    assert len(caplog.records) == 1 and str(online) in caplog.text
    online.write_text("0\n", encoding="ascii")
    assert mains.look(9.0) == GONE, "readable again"


def test_a_pin_of_the_ups(pins: MockFactory) -> None:
    mains = Mains(MainsPin(17, active_low=False))
    pins.pin(17).drive_high()
    assert mains.look(0.0) == THERE
    pins.pin(17).drive_low()
    assert mains.look(1.0) == GONE


def test_a_pin_that_is_low_for_good(pins: MockFactory) -> None:
    mains = Mains(MainsPin(17, active_low=True))
    pins.pin(17).drive_high()
    assert mains.look(0.0) == GONE
    pins.pin(17).drive_low()
    assert mains.look(1.0) == THERE


def test_a_pin_that_another_uses_is_unknown_until_it_is_free(
    pins: MockFactory, caplog: pytest.LogCaptureFixture
) -> None:
    other = MainsPin(17, active_low=False)
    pins.pin(17).drive_low()
    assert other() is False
    mains = Mains(MainsPin(17, active_low=False))
    assert looks(mains, 3) == [THERE, None, None]
    assert caplog.text.count("gpio 17") == 1


def test_the_command_is_run_without_a_shell(online: Path, tmp_path: Path) -> None:
    online.write_text("0\n", encoding="ascii")
    said = tmp_path / "said; $(true)"
    command = (sys.executable, "-c", "import sys; open(sys.argv[1], 'x')", str(said))
    assert shut_down(command, Mains(MainsFile(online))) and said.exists()


@pytest.mark.parametrize("command", [("no-such-program",), (sys.executable, "-c", "raise SystemExit(4)")])
def test_a_command_that_fails_is_said_and_the_kiosk_starts_again(
    online: Path, command: tuple[str, ...], caplog: pytest.LogCaptureFixture
) -> None:
    online.write_text("0\n", encoding="ascii")
    assert not shut_down(command, Mains(MainsFile(online)))
    assert "power.command" in caplog.text


def test_mains_that_came_back_at_the_last_moment_keeps_the_board_on(online: Path, tmp_path: Path) -> None:
    said = tmp_path / "said"
    assert not shut_down((sys.executable, "-c", f"open({str(said)!r}, 'x')"), Mains(MainsFile(online)))
    assert not said.exists()


# -- the table [power] -----------------------------------------------------------------------------------


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in ("ca.crt", "kiosk.crt", "kiosk.key"):
        (tmp_path / name).touch()
    return tmp_path


def test_without_the_table_there_is_no_ups(folder: Path) -> None:
    config = load(written(folder, GOOD))
    assert config.rules.power is None and open_mains(config.power) is None


def test_the_table_and_what_it_leaves_out(folder: Path) -> None:
    config = load(written(folder, GOOD + '[power]\nonline = "ups/online"\nride_through_s = 5\n'))
    assert config.rules.power == PowerRules(5.0, 60.0, 300.0)
    assert config.power == Power(str(folder / "ups/online"), ride_through_s=5.0)
    assert config.power is not None and config.power.command == ("systemctl", "poweroff")
    assert open_mains(config.power) is not None


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        ("", "power: expected one of online and gpio, not neither"),
        ('online = "f"\ngpio = 17', "power: expected one of online and gpio, not both"),
        ('online = "f"\nactive_low = true', "power.active_low: given without a pin"),
        ("gpio = 17\nat_latest_s = 79", "power.at_latest_s: expected at least"),
        ("gpio = 99", "power.gpio"),
        ('gpio = 17\ncommand = "poweroff"', "power.command"),
        ("gpio = 17\ncommand = []", "power.command"),
        ("gpio = 17\nride_through_s = -1", "power.ride_through_s"),
    ],
)
def test_every_mistake_in_it_is_one_sentence(folder: Path, lines: str, said: str) -> None:
    with pytest.raises(ConfigError, match=r"kiosk\.toml") as caught:
        load(written(folder, f"{GOOD}[power]\n{lines}\n"))
    assert said in str(caught.value) and "\n" not in str(caught.value)
