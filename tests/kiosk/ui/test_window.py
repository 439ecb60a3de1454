"""The window in a process of its own, as the kiosk runs it: offscreen, and under Xvfb with a real pointer."""

import json
import os
import signal
import socket
import struct
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from hardware_sim.processes import free_port
from tests.kiosk.ui.samples import EVERY

DEADLINE_S = 20


class Shown:
    """A running `show_sample` and its automation socket."""

    def __init__(self, name: str, environment: dict[str, str]) -> None:
        port = free_port()
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.kiosk.ui.show_sample", name, str(port)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env={
                key: value
                for key, value in os.environ.items()
                if not key.startswith(("KIVY", "SDL", "DISPLAY"))
            }
            | environment,
        )
        assert self.hear() == "started", self.process.stderr and self.process.stderr.read()
        self._socket = socket.create_connection(("127.0.0.1", port), DEADLINE_S)
        self._lines = self._socket.makefile("rw", encoding="utf-8")

    def ask(self, **request: str) -> dict[str, Any]:
        return self.ask_raw(json.dumps(request))

    def ask_raw(self, line: str) -> dict[str, Any]:
        self._lines.write(line + "\n")
        self._lines.flush()
        answer: dict[str, Any] = json.loads(self._lines.readline())
        return answer

    def tell(self, command: str) -> None:
        assert self.process.stdin
        self.process.stdin.write(command + "\n")
        self.process.stdin.flush()

    def hear(self) -> str:
        assert self.process.stdout
        return self.process.stdout.readline().strip()

    def show(self, name: str) -> None:
        """Show a sample and wait until it stands there."""
        view = EVERY[name]
        self.tell(f"show {name}")
        self.until(
            lambda seen: (seen["name"], seen["overlay"]) == (view.screen.name, view.overlay is not None)
        )
        assert self.ask(do="wait_settled") == {"settled": True}

    def until(self, condition: Callable[[dict[str, Any]], bool]) -> None:
        """Until what is seen on the screen meets `condition`."""
        end = time.monotonic() + DEADLINE_S
        while not condition(seen := self.ask(do="screen")):
            assert time.monotonic() < end, seen

    def close(self) -> None:
        self._lines.close()
        self._socket.close()
        self.process.kill()
        self.process.communicate()


@pytest.fixture
def shown() -> Iterator[Shown]:
    shown = Shown("idle-zh", {"SDL_VIDEODRIVER": "offscreen"})
    yield shown
    shown.close()


def test_automation_tells_what_stands_there_and_where(shown: Shown, tmp_path: Path) -> None:
    assert shown.ask(do="wait_settled") == {"settled": True}
    screen = shown.ask(do="screen")
    assert (screen["name"], screen["overlay"]) == ("idle", False)
    assert {"自助借书还书", "刷读者证", "还书"} <= set(screen["texts"])
    targets = shown.ask(do="targets")
    assert set(targets) == {"language", "large_type", "start_return"}
    x, y, width, height = targets["language"]
    assert x > 1280 / 2
    assert y < 800 / 4, "the language button is at the top right"
    assert min(width, height) >= 15 * 1280 / 217 - 1

    picture = tmp_path / "idle.png"
    assert shown.ask(do="screenshot", path=str(picture)) == {"path": str(picture)}
    header = picture.read_bytes()[:24]
    assert header[:8] == b"\x89PNG\r\n\x1a\n"
    assert struct.unpack(">II", header[16:]) == (1280, 800)


def test_automation_says_what_it_does_not_understand(shown: Shown) -> None:
    for line in ('{"do": "dance"}', "not json", '["a", "list"]', '{"do": "screenshot"}'):
        assert "do is one of" in shown.ask_raw(line)["error"]
    assert "no folder" in shown.ask(do="screenshot", path="nowhere/idle.png")["error"]
    assert shown.ask(do="screen")["name"] == "idle"


def test_views_may_be_shown_from_any_thread(shown: Shown) -> None:
    shown.show("stack-3-zh")
    assert "3" in shown.ask(do="screen")["texts"]
    shown.show("overlay-zh")
    screen = shown.ask(do="screen")
    assert screen["overlay"]
    assert "18" in screen["texts"]
    assert set(shown.ask(do="targets")) == {"stay", "end"}


def test_the_latest_of_many_views_wins(shown: Shown) -> None:
    for name in ["stack-1-zh", "stack-12-en", "working-2-en"] * 30:
        shown.tell(f"show {name}")
    shown.show("result-good-zh")
    assert "成功借出 3 本" in shown.ask(do="screen")["texts"]


def test_the_loop_tells_how_well_it_keeps_time(shown: Shown) -> None:
    shown.ask(do="wait_settled")
    shown.tell("stall")
    word, stall_ms, age_s = shown.hear().split()
    assert word == "stall"
    assert int(stall_ms) >= 33
    assert 0 <= float(age_s) < DEADLINE_S


def test_a_picture_is_what_stands_there(shown: Shown, tmp_path: Path) -> None:
    """As the centre asks for it, by the way of the kiosk's control thread."""
    shown.ask(do="wait_settled")
    shown.ask(do="screenshot", path=str(tmp_path / "automation.png"))
    shown.tell(f"picture {tmp_path / 'handle.png'}")
    word, size = shown.hear().split()
    assert word == "taken" and int(size) > 1000
    with Image.open(tmp_path / "handle.png") as taken, Image.open(tmp_path / "automation.png") as expected:
        assert taken.convert("RGB").tobytes() == expected.convert("RGB").tobytes()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_it_cleanly(shown: Shown, number: signal.Signals) -> None:
    shown.ask(do="wait_settled")
    shown.process.send_signal(number)
    output, errors = shown.process.communicate(timeout=DEADLINE_S)
    assert (output, shown.process.returncode) == ("ended\n", 0), errors


def test_stop_ends_it_cleanly(shown: Shown) -> None:
    shown.tell("stop\nstop")
    output, errors = shown.process.communicate(timeout=DEADLINE_S)
    assert (output, shown.process.returncode) == ("ended\n", 0), errors


def test_a_failure_of_the_screen_is_shown_told_and_stays(shown: Shown) -> None:
    shown.tell("fail")
    shown.until(lambda seen: "暂停服务" in seen["texts"])
    assert shown.ask(do="targets") == {}
    shown.tell("show stack-3-zh\nfailure")
    assert shown.hear().startswith("failure AttributeError in show (stage.py:")
    shown.ask(do="wait_settled")
    assert "Out of service" in shown.ask(do="screen")["texts"]
    shown.tell("stop")
    _, errors = shown.process.communicate(timeout=DEADLINE_S)
    assert "screen: AttributeError in show (stage.py:" in errors
    assert "no view data" not in errors, "an error's text may quote a reader's data"


def test_without_a_display_it_says_so_in_one_sentence() -> None:
    with pytest.raises(
        AssertionError, match=r"screen: DISPLAY is not set; start the kiosk in its X11 session"
    ):
        Shown("idle-zh", {})


def test_with_a_display_that_is_not_there_it_says_so() -> None:
    with pytest.raises(AssertionError, match=r"screen: no window can be opened; does the X server"):
        Shown("idle-zh", {"DISPLAY": ":7654"})


# -- under X


@pytest.fixture
def display() -> Iterator[str]:
    """An X server of our own."""
    read, write = os.pipe()
    command = ["Xvfb", "-displayfd", str(write), "-screen", "0", "1280x800x24", "-nolisten", "tcp"]
    server = subprocess.Popen(command, pass_fds=[write], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    os.close(write)
    with os.fdopen(read) as pipe:
        number = pipe.readline().strip()
    assert number, "Xvfb did not start"
    yield f":{number}"
    server.terminate()
    server.wait(DEADLINE_S)


def test_a_real_pointer_reaches_every_button_and_no_key_does_anything(display: str) -> None:
    def x_do(*words: object) -> None:
        command = ["xdotool", *map(str, words)]
        subprocess.run(command, check=True, env={**os.environ, "DISPLAY": display}, timeout=DEADLINE_S)

    shown = Shown("stack-3-zh", {"DISPLAY": display})
    try:
        shown.ask(do="wait_settled")
        x_do("key", "Escape", "F1", "F11", "ctrl+v", "ctrl+e", "alt+F4", "Return")
        targets = shown.ask(do="targets")
        tabs = {"show_borrow", "show_return", "show_account"}
        assert set(targets) == {"language", "large_type", *tabs, "confirm", "end"}
        for action, (x, y, _, _) in targets.items():
            x_do("mousemove", x, y, "click", 1)
            assert shown.hear() == f"touch {action}"
        assert shown.ask(do="screen")["name"] == "stack"
    finally:
        shown.close()
