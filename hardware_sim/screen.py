"""A reader before the kiosk's screen: sees what stands there, touches it (xdotool), takes pictures.

Where things are and whether the picture is settled is asked of the kiosk's automation socket; the touch
itself is a real one from the X server.
"""

import json
import os
import socket
import subprocess
import time
from pathlib import Path
from typing import Any


class NotSeen(AssertionError):
    """What was waited for did not come on the screen; the message says what stood there instead."""


class Screen:
    """Used by one thread."""

    def __init__(self, automation_port: int, display: str) -> None:
        self._port, self._display = automation_port, display
        self._socket: socket.socket | None = None
        self._file: Any = None

    def beside(self) -> "Screen":
        """Another pair of eyes on the same screen, for another thread."""
        return Screen(self._port, self._display)

    def close(self) -> None:
        if self._socket is not None:
            self._file.close()
            self._socket.close()
            self._socket = None

    def name(self) -> str:
        name: str = self._ask(do="screen")["name"]
        return name

    def shown(self) -> Any:
        """The screen's name and all that stands on it, settled or not."""
        return self._ask(do="screen")

    def texts(self) -> list[str]:
        """Every text on the screen, settled."""
        self._ask(do="wait_settled")
        texts: list[str] = self._ask(do="screen")["texts"]
        return texts

    def targets(self) -> dict[str, list[int]]:
        """What can be touched now: action → x, y of its centre, width and height in pixels."""
        targets: dict[str, list[int]] = self._ask(do="targets")
        return targets

    def see(self, name: str, text: str = "", timeout_s: float = 10.0) -> None:
        """Wait until screen `name` is there, with `text` somewhere on it."""
        end = time.monotonic() + timeout_s
        while True:
            shown = self._ask(do="screen")
            everything = "\n".join(shown["texts"])
            if shown["name"] == name and text in everything:
                self._ask(do="wait_settled")
                return
            if time.monotonic() > end:
                here = " / ".join(shown["texts"])
                raise NotSeen(f"expected {name!r} with {text!r}, but {shown['name']!r} shows: {here}")
            time.sleep(0.03)

    def touch(self, action: str, timeout_s: float = 5.0) -> None:
        """Put a finger on the target of `action` as soon as it can be touched."""
        end = time.monotonic() + timeout_s
        while action not in (targets := self.targets()):
            if time.monotonic() > end:
                raise NotSeen(f"nothing to touch for {action!r}: {', '.join(targets)}")
            time.sleep(0.03)
        self._ask(do="wait_settled")
        x, y, *_ = self.targets().get(action, targets[action])
        self.touch_at(x, y)

    def touch_at(self, x_px: float, y_px: float) -> None:
        """Put a finger there, counted from the top left, whatever there is to touch."""
        subprocess.run(
            ["xdotool", "mousemove", str(round(x_px)), str(round(y_px)), "click", "1"],
            check=True,
            env=dict(os.environ) | {"DISPLAY": self._display},
        )

    def picture(self, path: Path) -> None:
        self._ask(do="wait_settled")
        self._ask(do="screenshot", path=str(path))

    def _ask(self, **question: object) -> Any:
        if self._socket is None:
            self._socket = socket.create_connection(("127.0.0.1", self._port), timeout=20.0)
            self._file = self._socket.makefile("rwb")
        self._file.write(json.dumps(question).encode() + b"\n")
        self._file.flush()
        answer = json.loads(self._file.readline() or b"null")
        if not isinstance(answer, dict) or "error" in answer:
            raise NotSeen(f"the kiosk's screen answers {answer!r} to {question}")
        return answer.get("result", answer)
