"""What is shipped for a board: unit file and udev rules say what the kiosk needs of them."""

import re
from configparser import ConfigParser
from pathlib import Path

import devices
from kiosk.app import WORKER_STANDS_S

FOLDER = Path(devices.__file__).parent.parent / "packaging"


def test_the_unit_is_watched_and_started_again_for_ever() -> None:
    unit = ConfigParser(interpolation=None, strict=False)
    unit.optionxform = str  # type: ignore[method-assign,assignment]
    unit.read(FOLDER / "systemd" / "shuzhan-kiosk.service", encoding="utf-8")
    service = unit["Service"]
    expected = {"Type": "notify", "Restart": "always", "NotifyAccess": "main", "User": "shuzhan"}
    assert {key: service[key] for key in expected} == expected
    assert unit["Unit"]["StartLimitIntervalSec"] == "0"
    # a worker that is busy for as long as it may be is not yet a reason to kill
    assert float(service["WatchdogSec"]) > WORKER_STANDS_S


def test_names_of_udev_are_letters_digits_and_hyphens() -> None:
    text = (FOLDER / "udev" / "60-shuzhan.rules").read_text(encoding="utf-8")
    names = re.findall(r'SYMLINK\+="([^"]*)"', text)
    assert "kiosk-pad" in names
    assert all(re.fullmatch("[A-Za-z0-9-]+", name) for name in names)
