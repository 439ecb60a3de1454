"""`python -m devices watch` over simulated wires: every kind of device, losses, files that are not right."""

import json
import queue
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from devices import registry
from devices.__main__ import main
from devices.kinds import Kind
from devices.telling import Told
from devices.watching import WATCHES, BadConfig, DeviceTable, devices_in, watch
from hardware_sim.control import Hands
from hardware_sim.control_server import ControlServer
from hardware_sim.place import DEVICES, SimulatedPlace
from hardware_sim.rig import rig_world

DEADLINE_S = 30.0


class Listener:
    """What a watch tells, taken from another thread."""

    def __init__(self, tables: tuple[DeviceTable, ...]) -> None:
        self.told: queue.Queue[Told] = queue.Queue()
        self.stopping = threading.Event()
        self._tables = tables
        self._thread = threading.Thread(target=self._run, daemon=True)

    def _run(self) -> None:
        for told in watch(self._tables, self.stopping, None):
            self.told.put(told)

    def hear(self, what: str, about: str = "") -> Told:
        """The next of that name that speaks of `about`."""
        while True:
            told = self.told.get(timeout=DEADLINE_S)
            if told.what == what and about in told.about:
                return told

    def __enter__(self) -> "Listener":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stopping.set()
        self._thread.join()


@contextmanager
def a_place(folder: Path) -> Iterator[tuple[SimulatedPlace, Hands]]:
    place = SimulatedPlace(folder, rig_world("feig_obid"))
    with place, ControlServer(place) as control, Hands(control.port) as hands:
        yield place, hands


def config(folder: Path, *names: str) -> Path:
    """A kiosk's file with these wires, and much that is no device."""
    tables = "".join(f'[[device]]\nmodel = "{DEVICES[name]}"\nport = "{folder / name}"\n' for name in names)
    file = folder / "kiosk.toml"
    file.write_text(f'[place]\nidentity = "a.b"\nname = "点"\n[ils]\nport = 6001\n{tables}', encoding="utf-8")
    return file


def test_every_kind_of_device_is_watched() -> None:
    assert set(WATCHES) == set(Kind) == {model.kind for model in registry.MODELS.values()}


def test_what_the_devices_of_a_kiosk_see(tmp_path: Path) -> None:
    names = ("kiosk-pad", "kiosk-nfc", "kiosk-scanner", "kiosk-printer", "kiosk-counter")
    with a_place(tmp_path) as (_, hands):
        tables = devices_in(config(tmp_path, *names))
        with Listener(tables) as listener:
            assert len(listener.hear("tags", "30000000000012").data["tags"]) == 2  # type: ignore[arg-type]
            hands.paper_out()
            assert listener.hear("printer", "out").data["can_print"] is False
            hands.walk_in(4)
            listener.hear("count", "in 5")
            hands.scan("9787302511625")
            assert listener.hear("code", "9787302511625").port == str(tmp_path / "kiosk-scanner")
            hands.remove_card()
            hands.tap("DEADBEEF")
            listener.hear("card", "deadbeef")
            hands.clear_pad()
            listener.hear("tags", "0 个标签")


def test_a_device_that_is_lost_comes_back(tmp_path: Path) -> None:
    table = DeviceTable("feig_obid", str(tmp_path / "kiosk-pad"))
    with a_place(tmp_path) as (_, hands), Listener((table,)) as listener:
        listener.hear("opened", "feig_obid")
        hands.unplug("kiosk-pad")
        listener.hear("lost", "kiosk-pad")
        hands.plug("kiosk-pad")
        listener.hear("opened", "feig_obid")
        listener.hear("tags", "30000000000020")


def test_one_device_by_name_says_first_what_it_prints(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with a_place(tmp_path):
        where = ["--model", "modbus_counter", "--port", str(tmp_path / "kiosk-counter")]
        assert main(["watch", *where, "--seconds", "2"]) == 0
        lines = capsys.readouterr().out.splitlines()
        assert "读者证号" in lines[0] and "reader card numbers" in lines[0]
        assert any("in 1, out 0" in line for line in lines)
        assert main(["watch", *where, "--seconds", "2", "--json"]) == 0
        told = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
        assert told[0]["what"] == "notice"
        assert {"entries": 1, "exits": 0}.items() <= told[-1].items()


BAD_FILES = {
    "not there": (None, "cannot be read"),
    "no TOML": ("[[device", "is not right"),
    "no device": ("[place]\n", "no \\[\\[device\\]\\]"),
    "unknown model": ('[[device]]\nmodel = "abacus"\nport = "x"\n', "unknown model 'abacus', one of: escpos"),
    "no port": ('[[device]]\nmodel = "pn532"\n', "device\\[0\\].port"),
    "a model that is a number": ("[[device]]\nmodel = 3\n", "is not right"),
}


@pytest.mark.parametrize("name", BAD_FILES)
def test_a_bad_file_is_one_sentence(name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text, sentence = BAD_FILES[name]
    file = tmp_path / "kiosk.toml"
    if text is not None:
        file.write_text(text, encoding="utf-8")
    with pytest.raises(BadConfig, match=sentence):
        devices_in(file)
    assert main(["watch", "--config", str(file)]) == 2
    printed = capsys.readouterr()
    assert (printed.out, len(printed.err.splitlines())) == ("", 1)


@pytest.mark.parametrize("words", [[], ["--model", "pn532"], ["--config", "x", "--port", "y"]])
def test_it_is_said_which_devices_or_where(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["watch", *words]) == 2
    assert "--config FILE" in capsys.readouterr().err


def test_an_option_that_the_driver_does_not_have_is_told_once(tmp_path: Path) -> None:
    with (
        a_place(tmp_path),
        Listener((DeviceTable("feig_obid", str(tmp_path / "kiosk-pad"), {"colour": "red"}),)) as listener,
    ):
        assert "colour" in listener.hear("lost").about
