"""Programs run beside each other for a demo or a test: started, waited for until ready, and always ended."""

import itertools
import os
import signal
import socket
import subprocess
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

PORTS = range(20_000, 32_000)
"""Below those that Linux hands to connections of its own accord."""

# every process begins elsewhere: two that look at the same moment would find the same port free
_numbers = itertools.count(os.getpid() * 97)


class NotReady(RuntimeError):
    """A program ended or said nothing of being ready in time; the message ends with its last words."""


class Program:
    """One child process; its output goes to `log`, line by line, and is looked at for signs of readiness."""

    def __init__(
        self, name: str, command: Sequence[str], log: Path, environment: Mapping[str, str] | None = None
    ) -> None:
        self.name = name
        self._log = log
        self._lines: list[str] = []
        self._changed = threading.Condition()
        # a group of its own, so that Ctrl-C reaches us only and we end the children in order
        self._process = subprocess.Popen(
            command,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL,
            env=dict(os.environ) | dict(environment or {}),
            text=True,
            errors="replace",
            process_group=0,
        )
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def running(self) -> bool:
        return self._process.poll() is None

    def wait_for_line(self, says: Callable[[str], bool], timeout_s: float = 30.0) -> str:
        """The first line of which `says` is true; NotReady when the program ends or `timeout_s` is over."""
        end = time.monotonic() + timeout_s
        with self._changed:
            while True:
                found = next((line for line in self._lines if says(line)), None)
                if found is not None:
                    return found
                left = end - time.monotonic()
                if left <= 0 or not (self.running or self._reader.is_alive()):
                    words = " | ".join(self._lines[-5:])
                    raise NotReady(f"{self.name} is not ready; see {self._log}: {words}")
                self._changed.wait(min(left, 0.2))

    def stop(self, timeout_s: float = 10.0) -> int:
        """SIGTERM, and SIGKILL to what does not listen; the exit status."""
        if self.running:
            self._process.terminate()
            try:
                self._process.wait(timeout_s)
            except subprocess.TimeoutExpired:
                self.kill()
        self._reader.join(timeout=2.0)
        return self._process.returncode

    def kill(self) -> None:
        """As a power cut does."""
        self._process.send_signal(signal.SIGKILL)
        self._process.wait()

    def _read(self) -> None:
        assert self._process.stdout is not None
        with self._log.open("a", encoding="utf-8") as log:
            for line in self._process.stdout:
                log.write(line)
                log.flush()
                with self._changed:
                    self._lines.append(line.rstrip("\n"))
                    self._changed.notify_all()


def free_port() -> int:
    """A TCP port on loopback that nobody listens on, and that no connection is given by chance."""
    while True:
        port = PORTS[next(_numbers) % len(PORTS)]
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
        return port


def wait_until(what: str, holds: Callable[[], object], timeout_s: float = 10.0) -> None:
    """Return when `holds()` is true; AssertionError naming `what` when it is not in time."""
    end = time.monotonic() + timeout_s
    while not holds():
        if time.monotonic() > end:
            raise AssertionError(f"not within {timeout_s:g} s: {what}")
        time.sleep(0.05)


def wait_for_port(port: int, timeout_s: float = 15.0) -> None:
    """Until somebody listens on loopback."""

    def listening() -> bool:
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", port)) == 0

    wait_until(f"somebody listens on port {port}", listening, timeout_s)
